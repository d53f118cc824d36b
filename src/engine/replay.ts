import { Slices } from '../base/slices.ts'
import { Journal } from '../state/journal.ts'
import type { Store } from '../state/store.ts'
import { noteLives } from './expiry.ts'
import type { Progress } from './progress.ts'
import type { ReplayMarks } from './replay-marks.ts'
import { failureOf, ReplayFailure } from './safe-mode.ts'
import { decodeTick, type TickRecord } from './tick-record.ts'
import { runTick } from './ticker.ts'
import type { World } from './world.ts'

/**
 * Runs the journal's ticks after the newest one, up to `through`: same ticks, same timestamps, same outputs. Gives their
 * number. When one throws, the state is half of that tick and of no use.
 */
export async function replay(
  world: World,
  store: Store,
  progress: Progress,
  through = Number.POSITIVE_INFINITY,
  marks: ReplayMarks | null = null,
): Promise<number> {
  try {
    const ticks = await replayTicks(world, store, progress, through, marks)
    await marks?.end()
    return ticks
  } catch (error) {
    if (error instanceof ReplayFailure) await marks?.end()
    throw error
  }
}

async function replayTicks(
  world: World,
  store: Store,
  progress: Progress,
  through: number,
  marks: ReplayMarks | null,
): Promise<number> {
  const journal = new Journal(store)
  const before = world.tick
  const slices = new Slices(world.runtime)
  let last: number | null = null
  for await (const { tick, inputs } of journal.replay(before + 1)) {
    if (tick > through) break
    marks?.begin(tick)
    // The mark leaves this thread before the tick takes it.
    await world.runtime.yieldToIo()
    await run(world, decodeTick(inputs.length === 1 ? inputs[0]! : Buffer.concat(inputs)), slices)
    if (progress.due) {
      last ??= await journal.lastTick(world.tick)
      progress.tell('replaying the journal', { ticks: world.tick - before, of: last - before, tick: world.tick })
    }
  }
  return world.tick - before
}

async function run(world: World, record: TickRecord, slices: Slices): Promise<void> {
  try {
    for (const { object, batch } of record.tables) {
      world.tables.get(object)?.stageBatch(batch)
      if (slices.due) await slices.next()
    }
    noteLives(world, record.tables, record.nowMicros)
    await runTick(world, record, slices)
  } catch (error) {
    throw new ReplayFailure(failureOf(world, record.tick, error), error)
  }
}
