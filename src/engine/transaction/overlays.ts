import { isTemporary } from '../../catalog/temporary.ts'
import type { World } from '../world.ts'
import { changedSince } from './errors.ts'
import { KeyOverlay } from './key-overlay.ts'
import { TableOverlay } from './overlay.ts'
import { PartsRead } from './parts-read.ts'
import type { Pinned } from './pinned.ts'
import { ReferencingOverlay } from './referencing-overlay.ts'

/** A table of a transaction's snapshot, without changes yet; 40001 where it came, or became another one, since. */
export function overlayOf(
  world: World,
  { pins, tick, timestampMs }: Pinned,
  table: number,
  grow: (bytes: number) => void,
): TableOverlay {
  const runtime = world.tables.get(table)
  // One that its session made since: nobody else changes it.
  if (runtime !== undefined && !pins.has(table) && isTemporary(world.catalog, runtime.entry)) {
    pins.set(table, runtime.rows.pin())
    for (const [id, rows] of runtime.pinned()) pins.set(id, rows.pin())
  }
  const pinned = (id: number) => {
    const pin = pins.get(id)
    if (pin === undefined) throw changedSince()
    return pin
  }
  const pin = pinned(table)
  if (runtime === undefined) throw changedSince()
  const parts = new PartsRead(runtime, world.logOf(table)!, { tick, timestampMs })
  const keys = runtime.keys.map((key) => new KeyOverlay(runtime, key, pinned(key.id === 0 ? table : key.id)))
  const referencing = runtime.foreignKeys.own.map((fk) => new ReferencingOverlay(runtime, fk, pinned(fk.id)))
  return new TableOverlay(runtime, pin, { keys, referencing, parts }, grow)
}
