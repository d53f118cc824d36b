import { CLOCK } from '../../dataflow/contract.ts'
import type { BoundedColumn, BoundTerm, ReleaseRule } from '../../plan/bounds.ts'
import type { PhysicalNode } from '../../plan/physical.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { column, conjuncts, constant, replaceScalar, sameScalar } from '../../plan/scalar-walk.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { allAbsent, NEVER } from './absent.ts'
import { joinFacts, nearestFacts } from './closing-join.ts'
import { afterWaiting, onTime } from './closing-wait.ts'
import { orderedFacts, orderedRule } from './closing-window.ts'
import { type ColumnFact, comparison, type Facts, lowerBound, lowerFact, successor, summand } from './monotone.ts'
import { growth } from './node-facts.ts'

export interface EventTime {
  readonly column: number
  readonly type: SqlType
  /** How much later than the watermark rows may come, in the unit of the column. */
  readonly allowed: number
  /** The column of the watermark that each row carries. */
  readonly watermark: number
  /** How much longer than rows may come closed state is kept, in the unit of the column. */
  readonly retained: number
  /** Late rows can be merged later; the plan reads them as the relation of this number. */
  readonly merged: number | null
}

/** Event times that a plan reads. */
export interface EventTimes {
  of(object: number): EventTime | null
  /** What is closed in a materialized view, less what is allowed here. */
  bounds(object: number): Facts
}

export interface Closing {
  /** By node. */
  readonly facts: readonly Facts[]
  readonly rules: readonly (readonly ReleaseRule[])[]
}

/**
 * Which columns of a plan's nodes still change only above a bound that watermarks give, and whose state may go for it.
 * It takes for granted that rows of relations with an event time are not late, or were left out where it matters.
 */
