import { unreachable } from '../base/assert.ts'
import { SqlError } from '../base/sql-error.ts'
import type { ClockBreak } from '../plan/clock-shape.ts'
import type { Scalar } from '../plan/scalar.ts'
import type { Column } from '../types/column.ts'
import { equalDatum } from '../types/datum.ts'
import { offsetOfLocal, transitionAfter, zoneByName } from '../types/time-zone.ts'
import type { Datum } from '../types/value.ts'
import { compileRow, type RowFn } from './closure.ts'
import { type CompileContext, makeFrame } from './compile-context.ts'

/** What an expression gives that fails; it is told from every value. */
const FAILED = Symbol('failed')
type Outcome = Datum | typeof FAILED

/**
 * The first moment at which a scalar changes, between two moments. Between two breaks it changes in one direction, so
 * that one that is at the end what it was at the beginning has not changed in between: a bisection in each stretch.
 */
export class ClockSearch {
  readonly #value: RowFn
  readonly #frame: ReturnType<typeof makeFrame>
  readonly #moment = { nowMicros: 0 }
  readonly #breaks: readonly { readonly cell: (value: Datum) => number; readonly arg: RowFn }[]

  constructor(scalar: Scalar, breaks: readonly ClockBreak[], context: CompileContext) {
    this.#value = compileRow(scalar, context)
    this.#frame = makeFrame(context.env)
    this.#breaks = breaks.map((b) => ({ cell: cellOf(b), arg: compileRow(b.arg, context) }))
  }

  /** In (from, to], whole microseconds; Infinity when there is none. */
  next(cols: readonly Column[], row: number, from: number, to: number): number {
    const at = (micros: number): Outcome => this.#at(this.#value, cols, row, micros)
    const first = at(from)
    const changed = (micros: number): boolean => !same(at(micros), first)
    for (let start = from; start < to; ) {
      // The last moment of this stretch, and the first of the next one.
      const next = this.#stretchEnd(cols, row, start, to)
      if (changed(next - 1)) return bisect(start, next - 1, changed)
      if (next > to) return Number.POSITIVE_INFINITY
      if (changed(next)) return next
      start = next
    }
    return Number.POSITIVE_INFINITY
  }

  /** The first moment after `start` behind a break, at most `to + 1`. */
  #stretchEnd(cols: readonly Column[], row: number, start: number, to: number): number {
    let end = to + 1
    for (const { cell, arg } of this.#breaks) {
      const cellAt = (micros: number): number => {
        const value = this.#at(arg, cols, row, micros)
        return value === FAILED || value === null ? Number.NaN : cell(value)
      }
      const own = cellAt(start)
      const left = (micros: number): boolean => !Object.is(cellAt(micros), own)
      if (end - 1 > start && left(end - 1)) end = bisect(start, end - 1, left)
    }
    return end
  }

  #at(fn: RowFn, cols: readonly Column[], row: number, micros: number): Outcome {
    this.#moment.nowMicros = micros
    this.#frame.at(this.#moment)
    try {
      return fn(cols, row, this.#frame)
    } catch (error) {
      if (!(error instanceof SqlError)) throw error
      return FAILED
    }
  }
}

const same = (a: Outcome, b: Outcome): boolean => (a === FAILED || b === FAILED ? a === b : equalDatum(a, b))

/** The first moment in (low, high] for which `is` holds; it holds from there on up to high. */
function bisect(low: number, high: number, is: (micros: number) => boolean): number {
  let before = low
  let after = high
  while (after - before > 1) {
    const middle = before + Math.floor((after - before) / 2)
    if (is(middle)) after = middle
    else before = middle
  }
  return after
}

const DAY = 86_400_000_000

/** Numbers the stretches between the breaks of an argument's values. */
function cellOf(b: ClockBreak): (value: Datum) => number {
  switch (b.kind) {
    case 'midnight': {
      const days = b.arg.type.kind === 'date'
      return (value) => (days ? Number(value) : Math.floor(Number(value) / DAY))
    }
    case 'zone': {
      const zone = zoneByName(b.zone)
      if (!b.local) return (value) => transitionAfter(zone, Math.floor(Number(value) / 1e6))
      // Local time jumps where a transition cuts hours out of it or repeats them: at both ends.
      return (value) => {
        const seconds = Math.floor(Number(value) / 1e6)
        const offset = offsetOfLocal(zone, seconds)
        const next = transitionAfter(zone, seconds - offset)
        return Number.isFinite(next) ? next * 2 ** 18 + offset : offset
      }
    }
    default:
      return unreachable(b)
  }
}
