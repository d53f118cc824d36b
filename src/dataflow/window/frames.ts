import type { Places } from './places.ts'
import type { FrameBound, WindowFrame } from './spec.ts'

/** Runs of places [start[i], end[i]) of the rows at `from + i`; both never fall. */
export interface Runs {
  readonly start: Float64Array
  readonly end: Float64Array
}

/** The group of each place of [from, to). Cost: a search a group. */
export function groupsOf(places: Places, from: number, to: number): Runs {
  const start = new Float64Array(to - from)
  const end = new Float64Array(to - from)
  let first = places.groupStart(from)
  let behind = places.groupEnd(from)
  for (let i = from; i < to; i++) {
    if (i >= behind) {
      first = behind
      behind = places.groupEnd(i)
    }
    start[i - from] = first
    end[i - from] = behind
  }
  return { start, end }
}

/**
 * The frames of the places [from, to) as up to three runs each, in order: what EXCLUDE takes out cuts a frame.
 * `groups`: those of the places, where the frame looks at them.
 */
export function framesOf(places: Places, frame: WindowFrame, groups: Runs | null, from: number, to: number): Runs[] {
  const start = boundsOf(places, frame, frame.start, false, groups, from, to)
  const end = boundsOf(places, frame, frame.end, true, groups, from, to)
  const n = to - from
  for (let i = 0; i < n; i++) if (end[i] < start[i]) end[i] = start[i]
  const cut = (low: (i: number) => number, high: (i: number) => number): Runs => {
    const run = { start: new Float64Array(n), end: new Float64Array(n) }
    for (let i = 0; i < n; i++) {
      run.start[i] = Math.min(end[i], Math.max(start[i], low(i)))
      run.end[i] = Math.max(run.start[i], Math.min(end[i], high(i)))
    }
    return run
  }
  const none = () => 0
  const all = () => places.n
  switch (frame.exclude) {
    case 'nothing':
      return [{ start, end }]
    case 'current':
      return [cut(none, (i) => from + i), cut((i) => from + i + 1, all)]
    case 'group':
      return [cut(none, (i) => groups!.start[i]), cut((i) => groups!.end[i], all)]
    case 'ties':
      return [
        cut(none, (i) => groups!.start[i]),
        cut(
          (i) => from + i,
          (i) => from + i + 1,
        ),
        cut((i) => groups!.end[i], all),
      ]
  }
}

/** Whether the frames of a call look at the groups of their rows. */
export const looksAtGroups = ({ mode, exclude, start, end }: WindowFrame): boolean =>
  exclude === 'group' || exclude === 'ties' || (mode !== 'rows' && (start.kind === 'offset' || end.kind === 'offset'))

function boundsOf(
  places: Places,
  frame: WindowFrame,
  bound: FrameBound,
  isEnd: boolean,
  groups: Runs | null,
  from: number,
  to: number,
): Float64Array {
  const out = new Float64Array(to - from)
  switch (bound.kind) {
    case 'first':
      return out
    case 'last':
      return out.fill(places.n)
    case 'offset':
      if (frame.mode === 'rows') {
        for (let i = from; i < to; i++) out[i - from] = clamp(i + bound.by + (isEnd ? 1 : 0), places.n)
        return out
      }
      if (bound.by === 0) return (isEnd ? groups!.end : groups!.start).slice()
      return groupBounds(places, bound.by + (isEnd ? 1 : 0), groups!, out)
    case 'value': {
      let at = 0
      for (let i = from; i < to; i++) {
        const row = places.at(i)
        const { cols } = places.page
        at = places.forth(at, (place) => {
          const sign = places.compareValue(place, frame.value!, cols, bound.column, row)
          return isEnd ? sign > 0 : sign >= 0
        })
        out[i - from] = at
      }
      return out
    }
  }
}

const clamp = (place: number, n: number): number => Math.max(0, Math.min(n, place))

/** Where the group `by` groups away from each place's begins; 0 before the first, n behind the last. */
function groupBounds(places: Places, by: number, groups: Runs, out: Float64Array): Float64Array {
  // Starts of groups, from as far before the first place's as is asked for.
  const starts: number[] = [groups.start[0]]
  let before = 0
  while (before < -by && starts[0] > 0) {
    starts.unshift(places.groupStart(starts[0] - 1))
    before++
  }
  const startOf = (group: number): number => {
    while (group >= starts.length && starts[starts.length - 1] < places.n) {
      starts.push(places.groupEnd(starts[starts.length - 1]))
    }
    return group < 0 ? 0 : group < starts.length ? starts[group] : places.n
  }
  let own = before
  for (let i = 0; i < out.length; i++) {
    if (i > 0 && groups.start[i] !== groups.start[i - 1]) own++
    out[i] = startOf(own + by)
  }
  return out
}
