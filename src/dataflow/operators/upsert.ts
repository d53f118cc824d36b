import { keyEncoder } from '../../codec/key.ts'
import type { Arrangement, Matches, StateFactory, StateStructure } from '../../state/contract.ts'
import type { Batch } from '../../types/batch.ts'
import { concatBatches, takeBatch } from '../../types/batch-build.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { OperatorBase, type OperatorIdentity } from '../operator.ts'

/**
 * Upsert envelope: turns records (newest value of a key, or its deletion) into inserts and retracts.
 * State: the current row of each key. Cost per record: O(1). Within one tick only the last record of a key counts.
 * Retraction: inputs are records and never retract; what it emits does.
 */
export class UpsertInput extends OperatorBase {
  readonly name: string = 'upsert'
  readonly rows: Arrangement
  protected readonly key: readonly number[]
  /** The key of a row, as a text. */
  protected readonly encode: (batch: Batch, i: number) => string
  readonly #matches: Matches = { n: 0, probe: new Int32Array(16), slot: new Int32Array(16) }

  constructor(
    identity: OperatorIdentity & { readonly stateId: string },
    types: readonly SqlType[],
    key: readonly number[],
    states: StateFactory,
  ) {
    super(identity, [], types)
    this.key = key
    this.rows = states.arrangement({ id: `${identity.stateId}/rows`, types, key })
    const encoder = keyEncoder(key.map((c) => ({ type: types[c]! })))
    this.encode = (batch, i) =>
      Buffer.from(
        encoder.encodeAt(
          key.map((c) => batch.cols[c]!),
          i,
        ),
      ).toString('latin1')
  }

  /** Records in order; `deletes[i]` = 1 deletes the key of row i. Emits the changes at once: call it when the tick runs. */
  push(records: Batch, deletes: Uint8Array | null): void {
    if (records.n === 0) return
    const last = this.#lastOfEachKey(records)
    const current = takeBatch(records, last, last.length)
    this.rows.probe(
      this.key.map((c) => current.cols[c]!),
      current.n,
      this.#matches,
    )
    const retracted = this.#matches.n
    const out: Batch[] = []
    if (retracted > 0) {
      const slots = this.#matches.slot.subarray(0, retracted)
      const cols = this.rows.gather(
        this.rows.types.map((_, c) => c),
        slots,
        retracted,
      )
      out.push({ n: retracted, diffs: new Int32Array(retracted).fill(-1), cols })
    }
    const inserted = deletes === null ? last : last.filter((i) => deletes[i] === 0)
    if (inserted.length > 0) {
      const rows = takeBatch(records, inserted, inserted.length)
      out.push({ n: rows.n, diffs: new Int32Array(rows.n).fill(1), cols: rows.cols })
    }
    if (out.length === 0) return
    const delta = concatBatches(out)
    this.rows.apply(delta)
    this.output.pushRows(delta)
  }

  step(): void {}

  override state(): readonly StateStructure[] {
    return [this.rows]
  }

  #lastOfEachKey(records: Batch): Int32Array {
    const last = new Map<string, number>()
    for (let i = 0; i < records.n; i++) last.set(this.encode(records, i), i)
    return Int32Array.from(last.values()).sort()
  }
}
