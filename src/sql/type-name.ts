import type { TypeName } from '../../grammar/ast-base.ts'
import { notSupported } from '../base/sql-error.ts'
import { findType } from '../catalog/resolve-name.ts'
import { rangeTypeByName } from '../types/range-type.ts'
import { arrayOf, type SqlType, type TypeKind } from '../types/sql-type.ts'
import { bindError } from './bind/bind-error.ts'
import type { Statement } from './bind/context.ts'
import { handled } from './bind/handled.ts'

/**
 * Written type → type. Names are PostgreSQL's; the grammar has already mapped its spellings. `st`: whose text it stands in,
 * for the user's types.
 */
export function resolveType(name: TypeName, st?: Statement): SqlType {
  handled(name, ['parts', 'canonical', 'typmods', 'arrayDims', 'fields'])
  const written = name.parts.map((p) => p.name)
  const last = written[written.length - 1]
  const user = st === undefined || isBuiltIn(written) ? undefined : userType(st, name, written)
  if (user === undefined && (written.length > 2 || (written.length === 2 && written[0] !== 'pg_catalog')))
    throw unknownType(written.join('.'), name)
  let type: SqlType
  if (name.fields !== undefined) {
    // RisingWave's STRUCT<a int, b text>, Flink's ROW<…>.
    type = {
      kind: 'record',
      fields: name.fields.map((f) => ({ name: f.name.name, type: resolveType(f.type, st), nullable: true })),
    }
  } else if (user !== undefined) {
    if (name.typmods.length > 0) throw bindError('42601', `type modifier is not allowed for type "${last}"`, name)
    type = user
  } else if (last.startsWith('_') && typeNamed(last.slice(1)) !== undefined)
    type = arrayOf(plainType(last.slice(1), name))
  else type = withModifiers(plainType(last, name), name)
  if (name.arrayDims.length === 0) return type
  // The number of dimensions that is written means nothing.
  return type.kind === 'array' ? type : arrayOf(type)
}

const isBuiltIn = (parts: readonly string[]): boolean =>
  parts.length === 1 &&
  (typeNamed(parts[0]!) ?? (parts[0]!.startsWith('_') ? typeNamed(parts[0]!.slice(1)) : undefined)) !== undefined

/** A type that the catalog has, by its name or as `_name`, the array of it. */
function userType(st: Statement, name: TypeName, written: readonly string[]): SqlType | undefined {
  const at = st.position(name) + 1
  const entry = findType(st.env.catalog, written, st.env, at)
  if (entry === undefined) return undefined
  st.types.add(entry.id)
  const span = { start: name.parts[0]!.span.start, end: name.parts.at(-1)!.span.end }
  st.refer({ kind: 'name', parts: name.parts, span }, entry.id, true)
  return entry.type
}

function plainType(name: string, at: TypeName): SqlType {
  const range = rangeTypeByName(name)
  if (range !== undefined) return range
  const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined
  if (kind) return { kind }
  if (SERIAL.has(name)) throw notSupported(`type ${name}`, at.span, 'Give the column a type and its values a number.')
  if (REFUSED.has(name)) throw notSupported(`type ${name}`, at.span)
  throw unknownType(name, at)
}

/** A plain type by PostgreSQL's own name of it. */
export const typeNamed = (name: string): SqlType | undefined =>
  rangeTypeByName(name) ?? (Object.hasOwn(KINDS, name) ? { kind: KINDS[name] } : undefined)

const unknownType = (name: string, at: TypeName) => bindError('42704', `type "${name}" does not exist`, at)

/** As PostgreSQL: a tenth of a gigabyte. */
const BITS_MAX = 83_886_080

