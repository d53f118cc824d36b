import type { Pieces } from '../../base/slices.ts'
import type { UniqueKey } from '../../catalog/unique-key.ts'
import type { DeletePlan, DmlPlan, InsertPlan, TruncatePlan, UpdatePlan } from '../../plan/dml.ts'
import type { PhysicalPlan } from '../../plan/physical.ts'
import { BATCH_ROWS_MAX, type Batch } from '../../types/batch.ts'
import { negateBatch, splitBatch } from '../../types/batch-build.ts'
import type { TableRuntime } from '../table.ts'
import { KeyCheck, sameKeys } from './bulk-keys.ts'
import type { GeneratedColumns } from './generated.ts'
import type { RowRules } from './row-rules.ts'

/** A statement whose changes are found column by column, never row by row: what large ones usually are. */
export type BulkPlan =
  | (InsertPlan & { readonly source: { readonly kind: 'query' } })
  | (UpdatePlan & { readonly lookup: null })
  | (DeletePlan & { readonly lookup: null })

/** Without ON CONFLICT and RETURNING; the rows of UPDATE and DELETE found by a query. */
export function isBulk(plan: DmlPlan, table: TableRuntime): plan is BulkPlan {
  if (plan.kind === 'truncate' || plan.kind === 'merge' || plan.returning !== null) return false
  if (table.foreignKeys.own.length > 0 || table.foreignKeys.to.length > 0) return false
  if (plan.kind === 'insert') return plan.source.kind === 'query' && plan.onConflict === null
  if (plan.lookup !== null) return false
  // Without a key, a row that matched several times is told from several equal rows by counting them one by one.
  return table.entry.primaryKey !== null || eachRowOnce(plan.plan)
}

/** The query behind the changes. */
export function bulkQuery(plan: BulkPlan): PhysicalPlan {
  return plan.kind === 'insert' ? plan.source.plan : plan.plan
}

/** What is made of rows that are written, and what they must fulfil. */
export interface WrittenRows {
  readonly generated: GeneratedColumns
  readonly rules: RowRules
}

/** What throws where a row that is changed, or a key that a row takes, is locked. */
export interface LockChecks {
  checkLocks(batch: Batch): unknown
  checkArriving(batch: Batch, key: UniqueKey): unknown
}

export interface BulkChanges {
  readonly count: number
  readonly batches: readonly Batch[]
}

/** The changes that follow from the rows of `bulkQuery`, made whole and checked by `rules`. */
export function bulkChanges(
  plan: BulkPlan,
  table: TableRuntime,
  rows: readonly Batch[],
  rules: WrittenRows,
  locks: LockChecks,
): Pieces<BulkChanges> {
  const parts = rows.flatMap((batch) => splitBatch(batch, BATCH_ROWS_MAX))
  switch (plan.kind) {
    case 'insert':
      return insert(table, parts, rules, locks)
    case 'update':
      return update(plan, table, parts, rules, locks)
    case 'delete':
      return remove(plan, table, parts, locks)
  }
}

/** All rows of the tables leave. */
export function* truncation(plan: TruncatePlan, tables: (id: number) => TableRuntime) {
  for (const object of plan.tables) {
    for (const batch of tables(object).rows.scan()) yield { object, batch: negateBatch(batch) }
  }
}

function* insert(
  table: TableRuntime,
  given: readonly Batch[],
  rules: WrittenRows,
  locks: LockChecks,
): Pieces<BulkChanges> {
  const batches: Batch[] = []
  const keys = table.keys.map((key) => new KeyCheck(table, key))
  let count = 0
  for (const each of given) {
    const batch = rules.generated.batch(each)
    batches.push(batch)
    rules.rules.check(batch)
    for (const key of table.keys) locks.checkArriving(batch, key)
    for (const key of keys) key.arrive(batch)
    for (let i = 0; i < batch.n; i++) count += batch.diffs[i]!
    yield
  }
  return { count, batches }
}

/** Old row beside new row. A target row that several FROM rows match is updated once, by the first of them. */
function* update(
  plan: UpdatePlan,
  table: TableRuntime,
  pairs: readonly Batch[],
  rules: WrittenRows,
  { checkLocks, checkArriving }: LockChecks,
): Pieces<BulkChanges> {
  const width = table.types.length
  const keyed = table.entry.primaryKey !== null
  const seen = !keyed || eachRowOnce(plan.plan) ? null : new KeyCheck(table, table.keys[0]!)
  const changed: { old: Batch; next: Batch }[] = []
  let count = 0
  const moved = new Set<UniqueKey>()
  for (const pair of pairs) {
    const batch = seen === null ? pair : seen.firstOfEach(pair)
    if (batch.n === 0) continue
    const old = { ...batch, cols: batch.cols.slice(0, width) }
    const next = rules.generated.batch({ ...batch, cols: batch.cols.slice(width) })
    checkLocks(old)
    rules.rules.check(next)
    for (let i = 0; i < batch.n; i++) count += batch.diffs[i]!
    for (const key of table.keys) if (!moved.has(key) && !sameKeys(key, old, next)) moved.add(key)
    changed.push({ old, next })
    yield
  }
  // Keys that stay where they are were distinct before.
  for (const key of moved) {
    const keys = new KeyCheck(table, key)
    for (const { old } of changed) {
      keys.leave(old)
      yield
    }
    for (const { next } of changed) {
      checkArriving(next, key)
      keys.arrive(next)
      yield
    }
  }
  return { count, batches: changed.flatMap(({ old, next }) => [negateBatch(old), next]) }
}

function* remove(
  plan: DeletePlan,
  table: TableRuntime,
  rows: readonly Batch[],
  { checkLocks }: LockChecks,
): Pieces<BulkChanges> {
  const keys = eachRowOnce(plan.plan) ? null : new KeyCheck(table, table.keys[0]!)
  const batches: Batch[] = []
  let count = 0
  for (const all of rows) {
    const batch = keys === null ? all : keys.firstOfEach(all)
    if (batch.n === 0) continue
    checkLocks(batch)
    for (let i = 0; i < batch.n; i++) count += batch.diffs[i]!
    batches.push(negateBatch(batch))
    yield
  }
  return { count, batches }
}

/** Filters and expressions over one relation: its rows come as often as they are there. */
function eachRowOnce(plan: PhysicalPlan): boolean {
  return plan.nodes.every((node) => node.op === 'get' || node.op === 'map')
}
