import { mapItems } from '../types/array-value.ts'
import { applyModifiers, checkNull, hasModifiers } from '../types/modifiers.ts'
import { pgType } from '../types/pg-type.ts'
import { subtypeOf } from '../types/range-type.ts'
import { type SqlType, sameBaseType, type TypeKind } from '../types/sql-type.ts'
import { formatText, parseText, parseTextLoose } from '../types/text.ts'
import type { Datum, RangeValue, Value, ValueArray } from '../types/value.ts'
import { CAST_ROWS, type CastRow } from './cast-table.ts'
import { textOptions } from './define.ts'
import type { Cast, EvalEnv } from './function.ts'
import { readPath } from './jsonpath/check.ts'
import { isRegKind, readReg } from './reg-names.ts'

/**
 * How a value of one type becomes one of another, modifiers of the target included: a pg_cast row, array elements one
 * by one, or through text (any type to text in assignments; text to any type when explicit; literals of unknown type
 * anywhere). `context` is where the cast stands; explicit casts cut what is too long for varchar(n).
 */
const BY_PAIR = new Map<string, CastRow>(CAST_ROWS.map((row) => [`${row.from}>${row.to}`, row]))
const RANK = { implicit: 0, assignment: 1, explicit: 2 } as const satisfies Record<Cast['context'], number>

const allows = (wanted: Cast['context'], offered: Cast['context']): boolean => RANK[offered] <= RANK[wanted]

function isStringType(kind: TypeKind): boolean {
  return kind === 'text' || kind === 'varchar' || kind === 'bpchar' || kind === 'name'
}

type Convert = (value: Value, env: EvalEnv, to: SqlType) => Datum

interface Found {
  readonly context: Cast['context']
  readonly convert: Convert | undefined
  readonly fallible: boolean
}

export function findCast(from: SqlType, to: SqlType, context: Cast['context']): Cast | undefined {
  const found = find(from, to, context)
  if (found === undefined || !allows(context, found.context)) return undefined
  const explicit = context === 'explicit'
  const { convert } = found
  const fits = hasModifiers(to)
  return {
    from,
    to,
    context: found.context,
    fallible: found.fallible || (fits && !(explicit && isStringType(to.kind))),
    ...(convert === undefined && !fits ? { identity: true as const } : {}),
    eval: (value, target, env) => {
      const converted = convert === undefined ? value : convert(value, env, target)
      return converted === null || !hasModifiers(target) ? converted : applyModifiers(converted, target, explicit)
    },
  }
}

function find(from: SqlType, to: SqlType, context: Cast['context']): Found | undefined {
  if (sameBaseType(from, to)) return { context: 'implicit', convert: undefined, fallible: false }
  if (from.kind === 'unknown') return { context: 'implicit', convert: reader(to, context), fallible: true }
  const row = BY_PAIR.get(`${from.kind}>${to.kind}`)
  if (row !== undefined) {
    return { context: row.context, convert: row.convert as Convert | undefined, fallible: row.fallible }
  }
  if (from.kind === 'range' && to.kind === 'multirange' && sameBaseType(subtypeOf(from), subtypeOf(to))) {
    const convert: Convert = (value) => ((value as RangeValue).bounds === 'empty' ? [] : [value])
    return { context: 'explicit', convert, fallible: false }
  }
  if (from.kind === 'array' && to.kind === 'array') return findArray(from, to, context)
  if (from.kind === 'record' && to.kind === 'record') return findRecord(from, to, context)
  return throughText(from, to, context)
}

function findArray(from: SqlType, to: SqlType, context: Cast['context']): Found | undefined {
  if (from.element === undefined || to.element === undefined) return undefined
  const { element } = to
  const cast = findCast(from.element, element, context)
  if (cast === undefined) return undefined
  const convert: Convert = (value, env) =>
    mapItems(value, (item) => (item === null ? null : cast.eval(item, element, env)))
  return { context: cast.context, convert: cast.identity === true ? undefined : convert, fallible: cast.fallible }
}

/** Of an anonymous record, field by field; of a composite type to records of any fields. */
function findRecord(from: SqlType, to: SqlType, context: Cast['context']): Found | undefined {
  if (to.fields === undefined) return { context: 'implicit', convert: undefined, fallible: false }
  const { fields } = to
  if (from.user !== undefined || from.fields?.length !== fields.length) return undefined
  const casts = from.fields.map((field, i) =>
    findCast(field.type, fields[i].type, context === 'implicit' ? 'assignment' : context),
  )
  if (casts.includes(undefined)) return undefined
  const convert: Convert = (value, env) =>
    (value as ValueArray).map((item, i) =>
      item === null ? checkNull(fields[i].type) : casts[i]!.eval(item, fields[i].type, env),
    )
  const identity = casts.every((cast) => cast!.identity === true)
  return {
    context: 'implicit',
    convert: identity ? undefined : convert,
    fallible: casts.some((cast) => cast!.fallible),
  }
}

/** I/O conversion: to text in assignments, from text when explicit. */
function throughText(from: SqlType, to: SqlType, context: Cast['context']): Found | undefined {
  if (pgType(from).category === 'P' && from.kind !== 'record') return undefined
  if (isStringType(to.kind) || to.kind === 'unknown') {
    const write: Convert =
      to.kind === 'name'
        ? (value, env) => formatText(value, from, textOptions(env))
        : (value, env) => printed(value, from, env)
    return { context: 'assignment', convert: write, fallible: false }
  }
  if (isStringType(from.kind)) return { context: 'explicit', convert: reader(to, context), fallible: true }
  // json and jsonb meet through text as well; names of objects through their oids' text.
  if (isJson(from.kind) && isJson(to.kind))
    return { context: 'assignment', convert: reader(to, context), fallible: true }
  return undefined
}

function isJson(kind: TypeKind): boolean {
  return kind === 'json' || kind === 'jsonb'
}

/** Casts of booleans to text say true and false, unlike the output of a bare boolean. */
function printed(value: Value, from: SqlType, env: EvalEnv): string {
  return from.kind === 'bool' ? String(value) : formatText(value, from, textOptions(env))
}

function reader(to: SqlType, context: Cast['context']): Convert {
  if (isRegKind(to.kind)) return readReg(to.kind) as Convert
  const parse = context === 'explicit' ? parseTextLoose : parseText
  if (to.kind === 'jsonpath') return (value) => readPath(value as string)
  return (value, env) => parse(value as string, to, textOptions(env))
}
