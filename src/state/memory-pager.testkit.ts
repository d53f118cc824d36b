import { assert } from '../base/assert.ts'
import type { ChunkPager } from './pager.ts'

/** Evicted chunks in memory: what a paged structure does without its store. */
export function memoryPager(): ChunkPager & { readonly chunks: number } {
  const held = new Map<string, Uint8Array>()
  return {
    write: (name, chunk, bytes) => void held.set(`${name}:${chunk}`, new Uint8Array(bytes)),
    read(name, chunk) {
      const bytes = held.get(`${name}:${chunk}`)
      assert(bytes !== undefined, `chunk ${chunk} of ${name} was evicted before it is paged in`)
      return bytes
    },
    remove: (name, chunk) => void held.delete(`${name}:${chunk}`),
    get chunks() {
      return held.size
    },
  }
}
