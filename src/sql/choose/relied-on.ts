import { canonicalJson } from '../../base/canonical-json.ts'
import type { PhysicalNode } from '../../plan/physical.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { columnsOf, sameScalar } from '../../plan/scalar-walk.ts'
import type { Closing } from './closing.ts'
import type { Ordered } from './closing-window.ts'
import { type ColumnFact, type Facts, successor, summand } from './monotone.ts'

type Op<K extends PhysicalNode['op']> = Extract<PhysicalNode, { op: K }>

/** A bound of a column that an edge of the plan must hold to, so that closed state meets nothing any more. */
export interface Reliance {
  readonly column: number
  readonly fact: ColumnFact
}

/** Edge, as reader and place of what is read → what is relied on there. */
export type Reliances = ReadonlyMap<string, readonly Reliance[]>

export const edgeKey = (reader: number, input: number): string => `${reader} ${input}`

/**
 * Where a plan that frees state, or waits until rows are final, relies on bounds of columns: followed down to the edges
 * between rows of relations, as they came, and the first operator that remembers something of them. Only there rows can
 * be left out, and only those for which what they would change is closed.
 *
 * `sessionsWait`: rows of sessions come out when they are final. Otherwise a row counts as long as a session of its own
 * would be open, and sessions are kept for as long as such a row can still join them.
 */
export function reliances(nodes: readonly PhysicalNode[], closing: Closing, sessionsWait: boolean): Reliances {
  return new Search(nodes, closing.facts, sessionsWait).run(closing)
}

/** Nodes that remember nothing, over relations. */
export function rowwise(nodes: readonly PhysicalNode[]): boolean[] {
  const is: boolean[] = []
  for (const node of nodes) {
    is.push(
      node.op === 'get' ||
        ((node.op === 'map' || node.op === 'flatMap' || node.op === 'arrival') && is[node.input]) ||
        (node.op === 'union' && node.inputs.every((i) => is[i])),
    )
  }
  return is
}

const sameTerms = (a: ColumnFact, b: ColumnFact): boolean => canonicalJson(a.terms) === canonicalJson(b.terms)

class Search {
  readonly #nodes: readonly PhysicalNode[]
  readonly #facts: readonly Facts[]
  readonly #sessionsWait: boolean
  readonly #rowwise: readonly boolean[]
  readonly #found = new Map<string, Reliance[]>()
  readonly #asked = new Set<string>()

  constructor(nodes: readonly PhysicalNode[], facts: readonly Facts[], sessionsWait: boolean) {
    this.#nodes = nodes
    this.#facts = facts
    this.#sessionsWait = sessionsWait
    this.#rowwise = rowwise(nodes)
  }

