import { operatorsByName, scalarById } from '../functions/lookup.ts'
import { DATE, sameBaseType, TEXT } from '../types/sql-type.ts'
import { clockShape, readsClock } from './clock-shape.ts'
import type { Scalar } from './scalar.ts'
import { columnsOf, constant, scalarInputs, scalarKey } from './scalar-walk.ts'

/**
 * Why a value of a row changes with time. Everything else in the expressions stays as it is between two changes, so that
 * a row has to be looked at only then.
 */
export type ClockRule = {
  /** The conjunct of the filter that it stands in; -1: a computed column. */
  readonly conjunct: number
} & (
  | {
      /** `test` compares what moves with what does not: it changes once. */
      readonly kind: 'compare'
      readonly test: Scalar
      readonly moving: Scalar
      readonly fixed: Scalar
    }
  | {
      /** A value of the clock alone that holds for a while: date_trunc, date_bin, a date. */
      readonly kind: 'step'
      readonly value: Scalar
    }
)

/** The rules of a filter's conjuncts and of computed columns; or the call of the clock that changes at every moment. */
export function clockRules(
  conjuncts: readonly Scalar[],
  exprs: readonly Scalar[],
): { readonly rules: readonly ClockRule[] } | { readonly restless: Scalar } {
  const rules = new Map<string, ClockRule>()
  try {
    for (const [i, s] of conjuncts.entries()) collect(s, i, rules)
    for (const s of exprs) collect(s, -1, rules)
  } catch (error) {
    if (error instanceof Restless) return { restless: error.scalar }
    throw error
  }
  return { rules: [...rules.values()] }
}

class Restless extends Error {
  readonly scalar: Scalar
  constructor(scalar: Scalar) {
    super('the value changes at every moment')
    this.scalar = scalar
  }
}

type Rules = Map<string, ClockRule>

function collect(s: Scalar, conjunct: number, rules: Rules): void {
  if (!readsClock(s)) return
  // Whether such a value is NULL does not depend on the clock.
  if (s.kind === 'isNull' && clockShape(s.arg) !== null) return
  if (comparison(s, conjunct, rules)) return
  const step = stepOf(s)
  if (step !== null) {
    add(rules, { conjunct, kind: 'step', value: step })
    for (const input of scalarInputs(s)) if (s.kind === 'call' && AGES.has(s.fn)) collect(input, conjunct, rules)
    return
  }
  const inputs = scalarInputs(s)
  if (inputs.length === 0) throw new Restless(s)
  for (const input of inputs) collect(input, conjunct, rules)
}

function add(rules: Rules, rule: ClockRule): void {
  const key = rule.kind === 'compare' ? scalarKey(rule.test) : scalarKey(rule.value)
  const known = `${rule.conjunct} ${rule.kind} ${key}`
  if (!rules.has(known)) rules.set(known, rule)
}

const COMPARISONS: ReadonlySet<string> = new Set(['=', '<>', '<', '<=', '>', '>='])

/** `moving ⋈ fixed`, on either side; false when it is not one. */
function comparison(s: Scalar, conjunct: number, rules: Rules): boolean {
  if (s.kind === 'inList') {
    if (clockShape(s.arg) === null) return false
    for (const value of s.values) {
      if (value !== null) equality(s.arg, constant(value, s.arg.type), conjunct, rules)
    }
    return true
  }
  const sides = s.kind === 'distinctFrom' ? ([s.left, s.right] as const) : s.kind === 'call' ? s.args : []
  const operator = s.kind === 'distinctFrom' ? '=' : s.kind === 'call' ? (scalarById(s.fn)?.operator ?? '') : ''
  if (sides.length !== 2 || !COMPARISONS.has(operator)) return false
  const [left, right] = sides
  const swapped = readsClock(right)
  if (swapped && readsClock(left)) return false
  const moving = swapped ? right : left
  const fixed = swapped ? left : right
  if (clockShape(moving) === null || !sameBaseType(moving.type, fixed.type)) return false
  if (operator === '=' || operator === '<>') equality(moving, fixed, conjunct, rules)
  else add(rules, { conjunct, kind: 'compare', test: s, moving, fixed })
  return true
}

/** Equality holds from where `<` ends to where `<=` does. */
function equality(moving: Scalar, fixed: Scalar, conjunct: number, rules: Rules): void {
  for (const operator of ['<', '<=']) {
    const row = operatorsByName(operator).find((fn) => fn.args.every((a) => 'kind' in a && a.kind === moving.type.kind))
    if (row === undefined) throw new Restless(moving)
    const test: Scalar = { kind: 'call', fn: row.id, args: [moving, fixed], type: { kind: 'bool' }, position: -1 }
    add(rules, { conjunct, kind: 'compare', test, moving, fixed })
  }
}

const AGES: ReadonlySet<string> = new Set(['age(timestamp)', 'age(timestamptz)'])
const TODAY = { kind: 'call', fn: 'current_date()', args: [], type: DATE, position: -1 } as const

/** The unit at whose beginnings a field of a timestamp changes. */
const FIELD_UNITS: Readonly<Record<string, string>> = {
  minute: 'minute',
  hour: 'hour',
  day: 'day',
  dow: 'day',
  isodow: 'day',
  doy: 'day',
  week: 'week',
  isoyear: 'week',
  month: 'month',
  quarter: 'month',
  year: 'year',
  decade: 'year',
  century: 'year',
  millennium: 'year',
}

/** The step function of the clock alone at whose steps the value of `s` may change; null when `s` is none. */
function stepOf(s: Scalar): Scalar | null {
  if (s.kind === 'call' && AGES.has(s.fn)) return TODAY
  if (columnsOf(s).size > 0) return null
  if (s.kind === 'cast') return s.type.kind === 'date' && clockShape(s) !== null ? s : null
  if (s.kind !== 'call') return null
  if (s.fn === TODAY.fn) return s
  const name = scalarById(s.fn)?.name
  if (name === 'date_trunc' || name === 'date_bin') return clockShape(s) === null ? null : s
  if (name !== 'extract' && name !== 'date_part') return null
  const [field, arg] = s.args
  const unit = field.kind === 'const' ? FIELD_UNITS[String(field.value).toLowerCase()] : undefined
  const truncate = `date_trunc(text,${arg.type.kind})`
  if (unit === undefined || clockShape(arg) === null || scalarById(truncate) === undefined) return null
  if (arg.type.kind !== 'timestamptz' && arg.type.kind !== 'timestamp') return null
  return { kind: 'call', fn: truncate, args: [constant(unit, TEXT), arg], type: arg.type, position: -1 }
}

/** Columns of the rules' scalars, renumbered. */
export function mapRuleColumns(rule: ClockRule, to: (s: Scalar) => Scalar): ClockRule {
  if (rule.kind === 'step') return rule
  return { ...rule, test: to(rule.test), moving: to(rule.moving), fixed: to(rule.fixed) }
}
