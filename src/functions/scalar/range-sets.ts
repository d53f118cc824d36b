import { SqlError } from '../../base/sql-error.ts'
import { compareLoose } from '../../types/datum.ts'
import { areAdjacent, compareEnds, makeMultirange, makeRange, spanOf } from '../../types/range-make.ts'
import { type Bound, EMPTY_RANGE, isRange, lowerOf, upperOf } from '../../types/range-value.ts'
import type { SqlType } from '../../types/sql-type.ts'
import type { Datum, RangeValue, Value } from '../../types/value.ts'

/**
 * What the operators of ranges and multiranges compute, over lists of ranges that are in order, apart and not empty: a
 * range is a list of one, or of none.
 */
export type Ranges = readonly RangeValue[]

export const rangesOf = (v: Value): Ranges =>
  isRange(v) ? (v.bounds === 'empty' ? [] : [v]) : (v as unknown as Ranges)

export const firstLower = (list: Ranges): Bound => lowerOf(list[0])
export const lastUpper = (list: Ranges): Bound => upperOf(list[list.length - 1])

const inside = (a: RangeValue, b: RangeValue): boolean =>
  compareEnds(lowerOf(a), lowerOf(b)) <= 0 && compareEnds(upperOf(a), upperOf(b)) >= 0

const meeting = (a: RangeValue, b: RangeValue): boolean =>
  compareEnds(lowerOf(a), upperOf(b)) <= 0 && compareEnds(lowerOf(b), upperOf(a)) <= 0

export const contains = (a: Ranges, b: Ranges): boolean => b.every((part) => a.some((whole) => inside(whole, part)))
export const overlaps = (a: Ranges, b: Ranges): boolean => a.some((x) => b.some((y) => meeting(x, y)))

export function containsElement(list: Ranges, value: Datum): boolean {
  return list.some(({ low, high, bounds }) => {
    const above = low === null ? 1 : compareLoose(value, low)
    const below = high === null ? -1 : compareLoose(value, high)
    return (above > 0 || (above === 0 && bounds[0] === '[')) && (below < 0 || (below === 0 && bounds[1] === ']'))
  })
}

const both = (a: Ranges, b: Ranges): boolean => a.length > 0 && b.length > 0

export const before = (a: Ranges, b: Ranges): boolean => both(a, b) && compareEnds(lastUpper(a), firstLower(b)) < 0
export const overleft = (a: Ranges, b: Ranges): boolean => both(a, b) && compareEnds(lastUpper(a), lastUpper(b)) <= 0
export const overright = (a: Ranges, b: Ranges): boolean => both(a, b) && compareEnds(firstLower(a), firstLower(b)) >= 0

/** The one begins where the other ends. */
export function adjacent(a: Ranges, b: Ranges, subtype: SqlType): boolean {
  if (!both(a, b)) return false
  return meets(a, b, subtype) || meets(b, a, subtype)
}

function meets(a: Ranges, b: Ranges, subtype: SqlType): boolean {
  const [last, first] = [a[a.length - 1], b[0]]
  return compareEnds(upperOf(last), lowerOf(first)) < 0 && areAdjacent(last, first, subtype)
}

export const union = (a: Ranges, b: Ranges, subtype: SqlType): Ranges => makeMultirange([...a, ...b], subtype)

export function intersection(a: Ranges, b: Ranges, subtype: SqlType): Ranges {
  const found = a.flatMap((x) => b.filter((y) => meeting(x, y)).map((y) => common(x, y, subtype)))
  return makeMultirange(found, subtype)
}

function common(a: RangeValue, b: RangeValue, subtype: SqlType): RangeValue {
  const low = compareEnds(lowerOf(a), lowerOf(b)) >= 0 ? lowerOf(a) : lowerOf(b)
  const high = compareEnds(upperOf(a), upperOf(b)) <= 0 ? upperOf(a) : upperOf(b)
  return makeRange(low, high, subtype)
}

export function difference(a: Ranges, b: Ranges, subtype: SqlType): Ranges {
  const left = b.reduce<Ranges>((parts, cut) => parts.flatMap((part) => without(part, cut, subtype)), a)
  return makeMultirange(left, subtype)
}

/** What of the range lies before and behind the other. */
function without(range: RangeValue, cut: RangeValue, subtype: SqlType): RangeValue[] {
  if (!meeting(range, cut)) return [range]
  const parts: RangeValue[] = []
  const [low, high] = [lowerOf(range), upperOf(range)]
  const [start, end] = [lowerOf(cut), upperOf(cut)]
  if (compareEnds(low, start) < 0)
    parts.push(makeRange(low, { value: start.value, inclusive: !start.inclusive, lower: false }, subtype))
  if (compareEnds(high, end) > 0)
    parts.push(makeRange({ value: end.value, inclusive: !end.inclusive, lower: true }, high, subtype))
  return parts
}

/** A result that must be one range. */
export function oneRange(list: Ranges, what: 'union' | 'difference'): RangeValue {
  if (list.length > 1) throw new SqlError('22000', `result of range ${what} would not be contiguous`)
  return list[0] ?? EMPTY_RANGE
}

export function merged(list: Ranges, subtype: SqlType): RangeValue {
  return list.length === 0 ? EMPTY_RANGE : spanOf(list[0], list[list.length - 1], subtype)
}
