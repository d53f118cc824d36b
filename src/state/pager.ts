/**
 * Where evicted chunks wait. Synchronous, because an operator stands in the middle of its loop. What it holds is scratch:
 * checkpoints, not the pager, make state durable.
 */
export interface ChunkPager {
  write(name: string, chunk: number, bytes: Uint8Array): void
  read(name: string, chunk: number): Uint8Array
  remove(name: string, chunk: number): void
}
