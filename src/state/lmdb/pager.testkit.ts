import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { open } from 'lmdb'
import { assert } from '../../base/assert.ts'
import type { ChunkPager } from '../pager.ts'

/**
 * Evicted chunks in a scratch LMDB of their own, beside the store: never synced, empty at every start. It is separate so
 * that the storage thread stays the only writer of the durable one.
 */
export function openScratchPager(directory: string): ChunkPager & { close(): Promise<void> } {
  const path = join(directory, 'scratch.mdb')
  for (const file of [path, `${path}-lock`]) rmSync(file, { force: true })
  const db = open<Uint8Array, Uint8Array>({
    path,
    encoding: 'binary',
    keyEncoding: 'binary',
    overlappingSync: false,
    noSync: true,
    mapSize: 64 * 2 ** 30,
    cache: false,
    compression: false,
  })
  const keyOf = (name: string, chunk: number) => Buffer.from(`${name}\0${chunk}`)
  return {
    write(name, chunk, bytes) {
      const written = db.transactionSync(() => db.putSync(keyOf(name, chunk), bytes) as unknown)
      assert(written !== false, 'an evicted chunk was written')
    },
    read(name, chunk) {
      const bytes = db.get(keyOf(name, chunk))
      assert(bytes !== undefined, `chunk ${chunk} of ${name} was evicted before it is paged in`)
      return bytes
    },
    remove(name, chunk) {
      db.transactionSync(() => db.removeSync(keyOf(name, chunk)))
    },
    close: () => db.close(),
  }
}
