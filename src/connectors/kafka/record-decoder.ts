import { BATCH_ROWS_MAX } from '../../types/batch.ts'
import type { Column } from '../../types/column.ts'
import { nullColumn } from '../../types/column-shape.ts'
import type { RowType, SqlType } from '../../types/sql-type.ts'
import type { DeadLetter, Judged, SourceBatch } from '../contract.ts'
import type { Envelope } from '../envelope/envelope.ts'
import type { MetaColumns } from '../envelope/meta-columns.ts'
import type { Wait } from '../format/format.ts'
import { bytesAt, RowRecords } from './record-bytes.ts'
import type { RecordWalk } from './record-walk.ts'
import { KafkaError } from './transport.ts'

/** Which column of the source each column of the payloads fills. */
export interface Placement {
  readonly value: readonly number[]
  readonly key: readonly number[]
}

/** Records → column batches of one source: at most BATCH_ROWS_MAX records looked at per batch. */
export class RecordDecoder {
  private readonly rowType: RowType
  private readonly types: readonly SqlType[]
  private readonly envelope: Envelope
  private readonly meta: MetaColumns
  private readonly place: Placement
  /** Column numbers that nobody reads: validity is still judged over them, but they come as NULLs. */
  private readonly pruned: readonly number[]
  private readonly records: RowRecords
  private offsets = new Float64Array(64)

  constructor(
    rowType: RowType,
    envelope: Envelope,
    meta: MetaColumns,
    place: Placement,
    columns: readonly number[] | null,
    judged: Judged,
  ) {
    this.records = new RowRecords(judged)
    this.rowType = rowType
    this.types = rowType.map((f) => f.type)
    this.envelope = envelope
    this.meta = meta
    this.place = place
    this.pruned = columns === null ? [] : rowType.map((_, c) => c).filter((c) => !columns.includes(c))
  }

  /**
   * The next batch of a walk, up to the offset `until`; null when there is nothing more to look at; what has to be waited
   * for when the next record cannot be read before.
   */
  decode(partition: number, walk: RecordWalk, until: number): SourceBatch | Wait | null {
    const first = walk.position
    if (first >= until) return null
    const deadLetters: DeadLetter[] = []
    let next = -1
    let n = 0
    // A record may make two rows.
    for (let looked = 0; looked < BATCH_ROWS_MAX && n < BATCH_ROWS_MAX - 1; looked++) {
      const step = walk.next()
      if (step === 'end') break
      if (step === 'refused') {
        if (looked > 0) break
        throw new KafkaError('refused', '0A000', `partition ${partition}, offset ${walk.offset}: ${walk.reason}`)
      }
      if (walk.offset >= until) {
        next = until
        break
      }
      const outcome = step === 'unreadable' ? walk.reason : this.envelope.append(walk)
      if (typeof outcome === 'string')
        deadLetters.push({ partition, offset: walk.offset, reason: outcome, ...bytesAt(walk) })
      else if (typeof outcome === 'object') {
        walk.again()
        if (looked === 0) return outcome
        break
      } else {
        for (let row = 0; row < outcome; row++) {
          this.meta.append(walk, partition)
          this.records.add(walk)
          if (n === this.offsets.length) this.growOffsets()
          this.offsets[n++] = walk.offset
        }
      }
    }
    if (next < 0) next = Math.min(until, walk.position)
    return next === first ? null : this.finish(partition, first, next, n, deadLetters)
  }

  private finish(partition: number, first: number, next: number, n: number, deadLetters: DeadLetter[]): SourceBatch {
    const { value, key, deletes, more } = this.envelope.finish(n)
    const cols = new Array<Column>(this.rowType.length)
    for (let i = 0; i < value.length; i++) cols[this.place.value[i]] = value[i]
    for (let i = 0; i < key.length; i++) cols[this.place.key[i]] = key[i]
    this.meta.finishInto(cols)
    for (const c of this.pruned) cols[c] = nullColumn(this.rowType[c].type, n)
    if (more !== undefined) cols.push(...more)
    const rows = { n, diffs: new Int32Array(n).fill(1), cols }
    const offsets = this.offsets.slice(0, n)
    const records = this.records.finish(cols, this.types, offsets)
    return { partition, first, next, rows, deletes, offsets, deadLetters, ...(records && { records }) }
  }

  private growOffsets(): void {
    const bigger = new Float64Array(this.offsets.length * 2)
    bigger.set(this.offsets)
    this.offsets = bigger
  }
}
