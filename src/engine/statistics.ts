import type { RelationStatistics } from '../sql/optimise/rule.ts'
import type { Arrangement } from '../state/contract.ts'
import { rowsOf } from '../types/batch-build.ts'
import type { Datum, Row } from '../types/value.ts'
import type { World } from './world.ts'

/** Rows by which the values of columns are counted, and on which conditions are tried. */
const COUNTED_ROWS = 1024
const TRIED_ROWS = 128
/** A relation is looked at again when it has grown or shrunk so far. */
const CHANGED = 1.5

const known = new WeakMap<Arrangement, RelationStatistics>()

/** What a table or a view that runs holds, for the planner; null: it is not stored, or has no rows yet. */
export function statistics(world: World, object: number): RelationStatistics | null {
  const rows = world.tables.get(object)?.rows ?? world.views.get(object)?.output.rows
  if (rows === undefined || rows.rows === 0) return null
  const last = known.get(rows)
  if (last !== undefined && rows.rows < last.rows * CHANGED && last.rows < rows.rows * CHANGED) return last
  const found = sampled(rows)
  known.set(rows, found)
  return found
}

function sampled(arrangement: Arrangement): RelationStatistics {
  const { rows } = arrangement
  const sample: Row[] = []
  for (const batch of arrangement.sample(COUNTED_ROWS)) sample.push(...rowsOf(batch, arrangement.types))
  const distinct: (number | undefined)[] = arrangement.types.map(() => undefined)
  const every = Math.max(1, Math.floor(sample.length / TRIED_ROWS))
  return {
    rows,
    distinct: (column) => (distinct[column] ??= distinctValues(sample, column, rows)),
    sample: sample.filter((_, i) => i % every === 0),
  }
}

/**
 * Values of a column in all rows, from those of a sample (Haas and Stokes' estimator, as PostgreSQL's ANALYZE takes it):
 * the more values come once, the more there are that the sample has not met.
 */
export function distinctValues(sample: readonly Row[], column: number, rows: number): number {
  const counts = new Map<Datum, number>()
  for (const row of sample) {
    const value = row[column]
    const key = typeof value === 'object' && value !== null ? JSON.stringify(value, bigintText) : value
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  let once = 0
  for (const count of counts.values()) if (count === 1) once++
  const n = sample.length
  if (n === 0 || once === 0) return Math.max(1, counts.size)
  const found = (n * counts.size) / (n - once + (once * n) / Math.max(n, rows))
  return Math.min(rows, Math.max(counts.size, found))
}

const bigintText = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value)
