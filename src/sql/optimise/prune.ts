import type { Logical } from '../../plan/logical.ts'
import { nullableRow } from '../../plan/logical-walk.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { column, columnsOf, mapColumns } from '../../plan/scalar-walk.ts'
import { mapWindowColumns, windowColumns } from '../../plan/window.ts'
import type { Rule } from './rule.ts'
import { leavesOutLate } from './timed.ts'
import { rankLimit } from './top-k.ts'

/**
 * Columns that nobody reads go, down to the relations themselves. A `row_number() <= k` whose number is not read
 * becomes a top-k. Where duplicates matter (distinct, set operations) every column is read.
 */
export const prune: Rule = {
  name: 'prune',
  apply(plan) {
    const all = plan.rowType.map((_, i) => i)
    return narrow(pruneTo(plan, new Set(all)), all)
  },
}

/** A plan with some of the columns of another, and where each of those went. */
interface Pruned {
  readonly plan: Logical
  readonly at: ReadonlyMap<number, number>
}

const unchanged = (plan: Logical): Pruned => ({ plan, at: new Map(plan.rowType.map((_, i) => [i, i])) })
const sorted = (set: Iterable<number>): number[] => [...new Set(set)].sort((a, b) => a - b)

function read(needed: Iterable<number>, ...scalars: readonly Scalar[]): Set<number> {
  const all = new Set(needed)
  for (const s of scalars) columnsOf(s, all)
  return all
}

const moved = (p: Pruned, s: Scalar): Scalar => mapColumns(s, (i) => p.at.get(i) as number)

/** Exactly these columns, in this order. */
function narrow(p: Pruned, columns: readonly number[]): Logical {
  const at = columns.map((c) => p.at.get(c) as number)
  if (at.length === p.plan.rowType.length && at.every((c, i) => c === i)) return p.plan
  return {
    kind: 'project',
    input: p.plan,
    exprs: at.map((c) => column(c, p.plan.rowType[c].type)),
    rowType: at.map((c) => p.plan.rowType[c]),
  }
}

const whole = (plan: Logical): Logical => prune.apply(plan, { primaryKey: () => null })

