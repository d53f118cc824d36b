import { unreachable } from '../../base/assert.ts'
import type { Column } from '../../types/column.ts'
import { columnBuilder } from '../../types/column-build.ts'
import type { Datum } from '../../types/value.ts'
import type { RowErrors } from '../contract.ts'
import { type Fold, isNullArgument, mergeNullable } from './fold.ts'
import { framesOf, groupsOf, type Runs } from './frames.ts'
import { listOf } from './lists.ts'
import type { Places } from './places.ts'
import { argumentOf, type PlannedCall, type WindowPlan } from './plan.ts'

/** The results of every call at the places [from, to); an error of the place from + i is recorded under i. */
export function evaluate(plan: WindowPlan, places: Places, from: number, to: number, errors: RowErrors): Column[] {
  const groups = plan.looksAtGroups ? groupsOf(places, from, to) : null
  return plan.calls.map((call) => {
    const out = columnBuilder(call.type, to - from)
    for (const value of resultsOf(plan, call, places, groups, from, to, errors)) out.append(value)
    return out.finish()
  })
}

function resultsOf(
  plan: WindowPlan,
  call: PlannedCall,
  places: Places,
  groups: Runs | null,
  from: number,
  to: number,
  errors: RowErrors,
): Datum[] {
  const { n, gone } = places
  const each = (value: (place: number) => Datum): Datum[] => {
    const out: Datum[] = []
    for (let place = from; place < to; place++) out.push(value(place))
    return out
  }
  switch (call.fn) {
    case 'row_number':
      return each((place) => gone.places + place + 1)
    case 'rank':
      return each((place) => gone.places + groups!.start[place - from] + 1)
    case 'percent_rank':
      return each((place) => (n <= 1 ? 0 : groups!.start[place - from] / (n - 1)))
    case 'cume_dist':
      return each((place) => groups!.end[place - from] / n)
    case 'dense_rank': {
      let rank = gone.groups + (places.fold(plan.groupsFold, 0, from + 1) as { groups: number }).groups
      return each((place) => {
        const i = place - from
        if (i > 0 && groups!.start[i] !== groups!.start[i - 1]) rank++
        return rank
      })
    }
    case 'ntile':
      return buckets(call, places, from, to, errors)
    case 'lag':
    case 'lead':
      return each((place) => neighbour(call, places, place))
    case 'first_value':
    case 'last_value':
    case 'nth_value':
    case 'aggregate':
    case 'session_start':
    case 'session_end':
      break
    default:
      return unreachable(call.fn)
  }
  const frames = framesOf(places, call.frame, groups, from, to)
  if (call.fn === 'nth_value') return each((place) => nth(call, places, frames, place, place - from, errors))
  if (call.fold >= 0) {
    const fold = plan.folds[call.fold]
    const parts = frames.map((run) => partials(fold, call.fold, places, run))
    return each((place) => {
      const i = place - from
      let partial = parts[0][i]
      for (let p = 1; p < parts.length; p++) partial = mergeNullable(fold, partial, parts[p][i])
      return fold.result(partial, i, errors)
    })
  }
  if (call.fn === 'aggregate') return each((place) => listOf(call, places, frames, place - from, errors))
  return each((place) => {
    const i = place - from
    const at = call.fn === 'first_value' ? placeIn(frames, i, 0) : lastIn(frames, i)
    return at < 0 ? null : argumentOf(call, 0, places, at)
  })
}

/**
 * The fold over each run, one run after the other sliding forward: rows left of what a stretch of runs has in common are
 * folded backwards, rows right of it forwards, what is common once. Every row is merged a constant number of times.
 */
