import { SqlError } from '../base/sql-error.ts'
import type { SequenceEntry } from '../catalog/entry.ts'
import type { SequenceCalls } from '../functions/function.ts'
import type { CallContext } from './api.ts'
import type { World } from './world.ts'

/** What nextval and its like do in a statement of this call. */
export function sequenceCalls(world: World, { sequences: seen }: CallContext): SequenceCalls {
  const entryOf = (oid: number): SequenceEntry => {
    const entry = world.catalog.byId(oid)
    if (entry?.kind === 'sequence') return entry
    throw entry === undefined
      ? new SqlError('XX000', `could not open relation with OID ${oid}`)
      : new SqlError('42809', `"${entry.name}" is not a sequence`)
  }
  return {
    next(oid) {
      const value = world.sequences.next(entryOf(oid))
      seen?.values.set(oid, value)
      if (seen !== undefined) seen.last = oid
      return value
    },
    current(oid) {
      const { name } = entryOf(oid)
      const value = seen?.values.get(oid)
      if (value === undefined)
        throw new SqlError('55000', `currval of sequence "${name}" is not yet defined in this session`)
      return value
    },
    last() {
      const value = seen?.last == null ? undefined : seen.values.get(seen.last)
      const there = seen?.last != null && world.catalog.byId(seen.last) !== undefined
      if (value === undefined || !there) throw new SqlError('55000', 'lastval is not yet defined in this session')
      return value
    },
    set(oid, value, called) {
      world.sequences.set(entryOf(oid), value, called)
      if (called) seen?.values.set(oid, value)
    },
    position(oid) {
      const { last, called } = world.sequences.position(entryOf(oid))
      return called ? last : null
    },
  }
}

/** Values of sequences are told once they cannot be handed out again. */
export async function settleSequences(world: World): Promise<void> {
  if (!world.sequences.unsettled) return
  try {
    await world.sequences.settle((id) => sequenceOf(world, id))
  } catch (error) {
    world.fail(error)
    throw new SqlError('58030', 'the server stopped after a storage error')
  }
}

export function sequenceOf(world: World, id: number): SequenceEntry | undefined {
  const entry = world.catalog.byId(id)
  return entry?.kind === 'sequence' ? entry : undefined
}

/** TRUNCATE … RESTART IDENTITY: what belongs to columns of these tables begins anew. */
export function restartOwned(world: World, tables: readonly number[]): void {
  for (const entry of world.catalog.all()) {
    if (entry.kind !== 'sequence' || entry.ownedBy === null || !tables.includes(entry.ownedBy.table)) continue
    world.sequences.restart(entry)
  }
}
