import { assert } from '../base/assert.ts'
import type { Batch } from '../types/batch.ts'
import { buildColumn } from '../types/column-build.ts'
import { hashRow } from '../types/hash.ts'
import type { Row } from '../types/value.ts'
import type { ArrangementIndex } from './arrangement-index.ts'
import { batchesOf } from './batches-of.ts'
import type { ChunkedI32 } from './chunked.ts'
import type { ArrangementPin } from './contract.ts'
import { KeyMatcher } from './key-matcher.ts'
import type { RowStore } from './row-store.ts'
import type { Undo } from './undo-log.ts'

/** Current state minus the undo log. Batches may be taken one by one while ticks go on. */
export class PinnedArrangement implements ArrangementPin {
  private readonly store: RowStore
  private readonly counts: ChunkedI32
  private readonly index: ArrangementIndex
  private readonly key: readonly number[]
  private readonly matcher: KeyMatcher
  private readonly undo: Undo
  private readonly end: () => void
  private released = false

  constructor(
    store: RowStore,
    counts: ChunkedI32,
    index: ArrangementIndex,
    key: readonly number[],
    undo: Undo,
    end: () => void,
  ) {
    this.store = store
    this.counts = counts
    this.index = index
    this.key = key
    this.matcher = new KeyMatcher(key.map((c) => store.columns[c]))
    this.undo = undo
    this.end = end
  }
  *scan(): Generator<Batch> {
    yield* batchesOf(this.store, this.slots(), (slot) => this.diff(slot))
  }
  lookup(key: Row): { readonly row: Row; readonly diff: number }[] {
    const cols = this.key.map((c, i) => buildColumn(this.store.types[c], [key[i]]))
    const hash = hashRow(cols, 0) | 0
    const out: { row: Row; diff: number }[] = []
    const add = (slot: number) => {
      const diff = this.diff(slot)
      if (diff !== 0) out.push({ row: this.store.row(slot), diff })
    }
    const head = this.index.head(hash, cols, 0)
    if (head >= 0) {
      const matches = { n: 0, probe: new Int32Array(16), slot: new Int32Array(16) }
      this.index.collect(head, 0, matches)
      for (let k = 0; k < matches.n; k++) add(matches.slot[k])
    }
    for (const slot of this.undo.removed.get(hash) ?? []) if (this.matcher.matches(slot, cols, 0)) add(slot)
    return out
  }
  release(): void {
    if (this.released) return
    this.released = true
    this.end()
  }
  private diff(slot: number): number {
    assert(!this.released, 'a released pin is not read')
    return this.undo.diff(slot, this.counts.get(slot))
  }
  private *slots(): Generator<number> {
    for (let slot = 0; slot < this.undo.high; slot++) yield slot
  }
}
