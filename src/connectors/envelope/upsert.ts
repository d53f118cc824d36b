import { type PayloadDecoder, type Refusal, refusalOf } from '../format/format.ts'
import type { RecordWalk } from '../kafka/record-walk.ts'
import type { Envelope } from './envelope.ts'

/** ENVELOPE UPSERT: the record is the newest row of its key; a record without value deletes the key. */
export class UpsertEnvelope implements Envelope {
  private readonly value: PayloadDecoder
  private readonly key: PayloadDecoder
  private deletes: number[] = []
  private rows = 0

  constructor(value: PayloadDecoder, key: PayloadDecoder) {
    this.value = value
    this.key = key
  }

  append(record: RecordWalk): number | Refusal {
    if (record.keyLength < 0) return 'the record has no key, which ENVELOPE UPSERT needs'
    const ofKey = this.key.decode(record.bytes, record.keyStart, record.keyLength)
    if (ofKey !== null) return refusalOf('key', ofKey)
    if (record.valueLength < 0) {
      this.value.skip()
      this.deletes.push(this.rows)
    } else {
      const refusal = this.value.decode(record.bytes, record.valueStart, record.valueLength)
      if (refusal !== null) {
        this.key.truncate(this.rows)
        return refusal
      }
    }
    this.rows++
    return 1
  }

  finish(n: number) {
    const deletes = new Uint8Array(n)
    for (const row of this.deletes) deletes[row] = 1
    this.deletes = []
    this.rows = 0
    return { value: this.value.finish(), key: this.key.finish(), deletes }
  }
}
