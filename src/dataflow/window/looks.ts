import type { FrameBound, WindowCall } from './spec.ts'

/** How far from a row, on one side of it, calls look: the farthest of these. */
export interface Look {
  /** The whole side. */
  readonly all: boolean
  readonly rows: number
  readonly groups: number
  /** Columns with the value up to which they look. */
  readonly values: readonly number[]
}

export interface Looks {
  readonly back: Look
  readonly ahead: Look
  /** The first row of the partition, beside `back`. */
  readonly first: boolean
  /** How many rows and groups there are before the row, but none of their values. */
  readonly counts: boolean
}

/** What says how far a call looks. */
export type Looking = Pick<WindowCall, 'fn' | 'args' | 'ignoreNulls' | 'frame'>

const HERE: Look = { all: false, rows: 0, groups: 0, values: [] }
const ALL: Look = { ...HERE, all: true }

export function looksOf(calls: readonly Looking[]): Looks {
  const each = calls.map(looks)
  const farthest = (side: 'back' | 'ahead'): Look => ({
    all: each.some((l) => l[side].all),
    rows: Math.max(0, ...each.map((l) => l[side].rows)),
    groups: Math.max(0, ...each.map((l) => l[side].groups)),
    values: [...new Set(each.flatMap((l) => l[side].values))],
  })
  return {
    back: farthest('back'),
    ahead: farthest('ahead'),
    first: each.some((l) => l.first),
    counts: each.some((l) => l.counts),
  }
}

function looks(call: Looking): Looks {
  const plain = { back: HERE, ahead: HERE, first: false, counts: false }
  switch (call.fn) {
    case 'row_number':
    case 'rank':
    case 'dense_rank':
      return { ...plain, counts: true }
    case 'lag':
    case 'lead':
      return { ...plain, ...neighbours(call) }
    case 'first_value':
    case 'last_value':
    case 'nth_value':
    case 'aggregate':
      return { ...plain, ...framed(call) }
    case 'percent_rank':
    case 'cume_dist':
    case 'ntile':
    case 'session_start':
    case 'session_end':
      return { ...plain, back: ALL, ahead: ALL }
  }
}

function neighbours(call: Looking): Pick<Looks, 'back' | 'ahead'> {
  const offset = call.args[1]
  if (!('value' in offset)) return { back: ALL, ahead: ALL }
  const by = Number(offset.value ?? 0) * (call.fn === 'lag' ? 1 : -1)
  const far: Look = call.ignoreNulls && by !== 0 ? ALL : { ...HERE, rows: Math.abs(by) }
  return by >= 0 ? { back: far, ahead: HERE } : { back: HERE, ahead: far }
}

function framed(call: Looking): Partial<Looks> {
  const { start, end, mode, exclude } = call.frame
  const whole = exclude === 'nothing' && !call.ignoreNulls
  const back = start.kind === 'first' ? ALL : away(start, mode, false)
  const ahead = end.kind === 'last' ? ALL : away(end, mode, true)
  if (whole && call.fn === 'first_value' && !isBehind(end) && !isAhead(start)) {
    return start.kind === 'first' ? { first: true } : { back }
  }
  // Of a frame that begins with the partition the last row is looked at alone.
  if (whole && call.fn === 'last_value' && start.kind === 'first') return { back: away(end, mode, false), ahead }
  return { back, ahead }
}

const isAhead = (bound: FrameBound): boolean =>
  bound.kind === 'last' || (bound.kind === 'offset' && bound.by > 0) || (bound.kind === 'value' && bound.following)
const isBehind = (bound: FrameBound): boolean =>
  bound.kind === 'first' || (bound.kind === 'offset' && bound.by < 0) || (bound.kind === 'value' && !bound.following)

/** How far a bound lies from the row on one side; on the other it is no way. */
function away(bound: FrameBound, mode: Looking['frame']['mode'], ahead: boolean): Look {
  if (ahead ? !isAhead(bound) : !isBehind(bound)) return HERE
  if (bound.kind === 'value') return { ...HERE, values: [bound.column] }
  if (bound.kind !== 'offset') return ALL
  const by = Math.abs(bound.by)
  return mode === 'groups' ? { ...HERE, groups: by } : { ...HERE, rows: by }
}
