import type { PayloadDecoder } from '../format/format.ts'
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

  append(record: RecordWalk): string | null {
    if (record.keyLength < 0) return 'the record has no key, which ENVELOPE UPSERT needs'
    const keyReason = this.key.decode(record.bytes, record.keyStart, record.keyLength)
    if (keyReason !== null) return `key: ${keyReason}`
    if (record.valueLength < 0) {
      this.value.skip()
      this.deletes.push(this.rows)
    } else {
      const reason = this.value.decode(record.bytes, record.valueStart, record.valueLength)
      if (reason !== null) {
        this.key.truncate(this.rows)
        return reason
      }
    }
    this.rows++
    return null
  }

  finish(n: number) {
    const deletes = new Uint8Array(n)
    for (const row of this.deletes) deletes[row] = 1
    this.deletes = []
    this.rows = 0
    return { value: this.value.finish(), key: this.key.finish(), deletes }
  }
}
