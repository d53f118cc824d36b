/**
 * The store: transactional, ordered, durable key-value blocks in named databases. LMDB on its own thread, in memory, or
 * a simulated disk that crashes. Keys are bytes in memcmp order, at most 1,978 bytes.
 *
 * Laws: `commit` is atomic and, once its promise resolves, durable (survives kill -9 and power cut). Commits apply in
 * call order. Reads see all commits that have resolved. Any storage error is final: the process must stop serving
 * writes and end; the promise rejects with StoreFailure and every later call does too.
 */
export type DatabaseName = 'meta' | 'journal' | 'history' | 'delta' | 'base'

export type WriteOp =
  | { readonly kind: 'put'; readonly db: DatabaseName; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly kind: 'remove'; readonly db: DatabaseName; readonly key: Uint8Array }
  /** Removes all keys k with from ≤ k < to. */
  | { readonly kind: 'removeRange'; readonly db: DatabaseName; readonly from: Uint8Array; readonly to: Uint8Array }

export interface StoreEntry {
  readonly key: Uint8Array
  readonly value: Uint8Array
}

export interface Store {
  /** One durable transaction. Callers that commit in the same turn share one sync (group commit). */
  commit(ops: readonly WriteOp[]): Promise<void>
  /**
   * Writes that need no promise of their own: go out in transactions of ≤ ~2 ms each between commits, in order, and
   * become meaningful only through a later `commit` (unpublished checkpoint generations).
   */
  writeInBackground(ops: readonly WriteOp[]): Promise<void>
  get(db: DatabaseName, key: Uint8Array): Promise<Uint8Array | undefined>
  /** Entries from ≤ key < to in key order, read in pages. */
  range(db: DatabaseName, from: Uint8Array, to: Uint8Array): AsyncIterable<StoreEntry>
  /** Bytes used on disk. */
  sizeBytes(): Promise<number>
  close(): Promise<void>
}

export class StoreFailure extends Error {
  /** The file that there was no room for; null: it failed otherwise. */
  readonly noRoomFor: string | null
  /** Whoever writes does not come back: the process can only be killed. */
  readonly hangs: boolean

  constructor(message: string, cause?: unknown, noRoomFor: string | null = null, hangs = false) {
    super(message, { cause })
    this.name = 'StoreFailure'
    this.noRoomFor = noRoomFor
    this.hangs = hangs
  }
}
