import { SqlError } from '../base/sql-error.ts'
import { compareLoose } from './datum.ts'
import { rangeNames } from './range-type.ts'
import { type Bound, compareBounds, EMPTY_RANGE, lowerOf, upperOf } from './range-value.ts'
import type { SqlType } from './sql-type.ts'
import { normalizeInt, type RangeValue } from './value.ts'

/** Ranges in their one form: nothing in it is `empty`, of discrete values [a,b), without an end excluding it. */
export function makeRange(lower: Bound, upper: Bound, subtype: SqlType): RangeValue {
  const range = checked(lower, upper)
  if (range.bounds === 'empty' || rangeNames(subtype)?.discrete !== true) return range
  const low = lowerOf(range)
  const high = upperOf(range)
  const moved = (bound: Bound, inclusive: boolean): Bound =>
    // Dates without end have no next one, and stay as they are.
    bound.value === null || bound.inclusive === inclusive || !Number.isFinite(Number(bound.value))
      ? bound
      : { ...bound, value: nextValue(bound.value as number, subtype), inclusive }
  return checked(moved(low, true), moved(high, false))
}

function checked(lower: Bound, upper: Bound): RangeValue {
  if (lower.value !== null && upper.value !== null) {
    const order = compareLoose(lower.value, upper.value)
    if (order > 0) throw new SqlError('22000', 'range lower bound must be less than or equal to range upper bound')
    if (order === 0 && !(lower.inclusive && upper.inclusive)) return EMPTY_RANGE
  }
  const open = lower.value !== null && lower.inclusive ? '[' : '('
  const close = upper.value !== null && upper.inclusive ? ']' : ')'
  return { bounds: `${open}${close}`, low: lower.value, high: upper.value }
}

const LAST = {
  int4: [2147483647n, '22003', 'integer out of range'],
  int8: [9223372036854775807n, '22003', 'bigint out of range'],
  date: [2145031948n, '22008', 'date out of range'],
} as const

function nextValue(value: number | bigint, { kind }: SqlType): number | bigint {
  const [last, sqlstate, message] = LAST[kind as keyof typeof LAST]
  const next = BigInt(value) + 1n
  if (next > last) throw new SqlError(sqlstate, message)
  return normalizeInt(next)
}

/** Nothing lies between an upper bound and a lower one, and nothing in both. */
function meet(upper: Bound, lower: Bound, subtype: SqlType): boolean {
  if (upper.value === null || lower.value === null) return false
  const order = compareLoose(upper.value, lower.value)
  if (order === 0) return upper.inclusive !== lower.inclusive
  if (order > 0 || rangeNames(subtype)?.discrete !== true) return false
  const between = makeRange(
    { value: upper.value, inclusive: !upper.inclusive, lower: true },
    { value: lower.value, inclusive: !lower.inclusive, lower: false },
    subtype,
  )
  return between.bounds === 'empty'
}

export function areAdjacent(a: RangeValue, b: RangeValue, subtype: SqlType): boolean {
  if (a.bounds === 'empty' || b.bounds === 'empty') return false
  return meet(upperOf(a), lowerOf(b), subtype) || meet(upperOf(b), lowerOf(a), subtype)
}

export const compareEnds = (a: Bound, b: Bound): number => compareBounds(a, b, compareLoose)

/** From the lower of the lower bounds to the upper of the upper ones, whatever lies between. */
export function spanOf(a: RangeValue, b: RangeValue, subtype: SqlType): RangeValue {
  if (a.bounds === 'empty') return b
  if (b.bounds === 'empty') return a
  const low = compareEnds(lowerOf(a), lowerOf(b)) < 0 ? lowerOf(a) : lowerOf(b)
  const high = compareEnds(upperOf(a), upperOf(b)) > 0 ? upperOf(a) : upperOf(b)
  return makeRange(low, high, subtype)
}

/** The ranges of a multirange: in order, none empty, none that meet. */
export function makeMultirange(ranges: readonly RangeValue[], subtype: SqlType): readonly RangeValue[] {
  const sorted = ranges.filter((r) => r.bounds !== 'empty').sort(compareLoose)
  const merged: RangeValue[] = []
  for (const range of sorted) {
    const last = merged.at(-1)
    const apart =
      last === undefined || (!areAdjacent(last, range, subtype) && compareEnds(upperOf(last), lowerOf(range)) < 0)
    if (apart) merged.push(range)
    else merged[merged.length - 1] = spanOf(last, range, subtype)
  }
  return merged
}
