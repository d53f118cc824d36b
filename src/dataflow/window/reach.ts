import type { Column } from '../../types/column.ts'
import type { Places } from './places.ts'
import type { PlannedCall } from './plan.ts'
import type { Sessions } from './session.ts'
import type { FrameBound, WindowCall, WindowFrame } from './spec.ts'

/** One changed row in a partition as it stands before, or after, the change. */
export interface Change {
  readonly cols: readonly Column[]
  readonly row: number
  /** Its places; none where it is absent: then where it would stand. */
  readonly from: number
  readonly to: number
}

/** Places [from, to). */
export interface Run {
  from: number
  to: number
}

/**
 * The places whose results the changes may touch, for all calls together: runs that do not meet. Asked before and after
 * the change it gives the same unchanged rows, so that what is retracted and what is emitted differ by the change alone:
 * whether an unchanged row is reached depends on the nearest change, and between the two nothing changes.
 * `shifts`: the number of places changes.
 */
export function reached(
  calls: readonly PlannedCall[],
  places: Places,
  changes: readonly Change[],
  shifts: boolean,
): Run[] {
  if (changes.length === 0) return []
  const groups = changes.map(({ cols, row, from, to }) => ({
    from: places.back(from, (place) => place === from || places.compareTo(place, cols, row) >= 0),
    to: places.forth(to, (place) => places.compareTo(place, cols, row) > 0),
  }))
  const last = shifts ? places.n : Math.max(...groups.map(({ to }) => to))
  const first = shifts ? 0 : Math.min(...groups.map(({ from }) => from))
  const runs = changes.map((change, i) => {
    const run = { from: change.from, to: change.to }
    const reach = (from: number, to: number) => {
      run.from = Math.min(run.from, Math.max(0, from))
      run.to = Math.max(run.to, Math.min(places.n, to))
    }
    for (const call of calls) {
      switch (call.fn) {
        case 'row_number':
        case 'rank':
          reach(change.from, last)
          break
        case 'dense_rank':
          reach(change.from, places.n)
          break
        case 'percent_rank':
        case 'cume_dist':
          reach(first, last)
          break
        case 'ntile': {
          const constant = 'value' in call.args[0]
          reach(constant ? first : 0, constant ? last : places.n)
          break
        }
        case 'lag':
        case 'lead':
          reachNeighbours(call, change, places, reach)
          break
        case 'first_value':
          reachFrame(onlyFirst(call, change), places, change, groups[i], reach)
          break
        case 'last_value':
          reachFrame(onlyLast(call, change, places), places, change, groups[i], reach)
          break
        case 'session_start':
        case 'session_end':
          reachSessions(call, change, places, reach)
          break
        case 'nth_value':
        case 'aggregate':
          reachFrame(call.frame, places, change, groups[i], reach)
          break
      }
    }
    return run
  })
  return merged(runs)
}

type Reach = (from: number, to: number) => void

/**
 * The session of the rows beside the changed one, which may have joined or parted them: those behind it may start
 * elsewhere, those before it end elsewhere.
 */
function reachSessions(call: PlannedCall, change: Change, places: Places, reach: Reach): void {
  if (call.fn === 'session_start') {
    const behind = places.fold(call.fold, change.to, places.n) as Sessions | null
    reach(change.from, change.to + (behind?.firstPlaces ?? 0))
  } else {
    const before = places.fold(call.fold, 0, change.from) as Sessions | null
    reach(change.from - (before?.lastPlaces ?? 0), change.to)
  }
}

function reachNeighbours(call: WindowCall, change: Change, places: Places, reach: Reach): void {
  const offset = call.args[1]
  if (!('value' in offset)) {
    reach(0, places.n)
    return
  }
  if (offset.value === null) return
  const by = Number(offset.value) * (call.fn === 'lag' ? 1 : -1)
  const far = call.ignoreNulls && by !== 0 ? places.n : Math.abs(by)
  if (by >= 0) reach(change.from, change.to + far)
  else reach(change.from - far, change.to)
}

const CURRENT: FrameBound = { kind: 'offset', by: 0 }

const plain = (call: WindowCall): boolean => call.frame.exclude === 'nothing' && !call.ignoreNulls

/** Whether the bound lies at the current row or on the given side of it. */
const notBefore = (bound: FrameBound): boolean =>
  bound.kind === 'last' || (bound.kind === 'offset' && bound.by >= 0) || (bound.kind === 'value' && bound.following)
const notBehind = (bound: FrameBound): boolean =>
  bound.kind === 'first' || (bound.kind === 'offset' && bound.by <= 0) || (bound.kind === 'value' && !bound.following)

/** first_value of frames from the partition's start through the current row changes with the partition's first row. */
function onlyFirst(call: WindowCall, change: Change): WindowFrame {
  const { frame } = call
  if (!plain(call) || !notBefore(frame.end)) return frame
  if (frame.start.kind !== 'first') return { ...frame, end: CURRENT }
  return change.from > 0 ? { ...frame, start: CURRENT, end: CURRENT } : frame
}

function onlyLast(call: WindowCall, change: Change, places: Places): WindowFrame {
  const { frame } = call
  if (!plain(call) || !notBehind(frame.start)) return frame
  if (frame.end.kind !== 'last') return { ...frame, start: CURRENT }
  return change.to < places.n ? { ...frame, start: CURRENT, end: CURRENT } : frame
}

/** Rows whose frame the changed row may be in, and those between. */
function reachFrame(frame: WindowFrame, places: Places, change: Change, group: Run, reach: Reach): void {
  const near = frame.mode === 'rows' ? change : group
  reach(near.from, near.to)
  const { start, end } = frame
  if (end.kind === 'last') reach(0, near.to)
  else if (end.kind === 'value') {
    const { cols, row } = change
    const value = (place: number) => places.compareValue(place, end.column, cols, frame.value!, row) >= 0
    reach(places.forth(0, value), near.to)
  } else if (end.kind === 'offset' && end.by > 0) {
    let from = near.from
    if (frame.mode === 'rows') from -= end.by
    else for (let k = 0; k < end.by && from > 0; k++) from = places.groupStart(from - 1)
    reach(from, near.to)
  }
  if (start.kind === 'first') reach(near.from, places.n)
  else if (start.kind === 'value') {
    const { cols, row } = change
    const value = (place: number) => places.compareValue(place, start.column, cols, frame.value!, row) > 0
    reach(near.from, places.forth(near.to, value))
  } else if (start.kind === 'offset' && start.by < 0) {
    let to = near.to
    if (frame.mode === 'rows') to -= start.by
    else for (let k = 0; k < -start.by && to < places.n; k++) to = places.groupEnd(to)
    reach(near.from, to)
  }
}

function merged(runs: readonly Run[]): Run[] {
  const sorted = [...runs].sort((a, b) => a.from - b.from)
  const out: Run[] = []
  for (const run of sorted) {
    const open = out[out.length - 1]
    if (open !== undefined && run.from <= open.to) open.to = Math.max(open.to, run.to)
    else out.push({ ...run })
  }
  return out.filter(({ from, to }) => from < to)
}
