import { unreachable } from '../../base/assert.ts'
import { isLinear } from '../../dataflow/aggregate/linears.ts'
import type { AggregateStrategy } from '../../functions/function.ts'
import type { PhysicalAggregate, PhysicalNode } from '../../plan/physical.ts'
import { compareDatum } from '../../types/compare.ts'
import { makeNumeric, pow10 } from '../../types/numeric.ts'
import { numericDiv } from '../../types/numeric-arith.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { type Datum, type Numeric, normalizeInt, type Row } from '../../types/value.ts'
import { aggregateRow } from '../function-rows.ts'
import { compareOrdered } from './naive-order.ts'
import { modeOf, percentileOf, rankOf, statisticOf } from './naive-statistics.ts'
import { rowKey, type ZSet } from './zset.ts'

interface Counted {
  readonly row: Row
  readonly diff: number
}

/** A group exists while its counts sum to more than 0; sums take negative counts as they are. */
export function naiveAggregate(
  node: Extract<PhysicalNode, { op: 'aggregate' }>,
  types: readonly SqlType[],
  input: readonly Counted[],
  out: ZSet,
  fail: (state: string, diff: number) => void,
): void {
  const groups = new Map<string, Counted[]>()
  if (node.keys.length === 0) groups.set(rowKey([]), [])
  for (const entry of input) {
    const key = rowKey(node.keys.map((k) => entry.row[k]))
    if (!groups.has(key)) groups.set(key, [])
    groups.get(key)!.push(entry)
  }
  for (const rows of groups.values()) {
    if (node.keys.length > 0 && rows.reduce((sum, { diff }) => sum + diff, 0) <= 0) continue
    const results = node.aggregates.map((call) => resultOf(call, types, rows))
    const failed = results.find((result) => typeof result === 'object' && result !== null && 'sqlstate' in result)
    if (failed !== undefined) fail((failed as Failure).sqlstate, 1)
    else out.add([...node.keys.map((k) => rows[0].row[k]), ...(results as Datum[])], 1)
  }
}

export interface Failure {
  readonly sqlstate: string
}

function resultOf(call: PhysicalAggregate, types: readonly SqlType[], all: readonly Counted[]): Datum | Failure {
  return aggregateOf(aggregateRow(call.fn).strategy, call, types, all)
}

