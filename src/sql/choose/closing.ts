import type { BoundTerm, ReleaseRule } from '../../plan/bounds.ts'
import type { PhysicalNode } from '../../plan/physical.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { column, conjuncts, constant } from '../../plan/scalar-walk.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { joinFacts } from './closing-join.ts'
import { type ColumnFact, comparison, type Facts, invert, lowerBound, successor } from './monotone.ts'

/** Event times that a plan reads. */
export interface EventTimes {
  /** `allowed`: how much later than the watermark rows may come, in the unit of the column. */
  of(object: number): { readonly column: number; readonly type: SqlType; readonly allowed: number } | null
}

export interface Closing {
  /** By node. */
  readonly facts: readonly Facts[]
  readonly rules: readonly (readonly ReleaseRule[])[]
}

/**
 * Which columns of a plan's nodes still change only above a bound that watermarks give, and whose state may go for it.
 * It takes for granted that rows below the watermark of their partition are filtered out where they are read.
 */
export function closing(nodes: readonly PhysicalNode[], times: EventTimes): Closing {
  const facts: Facts[] = []
  const rules: (readonly ReleaseRule[])[] = []
  for (const node of nodes) {
    const { known, released } = ofNode(node, facts, times, nodes)
    facts.push(known)
    rules.push(released)
  }
  return { facts, rules }
}

const NOTHING: Facts = new Map()
const none = { known: NOTHING, released: [] }

function ofNode(
  node: PhysicalNode,
  facts: readonly Facts[],
  times: EventTimes,
  nodes: readonly PhysicalNode[],
): { known: Facts; released: readonly ReleaseRule[] } {
  switch (node.op) {
    case 'get': {
      const time = times.of(node.object)
      const at = time === null ? -1 : node.columns.indexOf(time.column)
      if (time === null || at < 0) return none
      const bound = less(column(0, { kind: time.type.kind }), time.allowed)
      return bound === null
        ? none
        : { known: new Map([[at, { terms: [{ object: node.object, bound }] }]]), released: [] }
    }
    case 'map': {
      const below = narrowed(facts[node.input], node.filter)
      return { known: through(node.exprs, below), released: [] }
    }
    case 'flatMap': {
      const known = new Map(facts[node.input])
      const [lo, hi] = node.args
      const width = nodes[node.input].types.length
      if (node.fn === 'generate_series(int4,int4)' && lo.kind === 'const' && hi.kind === 'const') {
        known.set(width, { range: [Number(lo.value), Number(hi.value)] })
      }
      return { known: node.outer ? facts[node.input] : known, released: [] }
    }
    case 'union':
      return { known: common(node.inputs.map((i) => facts[i])), released: [] }
    case 'aggregate': {
      const input = facts[node.input]
      const known = new Map<number, ColumnFact>()
      node.keys.forEach((c, i) => {
        const fact = input.get(c)
        if (fact?.terms) known.set(i, { terms: fact.terms })
      })
      return { known, released: first(known, 'input') }
    }
    case 'distinct':
      return { known: bounded(facts[node.input]), released: first(facts[node.input], 'input') }
    case 'setOp': {
      const known = common([facts[node.left], facts[node.right]])
      return { known, released: first(known, 'input') }
    }
    case 'topK':
    case 'rowNumber': {
      const known = new Map([...bounded(facts[node.input])].filter(([c]) => node.partition.includes(c)))
      return { known, released: first(known, 'input') }
    }
    case 'join':
      return joinFacts(node, nodes[node.left], nodes[node.right], facts[node.left], facts[node.right])
    case 'emitOnClose':
      return { known: bounded(facts[node.input]), released: [] }
    default:
      return none
  }
}

/** A rule for the first column that has a bound. */
function first(facts: Facts, of: ReleaseRule['of']): readonly ReleaseRule[] {
  for (const [c, { terms }] of facts) if (terms) return [{ of, column: c, terms }]
  return []
}

const bounded = (facts: Facts): Facts => new Map([...facts].filter(([, fact]) => fact.terms !== undefined))

/** What all inputs know, at its lowest. */
function common(inputs: readonly Facts[]): Facts {
  const known = new Map<number, ColumnFact>()
  for (const [c] of inputs[0] ?? []) {
    const terms: BoundTerm[] = []
    if (inputs.every((facts) => facts.get(c)?.terms !== undefined)) {
      for (const facts of inputs) terms.push(...(facts.get(c)?.terms ?? []))
      known.set(c, { terms })
    }
  }
  return known
}

function through(exprs: readonly Scalar[], below: Facts): Facts {
  const known = new Map<number, ColumnFact>()
  exprs.forEach((e, i) => {
    const same = e.kind === 'column' ? below.get(e.index) : undefined
    const terms = same ? undefined : lowerBound(e, below)
    if (same) known.set(i, same)
    else if (terms) known.set(i, { terms })
  })
  return known
}

/** `a < b` and `a <= b` hand a bound of a to the column b. */
function narrowed(facts: Facts, filter: Scalar | null): Facts {
  if (filter === null) return facts
  const known = new Map(facts)
  for (const c of conjuncts(filter)) {
    const order = comparison(c)
    if (order === null) continue
    const terms = lowerBound(order.low, facts)
    const upper = invert(order.high)
    if (!terms || !upper || known.get(upper.column)?.terms) continue
    const moved = terms.flatMap(({ object, bound }) => {
      const next = order.strict ? successor(bound) : bound
      return next === null ? [] : [{ object, bound: upper.back(next) }]
    })
    if (moved.length === terms.length) known.set(upper.column, { ...known.get(upper.column), terms: moved })
  }
  return known
}

/** The bound less a number of its unit; null where the type has no such thing. */
export function less(bound: Scalar, amount: number): Scalar | null {
  if (amount === 0) return bound
  const { kind } = bound.type
  const minus = (fn: string, by: Scalar): Scalar => ({
    kind: 'call',
    fn,
    args: [bound, by],
    type: bound.type,
    position: -1,
  })
  if (kind === 'timestamp' || kind === 'timestamptz') {
    const interval = constant({ months: 0, days: 0, micros: amount }, { kind: 'interval' })
    return minus(`${kind}_mi_interval(${kind},interval)`, interval)
  }
  if (kind === 'date') return minus('date_mii(date,int4)', constant(amount, { kind: 'int4' }))
  if (kind === 'int4' || kind === 'int8') return minus(`${kind}mi(${kind},${kind})`, constant(amount, { kind }))
  return null
}
