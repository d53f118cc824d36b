import type { Column } from '../../types/column.ts'
import { takeRows } from '../../types/column-shape.ts'
import { equalRows, hashRow } from '../../types/hash.ts'
import type { SlotSequence } from './sequence.ts'

interface Kept {
  readonly keys: readonly Column[]
  readonly sequence: SlotSequence
}

/** Sequences of large partitions, by partition key. */
export class KeptSequences {
  private readonly byHash = new Map<number, Kept[]>()

  find(keys: readonly Column[], row: number): SlotSequence | null {
    const found = this.byHash.get(hashRow(keys, row))?.find((kept) => equalRows(kept.keys, 0, keys, row))
    return found?.sequence ?? null
  }
  /** null: no longer. */
  keep(keys: readonly Column[], row: number, sequence: SlotSequence | null): void {
    const hash = hashRow(keys, row)
    const others = (this.byHash.get(hash) ?? []).filter((kept) => !equalRows(kept.keys, 0, keys, row))
    if (sequence !== null) {
      const own = keys.map((column) => takeRows(column, Int32Array.of(row), 1))
      others.push({ keys: own, sequence })
    }
    if (others.length > 0) this.byHash.set(hash, others)
    else this.byHash.delete(hash)
  }
  clear(): void {
    this.byHash.clear()
  }
  bytes(): number {
    let bytes = 0
    for (const all of this.byHash.values()) for (const { sequence } of all) bytes += sequence.bytes()
    return bytes
  }
}