export function closing(nodes: readonly PhysicalNode[], times: EventTimes): Closing {
  const facts: Facts[] = []
  const rules: (readonly ReleaseRule[])[] = []
  const carried: (readonly Conditioned[])[] = []
  for (const node of nodes) {
    const { known, released, carries } = ofNode(node, facts, times, nodes, carried)
    facts.push(known)
    carried.push(carries ?? [])
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
  carried: readonly (readonly Conditioned[])[],
): { known: Facts; released: readonly ReleaseRule[]; carries?: readonly Conditioned[] } {
  switch (node.op) {
    case 'get': {
      const time = times.of(node.object)
      const at = time === null ? -1 : node.columns.indexOf(time.column)
      if (time === null) return { known: picked(times.bounds(node.object), node.columns), released: [] }
      if (at < 0) return none
      const bound = less(column(0, { kind: time.type.kind }), time.allowed)
      return bound === null
        ? none
        : { known: new Map([[at, { terms: [{ object: node.object, bound }] }]]), released: [] }
    }
    case 'map': {
      const input = facts[node.input]
      const all = [...(carried[node.input] ?? []), ...conditions(input, node.filter)]
      const carries = all.flatMap((c) => rewritten(c, node.exprs))
      return { known: through(node.exprs, input, all), released: [], carries }
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
    case 'arrival': {
      const type = node.types[node.types.length - 1]
      const terms = [{ object: CLOCK, bound: column(0, type) }]
      return { known: new Map([...facts[node.input], [node.types.length - 1, { terms }]]), released: [] }
    }
    case 'onTime':
      return { known: onTime(nodes, node, facts), released: [] }
    case 'union':
      return { known: common(node.inputs.map((i) => facts[i])), released: [] }
    case 'aggregate': {
      const input = facts[node.input]
      const known = new Map<number, ColumnFact>()
      node.keys.forEach((c, i) => {
        const fact = input.get(c)
        if (fact?.terms) known.set(i, fact)
      })
      // A group without any of its times is one, where these are all of its keys.
      const alone = known.size === node.keys.length && growth({ ...node, keys: [] }, []) === 'bounded'
      return { known, released: first(known, 'input', alone) }
    }
    case 'distinct': {
      const known = bounded(facts[node.input])
      return { known, released: first(known, 'input', known.size === node.types.length) }
    }
    case 'setOp': {
      const known = common([facts[node.left], facts[node.right]])
      return { known, released: first(known, 'input') }
    }
    case 'topK':
    case 'rowNumber': {
      const keys = partitionFacts(node, facts[node.input])
      return { known: new Map([...keys, ...orderedFacts(nodes, node, facts), ...keys]), released: first(keys, 'input') }
    }
    case 'window': {
      const input = facts[node.input]
      const keys = partitionFacts(node, input)
      // What its keys close comes first.
      const known = new Map([...keys, ...orderedFacts(nodes, node, facts), ...keys])
      let released = first(keys, 'input')
      const rule = released.length > 0 ? null : orderedRule(nodes, node, facts)
      if (rule !== null) released = [rule]
      // A row joins or parts only sessions that end after it: what ends below the bound of the times stays.
      const width = nodes[node.input].types.length
      const times = node.order.length === 1 ? input.get(node.order[0].column)?.terms : undefined
      node.calls.forEach((call, i) => {
        if (call.fn !== 'session_end' || times === undefined) return
        known.set(width + i, { terms: times })
        const column = node.order[0].column
        const partial = (input.get(column)?.absent ?? NEVER).length > 0
        released = [{ of: 'input', column, terms: times, sessions: true, ...(partial && { partial }) }]
      })
      return { known, released }
    }
    case 'lookupJoin':
      // The left rows as they come, and nothing else.
      return { known: bounded(facts[node.left]), released: [] }
    case 'asofJoin':
      return nearestFacts(node, nodes[node.left], facts[node.left], facts[node.right])
    case 'join':
      return joinFacts(facts.length, node, nodes[node.left], nodes[node.right], facts[node.left], facts[node.right])
    case 'emitOnClose':
      return { known: afterWaiting(nodes, node, facts), released: [] }
    default:
      return none
  }
}

const partitionFacts = ({ partition }: { readonly partition: readonly number[] }, input: Facts): Facts =>
  new Map([...bounded(input)].filter(([c]) => partition.includes(c)))

/** What is known of a relation's columns, by their places in what is read of it. */
function picked(facts: Facts, columns: readonly number[]): Facts {
  const known = new Map<number, ColumnFact>()
  columns.forEach((c, i) => {
    const fact = facts.get(c)
    if (fact) known.set(i, fact)
  })
  return known
}

/**
 * A rule for the column that tells best what may go: one that is never NULL, or several of which never all are. `alone`:
 * rows without any of them are few.
 */
function first(facts: Facts, of: ReleaseRule['of'], alone = false): readonly ReleaseRule[] {
  const always = best(new Map([...facts].filter(([, { absent = NEVER }]) => absent.length === 0)))
  if (always !== null) return [{ of, column: always.column, terms: always.terms }]
  const found = best(facts)
  if (found === null) return []
  let absent = facts.get(found.column)?.absent ?? NEVER
  const others: BoundedColumn[] = []
  for (const [column, { terms, absent: missing = NEVER }] of facts) {
    const fewer = allAbsent([absent, missing])
    if (terms === undefined || fewer.length >= absent.length) continue
    absent = fewer
    others.push({ column, terms })
  }
  const { column, terms } = found
  const partial = absent.length > 0 && !alone
  return [{ of, column, terms, ...(others.length > 0 && { others }), ...(partial && { partial }) }]
}

/** The column with a bound, a tight one before others. */
export function best(facts: Facts): { column: number; terms: readonly BoundTerm[]; tight: boolean } | null {
  const all = [...facts].flatMap(([column, { terms, tight }]) =>
    terms === undefined ? [] : [{ column, terms, tight: tight === true }],
  )
  return all.find((f) => f.tight) ?? all[0] ?? null
}

const bounded = (facts: Facts): Facts => new Map([...facts].filter(([, fact]) => fact.terms !== undefined))

/** What all inputs know, at its lowest. */
function common(inputs: readonly Facts[]): Facts {
  const known = new Map<number, ColumnFact>()
  for (const [c] of inputs[0] ?? []) {
    const terms: BoundTerm[] = []
    if (inputs.every((facts) => facts.get(c)?.terms !== undefined)) {
      for (const facts of inputs) terms.push(...(facts.get(c)?.terms ?? []))
      const absent = inputs.flatMap((facts) => facts.get(c)?.absent ?? [])
      known.set(c, { terms, tight: inputs.every((facts) => facts.get(c)?.tight), absent })
    }
  }
  return known
}

function through(exprs: readonly Scalar[], below: Facts, conditioned: readonly Conditioned[]): Facts {
  const known = new Map<number, ColumnFact>()
  exprs.forEach((e, i) => {
    const tight = conditioned.find((c) => sameScalar(c.expr, e))
    const same = e.kind === 'column' ? below.get(e.index) : undefined
    if (same?.terms && (same.tight || !tight)) known.set(i, same)
    // What a condition compares is not NULL.
    else if (tight) known.set(i, { ...(same?.range && { range: same.range }), terms: tight.terms, tight: true })
    else if (same) known.set(i, same)
    else {
      const fact = lowerFact(e, below)
      if (fact) known.set(i, fact)
    }
  })
  return known
}

/** An expression that a condition gives a bound. */
interface Conditioned {
  readonly expr: Scalar
  readonly terms: readonly BoundTerm[]
}

/** The same over the columns that a projection makes, where they say it. */
function rewritten({ expr, terms }: Conditioned, exprs: readonly Scalar[]): Conditioned[] {
  let whole = true
  const over = replaceScalar(expr, (x) => {
    const at = exprs.findIndex((e) => sameScalar(e, x))
    if (at >= 0) return column(at, x.type)
    if (x.kind === 'column') whole = false
    return undefined
  })
  return whole ? [{ expr: over, terms }] : []
}

/** `a < b` and `a <= b` hand a bound of a to b, and to x where b is x plus a constant. */
function conditions(facts: Facts, filter: Scalar | null): Conditioned[] {
  const found: Conditioned[] = []
  for (const c of filter === null ? [] : conjuncts(filter)) {
    const order = comparison(c)
    const terms = order === null ? null : lowerBound(order.low, facts)
    if (order === null || !terms) continue
    const moved = terms.flatMap(({ object, bound }) => {
      const next = order.strict ? successor(bound) : bound
      return next === null ? [] : [{ object, bound: next }]
    })
    if (moved.length < terms.length) continue
    found.push({ expr: order.high, terms: moved })
    const base = summand(order.high)
    if (base) found.push({ expr: base.expr, terms: moved.map((t) => ({ ...t, bound: base.back(t.bound) })) })
  }
  return found
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
