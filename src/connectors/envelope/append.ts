import { type PayloadDecoder, type Refusal, refusalOf } from '../format/format.ts'
import type { RecordWalk } from '../kafka/record-walk.ts'
import type { Envelope } from './envelope.ts'

/** ENVELOPE NONE: every record is one more row. */
export class AppendEnvelope implements Envelope {
  private readonly value: PayloadDecoder
  private readonly key: PayloadDecoder | null
  private rows = 0

  constructor(value: PayloadDecoder, key: PayloadDecoder | null) {
    this.value = value
    this.key = key
  }

  append(record: RecordWalk): number | Refusal {
    const refusal =
      record.valueLength < 0
        ? this.value.decodeNull()
        : this.value.decode(record.bytes, record.valueStart, record.valueLength)
    if (refusal !== null) return refusal
    if (this.key !== null) {
      const ofKey =
        record.keyLength < 0 ? this.key.decodeNull() : this.key.decode(record.bytes, record.keyStart, record.keyLength)
      if (ofKey !== null) {
        this.value.truncate(this.rows)
        return refusalOf('key', ofKey)
      }
    }
    this.rows++
    return 1
  }

  finish() {
    this.rows = 0
    return { value: this.value.finish(), key: this.key === null ? [] : this.key.finish(), deletes: null }
  }
}
