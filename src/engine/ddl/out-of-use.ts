import type { CallContext } from '../api.ts'
import { ChangedMeanwhile } from '../changed-meanwhile.ts'
import type { World } from '../world.ts'

/**
 * Changes an object in the lane, once the transactions have ended that changed it or locked rows of it. Who changed it
 * otherwise meanwhile is told (ChangedMeanwhile); whose statement is cancelled waits no longer, for either.
 */
export async function changeOutOfUse(
  world: World,
  object: number,
  call: CallContext,
  change: () => Promise<void>,
): Promise<void> {
  const checkUnchanged = unchangedCheck(world, [object])
  await outOfUse(world, [object], call)
  await world.exclusive.run(async () => {
    checkUnchanged()
    await change()
  }, call.signal)
}

/**
 * Waits, as long as lock_timeout says, until the transactions have ended that changed these tables, or locked rows of
 * them, before now. Who comes later is not waited for, and fails at COMMIT where its table is gone: so the wait ends, and
 * closes no circle. Outside the lane: what is waited for needs it.
 */
export async function outOfUse({ uses }: World, tables: readonly number[], call: CallContext): Promise<void> {
  for (const { table, key } of tables.flatMap((table) => [...uses.keysIn(table)].map((key) => ({ table, key }))))
    await uses.released(table, key, call)
}

/**
 * A check to be made after waiting, and again in the lane: several may wait for the same, and the first of them that goes on
 * may drop or rename it.
 */
export function unchangedCheck(world: World, objects: readonly number[]): () => void {
  const { catalog } = world
  const before = objects.map((id) => catalog.byId(id))
  return () => {
    const same = (id: number, i: number) => before[i] !== undefined && world.catalog.byId(id) === before[i]
    if (!objects.every(same)) throw new ChangedMeanwhile()
  }
}
