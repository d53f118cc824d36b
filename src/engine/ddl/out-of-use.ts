import type { CallContext } from '../api.ts'
import type { World } from '../world.ts'

/**
 * Waits, as long as lock_timeout says, until the transactions have ended that changed these tables, or locked rows of
 * them, before now. Who comes later is not waited for, and fails at COMMIT where its table is gone: so the wait ends, and
 * closes no circle. Outside the lane: what is waited for needs it.
 */
export async function outOfUse({ uses }: World, tables: readonly number[], call: CallContext): Promise<void> {
  for (const { table, key } of tables.flatMap((table) => [...uses.keysIn(table)].map((key) => ({ table, key }))))
    await uses.released(table, key, call)
}
