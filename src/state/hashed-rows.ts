/** Parts that a hash's first byte makes: the segments of a hash index. */
export const PARTS = 256

/** Slots with their hashes, gathered to fill a hash index in one pass. 16 bytes a row while that lasts. */
export class HashedRows {
  n = 0
  readonly slots: Int32Array
  readonly hashes: Int32Array
  private readonly seen: Int32Array

  constructor(capacity: number) {
    this.slots = new Int32Array(capacity)
    this.hashes = new Int32Array(capacity)
    let bits = 1 << 10
    while (bits < capacity * 4 && bits < 1 << 30) bits *= 2
    this.seen = new Int32Array(bits >> 5)
  }
  add(slots: Int32Array, hashes: Uint32Array, n: number): void {
    const words = this.seen.length - 1
    for (let k = 0; k < n; k++) {
      const hash = hashes[k] | 0
      this.slots[this.n] = slots[k]
      this.hashes[this.n++] = hash
      this.seen[(hash >>> 5) & words] |= 1 << (hash & 31)
    }
  }
  /** About how many hashes differ: linear counting, within a few in a thousand. */
  distinct(): number {
    let empty = 0
    for (const word of this.seen) empty += word === 0 ? 32 : zeros(word)
    const bits = this.seen.length * 32
    return Math.min(this.n, Math.ceil(-bits * Math.log(Math.max(1, empty) / bits)))
  }
  /**
   * The rows of one segment after the other, those of a segment as they came: a segment's table stays in the
   * processor's cache while it is filled. `starts[s]` is where segment s begins.
   */
  bySegment(): { readonly slots: Int32Array; readonly hashes: Int32Array; readonly starts: Int32Array } {
    const starts = new Int32Array(PARTS + 1)
    for (let i = 0; i < this.n; i++) starts[(this.hashes[i] >>> 24) + 1]++
    for (let s = 0; s < PARTS; s++) starts[s + 1] += starts[s]
    const next = starts.slice()
    const slots = new Int32Array(this.n)
    const hashes = new Int32Array(this.n)
    for (let i = 0; i < this.n; i++) {
      const at = next[this.hashes[i] >>> 24]++
      slots[at] = this.slots[i]
      hashes[at] = this.hashes[i]
    }
    return { slots, hashes, starts }
  }
}

function zeros(word: number): number {
  let n = 32
  for (; word !== 0; word &= word - 1) n--
  return n
}
