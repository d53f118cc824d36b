import { CHUNK_MASK, CHUNK_ROWS, CHUNK_SHIFT } from './contract.ts'

/** An Int32 per slot; chunks appear at the first write and read as 0 before, so that rare marks cost nothing. */
export class ChunkedI32 {
  readonly chunks: (Int32Array | undefined)[] = []
  private held = 0

  get(slot: number): number {
    const chunk = this.chunks[slot >> CHUNK_SHIFT]
    return chunk === undefined ? 0 : chunk[slot & CHUNK_MASK]
  }
  set(slot: number, value: number): void {
    const c = slot >> CHUNK_SHIFT
    let chunk = this.chunks[c]
    if (chunk === undefined) {
      if (value === 0) return
      chunk = this.add(c)
    }
    chunk[slot & CHUNK_MASK] = value
  }
  bytes(): number {
    return this.held * CHUNK_ROWS * 4
  }
  clear(): void {
    this.chunks.length = 0
    this.held = 0
  }
  private add(c: number): Int32Array {
    // Chunks are filled in order: holes (sparse arrays) would make every read slow.
    while (this.chunks.length < c) this.chunks.push(undefined)
    this.held++
    return (this.chunks[c] = new Int32Array(CHUNK_ROWS))
  }
}

const WORDS = CHUNK_ROWS / 32

/** A bit per slot. `count` is the number of set bits. */
export class SlotBits {
  count = 0
  private readonly chunks: (Int32Array | undefined)[] = []

  has(slot: number): boolean {
    const chunk = this.chunks[slot >> CHUNK_SHIFT]
    return chunk !== undefined && (chunk[(slot & CHUNK_MASK) >> 5] & (1 << (slot & 31))) !== 0
  }
  /** True when the bit was not set before. */
  add(slot: number): boolean {
    const c = slot >> CHUNK_SHIFT
    let chunk = this.chunks[c]
    if (chunk === undefined) {
      while (this.chunks.length < c) this.chunks.push(undefined)
      chunk = this.chunks[c] = new Int32Array(WORDS)
    }
    const word = (slot & CHUNK_MASK) >> 5
    const bit = 1 << (slot & 31)
    if ((chunk[word] & bit) !== 0) return false
    chunk[word] |= bit
    this.count++
    return true
  }
  /** Sets the bits of all slots below `high`. */
  addBelow(high: number): void {
    for (let c = 0; c << CHUNK_SHIFT < high; c++) {
      const inChunk = Math.min(CHUNK_ROWS, high - (c << CHUNK_SHIFT))
      this.add(c << CHUNK_SHIFT)
      if (inChunk < CHUNK_ROWS) for (let i = 1; i < inChunk; i++) this.add((c << CHUNK_SHIFT) + i)
      else this.fill(this.chunks[c]!)
    }
  }
  delete(slot: number): void {
    const chunk = this.chunks[slot >> CHUNK_SHIFT]
    if (chunk === undefined) return
    const word = (slot & CHUNK_MASK) >> 5
    const bit = 1 << (slot & 31)
    if ((chunk[word] & bit) === 0) return
    chunk[word] &= ~bit
    this.count--
  }
  /** Set slots, ascending, at most CHUNK_ROWS at a time; `out` is reused between steps. */
  *runs(out: Int32Array): Generator<number> {
    for (let c = 0; c < this.chunks.length; c++) {
      const chunk = this.chunks[c]
      if (chunk === undefined) continue
      let n = 0
      for (let w = 0; w < WORDS; w++) {
        let bits = chunk[w]
        while (bits !== 0) {
          const low = bits & -bits
          out[n++] = (c << CHUNK_SHIFT) + (w << 5) + 31 - Math.clz32(low)
          bits ^= low
        }
      }
      if (n > 0) yield n
    }
  }
  clear(): void {
    this.chunks.length = 0
    this.count = 0
  }
  bytes(): number {
    return this.chunks.length * WORDS * 4
  }
  private fill(chunk: Int32Array): void {
    for (let w = 0; w < WORDS; w++) {
      this.count += 32 - bitCount(chunk[w])
      chunk[w] = -1
    }
  }
}

function bitCount(word: number): number {
  let n = 0
  for (; word !== 0; word &= word - 1) n++
  return n
}
