import { SqlError } from '../base/sql-error.ts'
import { formatType, typeByName, typeByOid, typeOid } from '../types/pg-type.ts'
import { arrayOf, type SqlType, type TypeKind } from '../types/sql-type.ts'
import { identifierParts, quoteIdent } from '../types/text/identifier.ts'
import type { Datum } from '../types/value.ts'
import type { EvalEnv } from './function.ts'
import { outOfRange } from './inline-helpers.ts'
import type { ObjectLookup } from './object-lookup.ts'
import { PG_PROC_OIDS } from './pg-proc-oids.ts'

/**
 * regclass, regtype, regproc and regnamespace: oids that read and print as names. Their values are those names, as
 * PostgreSQL prints them (quoted, with a schema where the search path needs one); an oid without an object stays a
 * number, 0 is `-`. Without a catalog (in views) names are taken as they are and have no oid.
 */
export const REG_KINDS = ['regclass', 'regtype', 'regproc', 'regnamespace'] as const satisfies readonly TypeKind[]
export type RegKind = (typeof REG_KINDS)[number]

export function isRegKind(kind: TypeKind): kind is RegKind {
  return (REG_KINDS as readonly TypeKind[]).includes(kind)
}

interface Names {
  /** Undefined when there is no such oid. */
  print(oid: number, objects: ObjectLookup | undefined): string | undefined
  /** SqlError when there is no such name, null when the catalog would know and is not at hand. */
  find(text: string, objects: ObjectLookup | undefined): number | null
}

const NAMES = {
  regclass: {
    print(oid, objects) {
      const found = objects?.relation(oid)
      if (found === undefined) return undefined
      return found.visible ? quoteIdent(found.name) : `${quoteIdent(found.schema)}.${quoteIdent(found.name)}`
    },
    find(text, objects) {
      if (objects === undefined) return null
      const oid = objects.relationOid(partsOf(text))
      if (oid === undefined) throw noRelation(partsOf(text), objects)
      return oid
    },
  },
  regtype: {
    print(oid, objects) {
      const type = typeByOid(oid) ?? objects?.userType(oid)
      return type === undefined ? undefined : formatType(type)
    },
    find(text, objects) {
      const name = text.trim()
      const type = typeByName(name.toLowerCase().replace(/^pg_catalog\./, '')) ?? userTypeNamed(name, objects)
      if (type === undefined) throw new SqlError('42704', `type "${text}" does not exist`)
      return typeOid(type)
    },
  },
  regproc: {
    print: (oid) => PROC_NAMES.get(oid),
    find(text) {
      const name = partsOf(text).at(-1) ?? ''
      const oids = PROC_OIDS.get(name)
      if (oids === undefined) throw new SqlError('42883', `function "${text}" does not exist`)
      if (oids.length > 1) throw new SqlError('42725', `more than one function named "${text}"`)
      return oids[0]
    },
  },
  regnamespace: {
    print(oid, objects) {
      const name = objects?.schema(oid)
      return name === undefined ? undefined : quoteIdent(name)
    },
    find(text, objects) {
      if (objects === undefined) return null
      const parts = partsOf(text)
      if (parts.length > 1) throw new SqlError('42602', 'invalid name syntax')
      const name = parts[0]
      const oid = objects.schemaOid(name)
      if (oid === undefined) throw new SqlError('3F000', `schema "${name}" does not exist`)
      return oid
    },
  },
} satisfies Record<RegKind, Names>

function userTypeNamed(name: string, objects: ObjectLookup | undefined): SqlType | undefined {
  const isArray = name.endsWith('[]')
  const parts = identifierParts(isArray ? name.slice(0, -2) : name)
  const type = parts && objects?.userTypeNamed(parts)
  return type === undefined || !isArray ? type : arrayOf(type)
}

const PROC_NAMES = new Map(Object.entries(PG_PROC_OIDS).map(([id, oid]) => [oid, id.slice(0, id.indexOf('('))]))
const PROC_OIDS = new Map<string, number[]>()
for (const [oid, name] of PROC_NAMES) PROC_OIDS.set(name, [...(PROC_OIDS.get(name) ?? []), oid])

function noRelation(parts: readonly string[], objects: ObjectLookup): SqlError {
  const [schema] = parts
  return parts.length === 2 && objects.schemaOid(schema) === undefined
    ? new SqlError('3F000', `schema "${schema}" does not exist`)
    : new SqlError('42P01', `relation "${parts.join('.')}" does not exist`)
}

function partsOf(text: string): readonly string[] {
  const parts = identifierParts(text)
  if (parts === undefined) throw new SqlError('42602', 'invalid name syntax')
  return parts
}

/** A number, `-`, or undefined for a name. */
function oidOf(text: string): number | undefined {
  if (text === '-') return 0
  return /^\d+$/.test(text) ? Number(text) : undefined
}

/** Negative numbers of 32 bits are read as unsigned. */
export const oidToReg =
  (kind: RegKind) =>
  (given: number | bigint, env: EvalEnv): string => {
    const oid = given < 0 ? Number(given) + 4294967296 : Number(given)
    if (oid < 0 || oid > 4294967295) throw outOfRange('OID')
    return oid === 0 ? '-' : (NAMES[kind].print(oid, env.objects) ?? String(oid))
  }

/** The same of a bigint, which holds every oid as it is. */
export const int8ToReg = (kind: RegKind) => {
  const print = oidToReg(kind)
  return (given: number | bigint, env: EvalEnv): string => {
    if (given < 0) throw outOfRange('OID')
    return print(given, env)
  }
}

export const regToOid =
  (kind: RegKind) =>
  (text: string, env: EvalEnv): number | null =>
    oidOf(text) ?? NAMES[kind].find(text, env.objects)

/** The input function: the name of what the text finds. */
export const readReg =
  (kind: RegKind) =>
  (text: string, env: EvalEnv): string => {
    const oid = oidOf(text) ?? NAMES[kind].find(text, env.objects)
    return oid === null ? text : oidToReg(kind)(oid, env)
  }

/** A text that is no literal is always a name, whatever it looks like. */
export function nameToRegclass(text: string, env: EvalEnv): string {
  const oid = NAMES.regclass.find(text, env.objects)
  return oid === null ? text : oidToReg('regclass')(oid, env)
}

/** As readReg, but null for names of nothing: to_regclass and its like. */
export const tryReg =
  (kind: RegKind) =>
  (args: readonly Datum[], env: EvalEnv): string | null => {
    try {
      return readReg(kind)(args[0] as string, env)
    } catch (error) {
      if (error instanceof SqlError) return null
      throw error
    }
  }
