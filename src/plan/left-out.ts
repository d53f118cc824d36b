import type { SqlType } from '../types/sql-type.ts'
import type { OnTimeTest } from './bounds.ts'
import { fingerprint } from './fingerprint.ts'
import type { PhysicalNode, PhysicalPlan } from './physical.ts'
import { column, mapColumns } from './scalar-walk.ts'

/** One place of a view's plan where late rows come in that are merged. */
export interface LeftOut {
  /** The merged rows that come in, all columns, once for each of their windows; then the values that the tests are about. */
  readonly plan: PhysicalPlan
  /** By those values, in their order. */
  readonly tests: readonly OnTimeTest[]
}

interface Carried {
  readonly node: number
  readonly to: (column: number) => number
  /** Where the columns of the merged rows are. */
  readonly all: readonly number[]
}

/** What of merged rows a view lets in, place by place: rows that it left out there. `types`: of their columns. */
export function leftOut({ nodes }: Pick<PhysicalPlan, 'nodes'>, merged: number, types: readonly SqlType[]): LeftOut[] {
  return nodes.flatMap((node) => {
    if (node.op !== 'onTime' || !node.late) return []
    const made: PhysicalNode[] = []
    const input = carry(nodes, node.input, merged, types, made)
    if (input === null) return []
    const width = node.columns.length
    const come = made.push({
      ...node,
      input: input.node,
      watermark: input.to(node.watermark),
      columns: [...node.columns.map(input.to), ...input.all],
      types: [...node.types, ...types],
    })
    const exprs = [
      ...types.map((type, i) => column(width + i, type)),
      ...node.tests.map((t) => column(t.column, node.types[t.column]!)),
    ]
    const root = made.push({
      ...{ op: 'map', input: come - 1, filter: null, exprs },
      ...{ types: exprs.map((e) => e.type), position: -1, appendOnly: true, growth: 'none' },
    })
    const unsigned = { formatVersion: 1, nodes: made, root: root - 1, types: exprs.map((e) => e.type) } as const
    return [{ plan: { ...unsigned, fingerprint: fingerprint(unsigned) }, tests: node.tests }]
  })
}

/** The nodes below, with the columns of the merged rows carried along; null where these are other rows. */
function carry(
  nodes: readonly PhysicalNode[],
  n: number,
  merged: number,
  types: readonly SqlType[],
  made: PhysicalNode[],
): Carried | null {
  const node = nodes[n]!
  const push = (next: PhysicalNode): number => made.push(next) - 1
  const same = (c: number) => c
  if (node.op === 'get') {
    if (node.object !== merged) return null
    const width = node.columns.length
    const columns = [...node.columns, ...types.map((_, i) => i)]
    const next = push({ ...node, columns, types: [...node.types, ...types] })
    return { node: next, to: same, all: types.map((_, i) => width + i) }
  }
  if (node.op !== 'map' && node.op !== 'flatMap' && node.op !== 'arrival') return null
  const below = carry(nodes, node.input, merged, types, made)
  if (below === null) return null
  if (node.op === 'map') {
    const width = node.exprs.length
    const { places: _, ...plain } = node
    const next = push({
      ...plain,
      input: below.node,
      filter: node.filter && mapColumns(node.filter, below.to),
      exprs: [...node.exprs.map((e) => mapColumns(e, below.to)), ...below.all.map((c, i) => column(c, types[i]!))],
      types: [...node.types, ...types],
    })
    return { node: next, to: same, all: types.map((_, i) => width + i) }
  }
  const before = nodes[node.input]!.types.length
  const wide = made[below.node]!.types
  const to = (c: number) => (c < before ? below.to(c) : wide.length + c - before)
  const next = { ...node, input: below.node, types: [...wide, ...node.types.slice(before)] }
  const moved = next.op === 'flatMap' ? { ...next, args: next.args.map((a) => mapColumns(a, below.to)) } : next
  return { node: push(moved), to, all: below.all }
}
