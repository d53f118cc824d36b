import { RANGE_TYPES, rangeTypeByName } from './range-type.ts'
import { arrayOf, type SqlType, type TypeKind, withoutDomain } from './sql-type.ts'
import { quoteIdent } from './text/identifier.ts'
import type { UserType } from './user-type.ts'

/** What PostgreSQL's catalog says about our types: oids, lengths, categories, names, type modifiers. */
export interface PgType {
  readonly oid: number
  readonly arrayOid: number
  /** pg_type.typname. */
  readonly name: string
  /** What format_type prints (modifiers apart). */
  readonly sqlName: string
  readonly typlen: number
  readonly category: string
  readonly preferred?: boolean
  readonly arrayName?: string
}

const row = (
  oid: number,
  arrayOid: number,
  name: string,
  sqlName: string,
  typlen: number,
  category: string,
): PgType => ({
  oid,
  arrayOid,
  name,
  sqlName,
  typlen,
  category,
})
const preferred = (type: PgType): PgType => ({ ...type, preferred: true })

export const PG_TYPES = {
  bool: preferred(row(16, 1000, 'bool', 'boolean', 1, 'B')),
  bytea: row(17, 1001, 'bytea', 'bytea', -1, 'U'),
  char: row(18, 1002, 'char', '"char"', 1, 'Z'),
  name: row(19, 1003, 'name', 'name', 64, 'S'),
  int8: row(20, 1016, 'int8', 'bigint', 8, 'N'),
  int2: row(21, 1005, 'int2', 'smallint', 2, 'N'),
  int4: row(23, 1007, 'int4', 'integer', 4, 'N'),
  regproc: row(24, 1008, 'regproc', 'regproc', 4, 'N'),
  text: preferred(row(25, 1009, 'text', 'text', -1, 'S')),
  oid: preferred(row(26, 1028, 'oid', 'oid', 4, 'N')),
  json: row(114, 199, 'json', 'json', -1, 'U'),
  float4: row(700, 1021, 'float4', 'real', 4, 'N'),
  float8: preferred(row(701, 1022, 'float8', 'double precision', 8, 'N')),
  bpchar: row(1042, 1014, 'bpchar', 'character', -1, 'S'),
  varchar: row(1043, 1015, 'varchar', 'character varying', -1, 'S'),
  date: row(1082, 1182, 'date', 'date', 4, 'D'),
  time: row(1083, 1183, 'time', 'time without time zone', 8, 'D'),
  timestamp: row(1114, 1115, 'timestamp', 'timestamp without time zone', 8, 'D'),
  timestamptz: preferred(row(1184, 1185, 'timestamptz', 'timestamp with time zone', 8, 'D')),
  interval: preferred(row(1186, 1187, 'interval', 'interval', 16, 'T')),
  numeric: row(1700, 1231, 'numeric', 'numeric', -1, 'N'),
  regclass: row(2205, 2210, 'regclass', 'regclass', 4, 'N'),
  regtype: row(2206, 2211, 'regtype', 'regtype', 4, 'N'),
  record: row(2249, 2287, 'record', 'record', -1, 'P'),
  void: row(2278, 0, 'void', 'void', 4, 'P'),
  uuid: row(2950, 2951, 'uuid', 'uuid', 16, 'U'),
  bit: row(1560, 1561, 'bit', 'bit', -1, 'V'),
  varbit: preferred(row(1562, 1563, 'varbit', 'bit varying', -1, 'V')),
  jsonb: row(3802, 3807, 'jsonb', 'jsonb', -1, 'U'),
  jsonpath: row(4072, 4073, 'jsonpath', 'jsonpath', -1, 'U'),
  regnamespace: row(4089, 4090, 'regnamespace', 'regnamespace', 4, 'N'),
  unknown: row(705, 0, 'unknown', 'unknown', -2, 'X'),
} satisfies Record<Exclude<TypeKind, 'array' | 'enum' | 'range' | 'multirange'>, PgType>

/** Range types and multirange types, by what they are of. */
const RANGES = new Map<string, PgType>()
for (const { of, range, multirange } of RANGE_TYPES) {
  for (const [kind, [oid, arrayOid, name]] of [['range', range] as const, ['multirange', multirange] as const])
    RANGES.set(`${kind} ${of}`, row(oid, arrayOid, name, name, -1, 'R'))
}

export const RANGE_PG_TYPES: readonly PgType[] = [...RANGES.values()]

const INFO: Readonly<Record<Exclude<TypeKind, 'array'>, PgType>> = {
  ...PG_TYPES,
  enum: row(3500, 0, 'anyenum', 'anyenum', 4, 'E'),
  range: row(3831, 0, 'anyrange', 'anyrange', -1, 'P'),
  multirange: row(4537, 0, 'anymultirange', 'anymultirange', -1, 'P'),
}

/** The catalog row of a type; an array's is made from its element's. */
export function pgType(type: SqlType): PgType {
  const user = type.domain ?? type.user
  if (user !== undefined) return userPgType(type, user)
  if (type.kind !== 'array') return RANGES.get(`${type.kind} ${type.element?.kind}`) ?? INFO[type.kind]
  // An array of arrays is PostgreSQL's same type; nothing makes one here, but a catalog must stay readable.
  if (type.element?.kind === 'array') return pgType(type.element)
  const element = type.element === undefined ? INFO.text : pgType(type.element)
  return row(element.arrayOid, 0, `_${element.name}`, `${element.sqlName}[]`, -1, 'A')
}

