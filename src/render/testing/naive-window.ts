import type { WindowCall } from '../../dataflow/window/spec.ts'
import type { SortColumn } from '../../state/contract.ts'
import { compareDatum } from '../../types/compare.ts'
import type { SqlType } from '../../types/sql-type.ts'
import type { Datum, Row } from '../../types/value.ts'
import { aggregateOf, type Failure } from './naive-aggregate.ts'

interface Partition {
  readonly rows: readonly Row[]
  readonly order: readonly SortColumn[]
  readonly types: readonly SqlType[]
}

/** The results of the calls at each place of a partition, whose rows are in order: for each row its whole frame, anew. */
export function naiveWindow(
  calls: readonly WindowCall[],
  rows: readonly Row[],
  order: readonly SortColumn[],
  types: readonly SqlType[],
): (Datum | Failure)[][] {
  const partition = { rows, order, types }
  return rows.map((_, i) => calls.map((call) => resultAt(call, partition, i)))
}

function compareKeys({ order, types }: Partition, a: Row, b: Row): number {
  for (const { column, desc, nullsFirst } of order) {
    const sign = directed(types[column], a[column], b[column], desc, nullsFirst)
    if (sign !== 0) return sign
  }
  return 0
}

function directed(type: SqlType, x: Datum, y: Datum, desc: boolean, nullsFirst: boolean): number {
  if (x === null || y === null) return x === y ? 0 : (x === null) === nullsFirst ? -1 : 1
  return desc ? -compareDatum(type, x, y) : compareDatum(type, x, y)
}

const argument = (call: WindowCall, at: number, row: Row): Datum => {
  const arg = call.args[at]
  return 'column' in arg ? row[arg.column] : arg.value
}

function resultAt(call: WindowCall, partition: Partition, i: number): Datum | Failure {
  const { rows } = partition
  const before = rows.filter((row) => compareKeys(partition, row, rows[i]) < 0)
  switch (call.fn) {
    case 'row_number':
      return i + 1
    case 'rank':
      return before.length + 1
    case 'dense_rank':
      return before.filter((row, k) => k === 0 || compareKeys(partition, row, before[k - 1]) !== 0).length + 1
    case 'percent_rank':
      return rows.length === 1 ? 0 : before.length / (rows.length - 1)
    case 'cume_dist':
      return rows.filter((row) => compareKeys(partition, row, rows[i]) <= 0).length / rows.length
    case 'ntile':
      return ntile(call, rows, i)
    case 'session_start':
    case 'session_end': {
      const time = (k: number): Datum => argument(call, 0, rows[k])
      const limit = (k: number): Datum => argument(call, 1, rows[k])
      const linked = (k: number): boolean => compareDatum(call.argTypes[0], time(k + 1), limit(k)) <= 0
      let first = i
      while (first > 0 && linked(first - 1)) first--
      let last = i
      while (last < rows.length - 1 && linked(last)) last++
      return call.fn === 'session_start' ? time(first) : limit(last)
    }
    case 'lag':
    case 'lead':
      return neighbour(call, rows, i)
    default:
      return overFrame(call, partition, i)
  }
}

function ntile(call: WindowCall, rows: readonly Row[], i: number): Datum | Failure {
  const counts = rows.slice(0, i + 1).map((row) => argument(call, 0, row) as number | null)
  const count = counts.find((x) => x !== null) ?? null
  if (count === null) return null
  if (count <= 0) return { sqlstate: '22014' }
  const numbers: number[] = []
  for (let bucket = 0; bucket < count; bucket++) {
    const size = Math.floor(rows.length / count) + (bucket < rows.length % count ? 1 : 0)
    for (let k = 0; k < size; k++) numbers.push(bucket + 1)
  }
  return numbers[i]
}

function neighbour(call: WindowCall, rows: readonly Row[], i: number): Datum {
  const offset = argument(call, 1, rows[i]) as number | null
  if (offset === null) return null
  const by = call.fn === 'lag' ? -offset : offset
  let at = i + by
  if (call.ignoreNulls && by !== 0) {
    const places = rows.flatMap((row, k) => (argument(call, 0, row) === null ? [] : [k]))
    at = by > 0 ? (places.filter((k) => k > i)[by - 1] ?? -1) : (places.filter((k) => k < i).at(by) ?? -1)
  }
  return rows[at] === undefined ? argument(call, 2, rows[i]) : argument(call, 0, rows[at])
}

