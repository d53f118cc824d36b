import type { Logical } from '../../plan/logical.ts'
import { visitLogical } from '../../plan/logical-walk.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { columnsOf, conjuncts, constant, rewriteScalar } from '../../plan/scalar-walk.ts'
import type { Row } from '../../types/value.ts'
import { operatorOf } from '../function-facts.ts'
import { foldScalar } from './fold.ts'
import { keyOf } from './keys.ts'
import type { Facts } from './rule.ts'

/**
 * How many rows a plan gives and how many values its columns have, from the relations' own figures: rows, values of a
 * column, and a sample on which conditions are tried. Null: it reads a relation of which nothing is known.
 */
export interface Cardinality {
  readonly rows: number
  readonly distinct: readonly number[]
  /** Columns of which no two rows have equal values, and how many rows there were before filters. */
  readonly key: { readonly columns: readonly number[]; readonly of: number } | null
  /** Rows of the relation that it filters and projects, as its own columns; null: no sample is like its rows. */
  readonly sample: readonly Row[] | null
}

const EQUAL_SHARE = 0.1
const RANGE_SHARE = 1 / 3
const OTHER_SHARE = 0.5

export function cardinality(p: Logical, facts: Facts): Cardinality | null {
  switch (p.kind) {
    case 'get': {
      const known = facts.statistics?.(p.object) ?? null
      if (known === null) return null
      const columns = keyOf(p, facts)
      const { rows, sample } = known
      return {
        rows,
        distinct: p.rowType.map((_, c) => known.distinct(c)),
        key: columns === null ? null : { columns, of: rows },
        sample,
      }
    }
    case 'constant':
      return { rows: p.rows.length, distinct: p.rowType.map(() => p.rows.length), key: null, sample: null }
    case 'filter': {
      const input = cardinality(p.input, facts)
      if (input === null) return null
      const passing = passes(p.predicate, input)
      return atMost({ ...input, rows: Math.max(1, input.rows * passing.share), sample: passing.sample })
    }
    case 'project': {
      const input = cardinality(p.input, facts)
      if (input === null) return null
      const at = input.key?.columns.map((k) => p.exprs.findIndex((e) => e.kind === 'column' && e.index === k))
      const plain = p.exprs.every((e) => e.kind === 'column')
      return {
        rows: input.rows,
        distinct: p.exprs.map((e) => (e.kind === 'column' ? input.distinct[e.index] : manyOf(input.rows))),
        key: at === undefined || at.includes(-1) || input.key === null ? null : { columns: at, of: input.key.of },
        sample: plain && input.sample ? input.sample.map((row) => p.exprs.map((e) => datumOf(e, row))) : null,
      }
    }
    case 'aggregate': {
      const input = cardinality(p.input, facts)
      if (input === null) return null
      const rows = combinations(
        p.keys.map((k) => (k.kind === 'column' ? input.distinct[k.index] : manyOf(input.rows))),
        input.rows,
      )
      const columns = p.keys.map((_, i) => i)
      const ofKeys = p.keys.map((k) => (k.kind === 'column' ? input.distinct[k.index] : manyOf(rows)))
      const distinct = p.rowType.map((_, i) => ofKeys[i] ?? manyOf(rows))
      return atMost({ rows, distinct, key: { columns, of: rows }, sample: null })
    }
    case 'distinct': {
      const input = cardinality(p.input, facts)
      return input && { ...input, rows: combinations(input.distinct, input.rows), sample: null }
    }
    case 'join': {
      const [left, right] = [cardinality(p.left, facts), cardinality(p.right, facts)]
      if (left === null || right === null) return null
      const width = p.left.rowType.length
      const both = [...left.distinct, ...right.distinct]
      let rows = left.rows * right.rows
      for (const c of conjuncts(p.on)) rows *= shareOf(c, both, width)
      if (p.type === 'left' || p.type === 'full') rows = Math.max(rows, left.rows)
      if (p.type === 'right' || p.type === 'full') rows = Math.max(rows, right.rows)
      return atMost({ rows: Math.max(1, rows), distinct: both, key: null, sample: null })
    }
    case 'semiJoin': {
      const left = cardinality(p.left, facts)
      return left && atMost({ ...left, rows: Math.max(1, left.rows * OTHER_SHARE), sample: null })
    }
    case 'topK': {
      const input = cardinality(p.input, facts)
      if (input === null || p.limit === null) return input
      const parts = combinations(
        p.partition.map((c) => input.distinct[c]),
        input.rows,
      )
      return atMost({ ...input, rows: Math.min(input.rows, parts * p.limit), sample: null })
    }
    case 'unionAll': {
      const inputs = p.inputs.map((i) => cardinality(i, facts))
      if (inputs.some((i) => i === null)) return null
      const rows = inputs.reduce((sum, i) => sum + (i?.rows ?? 0), 0)
      const distinct = p.rowType.map((_, c) => Math.max(...inputs.map((i) => i?.distinct[c] ?? 1)))
      return { rows, distinct, key: null, sample: null }
    }
    default:
      return null
  }
}

