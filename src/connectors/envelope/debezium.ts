import type { Column } from '../../types/column.ts'
import { F64Builder, StrBuilder } from '../../types/column-build.ts'
import type { Change, ChangeDecoder, Opened } from '../format/change.ts'
import { type Refusal, refusalOf } from '../format/format.ts'
import type { RecordWalk } from '../kafka/record-walk.ts'
import type { Envelope } from './envelope.ts'

/** Marks of rows, as `deletes` has them. */
const PUT = 0
const DELETE = 1
const TRUNCATE = 2

/**
 * ENVELOPE DEBEZIUM: a change is the newest row of its key, or the deletion of one. Nothing is remembered here: the key's row
 * is kept by ChangesInput, which gets three more columns: where in the database each change was made (with `*` before it when
 * a snapshot begins anew; NULL for a tombstone, which says nothing), the columns whose values were not sent, the offset.
 */
export class DebeziumEnvelope implements Envelope {
  private readonly changes: ChangeDecoder
  private readonly columns: readonly number[]
  private readonly positions = new StrBuilder(64)
  private readonly kept = new StrBuilder(64)
  private readonly offsets = new F64Builder(64)
  private marks: number[] = []
  private offset = 0

  /** `columns`: numbers that the row's columns have in the source. */
  constructor(changes: ChangeDecoder, columns: readonly number[]) {
    this.changes = changes
    this.columns = columns
  }

  append(record: RecordWalk): number | Refusal {
    this.offset = record.offset
    if (record.valueLength < 0) return this.tombstone(record)
    const opened: Opened = this.changes.open(record.bytes, record.valueStart, record.valueLength)
    if (opened === 'nothing') return 0
    if (opened === 'tombstone') return this.tombstone(record)
    if ('refusal' in opened) return opened.refusal
    switch (opened.op) {
      case 'c':
      case 'r':
      case 'u':
        return this.put(opened)
      case 'd':
        return this.remove(opened, record)
      case 't':
        this.changes.skip()
        return this.mark(TRUNCATE, opened, null)
      case 'm':
        return 0
      default:
        return `"${opened.op}" is no operation of Debezium`
    }
  }

  private put(change: Change): number | Refusal {
    if (!change.hasAfter) return `operation "${change.op}" without the row after it`
    const rows = this.marks.length
    const reason = this.changes.after()
    if (reason !== null) return reason
    const { kept } = this.changes
    // A row that was not sent whole is the row of its key, changed: what was before has the same key.
    if (!change.hasBefore || kept.length > 0)
      return this.mark(PUT, change, kept.length === 0 ? null : kept.map((c) => this.columns[c]).join(','))
    this.changes.truncate(rows)
    const ofBefore = this.changes.before()
    if (ofBefore !== null) return refusalOf('before', ofBefore)
    const again = this.changes.after()
    if (again !== null) {
      this.changes.truncate(rows)
      return again
    }
    return this.mark(DELETE, change, null) + this.mark(PUT, change, null)
  }

  private remove(change: Change, record: RecordWalk): number | Refusal {
    if (change.hasBefore) {
      const reason = this.changes.before()
      return reason === null ? this.mark(DELETE, change, null) : refusalOf('before', reason)
    }
    if (record.keyLength < 0) return 'a deletion with neither the row before it nor a key'
    const ofKey = this.changes.key(record.bytes, record.keyStart, record.keyLength)
    return ofKey === null ? this.mark(DELETE, change, null) : refusalOf('key', ofKey)
  }

  /** Follows every deletion; alone only where the topic was compacted. */
  private tombstone(record: RecordWalk): number | Refusal {
    if (record.keyLength < 0) return 'the record has neither a key nor a value'
    const ofKey = this.changes.key(record.bytes, record.keyStart, record.keyLength)
    return ofKey === null ? this.mark(DELETE, null, null) : refusalOf('key', ofKey)
  }

  private mark(mark: number, change: Change | null, kept: string | null): 1 {
    this.marks.push(mark)
    const position = change?.position ?? null
    this.positions.append(position === null || change === null ? null : change.snapshot ? `*${position}` : position)
    this.kept.append(kept)
    this.offsets.appendNumber(this.offset)
    return 1
  }

  finish(n: number) {
    const deletes = Uint8Array.from(this.marks)
    this.marks = []
    const more: Column[] = [this.positions.finish(), this.kept.finish(), this.offsets.finish()]
    return { value: this.changes.finish(), key: [], deletes: n === 0 ? new Uint8Array(0) : deletes, more }
  }
}
