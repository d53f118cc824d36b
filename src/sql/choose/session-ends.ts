import { aggregateById } from '../../functions/lookup.ts'
import type { AggregateCall, Logical } from '../../plan/logical.ts'
import { project } from '../../plan/logical-make.ts'
import { rewriteLogical } from '../../plan/logical-walk.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { column, columnsOf, mapColumns, sameScalar, substituteColumns } from '../../plan/scalar-walk.ts'

type Aggregate = Extract<Logical, { kind: 'aggregate' }>
type Window = Extract<Logical, { kind: 'window' }>

/**
 * Groups by session whose end is the most that their rows reach, instead of a column of each row: a row that lengthens
 * a session then changes its group alone, not every row of it. Rows of one partition and one start are one session, and
 * a group has to hold all of them. Not for plans in which the end closes something: what waits for it, or is freed by it,
 * needs it as a key.
 */
export function withoutSessionEnds(plan: Logical): Logical {
  let found = false
  const made = rewriteLogical(plan, (p) => {
    const next = p.kind === 'aggregate' ? lean(p) : null
    found ||= next !== null
    return next ?? p
  })
  return found ? made : plan
}

function lean(p: Aggregate): Logical | null {
  const below = overSessions(p.input)
  if (below === null) return null
  const { window, exprs } = below
  const width = window.input.rowType.length
  const [start, end] = [width, width + 1]
  const readsEnd = (s: Scalar): boolean => columnsOf(s).has(end)
  const over = (s: Scalar): Scalar => substituteColumns(s, exprs)
  const keys = p.keys.map(over)
  const calls = p.aggregates.map((a) => ({
    ...a,
    args: a.args.map(over),
    filter: a.filter && over(a.filter),
    order: a.order.map((o) => ({ ...o, expr: over(o.expr) })),
  }))
  const read = calls.flatMap((a) => [...a.args, ...(a.filter ? [a.filter] : []), ...a.order.map((o) => o.expr)])
  const ends = keys.filter(readsEnd)
  if (ends.length === 0 || ends.some((s) => columnsOf(s).size > 1) || read.some(readsEnd)) return null
  if (!keys.some((s) => s.kind === 'column' && s.index === start)) return null
  if (!window.partition.every((c) => keys.some((s) => sameScalar(made(s, window), made(column(c, s.type), window)))))
    return null
  // A group that holds only a part of its session's rows would see only their reach.
  const ofSession = (c: number): boolean => c === start || window.partition.some((by) => sameColumn(window, c, by))
  if (!keys.every((s) => readsEnd(s) || [...columnsOf(s)].every(ofSession))) return null
  const limit = window.calls[1].args[1]
  const type = window.calls[1].type
  const fn = `max(${type.kind})`
  if (!('column' in limit) || aggregateById(fn) === undefined) return null

  const rowType = window.rowType.slice(0, end)
  const input: Logical = { ...window, calls: [window.calls[0]], rowType }
  const kept = keys.flatMap((s, i) => (readsEnd(s) ? [] : [i]))
  const last = kept.length + calls.length
  const arg = column(limit.column, type)
  const most: AggregateCall = {
    ...{ fn, args: [arg], distinct: false, filter: null, order: [], type, position: p.position },
  }
  const own = p.rowType
  const grouped: Logical = {
    ...p,
    input,
    keys: kept.map((i) => keys[i]),
    aggregates: [...calls, most],
    rowType: [...kept.map((i) => own[i]), ...own.slice(keys.length), { name: 'session_end', type, nullable: false }],
  }
  const shown = keys.map((s, i) =>
    readsEnd(s) ? mapColumns(s, () => last) : column(kept.indexOf(i), grouped.rowType[kept.indexOf(i)].type),
  )
  const results = calls.map((a, i) => column(kept.length + i, a.type))
  return project(
    grouped,
    [...shown, ...results],
    own.map((f) => f.name),
  )
}

/** A column of the window's input as what it is made of: partitions are columns of their own. */
const made = (s: Scalar, { input }: Window): Scalar =>
  s.kind === 'column' && input.kind === 'project' && s.index < input.exprs.length ? input.exprs[s.index] : s

const sameColumn = (window: Window, a: number, b: number): boolean => {
  const of = (c: number) => made(column(c, window.rowType[c].type), window)
  return a === b || sameScalar(of(a), of(b))
}

interface Below {
  readonly window: Window
  /** The columns above, over those of the window. */
  readonly exprs: readonly Scalar[]
}

/** Sessions with all of their rows, and what is computed of them one by one. */
function overSessions(p: Logical): Below | null {
  switch (p.kind) {
    case 'window': {
      const [first, second, ...more] = p.calls
      if (first?.fn !== 'session_start' || second?.fn !== 'session_end' || more.length > 0) return null
      return { window: p, exprs: p.rowType.map((f, i) => column(i, f.type)) }
    }
    case 'project': {
      const below = overSessions(p.input)
      return below && { ...below, exprs: p.exprs.map((e) => substituteColumns(e, below.exprs)) }
    }
    default:
      return null
  }
}
