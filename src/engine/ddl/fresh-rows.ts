import { throwIfCanceled } from '../../base/canceled.ts'
import type { BoundOf } from '../../dataflow/release.ts'
import { type LeftOut, leftOut } from '../../plan/left-out.ts'
import { objectsOf } from '../../plan/objects-of.ts'
import type { PhysicalPlan } from '../../plan/physical.ts'
import { boundOf } from '../../render/closing.ts'
import type { Arrangement, Matches } from '../../state/contract.ts'
import { createState } from '../../state/factory.ts'
import type { Batch } from '../../types/batch.ts'
import { batchFromRows, negateBatch, rowsOf, takeBatch } from '../../types/batch-build.ts'
import { plainNumber } from '../../types/plain-number.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { formatText } from '../../types/text.ts'
import type { Datum } from '../../types/value.ts'
import type { CallContext } from '../api.ts'
import { FIXED_ENV } from '../fixed-env.ts'
import { evaluate, waitForViews } from '../read.ts'
import { snapshotWithStreams } from '../snapshot.ts'
import type { TableRuntime } from '../table.ts'
import type { ViewRuntime } from '../view.ts'
import { StatementBound } from '../write/evaluated.ts'
import type { DdlDeps } from './deps.ts'

/** Late rows that a view left out somewhere and that were not merged into it yet. */
export interface FreshRows {
  readonly count: number
  readonly batches: readonly Batch[]
  /** The lowest of their windows whose state these watermarks free; null: all of it is there. */
  gone(watermarks: ReadonlyMap<number, number>): string | null
}

/** The lowest value of one test, and the bound down to which state is kept. */
interface Lowest {
  value: number
  text: string
  readonly bound: BoundOf
}

export async function freshRows(
  deps: DdlDeps,
  { rows: plan, relation }: { readonly rows: PhysicalPlan; readonly relation: number },
  view: ViewRuntime,
  merged: TableRuntime,
  call: CallContext,
): Promise<FreshRows> {
  const { world } = deps
  const objects = objectsOf(plan)
  await waitForViews(deps, objects, call)
  const snapshot = await snapshotWithStreams(deps, objects, Number.POSITIVE_INFINITY, call)
  const bound = new StatementBound(call)
  let late: readonly Batch[]
  try {
    late = await evaluate(world, plan, snapshot, call, { grown: (batch) => bound.add(batch) })
  } finally {
    snapshot.release()
  }
  throwIfCanceled(call.signal)
  const { types } = merged
  const unknown = (await lostRecords(deps, relation)) ? byValue(late, merged) : notIn(late, merged)
  const known = createState().arrangement({ id: 'left out', types, key: types.map((_, c) => c) })
  const lowest: Lowest[] = []
  for (const place of leftOut(view.plan, merged.entry.id, types)) {
    const found = await evaluate(world, place.plan, { ...snapshot, scan: () => unknown, poison: () => null }, call, {
      errors: () => null,
    })
    const bounds = lowestOf(place, relation)
    for (const batch of found) {
      known.apply({ ...batch, cols: batch.cols.slice(0, types.length) })
      take(bounds, batch, types.length, place.plan.types)
    }
    lowest.push(...bounds)
  }
  const batches = unknown.flatMap((batch) => present(batch, known))
  return {
    count: batches.reduce((sum, { n, diffs }) => sum + diffs.subarray(0, n).reduce((a, b) => a + b, 0), 0),
    batches,
    gone(watermarks) {
      const below = lowest.find(({ value, bound }) => value < (bound(watermarks) ?? Number.NEGATIVE_INFINITY))
      return below?.text ?? null
    },
  }
}

/** What is read of a topic without its beginning carries lower watermarks than it came with. */
async function lostRecords({ world }: DdlDeps, relation: number): Promise<boolean> {
  const source = world.sources.get(relation)
  if (source === undefined) return false
  const partitions = await source.connector.partitions()
  return partitions.some(
    ({ partition, firstOffset }) => firstOffset > (source.startVector.get(partition) ?? firstOffset),
  )
}

/** Rows that are not among the merged ones, or more often. */
function notIn(late: readonly Batch[], merged: TableRuntime): Batch[] {
  const { types } = merged
  const rest = createState().arrangement({ id: 'fresh', types, key: types.map((_, c) => c) })
  for (const batch of late) rest.apply(batch)
  for (const batch of merged.rows.scan()) rest.apply(negateBatch(batch))
  return [...rest.scan()].map((batch) => {
    const kept = new Int32Array(batch.n)
    let n = 0
    for (let i = 0; i < batch.n; i++) if (batch.diffs[i]! > 0) kept[n++] = i
    return takeBatch(batch, kept, n)
  })
}

/** The same, whatever watermark a row carries: of equal rows as many are fresh as were not merged. */
function byValue(late: readonly Batch[], merged: TableRuntime): Batch[] {
  const { types } = merged
  const counts = new Map<string, number>()
  const keyOf = (row: readonly Datum[]) =>
    JSON.stringify(types.slice(0, -1).map((type, c) => (row[c] === null ? null : formatText(row[c]!, type))))
  for (const batch of merged.rows.scan()) {
    rowsOf(batch, types).forEach((row, i) => {
      counts.set(keyOf(row), (counts.get(keyOf(row)) ?? 0) + batch.diffs[i]!)
    })
  }
  return late.map((batch) => {
    const rows = rowsOf(batch, types)
    const diffs = rows.map((row, i) => {
      const diff = batch.diffs[i]!
      const taken = Math.min(diff, counts.get(keyOf(row)) ?? 0)
      if (taken > 0) counts.set(keyOf(row), counts.get(keyOf(row))! - taken)
      return diff - taken
    })
    const kept = rows.flatMap((_, i) => (diffs[i]! > 0 ? [i] : []))
    return batchFromRows(
      types,
      kept.map((i) => rows[i]!),
      kept.map((i) => diffs[i]!),
    )
  })
}

function lowestOf({ tests }: LeftOut, relation: number): Lowest[] {
  return tests.map(({ bounds, held }) => ({
    value: Number.POSITIVE_INFINITY,
    text: '',
    bound: boundOf(
      (held ?? bounds).map((of) => ({ object: relation, bound: of })),
      { env: FIXED_ENV, params: [] },
    ),
  }))
}

function take(bounds: readonly Lowest[], batch: Batch, from: number, types: readonly SqlType[]): void {
  const values = rowsOf({ ...batch, cols: batch.cols.slice(from) }, types.slice(from))
  for (const row of values) {
    bounds.forEach((lowest, i) => {
      const value = row[i]
      if (value == null || plainNumber(value) >= lowest.value) return
      lowest.value = plainNumber(value)
      lowest.text = formatText(value, types[from + i]!)
    })
  }
}

const matches: Matches = { n: 0, probe: new Int32Array(64), slot: new Int32Array(64) }

function present(batch: Batch, known: Arrangement): Batch[] {
  known.probe(batch.cols, batch.n, matches)
  const rows = Int32Array.from(new Set(matches.probe.subarray(0, matches.n))).sort()
  return rows.length === 0 ? [] : [takeBatch(batch, rows, rows.length)]
}
