import type { AggregateCall, Logical } from '../../plan/logical.ts'
import { columnsOfRow } from '../../plan/logical-make.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { caseOf, column, columnsOf, constant, isNull, substituteColumns, TRUE } from '../../plan/scalar-walk.ts'
import { BOOL } from '../../types/sql-type.ts'
import type { Datum } from '../../types/value.ts'
import { peel } from './peel.ts'
import { slotsIn } from './slot.ts'

export interface CorrelatedAggregate {
  /** The aggregate grouped by the inner sides of the correlation; its last column is true: the group exists. */
  readonly grouped: Logical
  /** Join conditions over the columns of `grouped`, outer slots in them. */
  readonly on: readonly Scalar[]
  /** The subquery's columns, when the columns of `grouped` start at a number and are NULL without a match. */
  readonly result: (from: number) => readonly Scalar[]
}

/**
 * `(SELECT f(agg …) FROM … WHERE inner = outer)`: the commonest correlated scalar subquery. Grouping the inner side by
 * the columns that are compared and joining left needs no set of distinct outer values. Undefined for other shapes.
 */
export function correlatedAggregate(
  plan: Logical,
  known: (slot: number) => boolean,
  emptyResult: (fn: string) => Datum,
): CorrelatedAggregate | undefined {
  const correlated = (s: Scalar): boolean => [...slotsIn(s)].some(known)
  const results: (readonly Scalar[])[] = []
  let node = plan
  while (node.kind === 'project') {
    results.push(node.exprs)
    node = node.input
  }
  if (node.kind !== 'aggregate' || node.keys.length > 0) return undefined
  if (node.aggregates.some((a) => callParts(a).some(correlated))) return undefined
  const peeled = peel(node.input, known, false)
  if (!peeled) return undefined
  const keys: Scalar[] = []
  const on: Scalar[] = []
  for (const condition of peeled.conditions) {
    if (condition.kind !== 'call' || condition.args.length !== 2 || !EQUALITY.test(condition.fn)) return undefined
    const [a, b] = condition.args
    const innerFirst = correlated(b)
    const [inner, outer] = innerFirst ? [a, b] : [b, a]
    if (correlated(inner) || columnsOf(outer).size > 0) return undefined
    const key = column(keys.length, inner.type)
    on.push({ ...condition, args: innerFirst ? [key, outer] : [outer, key] })
    keys.push(inner)
  }
  const row = peeled.plan.rowType
  const aggregated: Logical = {
    ...node,
    input: peeled.plan,
    keys,
    rowType: [...keys.map((k, i) => ({ name: `key${i}`, type: k.type, nullable: row.length > 0 })), ...node.rowType],
  }
  const grouped: Logical = {
    kind: 'project',
    input: aggregated,
    exprs: [...columnsOfRow(aggregated.rowType), TRUE],
    rowType: [...aggregated.rowType, { name: 'present', type: BOOL, nullable: false }],
  }
  const fns = node.aggregates.map((a) => a.fn)
  return {
    grouped,
    on,
    result(from) {
      const absent = isNull(column(from + grouped.rowType.length - 1, BOOL))
      let values: readonly Scalar[] = fns.map((fn, i) => {
        const type = aggregated.rowType[keys.length + i].type
        const value = column(from + keys.length + i, type)
        const empty = emptyResult(fn)
        if (empty === null) return value
        return caseOf([[absent, constant(empty, type)]], value)
      })
      for (const exprs of [...results].reverse()) values = exprs.map((e) => substituteColumns(e, values))
      return values
    },
  }
}

/** Ids of the equality functions: `int4eq(…)`, `texteq(…)`, `numeric_eq(…)`. */
const EQUALITY = /^[a-z0-9_]*eq\(/

const callParts = (a: AggregateCall): readonly Scalar[] => [
  ...a.args,
  ...(a.filter ? [a.filter] : []),
  ...a.order.map((o) => o.expr),
]
