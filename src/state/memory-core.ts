import { assert } from '../base/assert.ts'
import { OrderedMap } from './ordered-map.ts'
import type { DatabaseName, StoreEntry, WriteOp } from './store.ts'
import { DATABASES, KEY_BYTES_MAX, type StoreCore } from './store-core.ts'

/** A core in memory. Values are copied in: the caller may reuse its buffers. */
export class MemoryCore implements StoreCore {
  private readonly maps: Record<DatabaseName, OrderedMap>

  constructor(from?: MemoryCore) {
    const entries = DATABASES.map((db) => [db, from === undefined ? new OrderedMap() : from.maps[db].copy()] as const)
    this.maps = Object.fromEntries(entries) as Record<DatabaseName, OrderedMap>
  }
  transaction(run: (apply: (op: WriteOp) => void) => void): void {
    const ops: WriteOp[] = []
    run((op) => ops.push(op))
    for (const op of ops) this.apply(op)
  }
  get(db: DatabaseName, key: Uint8Array): Uint8Array | undefined {
    return this.maps[db].get(key)
  }
  page(db: DatabaseName, from: Uint8Array, to: Uint8Array, bytesMax: number): StoreEntry[] {
    const page: StoreEntry[] = []
    let bytes = 0
    for (const entry of this.maps[db].range(from, to)) {
      page.push(entry)
      bytes += entry.value.length
      if (bytes >= bytesMax) break
    }
    return page
  }
  sizeBytes(): number {
    return DATABASES.reduce((sum, db) => sum + this.maps[db].bytes, 0)
  }
  close(): void {
    // Nothing is held beside the heap.
  }
  apply(op: WriteOp): void {
    const map = this.maps[op.db]
    switch (op.kind) {
      case 'put':
        assert(op.key.length > 0 && op.key.length <= KEY_BYTES_MAX, `a key has 1 to ${KEY_BYTES_MAX} bytes`)
        map.put(op.key, new Uint8Array(op.value))
        break
      case 'remove':
        map.remove(op.key)
        break
      case 'removeRange':
        for (const { key } of [...map.range(op.from, op.to)]) map.remove(key)
        break
    }
  }
}
