import type { ResultField } from '../session/contract.ts'
import type { Batch } from '../types/batch.ts'
import type { TextOptions } from '../types/text.ts'
import { ByteWriter } from './byte-writer.ts'
import { RowEncoder } from './data-row.ts'

/** Encoded bytes kept for other subscribers; the oldest go first. They follow each other within a tick or two. */
const SHARED_BYTES_MAX = 32 * 1024 * 1024

interface Encoded {
  readonly key: string
  readonly bytes: Buffer
}

/**
 * DataRows of batches that several clients are sent (subscribers of one view): encoded once, copied for each. A batch
 * is kept from its second use on, so that a lone subscriber costs no memory here.
 */
export class SharedRows {
  private readonly seen = new WeakSet<Batch>()
  private readonly kept = new Map<Batch, Encoded>()
  private readonly bytesMax: number
  private bytes = 0

  constructor(bytesMax = SHARED_BYTES_MAX) {
    this.bytesMax = bytesMax
  }

  /** All rows of the batch as messages, or null when nobody else was sent it so far. */
  get(batch: Batch, fields: readonly ResultField[], options: TextOptions): Buffer | null {
    if (!this.seen.has(batch)) {
      this.seen.add(batch)
      return null
    }
    const key = `${options.timeZone} ${options.floatDigits} ${fields.map((field) => field.format).join('')}`
    const known = this.kept.get(batch)
    if (known !== undefined && known.key === key) return known.bytes
    const bytes = encode(batch, fields, options)
    if (known === undefined) this.keep(batch, { key, bytes })
    return bytes
  }

  private keep(batch: Batch, encoded: Encoded): void {
    if (encoded.bytes.length > this.bytesMax) return
    this.kept.set(batch, encoded)
    this.bytes += encoded.bytes.length
    for (const [oldest, { bytes }] of this.kept) {
      if (this.bytes <= this.bytesMax) return
      this.kept.delete(oldest)
      this.bytes -= bytes.length
    }
  }
}

function encode(batch: Batch, fields: readonly ResultField[], options: TextOptions): Buffer {
  const out = new ByteWriter(batch.n * 32)
  const encoder = new RowEncoder(out, batch, fields, options)
  for (let i = 0; i < batch.n; i++) for (let copies = batch.diffs[i]; copies > 0; copies--) encoder.writeRow(i)
  return out.buffer.subarray(0, out.at)
}
