import { assert } from '../base/assert.ts'
import type { TickContext } from '../dataflow/contract.ts'
import { RowErrorList } from '../dataflow/row-errors.ts'
import { scalarById } from '../functions/lookup.ts'
import type { ClockRule } from '../plan/clock-rules.ts'
import { type ClockShape, clockShape, microsOf, monthsSlack, readsClock } from '../plan/clock-shape.ts'
import type { Scalar } from '../plan/scalar.ts'
import type { Column } from '../types/column.ts'
import { datumAt } from '../types/column-read.ts'
import type { Datum, Interval } from '../types/value.ts'
import { ClockSearch } from './clock-search.ts'
import { closureKernel } from './closure.ts'
import type { CompileContext } from './compile-context.ts'

/** The clock ends here: beyond, microseconds are no exact numbers any more (2255). */
const END = Number.MAX_SAFE_INTEGER

/** For each of n rows the first moment after the tick's now at which a rule changes something; Infinity: never again. */
export type NextChange = (cols: readonly Column[], n: number, tick: TickContext, out: Float64Array) => void

export function compileRule(rule: ClockRule, context: CompileContext): NextChange {
  if (rule.kind === 'step') return compileStep(rule.value, context)
  const shape = clockShape(rule.moving)
  assert(shape !== null, 'a rule compares what moves steadily')
  const exact = shape.low === 0 && shape.high === 0 && shape.breaks.length === 0
  return exact ? compileExact(rule, shape, context) : compileSearch(rule, shape, context)
}

type Compare = Extract<ClockRule, { kind: 'compare' }>

/** A value that moves exactly with the clock, as now() - interval does: the moment is computed. */
function compileExact(rule: Compare, shape: ClockShape, context: CompileContext): NextChange {
  const window = compileWindow(rule, shape, context)
  const search = new ClockSearch(rule.test, [], context)
  const late = changesBehind(rule, shape)
  return (cols, n, tick, out) => {
    const now = tick.nowMicros
    const { from, to } = window(cols, n, tick)
    for (let i = 0; i < n; i++) {
      if (from[i] === to[i]) {
        const at = from[i] + late
        out[i] = at > now && at <= END ? at : Number.POSITIVE_INFINITY
      } else out[i] = searched(search, cols, i, now, from[i], to[i])
    }
  }
}

/** 1 when the comparison changes one microsecond after both sides are equal, 0 when it changes as they become equal. */
function changesBehind({ test }: Compare, shape: ClockShape): 0 | 1 {
  assert(test.kind === 'call', 'a comparison is a call')
  const operator = scalarById(test.fn)?.operator ?? ''
  const movingLeft = readsClock(test.args[0])
  // As if the moving side stood left: < and >= change where equality begins, when it comes from below.
  const below = movingLeft ? operator === '<' || operator === '>=' : operator === '>' || operator === '<='
  return below === (shape.sign === 1) ? 0 : 1
}

function compileSearch(rule: Compare, shape: ClockShape, context: CompileContext): NextChange {
  const window = compileWindow(rule, shape, context)
  const search = new ClockSearch(rule.test, shape.breaks, context)
  return (cols, n, tick, out) => {
    const { from, to } = window(cols, n, tick)
    for (let i = 0; i < n; i++) out[i] = searched(search, cols, i, tick.nowMicros, from[i], to[i])
  }
}

/** Outside the window nothing changes. */
function searched(
  search: ClockSearch,
  cols: readonly Column[],
  row: number,
  now: number,
  from: number,
  to: number,
): number {
  // NaN: a side is NULL or fails, at all times.
  if (Number.isNaN(from) || now > to || from > END) return Number.POSITIVE_INFINITY
  return search.next(cols, row, Math.max(now, Math.floor(from) - 1), Math.min(END, Math.ceil(to) + 1))
}

interface Windows {
  readonly from: Float64Array
  readonly to: Float64Array
}

/** Between which moments the comparison of each row changes: where the moving side can equal the fixed one. */
function compileWindow(rule: Compare, shape: ClockShape, context: CompileContext) {
  const fixed = compileMicros(rule.fixed, shape.scale, context)
  const parts = shape.parts.map((part) => ({ ...part, micros: compileMicros(part.scalar, part.scale, context) }))
  const { sign, low, high } = shape
  return (cols: readonly Column[], n: number, tick: TickContext): Windows => {
    const target = fixed(cols, n, tick)
    const from = target.micros.slice()
    const slack = target.slack.slice()
    for (const part of parts) {
      const { micros, slack: more } = part.micros(cols, n, tick)
      for (let i = 0; i < n; i++) {
        from[i] -= part.sign * micros[i]
        slack[i] += more[i]
      }
    }
    const to = new Float64Array(n)
    for (let i = 0; i < n; i++) {
      // sign * t + (low … high) = from
      const nearest = sign === 1 ? from[i] - high : low - from[i]
      const farthest = sign === 1 ? from[i] - low : high - from[i]
      from[i] = nearest - slack[i]
      to[i] = farthest + slack[i]
    }
    return { from, to }
  }
}

interface Micros {
  readonly micros: Float64Array
  /** How far off it may be: months are counted as 30 days. */
  readonly slack: Float64Array
}

/** A scalar that does not move, in microseconds; NaN where it is NULL or fails. */
function compileMicros(scalar: Scalar, scale: number, context: CompileContext) {
  const kernel = scalar.kind === 'column' ? null : closureKernel(scalar, context)
  const exact = scalar.type.kind === 'timestamptz' || scalar.type.kind === 'timestamp'
  const errors = new RowErrorList()
  return (cols: readonly Column[], n: number, tick: TickContext): Micros => {
    const column = scalar.kind === 'column' ? cols[scalar.index] : kernel!(cols, n, errors, tick)
    const micros = new Float64Array(n)
    const slack = new Float64Array(n)
    if (exact && column.kind === 'f64') micros.set(column.data.subarray(0, n))
    else {
      for (let i = 0; i < n; i++) {
        const value: Datum = datumAt(column, i, scalar.type)
        if (value === null) micros[i] = Number.NaN
        else {
          micros[i] = microsOf(value, scale)
          if (typeof value === 'object' && 'months' in value) slack[i] = slackOf(value as Interval)
        }
      }
    }
    if (column.nulls !== null) for (let i = 0; i < n; i++) if (column.nulls[i] === 1) micros[i] = Number.NaN
    if (errors.count > 0) {
      for (const row of errors.rows()) micros[row] = Number.NaN
      errors.clear()
    }
    return { micros, slack }
  }
}

const slackOf = ({ months }: Interval): number => (months === 0 ? 0 : monthsSlack(months))

/** A value of the clock alone: looked for once, and known until it comes. */
function compileStep(value: Scalar, context: CompileContext): NextChange {
  const shape = clockShape(value)
  assert(shape !== null, 'a step function moves steadily')
  const search = new ClockSearch(value, shape.breaks, context)
  const slack = shape.parts.reduce((sum, { scalar }) => {
    const months = scalar.kind === 'const' && scalar.type.kind === 'interval' ? (scalar.value as Interval | null) : null
    return sum + (months === null ? 0 : slackOf(months))
  }, 0)
  // Within its width it has moved on.
  const width = shape.high - shape.low + 2 * slack + 1
  let known = { from: 0, next: 0 }
  return (_cols, n, tick, out) => {
    const now = tick.nowMicros
    if (now < known.from || now >= known.next) {
      known = { from: now, next: search.next([], 0, now, Math.min(END, now + width)) }
    }
    out.fill(known.next, 0, n)
  }
}
