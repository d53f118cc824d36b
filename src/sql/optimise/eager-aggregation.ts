import type { AggregateCall, Logical } from '../../plan/logical.ts'
import { columnsOfRow, NO_POSITION, project } from '../../plan/logical-make.ts'
import { callScalars, mapCall, rewriteLogical, visitLogical } from '../../plan/logical-walk.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { column, columnsOf, constant, mapColumns, substituteColumns } from '../../plan/scalar-walk.ts'
import { type Field, INT8, NUMERIC, type SqlType } from '../../types/sql-type.ts'
import { canFail } from '../function-facts.ts'
import { cardinality, combinations, largest } from './cardinality.ts'
import type { Facts, Rule } from './rule.ts'

/**
 * Sums, counts and extremes of one side of an inner join are formed by the columns that the join and the groups read of
 * that side, before the join: of a million orders joined with a thousand accounts the join keeps a thousand rows. Where
 * those are less than half of the rows, by what the relation holds; where the arguments cannot fail, since rows count
 * that the join drops; and of exact sums, which do not depend on their order.
 */
export const eagerAggregation: Rule = {
  name: 'eager-aggregation',
  apply: (plan, facts) => rewriteLogical(plan, (p) => (p.kind === 'aggregate' ? (eager(p, facts) ?? p) : p)),
}

type Aggregate = Extract<Logical, { kind: 'aggregate' }>
type Join = Extract<Logical, { kind: 'join' }>

/** Fewer rows are not worth another aggregate. */
const ROWS_LEAST = 10_000
const WORTH = 0.5

function eager(p: Aggregate, facts: Facts): Logical | null {
  if (!p.aggregates.every(decomposes)) return null
  let { input, keys, aggregates } = p
  while (input.kind === 'project') {
    const { exprs } = input
    keys = keys.map((k) => substituteColumns(k, exprs))
    aggregates = aggregates.map((a) => mapCall(a, (s) => substituteColumns(s, exprs)))
    input = input.input
  }
  if (input.kind !== 'join' || input.type !== 'inner' || input.delta === true) return null
  if (largest(input, facts) < ROWS_LEAST) return null
  if (aggregates.some((a) => callScalars(a).some(canFail)) || growing(input, facts)) return null
  for (const side of ['left', 'right'] as const) {
    const made = onSide({ ...p, keys, aggregates }, input, side, facts)
    if (made !== null) return made
  }
  return null
}

/** What watermarks free below a join is freed there alone. */
function growing(p: Logical, facts: Facts): boolean {
  let found = false
  visitLogical(p, (x) => {
    if (x.kind === 'get' && facts.appendOnly?.(x.object) === true) found = true
  })
  return found
}

function onSide(p: Aggregate, join: Join, side: 'left' | 'right', facts: Facts): Logical | null {
  const width = join.left.rowType.length
  const [from, to] = side === 'left' ? [0, width] : [width, width + join.right.rowType.length]
  const own = (c: number): boolean => c >= from && c < to
  const read = new Set<number>()
  for (const a of p.aggregates) for (const s of callScalars(a)) columnsOf(s, read)
  if (![...read].every(own)) return null
  const tied = columnsOf(join.on)
  for (const k of p.keys) columnsOf(k, tied)
  const by = [...tied].filter(own).sort((a, b) => a - b)
  const input = join[side]
  const size = cardinality(input, facts)
  if (size === null || size.rows < ROWS_LEAST || by.length === 0) return null
  const groups = combinations(
    by.map((c) => size.distinct[c - from]),
    size.rows,
  )
  if (groups > WORTH * size.rows) return null

  const partial = partialOf(
    p,
    input,
    by.map((c) => c - from),
    from,
  )
  const joined = joinedWith(join, side, partial)
  const shift = partial.rowType.length - (to - from)
  // Columns of the other side move, those of this side are keys of the partial groups now.
  const place = (c: number): number => (own(c) ? from + by.indexOf(c) : c >= to ? c + shift : c)
  const on = mapColumns(join.on, place)
  const first = from + by.length
  const finals = p.aggregates.map((a, i) => finalOf(a, column(first + i, partialType(a)), p.position))
  const rowType = [
    ...p.rowType.slice(0, p.keys.length),
    ...p.rowType.slice(p.keys.length).map((f, i) => ({ ...f, type: finals[i].type, nullable: true })),
  ]
  const aggregated: Logical = {
    kind: 'aggregate',
    input: { ...joined, on },
    keys: p.keys.map((k) => mapColumns(k, place)),
    aggregates: finals,
    rowType,
    position: p.position,
  }
  const exprs = columnsOfRow(rowType).map((c, i) => asBefore(c, p.rowType[i], i >= p.keys.length))
  return {
    ...project(
      aggregated,
      exprs,
      p.rowType.map((f) => f.name),
    ),
    rowType: p.rowType,
  } as Logical
}

function partialOf(p: Aggregate, input: Logical, by: readonly number[], from: number): Logical {
  const calls = p.aggregates.map((a) => mapCall(a, (s) => mapColumns(s, (c) => c - from)))
  const fields = calls.map((a): Field => ({ name: 'partial', type: partialType(a), nullable: true }))
  return {
    kind: 'aggregate',
    input,
    keys: by.map((c) => column(c, input.rowType[c].type)),
    aggregates: calls.map((a) => ({ ...a, type: partialType(a) })),
    rowType: [...by.map((c) => input.rowType[c]), ...fields],
    position: NO_POSITION,
  }
}

function joinedWith(join: Join, side: 'left' | 'right', partial: Logical): Join {
  const [left, right] = side === 'left' ? [partial, join.right] : [join.left, partial]
  return { ...join, left, right, rowType: [...left.rowType, ...right.rowType] }
}

const partialType = (a: AggregateCall): SqlType => KINDS.get(a.fn) ?? a.type

/** Aggregates whose values over parts make their value over all. */
const decomposes = (a: AggregateCall): boolean =>
  !a.distinct && a.order.length === 0 && (KINDS.has(a.fn) || /^(?:min|max)\(/.test(a.fn))

/** Their types over a part. */
const KINDS: ReadonlyMap<string, SqlType> = new Map([
  ['count()', INT8],
  ['count(any)', INT8],
  ['sum(int2)', INT8],
  ['sum(int4)', INT8],
  ['sum(int8)', NUMERIC],
  ['sum(numeric)', NUMERIC],
])

/** Counts are summed up, extremes compared again. */
function finalOf(a: AggregateCall, arg: Scalar, position: number): AggregateCall {
  const type = KINDS.get(a.fn)
  const plain = { args: [arg], distinct: false, filter: null, order: [], position }
  return type === undefined
    ? { ...plain, fn: a.fn, type: a.type }
    : { ...plain, fn: `sum(${type.kind})`, type: NUMERIC }
}

/** Of the type that it had; no rows are counted as 0. */
function asBefore(c: Scalar, field: Field, aggregate: boolean): Scalar {
  if (!aggregate || c.type.kind === field.type.kind) return c
  const cast: Scalar = { kind: 'cast', arg: c, explicit: false, type: field.type, position: NO_POSITION }
  return field.nullable ? cast : { kind: 'coalesce', args: [cast, constant(0, INT8)], type: field.type }
}