function pruneTo(p: Logical, needed: ReadonlySet<number>): Pruned {
  switch (p.kind) {
    case 'get':
    case 'constant':
    case 'ref': {
      const keep = sorted(needed)
      if (keep.length === p.rowType.length) return unchanged(p)
      return { plan: narrow(unchanged(p), keep), at: new Map(keep.map((c, i) => [c, i])) }
    }
    case 'project': {
      const keep = sorted(needed)
      const exprs = keep.map((c) => p.exprs[c])
      const input = pruneTo(p.input, read([], ...exprs))
      return {
        plan: {
          ...p,
          input: input.plan,
          exprs: exprs.map((e) => moved(input, e)),
          rowType: keep.map((c) => p.rowType[c]),
        },
        at: new Map(keep.map((c, i) => [c, i])),
      }
    }
    case 'filter': {
      const ranked = rankFilter(p, needed)
      if (ranked) return ranked
      const input = pruneTo(p.input, read(needed, p.predicate))
      return {
        plan: { ...p, input: input.plan, predicate: moved(input, p.predicate), rowType: rowOf(p, input) },
        at: input.at,
      }
    }
    case 'join': {
      const width = p.left.rowType.length
      const all = read(needed, p.on)
      const left = pruneTo(p.left, new Set([...all].filter((i) => i < width)))
      const right = pruneTo(p.right, new Set([...all].filter((i) => i >= width).map((i) => i - width)))
      const newWidth = left.plan.rowType.length
      const at = new Map(left.at)
      for (const [from, to] of right.at) at.set(from + width, to + newWidth)
      const on = mapColumns(p.on, (i) => at.get(i) as number)
      const nullLeft = p.type === 'right' || p.type === 'full'
      const nullRight = p.type === 'left' || p.type === 'full'
      const rowType = [
        ...(nullLeft ? nullableRow(left.plan.rowType) : left.plan.rowType),
        ...(nullRight ? nullableRow(right.plan.rowType) : right.plan.rowType),
      ]
      return { plan: { ...p, left: left.plan, right: right.plan, on, rowType }, at }
    }
    case 'asofJoin': {
      const width = p.left.rowType.length
      const times = (side: 'left' | 'right') => (p.nearest === null ? [] : [p.nearest[side]])
      const left = pruneTo(p.left, new Set([...[...needed].filter((i) => i < width), ...p.leftKeys, ...times('left')]))
      const rest = [...needed].filter((i) => i >= width).map((i) => i - width)
      const right = pruneTo(p.right, new Set([...rest, ...p.rightKeys, ...times('right')]))
      const newWidth = left.plan.rowType.length
      const at = new Map(left.at)
      for (const [from, to] of right.at) at.set(from + width, to + newWidth)
      const ofLeft = (c: number): number => left.at.get(c) as number
      const ofRight = (c: number): number => right.at.get(c) as number
      const nearest = p.nearest && {
        ...p.nearest,
        left: ofLeft(p.nearest.left),
        right: ofRight(p.nearest.right),
      }
      const plan: Logical = {
        ...p,
        left: left.plan,
        right: right.plan,
        leftKeys: p.leftKeys.map(ofLeft),
        rightKeys: p.rightKeys.map(ofRight),
        nearest,
        rowType: [...left.plan.rowType, ...(p.outer ? nullableRow(right.plan.rowType) : right.plan.rowType)],
      }
      return { plan, at }
    }
    case 'semiJoin': {
      const width = p.left.rowType.length
      const on = read([], p.on)
      const left = pruneTo(p.left, new Set([...needed, ...[...on].filter((i) => i < width)]))
      const right = pruneTo(p.right, new Set([...on].filter((i) => i >= width).map((i) => i - width)))
      const newWidth = left.plan.rowType.length
      const to = (i: number): number =>
        i < width ? (left.at.get(i) as number) : (right.at.get(i - width) as number) + newWidth
      return {
        plan: { ...p, left: left.plan, right: right.plan, on: mapColumns(p.on, to), rowType: left.plan.rowType },
        at: left.at,
      }
    }
    case 'aggregate': {
      const k = p.keys.length
      const keep = p.aggregates.map((_, i) => i).filter((i) => needed.has(k + i))
      const calls = keep.map((i) => p.aggregates[i])
      const scalars = [
        ...p.keys,
        ...calls.flatMap((a) => [...a.args, ...(a.filter ? [a.filter] : []), ...a.order.map((o) => o.expr)]),
      ]
      const input = pruneTo(p.input, read([], ...scalars))
      const m = (s: Scalar): Scalar => moved(input, s)
      return {
        plan: {
          ...p,
          input: input.plan,
          keys: p.keys.map(m),
          aggregates: calls.map((a) => ({
            ...a,
            args: a.args.map(m),
            filter: a.filter && m(a.filter),
            order: a.order.map((o) => ({ ...o, expr: m(o.expr) })),
          })),
          rowType: [...p.rowType.slice(0, k), ...keep.map((i) => p.rowType[k + i])],
        },
        at: new Map([...p.keys.map((_, i) => [i, i] as const), ...keep.map((from, i) => [k + from, k + i] as const)]),
      }
    }
    case 'topK':
    case 'rowNumber': {
      const last = p.input.rowType.length
      const used = [...needed].filter((i) => i < last)
      const input = pruneTo(p.input, new Set([...used, ...p.partition, ...p.order.map((o) => o.column)]))
      const to = (c: number): number => input.at.get(c) as number
      const at = new Map(input.at)
      if (p.kind === 'rowNumber') at.set(last, input.plan.rowType.length)
      const extra = p.kind === 'rowNumber' ? [p.rowType[last]] : []
      return {
        plan: {
          ...p,
          input: input.plan,
          partition: p.partition.map(to),
          order: p.order.map((o) => ({ ...o, column: to(o.column) })),
          rowType: [...input.plan.rowType, ...extra],
        },
        at,
      }
    }
    case 'window': {
      const last = p.input.rowType.length
      const late = leavesOutLate(p.input)
      const kept = p.calls.map((_, i) => i).filter((i) => late || needed.has(last + i))
      const used = [...needed].filter((i) => i < last)
      if (kept.length === 0) return pruneTo(p.input, new Set(used))
      const calls = kept.map((i) => p.calls[i])
      const read = [...p.partition, ...p.order.map((o) => o.column), ...calls.flatMap(windowColumns)]
      const input = pruneTo(p.input, new Set([...used, ...read]))
      const to = (c: number): number => input.at.get(c) as number
      const width = input.plan.rowType.length
      const at = new Map(input.at)
      kept.forEach((from, i) => {
        at.set(last + from, width + i)
      })
      return {
        plan: {
          ...p,
          input: input.plan,
          partition: p.partition.map(to),
          order: p.order.map((o) => ({ ...o, column: to(o.column) })),
          calls: calls.map((call) => mapWindowColumns(call, to)),
          rowType: [...input.plan.rowType, ...kept.map((i) => p.rowType[last + i])],
        },
        at,
      }
    }
    case 'flatMap': {
      const last = p.input.rowType.length
      const input = pruneTo(
        p.input,
        read(
          [...needed].filter((i) => i < last),
          ...p.args,
        ),
      )
      const width = input.plan.rowType.length
      const at = new Map(input.at)
      for (let i = last; i < p.rowType.length; i++) at.set(i, width + i - last)
      return {
        plan: {
          ...p,
          input: input.plan,
          args: p.args.map((a) => moved(input, a)),
          rowType: [...input.plan.rowType, ...p.rowType.slice(last)],
        },
        at,
      }
    }
    case 'unionAll': {
      const keep = sorted(needed)
      const inputs = p.inputs.map((i) => narrow(pruneTo(i, new Set(keep)), keep))
      return { plan: { ...p, inputs, rowType: keep.map((c) => p.rowType[c]) }, at: new Map(keep.map((c, i) => [c, i])) }
    }
    case 'atMostOne': {
      const input = pruneTo(p.input, new Set([...needed, ...p.keys]))
      const keys = p.keys.map((k) => input.at.get(k) as number)
      return { plan: { ...p, input: input.plan, keys, rowType: input.plan.rowType }, at: input.at }
    }
    case 'arrival': {
      const width = p.input.rowType.length
      const input = pruneTo(p.input, new Set([...needed].filter((i) => i < width)))
      if (!needed.has(width)) return input
      const made = input.plan.rowType.length
      const plan: Logical = { ...p, input: input.plan, rowType: [...input.plan.rowType, p.rowType[width]] }
      return { plan, at: new Map([...input.at, [width, made]]) }
    }
    case 'distinct':
    case 'expire':
      return unchanged({ ...p, input: whole(p.input) })
    case 'setOp':
      return unchanged({ ...p, left: whole(p.left), right: whole(p.right) })
    case 'let': {
      const body = pruneTo(p.body, needed)
      return { plan: { ...p, value: whole(p.value), body: body.plan, rowType: body.plan.rowType }, at: body.at }
    }
    case 'letRec': {
      const body = pruneTo(p.body, needed)
      const bindings = p.bindings.map((b) => ({ ...b, value: whole(b.value) }))
      return { plan: { ...p, bindings, body: body.plan, rowType: body.plan.rowType }, at: body.at }
    }
  }
}

