import { BLOCK_BYTES_MAX, type Block, encodeBlock, encodeBlocks } from './block.ts'
import { CHUNK_ROWS, type StateDelta } from './contract.ts'
import type { DurableStructure } from './durable.ts'

/** Rows copied before the engine gets its turn: about 2 ms. */
const SLICE_ROWS = 1 << 16
const REMOVED_PER_BLOCK = (BLOCK_BYTES_MAX - 32) / 4

/** The changed slots of one structure as blocks; they count as unchanged from here on. */
export function* collectDelta(structure: DurableStructure): Generator<void, StateDelta> {
  const blocks: Uint8Array[] = []
  const page = new Int32Array(CHUNK_ROWS)
  const present = new Int32Array(CHUNK_ROWS)
  let removed: number[] = []
  let copied = 0
  const flushRemoved = () => {
    const batch: Block['batch'] = { n: 0, diffs: new Int32Array(0), cols: [] }
    if (removed.length > 0) blocks.push(encodeBlock({ slots: page, batch, removed: Int32Array.from(removed) }))
    removed = []
  }
  for (const n of structure.space.dirty.runs(page)) {
    let rows = 0
    for (let k = 0; k < n; k++) {
      if (structure.isLive(page[k])) present[rows++] = page[k]
      else removed.push(page[k])
    }
    if (rows > 0) encodeBlocks(present.subarray(0, rows), structure.save(present, rows), blocks)
    if (removed.length + CHUNK_ROWS > REMOVED_PER_BLOCK) flushRemoved()
    copied += n
    if (copied >= SLICE_ROWS) {
      copied = 0
      yield
    }
  }
  flushRemoved()
  structure.space.dirty.clear()
  return { id: structure.id, dropped: false, blocks }
}
