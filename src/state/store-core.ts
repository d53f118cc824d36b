import type { DatabaseName, StoreEntry, WriteOp } from './store.ts'

export const DATABASES = ['meta', 'journal', 'history', 'delta', 'base'] as const satisfies readonly DatabaseName[]
export const KEY_BYTES_MAX = 1978

/** Blocks under keys, synchronously, on the thread that owns them: what a store needs from LMDB or from memory. */
export interface StoreCore {
  /** All ops in one durable transaction, or none and an exception. */
  transaction(run: (apply: (op: WriteOp) => void) => void): void
  get(db: DatabaseName, key: Uint8Array): Uint8Array | undefined
  /** Entries from ≤ key < to, in order, until they hold `bytesMax` (at least one when there is one). */
  page(db: DatabaseName, from: Uint8Array, to: Uint8Array, bytesMax: number): StoreEntry[]
  sizeBytes(): number
  close(): void
}

/** The smallest key after `key`: where the next page starts. */
export function keyAfter(key: Uint8Array): Uint8Array {
  const next = new Uint8Array(key.length + 1)
  next.set(key)
  return next
}