  run({ rules }: Closing): Reliances {
    this.#nodes.forEach((node, n) => {
      if (node.op === 'emitOnClose') this.#waits(n, node)
      for (const { of, column, sessions, others = [] } of rules[n]) {
        if (node.op === 'join') this.#side(n, node, of === 'left', column)
        else if (node.op === 'asofJoin') this.#nearest(n, node)
        else if (sessions && node.op === 'window') this.#session(n, node)
        else for (const each of [{ column }, ...others]) this.#below(n, each.column)
      }
    })
    return this.#found
  }

  #waits(n: number, node: Op<'emitOnClose'>): void {
    const below = this.#nodes[node.input]
    // The time of a row ahead.
    const made = below.op === 'window' && node.column >= this.#width(below.input)
    if (made && !this.#facts[node.input].has(node.column)) this.#below(node.input, node.column)
    else this.#ask(n, node.input, node.column)
  }

  /** The fact on a column of what `reader` reads. */
  #ask(reader: number, input: number, column: number, fact = this.#facts[input].get(column)): void {
    if (fact?.terms === undefined) return
    const key = `${edgeKey(reader, input)} ${column}`
    if (!this.#rowwise[input]) {
      if (this.#asked.has(key)) return
      this.#asked.add(key)
      this.#below(input, column)
      return
    }
    const edge = edgeKey(reader, input)
    const known = this.#found.get(edge)
    if (known === undefined) this.#found.set(edge, [{ column, fact }])
    else if (!known.some((r) => r.column === column && sameTerms(r.fact, fact))) known.push({ column, fact })
  }

  /** What the fact on column `c` of a node's output comes from; of an aggregate, its keys. */
  #below(n: number, c: number): void {
    const node = this.#nodes[n]
    switch (node.op) {
      case 'map':
        for (const column of this.#carriers(n, node, c)) this.#ask(n, node.input, column)
        return
      case 'union':
        for (const input of node.inputs) this.#ask(n, input, c)
        return
      case 'aggregate':
        this.#ask(n, node.input, node.keys[c])
        return
      case 'setOp':
        this.#ask(n, node.left, c)
        this.#ask(n, node.right, c)
        return
      case 'window':
        if (c < this.#width(node.input)) this.#ordered(n, node, c)
        else if (node.calls[c - this.#width(node.input)].fn === 'session_end') this.#session(n, node)
        else this.#ask(n, node.input, node.order[0].column)
        return
      case 'topK':
      case 'rowNumber':
        if (c < this.#width(node.input)) this.#ordered(n, node, c)
        return
      case 'asofJoin':
        this.#nearest(n, node)
        return
      case 'lookupJoin':
        this.#ask(n, node.left, c)
        return
      case 'join': {
        const width = this.#width(node.left)
        this.#ask(n, c < width ? node.left : node.right, c < width ? c : c - width)
        this.#side(n, node, c < width, c < width ? c : c - width)
        return
      }
      default:
        if ('input' in node && c < this.#width(node.input)) this.#ask(n, node.input, c)
    }
  }

  /** Columns of the input that carry the fact on an expression: its own, or those of the conditions that gave it. */
  #carriers(n: number, node: Op<'map'>, c: number): readonly number[] {
    const input = this.#facts[node.input]
    const bounded = (s: Scalar) => [...columnsOf(s)].filter((i) => input.get(i)?.terms !== undefined)
    const own = bounded(node.exprs[c])
    const tight = this.#facts[n].get(c)?.tight === true
    if (own.length > 0 && (!tight || own.some((i) => input.get(i)?.tight))) return own
    const conditions = node.filter === null ? [] : bounded(node.filter)
    // A condition further down gave it.
    return conditions.length > 0 ? [...own, ...conditions] : [...input.keys()]
  }

  /**
   * A side's rows go, by this column, when the other side's bounds have passed. Its own are held to as well, so that both
   * sides of a join by time take the same rows, whichever of them can be freed.
   */
  #side(n: number, node: Op<'join'>, left: boolean, column: number): void {
    const own = left ? node.left : node.right
    const other = left ? node.right : node.left
    const [ownKeys, otherKeys] = left ? [node.leftKeys, node.rightKeys] : [node.rightKeys, node.leftKeys]
    const width = this.#width(node.left)
    const equal = ownKeys.flatMap((c, i) => (c === column ? [otherKeys[i]] : []))
    for (const c of equal) this.#ask(n, other, c)
    for (const c of node.residual === null ? [] : columnsOf(node.residual)) {
      if (c < width !== left) this.#ask(n, other, c < width ? c : c - width)
    }
    this.#ask(n, own, column)
  }

  /** Keys close of themselves, all else by the time that rows are ordered by. */
  #ordered(n: number, node: Ordered, c: number): void {
    this.#ask(n, node.input, node.partition.includes(c) ? c : node.order[0].column)
  }

  #nearest(n: number, node: Op<'asofJoin'>): void {
    this.#ask(n, node.left, node.nearest.left)
    this.#ask(n, node.right, node.nearest.right)
  }

  /** Rows of sessions, by their time. */
  #session(n: number, node: Op<'window'>): void {
    const time = node.order[0].column
    const fact = this.#facts[node.input].get(time)
    const back = this.#sessionsWait ? null : this.#gapBack(node, time)
    if (fact?.terms === undefined || back === null) this.#ask(n, node.input, time)
    else this.#ask(n, node.input, time, back(fact))
  }

  /** A session that begins with the row would end a gap later. */
  #gapBack(node: Op<'window'>, time: number): ((fact: ColumnFact) => ColumnFact) | null {
    const input = this.#nodes[node.input]
    const end = node.calls.find((call) => call.fn === 'session_end')?.args[1]
    if (input.op !== 'map' || end === undefined || !('column' in end)) return null
    const limit = summand(input.exprs[end.column])
    if (limit === null || !sameScalar(limit.expr, input.exprs[time])) return null
    const { back } = limit
    return (fact) => ({
      ...fact,
      terms: fact.terms?.map(({ object, bound }) => ({ object, bound: successor(back(bound)) ?? bound })),
    })
  }

  #width(n: number): number {
    return this.#nodes[n].types.length
  }
}
