import { SqlError } from '../../base/sql-error.ts'
import { commonType, findCast } from '../../functions/resolve.ts'
import { readsClock } from '../../plan/clock-shape.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { constant, visitScalar } from '../../plan/scalar-walk.ts'
import { hasModifiers, withoutModifiers } from '../../types/modifiers.ts'
import { type RowType, type SqlType, sameBaseType, sameType, TEXT, withoutDomain } from '../../types/sql-type.ts'
import type { Datum, Value } from '../../types/value.ts'
import { foldConstants } from '../function-facts.ts'
import { typeText } from '../type-text.ts'
import { bindError, type Place } from './bind-error.ts'
import type { Statement } from './context.ts'

export type CoercionContext = 'implicit' | 'assignment' | 'explicit'

/** The scalar as a value of the type, modifiers included; 42804 or 42846 where no cast of the context leads there. */
export function coerce(st: Statement, s: Scalar, type: SqlType, context: CoercionContext, at: Place): Scalar {
  if (sameType(s.type, type)) return s
  if (s.type.kind === 'unknown') return coerceUnknown(st, s, type, context, at)
  if (s.kind === 'row' && type.kind === 'record' && type.fields !== undefined && type.domain === undefined)
    return coerceRow(st, s, type, type.fields, context, at)
  const cast = findCast(s.type, type, context)
  if (!cast) throw cannotCast(s.type, type, context, at)
  if (sameBaseType(s.type, type) && !hasModifiers(type)) return retyped(s, type)
  // PostgreSQL points at no place for what a domain refuses.
  const position = type.domain !== undefined && sameBaseType(s.type, type) ? -1 : st.position(at)
  const result: Scalar = { kind: 'cast', arg: s, explicit: context === 'explicit', type, position }
  if (s.kind !== 'const') return result
  // A constant that does not fit is left for the row that reaches it, unless the statement always does.
  return foldConstants(result, st.env.evalEnv)
}

/** A row that is written becomes a composite type field by field, so that literals in it take the fields' types. */
function coerceRow(
  st: Statement,
  row: Extract<Scalar, { kind: 'row' }>,
  type: SqlType,
  fields: RowType,
  context: CoercionContext,
  at: Place,
): Scalar {
  const written = st.rows.get(row) ?? row.items
  if (written.length !== fields.length) {
    const few = written.length < fields.length
    throw bindError('42846', `cannot cast type ${typeText(row.type)} to ${typeText(type)}`, at, {
      detail: `Input has too ${few ? 'few' : 'many'} columns.`,
    })
  }
  const items = written.map((item, i) => {
    try {
      return coerce(st, item, fields[i]!.type, context === 'implicit' ? 'assignment' : context, at)
    } catch (e) {
      const { sqlstate } = e as { sqlstate?: string }
      if (sqlstate !== '42804' && sqlstate !== '42846') throw e
      throw bindError('42846', `cannot cast type ${typeText(row.type)} to ${typeText(type)}`, at, {
        detail: `Cannot cast type ${typeText(item.type)} to ${typeText(fields[i]!.type)} in column ${i + 1}.`,
      })
    }
  })
  return { kind: 'row', items, type }
}

/** A literal is read as the type at once; a parameter takes the type. */
function coerceUnknown(st: Statement, s: Scalar, type: SqlType, context: CoercionContext, at: Place): Scalar {
  if (s.kind === 'const') {
    // The value is read first; what the domain says of it is known when a row reaches it.
    if (type.domain !== undefined)
      return coerce(st, coerceUnknown(st, s, withoutDomain(type), context, at), type, context, at)
    if (s.value === null) return constant(null, type)
    return constant(parseLiteral(st, s.value as string, type, st.literals.get(s) ?? at, context), type)
  }
  if (s.kind === 'param') {
    const known = st.paramType(s.index)
    if (known.kind === 'unknown') {
      st.inferParam(s.index, withoutModifiers(type))
      return coerce(st, { ...s, type: withoutModifiers(type) }, type, context, at)
    }
    return coerce(st, { ...s, type: known }, type, context, at)
  }
  const cast = findCast(TEXT, type, 'explicit')
  if (!cast) throw cannotCast(s.type, type, context, at)
  return { kind: 'cast', arg: s, explicit: false, type, position: st.position(at) }
}

/** The same value under a type without modifiers: no work at run time. */
const retyped = (s: Scalar, type: SqlType): Scalar =>
  s.kind === 'const' ? { ...s, type } : { kind: 'cast', arg: s, explicit: false, type, position: -1 }