/** A domain has the length and the category of what it is over. */
function userPgType(type: SqlType, user: UserType): PgType {
  const { oid, arrayOid, name } = user
  const base = type.domain === undefined ? undefined : pgType(withoutDomain(type))
  const category = base?.category ?? (type.kind === 'enum' ? 'E' : 'C')
  return row(oid, arrayOid, name, userTypeName(user), base?.typlen ?? (type.kind === 'enum' ? 4 : -1), category)
}

/** As PostgreSQL prints it where the search path is the usual one. */
export function userTypeName({ schema, name }: UserType): string {
  return schema === 'public' ? quoteIdent(name) : `${quoteIdent(schema)}.${quoteIdent(name)}`
}

export function typeOid(type: SqlType): number {
  return pgType(type).oid
}

export function typeLength(type: SqlType): number {
  return pgType(type).typlen
}

const BY_OID = new Map<number, SqlType>()
const plainTypes = Object.keys(PG_TYPES).map((kind): SqlType => ({ kind: kind as TypeKind }))
const rangeTypes = RANGE_TYPES.flatMap(({ range, multirange }) => [
  rangeTypeByName(range[2])!,
  rangeTypeByName(multirange[2])!,
])
for (const type of [...plainTypes, ...rangeTypes]) {
  const info = pgType(type)
  BY_OID.set(info.oid, type)
  if (info.arrayOid !== 0) BY_OID.set(info.arrayOid, arrayOf(type))
}

export function typeByOid(oid: number, typmod = -1): SqlType | undefined {
  const type = BY_OID.get(oid)
  return type === undefined ? undefined : withTypmod(type, typmod)
}

/** pg_attribute.atttypmod: -1 when there are no modifiers. */
export function typmodOf(type: SqlType): number {
  if (type.domain !== undefined) return -1
  switch (type.kind) {
    case 'numeric':
      return type.precision === undefined ? -1 : ((type.precision << 16) | ((type.scale ?? 0) & 0x7ff)) + 4
    case 'varchar':
    case 'bpchar':
      return type.length === undefined ? -1 : type.length + 4
    case 'bit':
    case 'varbit':
      return type.length ?? -1
    case 'time':
    case 'timestamp':
    case 'timestamptz':
      return type.precision ?? -1
    case 'array':
      return type.element === undefined ? -1 : typmodOf(type.element)
    default:
      return -1
  }
}

function withTypmod(type: SqlType, typmod: number): SqlType {
  if (typmod < 0) return type
  switch (type.kind) {
    case 'numeric': {
      if (typmod < 4) return type
      const scale = (typmod - 4) & 0x7ff
      return { kind: 'numeric', precision: ((typmod - 4) >> 16) & 0xffff, scale: (scale ^ 1024) - 1024 }
    }
    case 'varchar':
    case 'bpchar':
      return typmod <= 4 ? type : { kind: type.kind, length: typmod - 4 }
    case 'bit':
    case 'varbit':
      return { kind: type.kind, length: typmod }
    case 'time':
    case 'timestamp':
    case 'timestamptz':
      return { kind: type.kind, precision: typmod }
    case 'array':
      return type.element === undefined ? type : arrayOf(withTypmod(type.element, typmod))
    default:
      return type
  }
}

/** The type as PostgreSQL's format_type prints it, modifiers included. */
export function formatType(type: SqlType): string {
  const user = type.domain ?? type.user
  if (user !== undefined) return userTypeName(user)
  if (type.kind === 'array') return type.element === undefined ? 'anyarray' : `${formatType(type.element)}[]`
  const name = pgType(type).sqlName
  if (type.kind === 'numeric')
    return type.precision === undefined ? name : `numeric(${type.precision},${type.scale ?? 0})`
  if (type.length !== undefined) return `${name}(${type.length})`
  if (type.precision === undefined) return name
  const [first, ...rest] = name.split(' ')
  return `${first}(${type.precision}) ${rest.join(' ')}`
}

/** The name without modifiers: what error messages about functions and operators print. */
export function typeName(type: SqlType): string {
  const user = type.domain ?? type.user
  if (user !== undefined) return userTypeName(user)
  if (type.kind === 'array') return type.element === undefined ? 'anyarray' : `${typeName(type.element)}[]`
  return pgType(type).sqlName
}

const ALIASES: Readonly<Record<string, TypeKind>> = {
  int: 'int4',
  integer: 'int4',
  smallint: 'int2',
  bigint: 'int8',
  boolean: 'bool',
  real: 'float4',
  'double precision': 'float8',
  decimal: 'numeric',
  dec: 'numeric',
  'character varying': 'varchar',
  character: 'bpchar',
  'bit varying': 'varbit',
  'time without time zone': 'time',
  'timestamp without time zone': 'timestamp',
  'timestamp with time zone': 'timestamptz',
}

/** A type by its SQL or catalog name in lower case (`int`, `int4`, `_text`, `text[]`, `"char"`), without modifiers. */
export function typeByName(name: string): SqlType | undefined {
  if (name.endsWith('[]')) {
    const element = typeByName(name.slice(0, -2))
    return element === undefined || element.kind === 'array' ? element : arrayOf(element)
  }
  if (name.startsWith('_')) return typeByName(`${name.slice(1)}[]`)
  if (name === '"char"') return { kind: 'char' }
  const range = rangeTypeByName(name)
  if (range !== undefined) return range
  const kind = ALIASES[name] ?? (Object.hasOwn(PG_TYPES, name) ? (name as TypeKind) : undefined)
  return kind === undefined ? undefined : { kind }
}
