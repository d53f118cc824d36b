import { CLOCK } from '../../dataflow/contract.ts'
import type { BoundTerm } from '../../plan/bounds.ts'
import type { PhysicalNode } from '../../plan/physical.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { column, replaceScalar, sameScalar } from '../../plan/scalar-walk.ts'
import { NEVER } from './absent.ts'
import { type ColumnFact, type Facts, lowerBound, summand } from './monotone.ts'

type Wait = Extract<PhysicalNode, { op: 'emitOnClose' }>
type OnTime = Extract<PhysicalNode, { op: 'onTime' }>
/** Rows whose value in a column of `input` is not below the terms. */
type Held = Pick<Wait, 'input' | 'column' | 'terms' | 'types'>

/**
 * What is known of rows that waited until one column was closed. Such a row may come when another of its columns is long
 * past its own bound; so only what that one column tells of the others holds: of those that are made of it, or of what it
 * is made of, as both ends of a window are.
 */
export function afterWaiting(nodes: readonly PhysicalNode[], wait: Held, facts: readonly Facts[]): Facts {
  const tight = facts[wait.input].get(wait.column)?.tight === true
  const known = new Map<number, ColumnFact>([[wait.column, { terms: wait.terms, tight }]])
  wait.types.forEach((_, c) => {
    const told = known.has(c) ? null : toldOf(c, nodes, wait, facts)
    if (told !== null) known.set(c, { terms: told, absent: facts[wait.input].get(c)?.absent ?? NEVER })
  })
  return known
}

/** What is known of rows that are on time: the columns that were tested, and what those tell of others. */
export function onTime(nodes: readonly PhysicalNode[], node: OnTime, facts: readonly Facts[]): Facts {
  const known = new Map<number, ColumnFact>()
  const { input, columns } = node
  const { types } = nodes[input]
  const held: Held[] = []
  for (const { column: c, bounds, tight } of node.tests) {
    const terms = bounds.map((bound) => ({ object: node.relation, bound }))
    known.set(c, { terms, tight })
    held.push({ input, column: columns[c], terms, types })
  }
  columns.forEach((from, c) => {
    if (known.has(c)) return
    const fact = facts[input].get(from)
    // What the clock bounds is so whatever is left out.
    if (fact?.terms?.every(({ object }) => object === CLOCK)) {
      known.set(c, fact)
      return
    }
    const range = fact?.range
    const told = held.map((h) => toldOf(from, nodes, h, facts)).find((terms) => terms !== null)
    if (range || told) known.set(c, { ...(range && { range }), ...(told && { terms: told }) })
  })
  return known
}

/** Both columns are followed down to a node where one is made of the other, or of the same; on all ways. */
function toldOf(
  other: number,
  nodes: readonly PhysicalNode[],
  { input, column: by, terms, types }: Held,
  facts: readonly Facts[],
): readonly BoundTerm[] | null {
  const from = (at: number, waited: Scalar, sought: Scalar): readonly BoundTerm[] | null => {
    const node = nodes[at]
    const found = lowerBy(sought, waited, terms, facts[at], node.types.length)
    if (found !== null) return found
    if (node.op === 'union') {
      const each = node.inputs.map((i) => from(i, waited, sought))
      return each.includes(null) ? null : each.flatMap((told) => told ?? [])
    }
    const below = belowOf(node)
    const made = below && through(waited, below)
    const wanted = below && through(sought, below)
    return below && made && wanted && from(below.input, made, wanted)
  }
  return from(input, column(by, types[by]), column(other, types[other]))
}

/** The least that `sought` can be where `waited` is not below its terms. */
function lowerBy(
  sought: Scalar,
  waited: Scalar,
  terms: readonly BoundTerm[],
  facts: Facts,
  width: number,
): readonly BoundTerm[] | null {
  let base = waited
  let moved = terms
  for (;;) {
    // `base` as a column of its own, the only one with a bound.
    const alone = replaceScalar(sought, (x) => (sameScalar(x, base) ? column(width, x.type) : undefined))
    const ranges = [...facts].map(([c, { range }]): [number, ColumnFact] => [c, range ? { range } : {}])
    const found = lowerBound(alone, new Map([...ranges, [width, { terms: moved }]]))
    if (found !== null) return found
    const sum = summand(base)
    if (sum === null) return null
    base = sum.expr
    moved = moved.map((t) => ({ ...t, bound: sum.back(t.bound) }))
  }
}

/** A node whose columns are those of its input, or made of them row by row. */
interface Below {
  readonly input: number
  readonly exprs: readonly Scalar[]
}

function belowOf(node: PhysicalNode): Below | null {
  const kept = (input: number, columns: readonly number[]): Below => ({
    input,
    exprs: columns.map((c, i) => column(c, node.types[i])),
  })
  switch (node.op) {
    case 'map':
      return { input: node.input, exprs: node.exprs }
    case 'onTime':
      return kept(node.input, node.columns)
    case 'aggregate':
      return kept(node.input, node.keys)
    case 'distinct':
    case 'topK':
    case 'emitOnClose':
      return kept(
        node.input,
        node.types.map((_, c) => c),
      )
    default:
      return null
  }
}

/** The expression over the input's columns; null where it reads others. */
function through(s: Scalar, { exprs }: Below): Scalar | null {
  let whole = true
  const over = replaceScalar(s, (x) => {
    if (x.kind !== 'column') return undefined
    if (exprs[x.index] === undefined) whole = false
    return exprs[x.index]
  })
  return whole ? over : null
}
