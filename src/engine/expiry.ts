import type { Batch } from '../types/batch.ts'
import { splitBatch, takeBatch } from '../types/batch-build.ts'
import type { TableDelta } from './tick-record.ts'
import type { World } from './world.ts'

/**
 * Rows of tables with a time to live leave as if they were deleted: in the first tick whose now() is that far behind
 * their last insert. The deletions are staged and journaled with the tick, so that a replay need not work them out.
 */
export function expire(world: World, tables: readonly TableDelta[], nowMicros: number): readonly TableDelta[] {
  if (world.mortal.size === 0) return tables
  noteLives(world, tables, nowMicros)
  const gone: TableDelta[] = []
  for (const object of world.mortal) {
    const table = world.tables.get(object)
    for (let due = table?.life?.takeDue(nowMicros); due; due = table?.life?.takeDue(nowMicros)) {
      for (const batch of splitBatch(due)) {
        table!.stageBatch(batch)
        gone.push({ object, batch })
      }
    }
  }
  return gone.length === 0 ? tables : [...tables, ...gone]
}

/** What came and went, at this moment. */
export function noteLives(world: World, tables: readonly TableDelta[], nowMicros: number): void {
  if (world.mortal.size === 0) return
  for (const { object, batch } of tables) {
    const life = world.tables.get(object)?.life
    if (life != null) for (const part of comingFirst(batch)) life.change(part, nowMicros)
  }
}

/** What comes apart from what goes: a row that is written again with the values it had cancels out, and yet lives on. */
function comingFirst(batch: Batch): readonly Batch[] {
  const rows = Int32Array.from(batch.diffs.subarray(0, batch.n), (_, i) => i)
  const coming = rows.filter((i) => batch.diffs[i]! > 0)
  const going = rows.filter((i) => batch.diffs[i]! < 0)
  if (coming.length === 0 || going.length === 0) return [batch]
  return [takeBatch(batch, coming, coming.length), takeBatch(batch, going, going.length)]
}

/** The first moment (µs) at which something changes without input: in a view, or in such a table. */
export function firstDue(world: World): number {
  let first = world.circuit.frontier()
  for (const object of world.mortal) {
    first = Math.min(first, world.tables.get(object)?.life?.first ?? Number.POSITIVE_INFINITY)
  }
  return first
}
