import { unreachable } from '../base/assert.ts'
import { CLOCK } from '../dataflow/contract.ts'
import type { TickRecord } from './tick-record.ts'
import type { ViewRuntime } from './view.ts'
import { currentWatermarks } from './watermarks.ts'
import type { World } from './world.ts'

/**
 * After a tick's records were stamped and before its operators run: the watermarks move on, and rows that waited for
 * them are let through in this same tick. True when one moved.
 */
export function moveWatermarks(world: World, record: TickRecord): boolean {
  if (world.watermarks.size === 0) return false
  let moved = false
  for (const { object } of record.tables) world.watermarks.get(object)?.heard(TABLE, record.nowMicros)
  for (const mark of record.marks ?? []) {
    const watermarks = world.watermarks.get(mark.object)
    switch (mark.kind) {
      case 'setAside':
        continue
      case 'idle':
        watermarks?.becomeIdle(mark.partition)
        break
      case 'advance':
        watermarks?.advanceTo(mark.value, world.sources.get(mark.object)?.positions ?? ONE_PARTITION, record.nowMicros)
        break
      default:
        unreachable(mark)
    }
    moved = true
  }
  for (const watermarks of world.watermarks.values()) {
    const before = watermarks.current
    watermarks.advance(record.nowMicros)
    moved ||= watermarks.current !== before
  }
  if (moved) {
    const current = currentWatermarks(world.watermarks, record.nowMicros)
    for (const view of world.views.values()) view.rendered.closers?.wake(current)
  }
  return moved
}

/** A table is one partition; its rows have no offsets. */
const TABLE = 0
const ONE_PARTITION: ReadonlyMap<number, number> = new Map([[TABLE, 0]])

/** After the tick: state that is closed goes, of views that no longer read their past. `moved`: not by the clock alone. */
export function releaseState(world: World, nowMicros: number, moved: boolean): void {
  const current = currentWatermarks(world.watermarks, nowMicros)
  for (const { live, keepsState, rendered } of world.views.values()) {
    const closers = live && !keepsState ? rendered.closers : null
    if (closers && (moved || closers.relations.has(CLOCK))) closers.release(current)
  }
}

/** Of a view that has read its past: what closed before it began is not held until time moves on. */
export function releaseOld(world: World, view: ViewRuntime): void {
  if (view.keepsState) return
  view.rendered.closers?.release(currentWatermarks(world.watermarks, world.clock.lastNowMicros))
}