function cannotCast(from: SqlType, to: SqlType, context: CoercionContext, at: Place): SqlError {
  if (context === 'explicit') return bindError('42846', `cannot cast type ${typeText(from)} to ${typeText(to)}`, at)
  return bindError('42804', `expression is of type ${typeText(from)} but type ${typeText(to)} is needed`, at)
}

export const canCoerce = (from: SqlType, to: SqlType, context: CoercionContext): boolean =>
  from.kind === 'unknown' || sameType(from, to) || findCast(from, to, context) !== undefined

/** The text as a value of the type; errors point at the literal. */
const OF_MOMENT = /now|today|tomorrow|yesterday/i
const TIMES: ReadonlySet<string> = new Set(['date', 'time', 'timestamp', 'timestamptz', 'array', 'range', 'multirange'])

export function parseLiteral(
  st: Statement,
  text: string,
  type: SqlType,
  at: Place,
  context: CoercionContext = 'explicit',
): Value {
  const cast = findCast({ kind: 'unknown' }, type, context)
  if (!cast) throw bindError('42846', `cannot cast a literal to type ${typeText(type)}`, at)
  if (OF_MOMENT.test(text) && TIMES.has(type.kind)) st.stream.ofMoment ??= 'literal'
  try {
    return cast.eval(text, type, st.env.evalEnv) as Value
  } catch (e) {
    throw located(st, e, at)
  }
}

/** An error of the functions below, with the place that they do not know. */
export function located(st: Statement, e: unknown, at: Place): unknown {
  if (!(e instanceof SqlError) || e.fields.position !== undefined || !st.positions || at.span.start < 0) return e
  return new SqlError(e.sqlstate, e.message, { ...e.fields, position: at.span.start + 1 })
}

export interface Item {
  readonly scalar: Scalar
  readonly at: Place
}

/** All of one type, PostgreSQL's common one. With `optional` undefined where there is none. */
export function unify(st: Statement, items: readonly Item[], label: string): { type: SqlType; scalars: Scalar[] }
export function unify(
  st: Statement,
  items: readonly Item[],
  label: string,
  optional: true,
): { type: SqlType; scalars: Scalar[] } | undefined
export function unify(
  st: Statement,
  items: readonly Item[],
  label: string,
  optional = false,
): { type: SqlType; scalars: Scalar[] } | undefined {
  let type: SqlType
  try {
    type = commonType(
      items.map((i) => i.scalar.type),
      label,
    )
  } catch (e) {
    if (optional && e instanceof SqlError) return undefined
    const first = items.find((i) => i.scalar.type.kind !== 'unknown')
    const other = items.find((i) => i.scalar.type.kind !== 'unknown' && i.scalar.type.kind !== first?.scalar.type.kind)
    throw located(st, e, (other ?? items[0]).at)
  }
  return { type, scalars: items.map((i) => coerce(st, i.scalar, type, 'implicit', i.at)) }
}

/** A literal or parameter that nothing gave a type is text. */
export function settleUnknown(st: Statement, s: Scalar): Scalar {
  return s.type.kind === 'unknown' ? coerceUnknown(st, s, TEXT, 'implicit', { span: { start: 0 } }) : s
}

/** Value of an expression without columns; undefined when it is not constant. */
export function constantValue(st: Statement, s: Scalar): Datum | undefined {
  if (movesInView(st, s)) throw frozenClock(s)
  if (readsClock(s)) st.stream.ofMoment = 'clock'
  const folded = foldConstants(s, st.env.evalEnv)
  return folded.kind === 'const' ? folded.value : undefined
}

/** It moves with the clock, and what it stands in is kept up to date. */
export const movesInView = (st: Statement, s: Scalar): boolean => st.stream.maintained === true && readsClock(s)

function frozenClock(s: Scalar): SqlError {
  let found: Scalar | undefined
  visitScalar(s, (x) => {
    if (found === undefined && x.kind === 'call' && x.args.length === 0 && readsClock(x)) found = x
  })
  const [name, position] = found?.kind === 'call' ? [found.fn.replace(/\(.*$/, ''), found.position] : ['now', -1]
  return new SqlError('0A000', `${name}() in this place of a materialized view or SUBSCRIBE is not supported`, {
    position: position + 1 || undefined,
    detail:
      'What stands here is one value for good: limits, offsets, distances of frames and lengths of windows do not move.',
    hint: 'Write a constant, or leave it to the SELECT that reads the view.',
  })
}
