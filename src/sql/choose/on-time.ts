import { CLOCK } from '../../dataflow/contract.ts'
import type { OnTimeTest } from '../../plan/bounds.ts'
import type { PhysicalNode, PhysicalPlan } from '../../plan/physical.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { column, mapColumns, replaceScalar } from '../../plan/scalar-walk.ts'
import { mapInputs, pruned } from '../../plan/sub-plans.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { type EventTimes, less } from './closing.ts'
import { edgeKey, type Reliance, type Reliances, rowwise } from './relied-on.ts'

/** One relation's part of rows that may come from several. */
interface Branch {
  readonly node: number
  /** Null: its rows are never late. */
  readonly relation: number | null
  /** Where the columns of the node that it stands for are. */
  readonly columns: readonly number[]
  readonly watermark: number
}

/**
 * The plan that leaves out rows for which all is closed that they would change, exactly at the edges that rely on it. The
 * watermark of each row is carried there beside its columns. Rows that can be merged later are read beside, and come in
 * where the relation's own were left out.
 */
export function onTimeOnly(
  plan: Pick<PhysicalPlan, 'nodes' | 'root'>,
  reliances: Reliances,
  times: EventTimes,
): Pick<PhysicalPlan, 'nodes' | 'root'> {
  const rewriting = new Rewriting(plan.nodes, times)
  plan.nodes.forEach((node, n) => {
    rewriting.take(n, node, (input) => reliances.get(edgeKey(n, input)) ?? [])
  })
  return pruned(rewriting.nodes, rewriting.numberOf(plan.root))
}

class Rewriting {
  readonly nodes: PhysicalNode[] = []
  readonly #old: readonly PhysicalNode[]
  readonly #times: EventTimes
  readonly #numbers: number[] = []
  readonly #rowwise: readonly boolean[]
  readonly #made = new Map<string, number>()
  readonly #branches = new Map<string, readonly Branch[]>()

  constructor(old: readonly PhysicalNode[], times: EventTimes) {
    this.#old = old
    this.#times = times
    this.#rowwise = rowwise(old)
  }

  numberOf(old: number): number {
    return this.#numbers[old]
  }

  take(n: number, node: PhysicalNode, of: (input: number) => readonly Reliance[]): void {
    const taken = mapInputs(node, (input) => {
      // What the clock closes meets no late rows: each comes with the time of now.
      const relied = of(input).filter(({ fact }) => fact.terms?.some(({ object }) => object !== CLOCK))
      if (relied.length === 0 || !this.#rowwise[input]) return this.#numbers[input]
      return this.#kept(input, relied, node.position)
    })
    this.#numbers[n] = this.nodes.push(taken as PhysicalNode) - 1
  }

  /** A node's rows without those that are late for what is relied on, by who stands at `position`. */
  #kept(n: number, relied: readonly Reliance[], position: number): number {
    const key = JSON.stringify([n, relied])
    const known = this.#made.get(key)
    if (known !== undefined) return known
    const parts = this.#branchesOf(n, false).flatMap((b) => this.#tested(n, b, relied, false, position))
    const merged = this.#branchesOf(n, true).flatMap((b) => this.#tested(n, b, relied, true, position))
    const made = this.#union(n, [...parts, ...merged])
    this.#made.set(key, made)
    return made
  }

