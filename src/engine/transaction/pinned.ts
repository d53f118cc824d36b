import type { ErrorFilter } from '../../dataflow/errors-handed-on.ts'
import type { ArrangementPin } from '../../state/contract.ts'
import type { Row } from '../../types/value.ts'
import { currentWatermarks } from '../watermarks.ts'
import type { World } from '../world.ts'
import { TransactionStreams } from './streams.ts'

/** Everything as it was at the tick of a transaction's first statement. */
export interface Pinned {
  readonly tick: number
  readonly timestampMs: number
  /** Temporary tables that the transaction's session makes later are added. */
  readonly pins: Map<number, ArrangementPin>
  readonly streams: TransactionStreams
  /** Tables with an event time, with the watermark that each row came with. */
  readonly stamped: ReadonlyMap<number, ArrangementPin>
  readonly watermarks: ReadonlyMap<number, number>
  readonly poisons: ReadonlyMap<number, Row>
  /** Which of a view's errors its readers have. */
  readonly handedOn: ReadonlyMap<number, ErrorFilter>
  /** Views that could not be read yet: no row of theirs belongs to this tick. */
  readonly unready: ReadonlySet<number>
}

/** Inside the exclusive lane: which relations the transaction is going to read is not known. */
export function pinAll(world: World): Pinned {
  const pins = new Map<number, ArrangementPin>()
  const poisons = new Map<number, Row>()
  const handedOn = new Map<number, ErrorFilter>()
  const unready = new Set<number>()
  const stamped = new Map<number, ArrangementPin>()
  for (const [id, table] of world.tables) {
    pins.set(id, table.rows.pin())
    for (const [key, rows] of table.pinned()) pins.set(key, rows.pin())
    if (table.eventTime !== null) stamped.set(id, table.eventTime.rows.pin())
  }
  const watermarks = currentWatermarks(world.watermarks, world.clock.nowMicros)
  for (const [id, view] of world.views) {
    handedOn.set(id, view.output.handedOn.now())
    if (!view.ready) unready.add(id)
    if (!view.ready || id < 0) continue
    pins.set(id, view.output.rows.pin())
    const poison = view.poison()
    if (poison !== null) poisons.set(id, poison)
  }
  const streams = new TransactionStreams(world, pins)
  const { tick, clock } = world
  return { tick, timestampMs: clock.lastMs, pins, streams, stamped, watermarks, poisons, handedOn, unready }
}
