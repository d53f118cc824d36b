import type { Matches } from '../state/contract.ts'
import type { Column } from '../types/column.ts'
import { equalRows, hashRows } from '../types/hash.ts'

/** An index of one delta by its key columns, for the rows that both sides of a join change in one tick. */
export class DeltaIndex {
  private readonly keys: readonly Column[]
  private readonly hashes: Uint32Array
  private readonly heads: Int32Array
  private readonly next: Int32Array

  constructor(keys: readonly Column[], n: number) {
    this.keys = keys
    let size = 4
    while (size < n * 2) size *= 2
    this.heads = new Int32Array(size).fill(-1)
    this.next = new Int32Array(n)
    this.hashes = new Uint32Array(n)
    hashRows(keys, n, this.hashes)
    for (let i = n - 1; i >= 0; i--) {
      const at = this.hashes[i] & (size - 1)
      this.next[i] = this.heads[at]
      this.heads[at] = i
    }
  }

  /** Pairs (probe row, indexed row) with equal keys; NULL equals NULL. */
  probe(keys: readonly Column[], n: number, out: Matches): void {
    const hashes = new Uint32Array(n)
    hashRows(keys, n, hashes)
    const mask = this.heads.length - 1
    let found = 0
    for (let i = 0; i < n; i++) {
      for (let row = this.heads[hashes[i] & mask]; row >= 0; row = this.next[row]) {
        if (this.hashes[row] !== hashes[i] || !equalRows(this.keys, row, keys, i)) continue
        if (found === out.probe.length) growMatches(out)
        out.probe[found] = i
        out.slot[found++] = row
      }
    }
    out.n = found
  }
}

export function emptyMatches(): Matches {
  return { n: 0, probe: new Int32Array(64), slot: new Int32Array(64) }
}

function growMatches(out: Matches): void {
  const probe = new Int32Array(out.probe.length * 2)
  probe.set(out.probe)
  out.probe = probe
  const slot = new Int32Array(out.slot.length * 2)
  slot.set(out.slot)
  out.slot = slot
}
