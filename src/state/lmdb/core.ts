import { statSync } from 'node:fs'
import { join } from 'node:path'
import { type Database, open, type RootDatabase } from 'lmdb'
import { assert } from '../../base/assert.ts'
import type { DatabaseName, StoreEntry, WriteOp } from '../store.ts'
import { StoreFailure } from '../store.ts'
import { DATABASES, KEY_BYTES_MAX, type StoreCore } from '../store-core.ts'
import { giveBallastBack } from './ballast.ts'
import { FILE, freeBytes, wantedRoom } from './free-room.ts'

/**
 * The options under which lmdb-js loses nothing in simulated power cuts. `overlappingSync` (its default) mixed with
 * sync transactions lost or corrupted data; `transaction(cb)` does not roll back when cb throws: only `transactionSync`
 * is used. The map is virtual memory, not a limit of the file.
 */
const SAFE = {
  overlappingSync: false,
  encoding: 'binary',
  keyEncoding: 'binary',
  mapSize: 64 * 2 ** 30,
  maxDbs: 64,
  maxReaders: 1024,
  cache: false,
  compression: false,
} as const

type Blocks = Database<Uint8Array, Uint8Array>

/** LMDB on the thread that calls. One process writes; the directory lock sees to that. */
export class LmdbCore implements StoreCore {
  private readonly directory: string
  private readonly root: RootDatabase<Uint8Array, Uint8Array>
  private readonly dbs: Partial<Record<DatabaseName, Blocks>>

  constructor(directory: string, readOnly = false) {
    this.directory = directory
    try {
      this.root = open<Uint8Array, Uint8Array>({ path: join(directory, FILE), ...SAFE, readOnly })
      // Read-only, a database that was never written is undefined.
      this.dbs = Object.fromEntries(DATABASES.map((name) => [name, this.root.openDB({ name, ...SAFE }) as Blocks]))
    } catch (error) {
      throw this.explain(error)
    }
  }
  transaction(run: (apply: (op: WriteOp) => void) => void): void {
    try {
      this.root.transactionSync(() => run((op) => this.apply(op)))
    } catch (error) {
      throw this.explain(error)
    }
  }
  get(db: DatabaseName, key: Uint8Array): Uint8Array | undefined {
    return this.dbs[db]?.get(key)
  }
  page(db: DatabaseName, from: Uint8Array, to: Uint8Array, bytesMax: number): StoreEntry[] {
    const page: StoreEntry[] = []
    let bytes = 0
    for (const { key, value } of this.dbs[db]?.getRange(bounds(from, to)) ?? []) {
      page.push({ key, value })
      bytes += value.length
      if (bytes >= bytesMax) break
    }
    return page
  }
  sizeBytes(): number {
    return statSync(join(this.directory, FILE)).size
  }
  close(): void {
    // Resolves in the same turn when no asynchronous write is open, and there never is one.
    void this.root.close()
  }
  private apply(op: WriteOp): void {
    const db = this.dbs[op.db]!
    switch (op.kind) {
      case 'put': {
        assert(op.key.length > 0 && op.key.length <= KEY_BYTES_MAX, `a key has 1 to ${KEY_BYTES_MAX} bytes`)
        // Declared void, yet it tells: false means that nothing was written.
        const written = db.putSync(op.key, op.value) as unknown
        if (written === false) throw new StoreFailure(`a block of ${op.db} was not written`)
        break
      }
      case 'remove':
        db.removeSync(op.key)
        break
      case 'removeRange':
        for (const key of [...db.getKeys(bounds(op.from, op.to))]) db.removeSync(key)
        break
    }
  }
  private explain(error: unknown): StoreFailure {
    if (error instanceof StoreFailure) return error
    const text = error instanceof Error ? error.message : String(error)
    if (!wantedRoom(error, freeBytes(this.directory)))
      return new StoreFailure(`storage under ${this.directory} failed: ${text}`, error)
    // Makes room for the next start to recover in.
    giveBallastBack(this.directory)
    return new StoreFailure(`the disk under ${this.directory} is full (${text})`, error, join(this.directory, FILE))
  }
}

function bounds(from: Uint8Array, to: Uint8Array): { start?: Uint8Array; end: Uint8Array } {
  // LMDB knows no empty key; no start means the first.
  return from.length === 0 ? { end: to } : { start: from, end: to }
}
