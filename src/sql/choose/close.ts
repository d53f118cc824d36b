import { notSupported } from '../../base/sql-error.ts'
import { CLOCK } from '../../dataflow/contract.ts'
import type { BoundTerm } from '../../plan/bounds.ts'
import type { ColumnBoundPlan } from '../../plan/ddl.ts'
import { fingerprint } from '../../plan/fingerprint.ts'
import type { PhysicalNode, PhysicalPlan } from '../../plan/physical.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { column } from '../../plan/scalar-walk.ts'
import { pruned } from '../../plan/sub-plans.ts'
import type { RowType, SqlType } from '../../types/sql-type.ts'
import { allAbsent, NEVER } from './absent.ts'
import { best, type Closing, closing, type EventTimes } from './closing.ts'
import { withTimesAhead } from './closing-window.ts'
import type { Facts } from './monotone.ts'
import { onTimeOnly } from './on-time.ts'
import { reliances } from './relied-on.ts'

/** When a query's rows leave: as they change, at multiples of a period, or once, when the watermark has closed them. */
export type Emission =
  | { readonly mode: 'changes' }
  | { readonly mode: 'periodic'; readonly everyMicros: number; readonly position: number }
  | { readonly mode: 'close'; readonly column: string | null; readonly position: number }

/** Whether anything of the plan closes. */
export const closes = ({ rules }: Closing): boolean => rules.some((r) => r.length > 0)

/** What watermarks close of a view's result. Only what it relies on itself holds of late rows, too. */
export function boundsOf({ nodes, root }: PhysicalPlan, times: EventTimes): ColumnBoundPlan[] {
  const closesSome = nodes.some((n) => n.op === 'emitOnClose' || n.release !== undefined)
  return [...closing(nodes, ensured(times)).facts[root]].flatMap(
    ([column, { terms, tight = false, absent = NEVER }]) => {
      // No row comes late by the clock.
      const holds = terms !== undefined && (closesSome || terms.every(({ object }) => object === CLOCK))
      return holds ? [{ column, tight, terms, ...(absent.length > 0 && { absent }) }] : []
    },
  )
}

/** Rows of relations may be late: what is known of their times holds behind the nodes that leave such rows out. */
const ensured = (times: EventTimes): EventTimes => ({ ...times, of: () => null })

/** What was relied on, as far as state is kept for rows that are merged later. */
const asHeld = (node: PhysicalNode): PhysicalNode =>
  node.op === 'onTime' ? { ...node, tests: node.tests.map((t) => ({ ...t, bounds: t.held ?? t.bounds })) } : node

/** The plan with what watermarks free, with the operator that waits for them, and without rows that come too late. */
export function closed(plan: PhysicalPlan, times: EventTimes, emission: Emission, row: RowType): PhysicalPlan {
  const final = emission.mode === 'close' ? row.findIndex((f) => f.name === emission.column) : -1
  const waiting = emission.mode === 'close' ? waits(plan, times, emission, final) : plan
  const relied = reliances(waiting.nodes, closing(waiting.nodes, times), emission.mode === 'close')
  const kept = onTimeOnly(waiting, relied, times)
  const { rules } = closing(kept.nodes.map(asHeld), ensured(times))
  const nodes = kept.nodes.map((node, n): PhysicalNode => {
    const release = rules[n]
    if (release.length === 0) return node
    const whole = release.every((r) => !r.partial) && (node.op !== 'join' || freesBothSides(kept.nodes, rules, node))
    return { ...node, release, growth: whole && node.growth === 'unbounded' ? 'window-bounded' : node.growth }
  })
  const unsigned = { formatVersion: 1, nodes, root: kept.root, types: plan.types } as const
  return { ...unsigned, fingerprint: fingerprint(unsigned) }
}

/** Rows arranged for several joins go where all of them let go. */
function freesBothSides(
  nodes: readonly PhysicalNode[],
  rules: Closing['rules'],
  join: Extract<PhysicalNode, { op: 'join' }>,
): boolean {
  const sides = (node: PhysicalNode, n: number) =>
    node.op !== 'join'
      ? []
      : [
          { input: node.left, keys: node.leftKeys, freed: rules[n].some((r) => r.of === 'left') },
          { input: node.right, keys: node.rightKeys, freed: rules[n].some((r) => r.of === 'right') },
        ]
  const all = nodes.flatMap(sides)
  return all.filter((s) => sides(join, nodes.indexOf(join)).some((own) => sameSide(own, s))).every(({ freed }) => freed)
}

type ArrangedSide = { readonly input: number; readonly keys: readonly number[] }
const sameSide = (a: ArrangedSide, b: ArrangedSide): boolean =>
  a.input === b.input && a.keys.join('-') === b.keys.join('-')

interface Waiting {
  /** The columns that rows wait by: the first that is not NULL. */
  readonly columns: readonly number[]
  readonly terms: readonly BoundTerm[]
  readonly tight: boolean
  readonly at: number
  readonly above: readonly number[]
}

