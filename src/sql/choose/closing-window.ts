import { type Look, looksOf } from '../../dataflow/window/looks.ts'
import type { BoundTerm, ReleaseRule } from '../../plan/bounds.ts'
import type { PhysicalNode } from '../../plan/physical.ts'
import { sameScalar } from '../../plan/scalar-walk.ts'
import type { WindowCall } from '../../plan/window.ts'
import { afterWaiting } from './closing-wait.ts'
import { type ColumnFact, type Facts, invert, lowerFact } from './monotone.ts'

type Op<K extends PhysicalNode['op']> = Extract<PhysicalNode, { op: K }>
type Window = Op<'window'>
/** Operators over partitions in an order. */
export type Ordered = Window | Op<'topK'> | Op<'rowNumber'>

/**
 * What is known of an ordered partition's rows besides its keys. A partition that closes with a window of the same relation
 * takes rows below the bound as long as that is open: its rows are final with the window alone. In the order of a time no row comes before its bound: what
 * calls tell of a row that they look no further ahead than is final with the row itself; where they look a distance ahead,
 * once the bound has passed that.
 */
export function orderedFacts(nodes: readonly PhysicalNode[], node: Ordered, facts: readonly Facts[]): Facts {
  const time = orderTime(node, facts[node.input])
  if (time === null || closesAsAWhole(node, facts[node.input], time.terms)) return new Map()
  const ahead = node.op === 'window' ? looksOf(node.calls).ahead : null
  if (ahead === null) return told(nodes, node, time.terms, facts)
  if (ahead.all || ahead.rows > 0 || ahead.groups > 0) return new Map()
  const known = new Map<number, ColumnFact>()
  const moved: BoundTerm[] = []
  for (const c of ahead.values) {
    const back = wayBack(nodes[node.input], node as Window, c)
    if (back === 'unknown') return new Map()
    if (ahead.values.length === 1) known.set(c, { terms: time.terms })
    if (back === null) return known
    moved.push(...time.terms.map((t) => ({ ...t, bound: back(t.bound) })))
  }
  const all = told(nodes, node, ahead.values.length === 0 ? time.terms : moved, facts)
  return new Map([...all, ...known])
}

const closesAsAWhole = ({ partition }: Ordered, input: Facts, order: readonly BoundTerm[]): boolean =>
  partition.some((c) => {
    const { terms = [], absent = [] } = input.get(c) ?? {}
    return absent.length === 0 && terms.some(({ object }) => order.some((o) => o.object === object))
  })

/** The first column of the order, where it is a time that rises; rows without one come last. */
export function orderTime(node: Ordered, input: Facts): { column: number; terms: readonly BoundTerm[] } | null {
  const first = node.order[0]
  const fact = first === undefined || first.desc ? undefined : input.get(first.column)
  if (fact?.terms === undefined || (first.nullsFirst && (fact.absent ?? []).length > 0)) return null
  return { column: first.column, terms: fact.terms }
}

/** What a change of rows not below the terms tells of all columns. */
function told(
  nodes: readonly PhysicalNode[],
  node: Ordered,
  terms: readonly BoundTerm[],
  facts: readonly Facts[],
): Facts {
  const { input, order } = node
  return afterWaiting(nodes, { input, column: order[0].column, terms, types: nodes[input].types }, facts)
}

/**
 * From a bound of a frame's end to one of the row that has the frame; null: there is no way back, as over months;
 * 'unknown': the frame counts by something else than the time.
 */
function wayBack(input: PhysicalNode, node: Window, end: number): ReturnType<typeof invertOver> | 'unknown' {
  const by = node.calls.find(({ frame }) => frame.end.kind === 'value' && frame.end.column === end)?.frame.value
  const time = node.order[0].column
  if (by === undefined || by === null || !sameColumn(input, by, time)) return 'unknown'
  return invertOver(input, end, time)
}

