import { assert } from '../base/assert.ts'

/**
 * Where evicted chunks wait. Synchronous, because an operator stands in the middle of its loop. What it holds is scratch:
 * checkpoints, not the pager, make state durable.
 */
export interface ChunkPager {
  write(name: string, chunk: number, bytes: Uint8Array): void
  read(name: string, chunk: number): Uint8Array
  remove(name: string, chunk: number): void
}

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
