/**
 * Moments, the earliest first: a binary heap in a typed array. A moment may be in it several times; it is taken out once.
 */
export class TimeHeap {
  private times = new Float64Array(64)
  private n = 0

  get size(): number {
    return this.n
  }
  /** Infinity when empty. */
  get first(): number {
    return this.n === 0 ? Number.POSITIVE_INFINITY : this.times[0]
  }
  bytes(): number {
    return this.times.byteLength
  }

  add(time: number): void {
    // What arrives in order of time costs nothing: most of it repeats the newest moment, or comes behind all.
    if (this.n > 0 && this.times[this.n - 1] === time) return
    if (this.n === this.times.length) {
      const bigger = new Float64Array(this.n * 2)
      bigger.set(this.times)
      this.times = bigger
    }
    let at = this.n++
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (this.times[parent] <= time) break
      this.times[at] = this.times[parent]
      at = parent
    }
    this.times[at] = time
  }

  /** Takes out the distinct moments up to a time, ascending, at most so many. */
  takeUpTo(time: number, max: number): Float64Array {
    const taken = new Float64Array(Math.min(max, this.n))
    let n = 0
    while (this.n > 0 && this.times[0] <= time) {
      const first = this.times[0]
      if (n === 0 || taken[n - 1] !== first) {
        if (n === max) break
        taken[n++] = first
      }
      this.removeFirst()
    }
    return taken.subarray(0, n)
  }

  clear(): void {
    this.times = new Float64Array(64)
    this.n = 0
  }

  private removeFirst(): void {
    const last = this.times[--this.n]
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= this.n) break
      if (child + 1 < this.n && this.times[child + 1] < this.times[child]) child++
      if (this.times[child] >= last) break
      this.times[at] = this.times[child]
      at = child
    }
    if (this.n > 0) this.times[at] = last
  }
}