/** The waiting operator stands below the projections that drop the column it waits by. */
function waits(
  plan: PhysicalPlan,
  times: EventTimes,
  emission: Extract<Emission, { mode: 'close' }>,
  final: number,
): PhysicalPlan {
  const { facts } = closing(plan.nodes, times)
  const named = emission.column === null ? null : final
  let found: Waiting | null = null
  let bounded = false
  const above: number[] = []
  for (let at = plan.root; ; ) {
    const node = plan.nodes[at]
    const known = named === null ? facts[at] : new Map([...facts[at]].filter(([c]) => c === named))
    const bound = best(new Map([...known].filter(([, { absent = NEVER }]) => absent.length === 0)))
    bounded ||= best(known) !== null
    // The topmost column that will do; one that tells more exactly what is closed goes before it.
    if (bound !== null && (found === null || (bound.tight && !found.tight))) {
      found = { ...bound, columns: [bound.column], at, above: [...above] }
    }
    if (node.op !== 'map' || named !== null) {
      const either = found === null ? firstPresent(known, node.types) : null
      if (either !== null) found = { ...either, tight: false, at, above }
      break
    }
    above.push(at)
    at = node.input
  }
  if (found !== null) return inserted(plan, found, emission.position)
  const ahead = named === null ? waitsAhead(plan, above, facts, emission.position) : null
  if (ahead !== null) return ahead
  if (bounded) {
    const hint =
      'Such rows have the time of the other side: show, or group by, the time of the side that is always there, or coalesce of both.'
    throw notSupported(
      'EMIT ON WINDOW CLOSE by a time that is NULL in rows of an outer join',
      { start: emission.position },
      hint,
    )
  }
  const hint =
    'A source or a table takes WATERMARK FOR a column, a view LATENESS of one; a materialized view hands on the time of windows that it closes. What is computed of a time closes where it never falls as that rises: local times of a zone whose clocks were ever set back do.'
  if (emission.column !== null) {
    const column = `emit_final by the column "${emission.column}", which no watermark closes,`
    throw notSupported(column, { start: emission.position }, hint)
  }
  throw notSupported('EMIT ON WINDOW CLOSE of rows that no watermark closes', { start: emission.position }, hint)
}

/** Rows wait until those that they look ahead to are there, and final. */
function waitsAhead(
  plan: PhysicalPlan,
  above: readonly number[],
  facts: readonly Facts[],
  position: number,
): PhysicalPlan | null {
  const at = above.length === 0 ? plan.root : mapInput(plan.nodes[above[above.length - 1]])
  const node = plan.nodes[at]
  const timed = node.op === 'window' ? withTimesAhead(node, plan.nodes, facts) : null
  if (timed === null) return null
  const nodes = [...plan.nodes]
  let input = nodes.push(timed.node) - 1
  const { types } = timed.node
  for (const column of [...timed.gates].reverse())
    input = nodes.push(waiting(input, column, timed.terms, types, position)) - 1
  const own = node.types.map((type, c) => column(c, type))
  const map = { op: 'map', filter: null, position, growth: 'none' } as const
  const root = nodes.push({ ...map, input, exprs: own, types: node.types, appendOnly: true }) - 1
  return { ...plan, ...mapsOver(plan, nodes, root, above) }
}

const mapInput = (node: PhysicalNode): number => (node as Extract<PhysicalNode, { op: 'map' }>).input

const waiting = (
  input: number,
  column: number,
  terms: readonly BoundTerm[],
  types: readonly SqlType[],
  position: number,
): PhysicalNode => ({
  ...{ op: 'emitOnClose', input, column, terms },
  ...{ types, position, appendOnly: true, growth: 'window-bounded' },
})

/** Columns of one type of which never all are NULL, those with better bounds first; null: there are none. */
function firstPresent(facts: Facts, types: readonly SqlType[]): Pick<Waiting, 'columns' | 'terms'> | null {
  const all = [...facts].flatMap(([column, { terms, tight, absent = NEVER }]) =>
    terms === undefined ? [] : [{ column, terms, absent, tight: tight === true }],
  )
  const ordered = [...all.filter((f) => f.tight), ...all.filter((f) => !f.tight)]
  for (const first of ordered) {
    const kind = types[first.column].kind
    const taken = [first]
    let { absent } = first
    for (const next of ordered) {
      if (types[next.column].kind !== kind) continue
      const fewer = allAbsent([absent, next.absent])
      if (fewer.length >= absent.length) continue
      absent = fewer
      taken.push(next)
    }
    if (absent.length > 0) continue
    return { columns: taken.map((f) => f.column), terms: taken.flatMap((f) => f.terms) }
  }
  return null
}

/** The maps above the new node are made again over it; what is no longer read goes. */
function inserted(plan: PhysicalPlan, { at, columns, terms, above }: Waiting, position: number): PhysicalPlan {
  const nodes = [...plan.nodes]
  const { types } = nodes[at]
  const wait = (input: number, column: number, types: readonly SqlType[]): number =>
    nodes.push(waiting(input, column, terms, types, position)) - 1
  let root: number
  if (columns.length === 1) root = wait(at, columns[0], types)
  else {
    const own = types.map((type, c) => column(c, type))
    const type = types[columns[0]]
    const time: Scalar = { kind: 'coalesce', args: columns.map((c) => own[c]), type }
    const map = { op: 'map', filter: null, position, growth: 'none' } as const
    const { appendOnly } = nodes[at]
    const timed = nodes.push({ ...map, input: at, exprs: [...own, time], types: [...types, type], appendOnly }) - 1
    const waited = wait(timed, types.length, [...types, type])
    root = nodes.push({ ...map, input: waited, exprs: own, types, appendOnly: true }) - 1
  }
  return { ...plan, ...mapsOver(plan, nodes, root, above) }
}

/** The maps above, made again over a node. */
function mapsOver(plan: PhysicalPlan, nodes: PhysicalNode[], over: number, above: readonly number[]) {
  let root = over
  for (const n of [...above].reverse()) {
    const node = plan.nodes[n] as Extract<PhysicalNode, { op: 'map' }>
    root = nodes.push({ ...node, input: root, appendOnly: true }) - 1
  }
  return pruned(nodes, root)
}