/** Rows of the largest relation that it reads: where all are small, estimates are not worth their time. */
export function largest(p: Logical, facts: Facts): number {
  let rows = 0
  visitLogical(p, (x) => {
    if (x.kind === 'get') rows = Math.max(rows, facts.statistics?.(x.object)?.rows ?? 0)
  })
  return rows
}

/** Values of what is computed of a column, or of an aggregate: nobody knows. */
const manyOf = (rows: number): number => Math.max(1, rows / 10)

export const combinations = (distinct: readonly number[], rows: number): number =>
  Math.min(
    rows,
    distinct.reduce((product, d) => product * Math.max(1, d), 1),
  )

const atMost = (c: Cardinality): Cardinality => ({ ...c, distinct: c.distinct.map((d) => Math.min(d, c.rows)) })

const datumOf = (e: Scalar, row: Row) => (e.kind === 'column' ? row[e.index] : null)

/** The share of rows that a condition lets through, tried on the sample where there is one. */
function passes(predicate: Scalar, input: Cardinality): { share: number; sample: readonly Row[] | null } {
  if (input.sample !== null && input.sample.length >= SAMPLE_LEAST) {
    const passed: Row[] = []
    let decided = true
    for (const row of input.sample) {
      const result = foldScalar(
        rewriteScalar(predicate, (s) => (s.kind === 'column' ? constant(row[s.index], s.type) : s)),
      )
      if (result.kind !== 'const') decided = false
      else if (result.value === true) passed.push(row)
    }
    if (decided) return { share: Math.max(passed.length, 0.5) / input.sample.length, sample: passed }
  }
  return { share: conjuncts(predicate).reduce((s, c) => s * shareOf(c, input.distinct, null), 1), sample: null }
}

/** Fewer rows say nothing. */
const SAMPLE_LEAST = 16

/** Of pairs, or of rows (`width` null), how many fulfil the condition. */
export function shareOf(c: Scalar, distinct: readonly number[], width: number | null): number {
  if (c.kind === 'or') return 1 - c.args.reduce((none, arg) => none * (1 - shareOf(arg, distinct, width)), 1)
  if (c.kind === 'inList') return Math.min(1, c.values.length * equalShare(c.arg, distinct))
  const operator = c.kind === 'distinctFrom' && c.negated ? '=' : c.kind === 'call' ? operatorOf(c.fn) : undefined
  if (operator === undefined) return OTHER_SHARE
  if (operator === '=') {
    const sides = c.kind === 'distinctFrom' ? [c.left, c.right] : c.kind === 'call' ? c.args : []
    return Math.min(...sides.map((s) => (columnsOf(s).size > 0 ? equalShare(s, distinct) : 1)))
  }
  return ['<', '<=', '>', '>='].includes(operator) ? RANGE_SHARE : operator === '<>' ? 1 : OTHER_SHARE
}

const equalShare = (s: Scalar, distinct: readonly number[]): number =>
  s.kind === 'column' ? 1 / Math.max(1, distinct[s.index]) : EQUAL_SHARE
