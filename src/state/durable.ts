import type { Batch } from '../types/batch.ts'
import type { SqlType } from '../types/sql-type.ts'
import type { StateStructure } from './contract.ts'
import type { SlotSpace } from './slot-space.ts'

/**
 * What a structure owes to checkpoints: its changed slots as batches, and to be filled from them again. Blocks hold
 * `(slot, row)`; the count of a row is the diff of the batch.
 */
export interface DurableStructure extends StateStructure {
  readonly space: SlotSpace
  /** Row type of its blocks. */
  readonly blockTypes: readonly SqlType[]
  isLive(slot: number): boolean
  /** The rows of n live slots. */
  save(slots: Int32Array, n: number): Batch
  /** Puts row i of the batch into slots[i], over what was there. Indexes are stale until `loaded`. */
  load(slots: Int32Array, batch: Batch, n: number): void
  /** Empties slots, as a newer block says. */
  unload(slots: Int32Array): void
  /** Rebuilds indexes and free list after all loads. */
  loaded(): void
}