function rowOf(p: Extract<Logical, { kind: 'filter' }>, input: Pruned): Logical['rowType'] {
  const row = [...input.plan.rowType]
  // Columns that the filter proves not null stay so.
  for (const [from, to] of input.at) if (!p.rowType[from].nullable) row[to] = { ...row[to], nullable: false }
  return row
}

/** `row_number() … <= k` and nothing else, the number unread: a top-k. Of `rank()` one that goes on to the end of a tie. */
function rankFilter(p: Extract<Logical, { kind: 'filter' }>, needed: ReadonlySet<number>): Pruned | undefined {
  const { input } = p
  const ranks = input.kind === 'window' && input.calls.length === 1 && input.calls[0].fn === 'rank'
  if (input.kind !== 'rowNumber' && !ranks) return undefined
  const rank = input.rowType.length - 1
  if (needed.has(rank) || p.predicate.kind !== 'call') return undefined
  const onlyRank = [...columnsOf(p.predicate)].every((c) => c === rank)
  const limit = rankLimit(p.predicate, rank)
  if (!onlyRank || limit === null || limit < 1 || isEquality(p.predicate.fn, limit)) return undefined
  const { partition, order, position } = input
  const top: Logical = {
    kind: 'topK',
    input: input.input,
    partition,
    order,
    limit,
    offset: 0,
    ...(ranks && { ties: true }),
    rowType: input.input.rowType,
    position,
  }
  return pruneTo(top, needed)
}

/** `= k` keeps the first k only for k = 1. */
const isEquality = (fn: string, limit: number): boolean => /eq\(/.test(fn) && limit !== 1