/** The result of one aggregate over rows counted by their diffs. */
export function aggregateOf(
  strategy: AggregateStrategy,
  call: Omit<PhysicalAggregate, 'fn'>,
  types: readonly SqlType[],
  all: readonly Counted[],
): Datum | Failure {
  const passing = all.filter(({ row }) => call.filter === null || row[call.filter] === true)
  let args = passing.map(({ row, diff }) => ({
    row: call.args.map((a) => row[a]),
    order: call.order.map((k) => row[k.column]),
    diff,
  }))
  if (call.distinct) {
    const seen = new Map<string, (typeof args)[number]>()
    for (const entry of args) {
      const old = seen.get(rowKey(entry.row))
      seen.set(rowKey(entry.row), { ...entry, diff: (old?.diff ?? 0) + entry.diff })
    }
    args = [...seen.values()].filter(({ diff }) => diff > 0).map((entry) => ({ ...entry, diff: 1 }))
  }
  const some = args.filter(({ row }) => row.length === 0 || row[0] !== null)
  const count = some.reduce((sum, { diff }) => sum + diff, 0)
  const argType = types[call.args[0]]
  if (isLinear(strategy)) {
    const result = statisticOf(strategy, call.type, args)
    return result === 'overflow' ? { sqlstate: '22003' } : result
  }
  /** What the rows are in order: ORDER BY's values, then the arguments; each as often as it occurs. */
  const inOrder = (ordered: typeof args): Row[] => {
    const by = call.order.map(({ column }) => types[column])
    const argTypes = call.args.map((a) => types[a])
    const order = call.order.map((key, i) => ({ ...key, column: i }))
    const sums = new Map<string, { all: Row; diff: number }>()
    for (const { row, order, diff } of ordered) {
      const all = [...order, ...row]
      sums.set(rowKey(all), { all, diff: (sums.get(rowKey(all))?.diff ?? 0) + diff })
    }
    return [...sums.values()]
      .filter(({ diff }) => diff > 0)
      .sort((a, b) => compareOrdered(order, [...by, ...argTypes], a.all, b.all))
      .flatMap(({ all, diff }) => new Array<Row>(diff).fill(all))
  }
  const width = call.order.length
  const direct = (call.direct ?? []).map((d) => ('value' in d ? d.value : (args.at(-1)?.row[d.arg] ?? null)))
  switch (strategy) {
    case 'count':
      return count
    case 'sum_int':
    case 'sum_bigint':
    case 'avg_int': {
      const sum = some.reduce((total, { row, diff }) => total + BigInt(row[0] as number) * BigInt(diff), 0n)
      if (count <= 0) return null
      if (strategy === 'avg_int') return numericDiv(makeNumeric(sum, 0), makeNumeric(count, 0))
      if (call.type.kind === 'numeric') return makeNumeric(sum, 0)
      return sum >= 2n ** 63n || sum < -(2n ** 63n) ? { sqlstate: '22003' } : normalizeInt(sum)
    }
    case 'sum_numeric':
    case 'avg_numeric': {
      if (count <= 0) return null
      const scale = Math.max(...some.map(({ row }) => (row[0] as Numeric).scale))
      const sum = some.reduce((total, { row, diff }) => {
        const value = row[0] as Numeric
        return total + BigInt(value.mantissa) * pow10(scale - value.scale) * BigInt(diff)
      }, 0n)
      return strategy === 'sum_numeric'
        ? makeNumeric(sum, scale)
        : numericDiv(makeNumeric(sum, scale), makeNumeric(count, 0))
    }
    case 'sum_float':
    case 'avg_float': {
      if (count <= 0) return null
      const number = (wanted: (x: number) => boolean) =>
        some.reduce((sum, { row, diff }) => sum + (wanted(row[0] as number) ? diff : 0), 0)
      const inf = number((x) => x === Infinity)
      const minusInf = number((x) => x === -Infinity)
      if (number(Number.isNaN) > 0 || (inf > 0 && minusInf > 0)) return NaN
      if (inf > 0) return Infinity
      if (minusInf > 0) return -Infinity
      const sum = exactSum(
        some.filter(({ row }) => Number.isFinite(row[0])).map(({ row, diff }) => [row[0] as number, diff]),
      )
      if (!Number.isFinite(sum)) return { sqlstate: '22003' }
      return strategy === 'sum_float' ? sum : sum / count
    }
    case 'bool_and':
    case 'bool_or': {
      const yes = some.reduce((sum, { row, diff }) => sum + (row[0] === true ? diff : 0), 0)
      const no = some.reduce((sum, { row, diff }) => sum + (row[0] === false ? diff : 0), 0)
      if (yes <= 0 && no <= 0) return null
      return strategy === 'bool_and' ? no <= 0 : yes > 0
    }
    case 'min':
    case 'max': {
      const sums = new Map<string, { value: Datum; diff: number }>()
      for (const { row, diff } of some) {
        const key = rowKey(row)
        sums.set(key, { value: row[0], diff: (sums.get(key)?.diff ?? 0) + diff })
      }
      const values = [...sums.values()].filter(({ diff }) => diff > 0).map(({ value }) => value)
      values.sort((a, b) => compareDatum(argType, a, b))
      return (strategy === 'min' ? values[0] : values.at(-1)) ?? null
    }
    case 'any_value':
      return inOrder(some)[0]?.[width] ?? null
    case 'first':
      return inOrder(args)[0]?.[width] ?? null
    case 'last': {
      // Of equals the greatest value: as if the value were the last key of the order.
      const rows = inOrder(args)
      const last = rows.at(-1)
      const keys = (row: Row) => rowKey(row.slice(0, width))
      return last === undefined ? null : (rows.filter((row) => keys(row) === keys(last)).at(-1) as Row)[width]
    }
    case 'arg_min':
    case 'arg_max': {
      // The rows are in the order that ties follow.
      const by = types[call.args[1]]
      const sign = strategy === 'arg_max' ? -1 : 1
      const rows = inOrder(args.filter(({ row }) => !row.includes(null)))
      return rows.sort((a, b) => sign * compareDatum(by, a[width + 1], b[width + 1]))[0]?.[width] ?? null
    }
    case 'mode':
    case 'percentile_cont':
    case 'percentile_disc':
    case 'topk':
    case 'topkdistinct': {
      const values = inOrder(args.map((entry) => ({ ...entry, row: [] })))
        .map(([value]) => value)
        .filter((value) => value !== null)
      if (strategy === 'mode') return modeOf(values, types[call.order[0].column])
      if (strategy === 'topk') return values.length === 0 ? null : values.slice(0, direct[0] as number)
      if (strategy === 'topkdistinct') {
        const type = types[call.order[0].column]
        const once = values.filter((value, i) => i === 0 || compareDatum(type, values[i - 1], value) !== 0)
        return once.length === 0 ? null : once.slice(0, direct[0] as number)
      }
      return percentileOf(values, strategy === 'percentile_cont', direct[0])
    }
    case 'rank':
    case 'dense_rank':
    case 'percent_rank':
    case 'cume_dist': {
      const rows = inOrder(args.map((entry) => ({ ...entry, row: [] })))
      const by = call.order.map(({ column }) => types[column])
      return rankOf(strategy, rows, direct, call.order, by)
    }
    case 'string_agg':
    case 'array_agg': {
      const rows = inOrder(args).map((row) => row.slice(width))
      if (strategy === 'array_agg') return rows.length === 0 ? null : rows.map((row) => row[0])
      let text: string | null = null
      for (const [value, between] of rows) {
        if (value === null) continue
        text = text === null ? (value as string) : text + ((between as string | null) ?? '') + value
      }
      return text
    }
    case 'sum_interval':
    case 'avg_interval':
      throw new Error('the random plans have no intervals')
    default:
      return unreachable(strategy)
  }
}

/** Σ value · diff, rounded once, by big integers in units of the smallest float. */
export function exactSum(values: readonly (readonly [number, number])[]): number {
  let total = 0n
  for (const [value, diff] of values) total += units(value) * BigInt(diff)
  const size = (total < 0n ? -total : total).toString(2).length
  const shift = Math.max(0, size - 64)
  const magnitude = total < 0n ? -total : total
  const high = magnitude >> BigInt(shift)
  const sticky = high << BigInt(shift) === magnitude ? 0n : 1n
  const rounded = Number(high | sticky)
  // Two steps: 2^-1074 alone is a float, 2^shift alone may be none.
  const scaled = rounded * 2 ** (Math.min(shift, 1074) - 1074) * 2 ** Math.max(0, shift - 1074)
  return total < 0n ? -scaled : scaled
}

function units(value: number): bigint {
  const bits = new DataView(new ArrayBuffer(8))
  bits.setFloat64(0, value)
  const raw = bits.getBigUint64(0)
  const exponent = Number((raw >> 52n) & 0x7ffn)
  const fraction = raw & 0xfffffffffffffn
  const magnitude = exponent === 0 ? fraction : (fraction | (1n << 52n)) << BigInt(exponent - 1)
  return raw >> 63n === 1n ? -magnitude : magnitude
}