function partials(fold: Fold, f: number, places: Places, { start, end }: Runs): unknown[] {
  const out: unknown[] = []
  const own = (place: number): unknown => {
    const row = places.at(place)
    return fold.own(places.page.cols, row)
  }
  for (let i = 0; i < start.length; ) {
    if (start[i] >= end[i]) {
      out.push(null)
      i++
      continue
    }
    const right = end[i]
    let stop = i + 1
    while (stop < start.length && start[stop] < right) stop++
    const left = start[stop - 1]
    const begin = start[i]
    /** suffix[k]: the fold over [begin + k, left). */
    const suffix: unknown[] = new Array(left - begin + 1).fill(null)
    for (let k = left - begin - 1; k >= 0; k--) suffix[k] = mergeNullable(fold, own(begin + k), suffix[k + 1])
    const common = places.fold(f, left, right)
    let behind: unknown = null
    let at = right
    for (; i < stop; i++) {
      for (; at < end[i]; at++) behind = mergeNullable(fold, behind, own(at))
      out.push(mergeNullable(fold, mergeNullable(fold, suffix[start[i] - begin], common), behind))
    }
  }
  return out
}

// ---------------------------------------------------------------- by place

/** The k-th place of a frame, -1 when it has fewer. */
function placeIn(frames: readonly Runs[], i: number, k: number): number {
  for (const { start, end } of frames) {
    const size = end[i] - start[i]
    if (k < size) return start[i] + k
    k -= size
  }
  return -1
}

function lastIn(frames: readonly Runs[], i: number): number {
  for (let p = frames.length - 1; p >= 0; p--) if (frames[p].end[i] > frames[p].start[i]) return frames[p].end[i] - 1
  return -1
}

function nth(
  call: PlannedCall,
  places: Places,
  frames: readonly Runs[],
  place: number,
  i: number,
  errors: RowErrors,
): Datum {
  const n = argumentOf(call, 1, places, place) as number | null
  if (n === null) return null
  if (n <= 0) {
    errors.add(i, '22016', 'argument of nth_value must be greater than zero', -1)
    return null
  }
  if (!call.ignoreNulls) {
    const at = placeIn(frames, i, n - 1)
    return at < 0 ? null : argumentOf(call, 0, places, at)
  }
  let seen = 0
  for (const { start, end } of frames) {
    for (let at = start[i]; at < end[i]; at++) {
      const value = argumentOf(call, 0, places, at)
      if (value !== null && ++seen === n) return value
    }
  }
  return null
}

function neighbour(call: PlannedCall, places: Places, place: number): Datum {
  const offset = argumentOf(call, 1, places, place)
  if (offset === null) return null
  const by = Number(offset) * (call.fn === 'lag' ? -1 : 1)
  const at = call.ignoreNulls && by !== 0 ? overNulls(call, places, place, by) : place + by
  return at < 0 || at >= places.n ? argumentOf(call, 2, places, place) : argumentOf(call, 0, places, at)
}

/** The place of the |by|-th value that is not NULL, on the side of `by`; -1 when there is none. */
function overNulls(call: PlannedCall, places: Places, place: number, by: number): number {
  const step = Math.sign(by)
  let left = Math.abs(by)
  for (let at = place + step; at >= 0 && at < places.n; at += step) {
    const row = places.at(at)
    if (!isNullArgument(call.args[0], places.page.cols, row) && --left === 0) return at
  }
  return -1
}

/** The first value of its argument that is not NULL, in order, is the number of buckets; rows before it have none. */
function buckets(call: PlannedCall, places: Places, from: number, to: number, errors: RowErrors): Datum[] {
  const out: Datum[] = []
  const before = call.fold >= 0 ? (places.fold(call.fold, 0, from) as Datum) : null
  let count = before === null ? null : Number(before)
  for (let place = from; place < to; place++) {
    if (count === null) {
      const own = argumentOf(call, 0, places, place)
      if (own !== null) count = Number(own)
    }
    if (count === null) out.push(null)
    else if (count <= 0) {
      errors.add(place - from, '22014', 'argument of ntile must be greater than zero', -1)
      out.push(null)
    } else out.push(bucket(place, places.n, count))
  }
  return out
}

function bucket(place: number, n: number, count: number): number {
  const size = Math.floor(n / count)
  const bigger = n % count
  const behind = place - bigger * (size + 1)
  return behind < 0 ? Math.floor(place / (size + 1)) + 1 : bigger + Math.floor(behind / size) + 1
}
