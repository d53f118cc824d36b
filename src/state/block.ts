import { crc32 } from 'node:zlib'
import { decodeBatch, encodeBatch } from '../codec/row.ts'
import type { Batch } from '../types/batch.ts'
import { sliceBatch } from '../types/batch-build.ts'

/** A block as stored holds about this much; a single row that is larger makes a larger block. */
export const BLOCK_BYTES_MAX = 64 * 1024

/** Changed slots: those with a row, and those whose row is gone. `slots[i]` is the slot of row i of the batch. */
export interface Block {
  readonly slots: Int32Array
  readonly batch: Batch
  readonly removed: Int32Array
}

const VERSION = 1
const HEADER_BYTES = 16

/** [version u32, rows u32, removed u32, 0 u32, slots, removed slots, batch]. */
export function encodeBlock(block: Block): Uint8Array {
  const { slots, removed, batch } = block
  const rows = batch.n > 0 ? encodeBatch(batch) : new Uint8Array(0)
  const length = HEADER_BYTES + (batch.n + removed.length) * 4 + rows.length
  const out = new Uint8Array(length + CHECKSUM_BYTES)
  withRoom.add(out.buffer)
  new Int32Array(out.buffer, 0, 4).set([VERSION, batch.n, removed.length, 0])
  new Int32Array(out.buffer, HEADER_BYTES, batch.n).set(slots.subarray(0, batch.n))
  new Int32Array(out.buffer, HEADER_BYTES + batch.n * 4, removed.length).set(removed)
  out.set(rows, HEADER_BYTES + (batch.n + removed.length) * 4)
  return out.subarray(0, length)
}

/** Buffers of blocks, which have room for the checksum behind them: sealing does not copy those. */
const withRoom = new WeakSet<ArrayBufferLike>()

export function decodeBlock(stored: Uint8Array): Block {
  const bytes = stored.byteOffset % 4 === 0 ? stored : new Uint8Array(stored)
  const [version, n, removals] = new Int32Array(bytes.buffer, bytes.byteOffset, 3)
  if (version !== VERSION) throw new BlockError(`has format version ${version}, this build reads ${VERSION}`)
  const slots = new Int32Array(bytes.buffer, bytes.byteOffset + HEADER_BYTES, n)
  const removed = new Int32Array(bytes.buffer, bytes.byteOffset + HEADER_BYTES + n * 4, removals)
  const rows = bytes.subarray(HEADER_BYTES + (n + removals) * 4)
  return { slots, removed, batch: n > 0 ? decodeBatch(rows) : { n: 0, diffs: new Int32Array(0), cols: [] } }
}

/** Encodes rows into blocks of at most BLOCK_BYTES_MAX. Learns how many rows fit, so that few are encoded twice. */
export class BlockPacker {
  readonly blocks: Uint8Array[] = []
  private rowsPerBlock = 4096

  add(slots: Int32Array, batch: Batch): void {
    for (let start = 0; start < batch.n; ) {
      const end = Math.min(batch.n, start + this.rowsPerBlock)
      const piece = start === 0 && end === batch.n ? batch : sliceBatch(batch, start, end)
      const bytes = encodeBlock({ slots: slots.subarray(start, end), batch: piece, removed: NONE })
      // The four bytes of the checksum are part of what is stored.
      const fits = bytes.length + CHECKSUM_BYTES <= BLOCK_BYTES_MAX
      const fitting = Math.floor((piece.n * (BLOCK_BYTES_MAX * 0.9)) / bytes.length)
      this.rowsPerBlock = Math.max(
        1,
        Math.min(4096, fits ? Math.max(fitting, this.rowsPerBlock) : Math.min(fitting, piece.n - 1)),
      )
      if (!fits && piece.n > 1) continue
      this.blocks.push(bytes)
      start = end
    }
  }
}

const NONE = new Int32Array(0)
const CHECKSUM_BYTES = 4

/** Appends the checksum. */
export function seal(bytes: Uint8Array): Uint8Array {
  const inPlace = withRoom.has(bytes.buffer) && bytes.length + CHECKSUM_BYTES === bytes.buffer.byteLength
  const out = inPlace ? new Uint8Array(bytes.buffer) : new Uint8Array(bytes.length + CHECKSUM_BYTES)
  if (!inPlace) out.set(bytes)
  new DataView(out.buffer).setUint32(bytes.length, crc32(bytes), true)
  return out
}

/** Verifies and removes the checksum; `name` says which block is damaged. */
export function unseal(stored: Uint8Array, name: () => string): Uint8Array {
  const length = stored.length - CHECKSUM_BYTES
  if (length < 0) throw new BlockError(`${name()} is truncated`)
  const bytes = stored.subarray(0, length)
  const expected = new DataView(stored.buffer, stored.byteOffset, stored.length).getUint32(length, true)
  if (crc32(bytes) !== expected) throw new BlockError(`${name()} is damaged: its checksum does not match`)
  return bytes
}

/** What is stored is not what was written: the server must not go on with it. */
export class BlockError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'BlockError'
  }
}