function invertOver(input: PhysicalNode, end: number, time: number) {
  if (input.op !== 'map') return null
  const sum = invert(input.exprs[end])
  const own = invert(input.exprs[time])
  const plain = input.exprs[time].kind === 'column'
  return sum !== null && own !== null && plain && sum.column === own.column ? sum.back : null
}

const sameColumn = (input: PhysicalNode, a: number, b: number): boolean =>
  a === b || (input.op === 'map' && sameScalar(input.exprs[a], input.exprs[b]))

/** What frees rows of partitions that stay open. */
export function orderedRule(nodes: readonly PhysicalNode[], node: Window, facts: readonly Facts[]): ReleaseRule | null {
  const input = facts[node.input]
  const time = orderTime(node, input)
  const { back, ahead, first, counts } = looksOf(node.calls)
  if (time === null || back.all || ahead.all || (first && groupsMatter(node))) return null
  const reaches: { column: number; terms: readonly BoundTerm[] }[] = []
  for (const c of [...back.values, ...ahead.values]) {
    if (!node.calls.every((call) => countsByTime(nodes[node.input], node, call))) return null
    const terms = back.values.includes(c) ? lowestOf(nodes, node, c, facts) : null
    if (back.values.includes(c) && terms === null) return null
    if (terms !== null) reaches.push({ column: c, terms })
  }
  const each = node.partition.length > 0 && (counts || first || isFar(back) || isFar(ahead))
  const absent = (input.get(time.column)?.absent ?? []).length > 0
  return {
    of: 'input',
    ...time,
    ordered: true,
    ...(reaches.length > 0 && { reaches }),
    ...((each || absent) && { partial: true }),
  }
}

const isFar = (look: Look): boolean => look.rows > 0 || look.groups > 0

const groupsMatter = (node: Window): boolean => node.calls.some(({ fn }) => fn === 'rank' || fn === 'dense_rank')

function countsByTime(input: PhysicalNode, node: Window, { frame }: WindowCall): boolean {
  const valued = frame.start.kind === 'value' || frame.end.kind === 'value'
  return !valued || (frame.value !== null && sameColumn(input, frame.value, node.order[0].column))
}

/** How low a column of rows to come may be. */
function lowestOf(
  nodes: readonly PhysicalNode[],
  node: Window,
  c: number,
  facts: readonly Facts[],
): readonly BoundTerm[] | null {
  const own = facts[node.input].get(c)
  if (own?.terms !== undefined) return own.terms
  const input = nodes[node.input]
  return input.op === 'map' ? (lowerFact(input.exprs[c], facts[input.input])?.terms ?? null) : null
}

/**
 * The window with calls that tell the times of the rows that its calls look ahead to, one for rows and one for groups, as
 * its last columns: NULL until there are such rows. Null: it looks at the end of partitions.
 */
export function withTimesAhead(
  node: Window,
  nodes: readonly PhysicalNode[],
  facts: readonly Facts[],
): { readonly node: Window; readonly gates: readonly number[]; readonly terms: readonly BoundTerm[] } | null {
  const time = orderTime(node, facts[node.input])
  const { ahead } = looksOf(node.calls)
  if (time === null || ahead.all || !isFar(ahead)) return null
  if (ahead.values.some((c) => wayBack(nodes[node.input], node, c) === 'unknown')) return null
  const { types } = nodes[node.input]
  const type = types[time.column]
  const calls = [...node.calls]
  const gates = [...ahead.values]
  for (const mode of ['rows', 'groups'] as const) {
    const by = ahead[mode]
    if (by === 0) continue
    const at = { kind: 'offset', by } as const
    calls.push({
      ...{ fn: 'first_value', aggregate: null, args: [{ column: time.column }], argTypes: [type], filter: null },
      ...{ ignoreNulls: false, type },
      frame: { mode, start: at, end: at, exclude: 'nothing', value: null },
    })
    gates.push(types.length + calls.length - 1)
  }
  return {
    node: { ...node, calls, types: [...node.types, ...calls.slice(node.calls.length).map((c) => c.type)] },
    gates,
    terms: time.terms,
  }
}
