import { mapLogicalScalars, rewriteLogical } from '../../plan/logical-walk.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { constant, rewriteScalar } from '../../plan/scalar-walk.ts'
import { BOOL, type SqlType } from '../../types/sql-type.ts'
import { operatorOf } from '../function-facts.ts'
import type { Rule } from './rule.ts'

/**
 * A date beside a constant timestamp is compared as a date: `d < timestamp '1995-01-01 12:00'` is `d < date '1995-01-02'`.
 * A date turned into a timestamp may leave the range of those, which would keep the condition behind every join.
 */
export const dateBounds: Rule = {
  name: 'date-bounds',
  apply: (plan) => rewriteLogical(plan, (p) => mapLogicalScalars(p, (s) => rewriteScalar(s, asDates))),
}

const DAY_MICROS = 86_400_000_000
const DATE: SqlType = { kind: 'date' }
const TURNED: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' }
const NAMES: Readonly<Record<string, string>> = { '<': 'lt', '<=': 'le', '>': 'gt', '>=': 'ge' }

function asDates(s: Scalar): Scalar {
  if (s.kind !== 'call' || s.args.length !== 2) return s
  const operator = operatorOf(s.fn) ?? ''
  if (NAMES[operator] === undefined) return s
  const [a, b] = s.args
  const turned = dateOf(a) === null
  const [date, moment, compare] = turned ? [dateOf(b), a, TURNED[operator]] : [dateOf(a), b, operator]
  if (date === null || moment.kind !== 'const' || moment.type.kind !== 'timestamp') return s
  const { value } = moment
  if (typeof value !== 'number' || !Number.isFinite(value)) return s
  // Below a moment of some day, or at it: through the whole day before, or that day. Above it: the days after.
  const days = value / DAY_MICROS
  const bound = compare === '<' || compare === '>=' ? Math.ceil(days) : Math.floor(days)
  const fn = `date_${NAMES[compare]}(date,date)`
  return { kind: 'call', fn, args: [date, constant(bound, DATE)], type: BOOL, position: s.position }
}

const dateOf = (s: Scalar): Scalar | null =>
  s.kind === 'cast' && s.type.kind === 'timestamp' && s.arg.type.kind === 'date' ? s.arg : null
