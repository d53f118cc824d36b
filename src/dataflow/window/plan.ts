import type { SortColumn } from '../../state/contract.ts'
import { datumAt } from '../../types/column-read.ts'
import { compareDatum } from '../../types/compare.ts'
import type { SqlType } from '../../types/sql-type.ts'
import type { Datum } from '../../types/value.ts'
import { aggregateFold } from './aggregate-folds.ts'
import { argumentAt, type Fold, keepValue } from './fold.ts'
import { looksAtGroups } from './frames.ts'
import type { Places } from './places.ts'
import { sessionFold } from './session.ts'
import { columnOf, needsFrame, type WindowCall } from './spec.ts'

export interface PlannedCall extends WindowCall {
  /** Number of its fold, -1 when it has none. */
  readonly fold: number
}

/** What the calls of one operator need of its partitions. */
export interface WindowPlan {
  readonly calls: readonly PlannedCall[]
  readonly folds: readonly Fold[]
  /** The fold that counts groups, where dense_rank is called; else -1. */
  readonly groupsFold: number
  readonly looksAtGroups: boolean
  /** Columns that are read by place. */
  readonly used: readonly number[]
}

const RANKED: ReadonlySet<string> = new Set(['rank', 'dense_rank', 'percent_rank', 'cume_dist'])

export function planCalls(
  calls: readonly WindowCall[],
  order: readonly SortColumn[],
  types: readonly SqlType[],
): WindowPlan {
  const folds: Fold[] = []
  const planned = calls.map((call) => {
    const fold = foldOf(call)
    return { ...call, fold: fold === null ? -1 : folds.push(fold) - 1 }
  })
  const dense = calls.some(({ fn }) => fn === 'dense_rank')
  const groupsFold = dense ? folds.push(countGroups(order, types) as Fold) - 1 : -1
  const used = new Set(order.map(({ column }) => column))
  for (const call of calls) {
    for (const arg of call.args) used.add(columnOf(arg) ?? -1)
    used.add(call.filter ?? -1)
    const { start, end, value } = call.frame
    for (const bound of [start, end]) used.add(bound.kind === 'value' ? bound.column : -1)
    used.add(value ?? -1)
  }
  used.delete(-1)
  return {
    calls: planned,
    folds,
    groupsFold,
    looksAtGroups: calls.some((call) => RANKED.has(call.fn) || (needsFrame(call) && looksAtGroups(call.frame))),
    used: [...used].sort((a, b) => a - b),
  }
}

function foldOf(call: WindowCall): Fold | null {
  switch (call.fn) {
    case 'aggregate':
      return aggregateFold(call)
    case 'first_value':
      return call.ignoreNulls ? (keepValue(call, true) as Fold) : null
    case 'last_value':
      return call.ignoreNulls ? (keepValue(call, false) as Fold) : null
    case 'ntile':
      return keepValue(call, true) as Fold
    case 'session_start':
    case 'session_end':
      return sessionFold(call) as Fold
    default:
      return null
  }
}

/** A run of rows: its groups, and the order values of its first and last row, which may share theirs with the neighbours. */
interface GroupCount {
  readonly groups: number
  readonly first: readonly Datum[]
  readonly last: readonly Datum[]
}

function countGroups(order: readonly SortColumn[], types: readonly SqlType[]): Fold<GroupCount> {
  return {
    own: (cols, row) => {
      const values = order.map(({ column }) => datumAt(cols[column], row, types[column]))
      return { groups: 1, first: values, last: values }
    },
    merge: (a, b) => {
      const same = order.every(({ column }, i) => compareDatum(types[column], a.last[i], b.first[i]) === 0)
      return { groups: a.groups + b.groups - Number(same), first: a.first, last: b.last }
    },
    result: (partial) => partial?.groups ?? 0,
  }
}

/** The argument of a call at a place. */
export function argumentOf(call: WindowCall, at: number, places: Places, place: number): Datum {
  const row = places.at(place)
  return argumentAt(call, at, places.page.cols, row)
}
