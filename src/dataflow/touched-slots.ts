/** The distinct slots that a tick touches, in order of first touch. No clearing cost: a sparse set. */
export class TouchedSlots {
  n = 0
  slots = new Int32Array(64)
  /** place[slot] is its number among the touched, when slots[place[slot]] is slot. */
  private place = new Int32Array(64)

  /** The slot's number; equal to the former `n` when it was not yet touched. */
  add(slot: number): number {
    if (slot >= this.place.length) this.place = grown(this.place, slot + 1)
    const at = this.place[slot]
    if (at < this.n && this.slots[at] === slot) return at
    if (this.n === this.slots.length) this.slots = grown(this.slots, this.n + 1)
    this.place[slot] = this.n
    this.slots[this.n] = slot
    return this.n++
  }
  clear(): void {
    this.n = 0
  }
}

function grown(from: Int32Array, least: number): Int32Array<ArrayBuffer> {
  const to = new Int32Array(Math.max(least, from.length * 2))
  to.set(from)
  return to
}
