import type { Datum, RangeValue } from './value.ts'

/** Ranges as values: their bounds and the order of these, as PostgreSQL's. */
export const EMPTY_RANGE: RangeValue = { bounds: 'empty', low: null, high: null }

export function isRange(v: Datum): v is RangeValue {
  return typeof v === 'object' && v !== null && 'bounds' in v
}

/** One end of a range; `value` NULL: there is none. */
export interface Bound {
  readonly value: Datum
  readonly inclusive: boolean
  readonly lower: boolean
}

type Order = (a: Datum, b: Datum) => number

export const lowerOf = ({ bounds, low }: RangeValue): Bound => ({
  value: low,
  inclusive: bounds[0] === '[',
  lower: true,
})
export const upperOf = ({ bounds, high }: RangeValue): Bound => ({
  value: high,
  inclusive: bounds[1] === ']',
  lower: false,
})

/** Where two bounds lie on the line: a lower bound that excludes its value lies above it, an upper one below. */
export function compareBounds(a: Bound, b: Bound, order: Order): number {
  return compareBoundValues(a, b, order) || side(a) - side(b)
}

/** The same by the values alone. */
export function compareBoundValues(a: Bound, b: Bound, order: Order): number {
  if (a.value === null || b.value === null) return infinity(a) - infinity(b)
  return order(a.value, b.value)
}

const infinity = (b: Bound): number => (b.value !== null ? 0 : b.lower ? -1 : 1)
const side = (b: Bound): number => (b.value === null || b.inclusive ? 0 : b.lower ? 1 : -1)

/** btree order: the empty range first, then by the lower bound, then by the upper one. */
export function compareRanges(a: RangeValue, b: RangeValue, order: Order): number {
  if (a.bounds === 'empty' || b.bounds === 'empty') return Number(b.bounds === 'empty') - Number(a.bounds === 'empty')
  return compareBounds(lowerOf(a), lowerOf(b), order) || compareBounds(upperOf(a), upperOf(b), order)
}

/** The same range with its ends changed: forms, conversions. */
export const mapEnds = (range: RangeValue, each: (end: Datum) => Datum): RangeValue => ({
  bounds: range.bounds,
  low: each(range.low),
  high: each(range.high),
})
