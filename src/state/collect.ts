import { BLOCK_BYTES_MAX, type Block, BlockPacker, encodeBlock } from './block.ts'
import { CHUNK_ROWS, type StateDelta } from './contract.ts'
import type { DurableStructure } from './durable.ts'

/** Rows copied before the engine gets its turn: 2 to 4 ms. */
const SLICE_ROWS = 1 << 14
const REMOVED_PER_BLOCK = (BLOCK_BYTES_MAX - 32) / 4

/** The changed slots of one structure as blocks; they count as unchanged from here on. */
export function* collectDelta(structure: DurableStructure): Generator<void, StateDelta> {
  const packer = new BlockPacker()
  const blocks = packer.blocks
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
    if (rows > 0) packer.add(present, structure.save(present, rows))
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