  #union(n: number, parts: readonly number[]): number {
    if (parts.length === 1) return parts[0]
    const { types, position, appendOnly } = this.#old[n]
    return this.#push({ op: 'union', inputs: parts, types, position, appendOnly, growth: 'none' })
  }

  #tested(n: number, branch: Branch, relied: readonly Reliance[], late: boolean, position: number): number[] {
    const { relation, columns, watermark, node } = branch
    if (relation === null) return late ? [] : [node]
    const tests = relied.flatMap(({ column: c, fact }): OnTimeTest[] => {
      const bounds = (fact.terms ?? []).filter(({ object }) => object === relation).map(({ bound }) => bound)
      const retained = this.#times.of(relation)?.retained ?? 0
      const held = retained === 0 ? null : bounds.map((bound) => earlier(bound, retained))
      return bounds.length === 0 ? [] : [{ column: c, bounds, ...(held && { held }), tight: fact.tight === true }]
    })
    const { types, appendOnly } = this.#old[n]
    const common = { types, position, appendOnly, growth: 'bounded' } as const
    return [this.#push({ op: 'onTime', input: node, relation, watermark, columns, tests, late, ...common })]
  }

  /** `merged`: of the rows that are merged. Those of relations without late rows are no part of them. */
  #branchesOf(n: number, merged: boolean): readonly Branch[] {
    const key = `${n} ${merged}`
    let known = this.#branches.get(key)
    if (known === undefined) this.#branches.set(key, (known = this.#branchesMade(n, merged)))
    return known
  }

  #branchesMade(n: number, merged: boolean): readonly Branch[] {
    const node = this.#old[n]
    switch (node.op) {
      case 'get':
        return this.#relation(n, node, merged)
      case 'map':
        return this.#branchesOf(node.input, merged).map((b) =>
          b.relation === null ? this.#as(n, b) : this.#map(node, b),
        )
      case 'flatMap':
        return this.#branchesOf(node.input, merged).map((b) =>
          b.relation === null ? this.#as(n, b) : this.#flatMap(node, b),
        )
      case 'arrival':
        return this.#branchesOf(node.input, merged).map((b) =>
          b.relation === null ? this.#as(n, b) : this.#arrival(node, b),
        )
      case 'union':
        return node.inputs.flatMap((i) => this.#branchesOf(i, merged))
      default:
        return [this.#asItIs(n)]
    }
  }
  #as(n: number, input: Branch): Branch {
    const node = { ...this.#old[n], input: input.node } as PhysicalNode
    return { ...input, node: this.#push(node) }
  }

  #relation(n: number, node: Extract<PhysicalNode, { op: 'get' }>, merged: boolean): readonly Branch[] {
    const time = this.#times.of(node.object)
    if (time === null) return merged ? [] : [this.#asItIs(n)]
    const object = merged ? time.merged : node.object
    if (object === null) return []
    const { watermark, type } = time
    const columns = node.columns.includes(watermark) ? node.columns : [...node.columns, watermark]
    const types = columns === node.columns ? node.types : [...node.types, { kind: type.kind } as SqlType]
    return [
      {
        node: this.#push({ ...node, object, columns, types }),
        relation: node.object,
        columns: node.columns.map((_, i) => i),
        watermark: columns.indexOf(watermark),
      },
    ]
  }
  #asItIs(n: number): Branch {
    return { node: this.#numbers[n], relation: null, columns: [], watermark: -1 }
  }

  #map(node: Extract<PhysicalNode, { op: 'map' }>, b: Branch): Branch {
    const to = (c: number) => b.columns[c]
    const type = this.nodes[b.node].types[b.watermark]
    const places = node.places?.map(({ source, partition, offset }) => ({
      source,
      partition: partition === null ? null : to(partition),
      offset: offset === null ? null : to(offset),
    }))
    const made = this.#push({
      ...node,
      input: b.node,
      filter: node.filter && mapColumns(node.filter, to),
      exprs: [...node.exprs.map((e) => mapColumns(e, to)), column(b.watermark, type)],
      types: [...node.types, type],
      ...(places && { places }),
    })
    return { ...b, node: made, columns: node.exprs.map((_, i) => i), watermark: node.exprs.length }
  }

  #flatMap(node: Extract<PhysicalNode, { op: 'flatMap' }>, b: Branch): Branch {
    const below = this.nodes[b.node].types
    const width = this.#old[node.input].types.length
    const made = node.types.slice(width)
    const args = node.args.map((a) => mapColumns(a, (c) => b.columns[c]))
    const columns = node.types.map((_, c) => (c < width ? b.columns[c] : below.length + c - width))
    return { ...b, node: this.#push({ ...node, input: b.node, args, types: [...below, ...made] }), columns }
  }

  #arrival(node: Extract<PhysicalNode, { op: 'arrival' }>, b: Branch): Branch {
    const below = this.nodes[b.node].types
    const types = [...below, node.types[node.types.length - 1]]
    return { ...b, node: this.#push({ ...node, input: b.node, types }), columns: [...b.columns, below.length] }
  }

  #push(node: PhysicalNode): number {
    return this.nodes.push(node) - 1
  }
}

/** The bound, as it is while the watermark is so much lower. */
const earlier = (bound: Scalar, by: number): Scalar =>
  replaceScalar(bound, (s) => (s.kind === 'column' ? (less(s, by) ?? s) : undefined))