function withModifiers(type: SqlType, name: TypeName): SqlType {
  const mods = name.typmods
  if (mods.length === 0) return type
  const numbers = mods.map((m) => {
    if (typeof m !== 'number') throw bindError('22023', `type modifiers must be simple constants`, name)
    return m
  })
  const [first, second] = numbers
  switch (type.kind) {
    case 'numeric': {
      if (numbers.length > 2) throw bindError('22023', 'invalid NUMERIC type modifier', name)
      if (first < 1 || first > 1000) {
        throw bindError('22023', `NUMERIC precision ${first} must be between 1 and 1000`, name)
      }
      const scale = second ?? 0
      if (scale < -1000 || scale > 1000) {
        throw bindError('22023', `NUMERIC scale ${scale} must be between -1000 and 1000`, name)
      }
      if (scale < 0) throw notSupported('a negative NUMERIC scale', name.span)
      return { ...type, precision: first, scale }
    }
    case 'varchar':
    case 'bpchar': {
      const label = type.kind === 'bpchar' ? 'char' : 'varchar'
      if (numbers.length > 1) throw bindError('22023', 'invalid type modifier', name)
      if (first < 1) throw bindError('22023', `length for type ${label} must be at least 1`, name)
      if (first > 10485760) throw bindError('22023', `length for type ${label} cannot exceed 10485760`, name)
      return { ...type, length: first }
    }
    case 'bit':
    case 'varbit':
      if (numbers.length > 1) throw bindError('22023', 'invalid type modifier', name)
      if (first < 1) throw bindError('22023', `length for type ${type.kind} must be at least 1`, name)
      if (first > BITS_MAX) throw bindError('22023', `length for type ${type.kind} cannot exceed ${BITS_MAX}`, name)
      return { ...type, length: first }
    case 'time':
    case 'timestamp':
    case 'timestamptz':
      if (numbers.length > 1) throw bindError('22023', 'invalid type modifier', name)
      // PostgreSQL lowers a larger precision to 6 with a warning; so does this, the value being the same.
      return { ...type, precision: Math.min(first, 6) }
    case 'interval':
      throw notSupported('interval with a precision', name.span)
    default:
      throw bindError('42601', `type modifier is not allowed for type "${type.kind}"`, name)
  }
}

const KINDS: Readonly<Record<string, TypeKind>> = {
  bool: 'bool',
  int2: 'int2',
  int4: 'int4',
  int8: 'int8',
  float4: 'float4',
  float8: 'float8',
  numeric: 'numeric',
  text: 'text',
  string: 'text',
  varchar: 'varchar',
  bpchar: 'bpchar',
  name: 'name',
  char: 'char',
  bytea: 'bytea',
  bytes: 'bytea',
  date: 'date',
  time: 'time',
  timestamp: 'timestamp',
  timestamptz: 'timestamptz',
  interval: 'interval',
  uuid: 'uuid',
  bit: 'bit',
  varbit: 'varbit',
  json: 'json',
  jsonb: 'jsonb',
  jsonpath: 'jsonpath',
  oid: 'oid',
  regclass: 'regclass',
  regtype: 'regtype',
  regproc: 'regproc',
  regnamespace: 'regnamespace',
}

/** No types in PostgreSQL either, but defaults from a sequence. */
const SERIAL: ReadonlyMap<string, 'int2' | 'int4' | 'int8'> = new Map([
  ['serial', 'int4'],
  ['serial2', 'int2'],
  ['serial4', 'int4'],
  ['serial8', 'int8'],
  ['smallserial', 'int2'],
  ['bigserial', 'int8'],
])

/** What a column of such a type holds; undefined: it is no such type. */
export function serialType(name: TypeName): 'int2' | 'int4' | 'int8' | undefined {
  const kind = name.parts.length === 1 ? SERIAL.get(name.parts[0]!.name) : undefined
  if (kind !== undefined && name.arrayDims.length > 0)
    throw bindError('0A000', 'array of serial is not implemented', name)
  return kind
}

/** Types that PostgreSQL or a neighbour has and this does not: better named than "does not exist". */
// biome-ignore format: a list of names
const REFUSED: ReadonlySet<string> = new Set([
  'timetz', 'money', 'xml', 'point', 'line', 'lseg', 'box', 'path', 'polygon', 'circle', 'inet', 'cidr',
  'macaddr', 'macaddr8', 'tsvector', 'tsquery', 'pg_lsn', 'hstore', 'struct', 'map', 'list', 'row', 'record',
  'cstring', 'regprocedure', 'regoper', 'regrole', 'mz_timestamp', 'regoperator', 'regconfig', 'regdictionary', 'regcollation', 'txid_snapshot',
  'pg_snapshot', 'xid8', 'refcursor', 'citext', 'vector', 'geometry', 'geography', 'ltree', 'any', 'anyelement', 'anyarray',
  'void', 'trigger', 'internal', 'uint2', 'uint4', 'uint8', 'rw_int256', 'xid', 'cid', 'tid', 'int2vector', 'oidvector',
])