function overFrame(call: WindowCall, partition: Partition, i: number): Datum | Failure {
  const { rows, types } = partition
  const frame = rows.filter((_, k) => inFrame(call, partition, i, k))
  const valued = call.fn === 'aggregate' ? [] : frame
  const values = valued.map((row) => argument(call, 0, row)).filter((v) => !call.ignoreNulls || v !== null)
  switch (call.fn) {
    case 'first_value':
      return values[0] ?? null
    case 'last_value':
      return values.at(-1) ?? null
    case 'nth_value': {
      const n = argument(call, 1, rows[i]) as number | null
      if (n !== null && n <= 0) return { sqlstate: '22016' }
      return n === null ? null : (values[n - 1] ?? null)
    }
    default:
      break
  }
  const { strategy, filter, argTypes } = call
  const passing = frame.filter((row) => filter === null || row[filter] === true)
  const args = passing.map((row) => call.args.map((_, a) => argument(call, a, row)))
  switch (strategy!) {
    case 'array_agg':
      return args.length === 0 ? null : args.map(([value]) => value)
    case 'string_agg': {
      const some = args.filter(([value]) => value !== null)
      if (some.length === 0) return null
      return some.map(([value, between], k) => (k === 0 ? value : `${(between as string) ?? ''}${value}`)).join('')
    }
    case 'min':
    case 'max': {
      const sign = strategy === 'min' ? -1 : 1
      return args
        .map(([value]) => value)
        .filter((value) => value !== null)
        .reduce<Datum>(
          (best, value) => (best !== null && compareDatum(argTypes[0], best, value) * sign > 0 ? best : value),
          null,
        )
    }
    case 'any_value':
      return args.map(([value]) => value).find((value) => value !== null) ?? null
    case 'arg_min':
    case 'arg_max': {
      const sign = strategy === 'arg_min' ? -1 : 1
      const better = (a: Row, b: Row) => compareDatum(argTypes[1], a[1], b[1]) * sign > 0
      const rows = args.filter((row) => !row.includes(null))
      return (
        rows.reduce<Row | null>((best, row) => (best === null || better(row, best) ? row : best), null)?.[0] ?? null
      )
    }
    default: {
      const spec = { args: argTypes.map((_, a) => a), distinct: false, filter: null, order: [], type: call.type }
      return aggregateOf(
        strategy!,
        spec,
        argTypes.length > 0 ? argTypes : types,
        args.map((row) => ({ row, diff: 1 })),
      )
    }
  }
}

function inFrame({ frame }: WindowCall, partition: Partition, i: number, k: number): boolean {
  const { rows, order, types } = partition
  const peers = compareKeys(partition, rows[i], rows[k]) === 0
  if (frame.exclude === 'current' && k === i) return false
  if (frame.exclude === 'group' && peers) return false
  if (frame.exclude === 'ties' && peers && k !== i) return false
  const within = (bound: typeof frame.start, sign: number): boolean => {
    switch (bound.kind) {
      case 'first':
        return sign > 0
      case 'last':
        return sign < 0
      case 'offset': {
        if (frame.mode === 'rows') return (k - (i + bound.by)) * sign >= 0
        const groups = groupNumbers(partition)
        return (groups[k] - (groups[i] + bound.by)) * sign >= 0
      }
      case 'value': {
        const { desc, nullsFirst } = order[0]
        const type = types[frame.value!]
        return directed(type, rows[k][frame.value!], rows[i][bound.column], desc, nullsFirst) * sign >= 0
      }
    }
  }
  return within(frame.start, 1) && within(frame.end, -1)
}

function groupNumbers(partition: Partition): number[] {
  let group = 0
  return partition.rows.map((row, k) => {
    if (k > 0 && compareKeys(partition, row, partition.rows[k - 1]) !== 0) group++
    return group
  })
}
