import { unreachable } from '../base/assert.ts'
import { CHUNK_MASK, CHUNK_ROWS, CHUNK_SHIFT } from './contract.ts'
import type { ChunkPager } from './pager.ts'

export type AccumulatorKind = 'f64' | 'i32' | 'any'
type Chunk = Float64Array | Int32Array | unknown[]

export interface AnyCodec {
  encode(v: unknown): Uint8Array
  decode(b: Uint8Array): unknown
}

/**
 * One accumulator column of a keyed table, reached only through `chunk()`: a chunk that was evicted to the pager comes
 * back there. Chunks of `any` are evicted through their codec.
 */
export class Accumulators {
  readonly kind: AccumulatorKind
  private readonly name: string
  private readonly pager: ChunkPager | null
  private readonly codec: AnyCodec | null
  private readonly chunks: (Chunk | null)[] = []

  constructor(kind: AccumulatorKind, name: string, pager: ChunkPager | null, codec: AnyCodec | null) {
    this.kind = kind
    this.name = name
    this.pager = pager
    this.codec = codec
  }
  chunk(c: number): Chunk {
    while (c >= this.chunks.length) this.chunks.push(this.fresh())
    return this.chunks[c] ?? this.pageIn(c)
  }
  get(slot: number): unknown {
    return this.chunk(slot >> CHUNK_SHIFT)[slot & CHUNK_MASK]
  }
  set(slot: number, value: unknown): void {
    ;(this.chunk(slot >> CHUNK_SHIFT) as unknown[])[slot & CHUNK_MASK] = value
  }
  /** 0 or undefined again. */
  clear(slot: number): void {
    this.set(slot, this.kind === 'any' ? undefined : 0)
  }
  evict(): void {
    if (this.pager === null || (this.kind === 'any' && this.codec === null)) return
    for (let c = 0; c < this.chunks.length; c++) {
      const chunk = this.chunks[c]
      if (chunk === null) continue
      this.pager.write(this.name, c, this.toBytes(chunk))
      this.chunks[c] = null
    }
  }
  bytes(): number {
    let bytes = 0
    for (const chunk of this.chunks) if (chunk !== null) bytes += CHUNK_ROWS * (this.kind === 'i32' ? 4 : 8)
    return bytes
  }
  reset(): void {
    for (let c = 0; c < this.chunks.length; c++) if (this.chunks[c] === null) this.pager?.remove(this.name, c)
    this.chunks.length = 0
  }
  private fresh(): Chunk {
    switch (this.kind) {
      case 'f64':
        return new Float64Array(CHUNK_ROWS)
      case 'i32':
        return new Int32Array(CHUNK_ROWS)
      case 'any':
        return new Array<unknown>(CHUNK_ROWS).fill(undefined)
      default:
        return unreachable(this.kind)
    }
  }
  private pageIn(c: number): Chunk {
    const bytes = this.pager!.read(this.name, c)
    this.pager!.remove(this.name, c)
    return (this.chunks[c] = this.fromBytes(bytes))
  }
  private toBytes(chunk: Chunk): Uint8Array {
    if (!Array.isArray(chunk)) return new Uint8Array(chunk.buffer)
    const parts = chunk.map((value) => (value === undefined ? null : this.codec!.encode(value)))
    const lengths = Int32Array.from(parts, (part) => (part === null ? -1 : part.length))
    return Buffer.concat([new Uint8Array(lengths.buffer), ...parts.filter((part) => part !== null)])
  }
  private fromBytes(bytes: Uint8Array): Chunk {
    const copy = new Uint8Array(bytes) // Buffer.slice would share
    if (this.kind === 'f64') return new Float64Array(copy.buffer)
    if (this.kind === 'i32') return new Int32Array(copy.buffer)
    const lengths = new Int32Array(copy.buffer, 0, CHUNK_ROWS)
    let at = CHUNK_ROWS * 4
    return Array.from(lengths, (length) => {
      if (length < 0) return undefined
      at += length
      return this.codec!.decode(copy.subarray(at - length, at))
    })
  }
}
