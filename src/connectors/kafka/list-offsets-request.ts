import { errorName } from './fetch-request.ts'
import { KafkaError, type OffsetAt } from './transport.ts'
import { WireReader, WireWriter } from './wire-bytes.ts'

/** ListOffsets, version 2: earliest, latest (last stable) or by timestamp, of the partitions that one broker leads. */
export const LIST_OFFSETS_KEY = 2
export const LIST_OFFSETS_VERSION = 2

const READ_COMMITTED = 1

export function encodeListOffsets(topic: string, partitions: readonly number[], at: OffsetAt): Buffer {
  const timestamp = at === 'earliest' ? -2 : at === 'latest' ? -1 : at.timestampMs
  const out = new WireWriter().int32(-1).int8(READ_COMMITTED).int32(1).string(false, topic).int32(partitions.length)
  for (const partition of partitions) out.int32(partition).int64(timestamp)
  return out.finish()
}

/** Offset -1: no record at or after the timestamp. */
export function decodeListOffsets(payload: Uint8Array): { partition: number; offset: number }[] {
  const reader = new WireReader(payload)
  reader.int32()
  const topics = reader.array(false, () => {
    reader.string(false)
    return reader.array(false, () => {
      const partition = reader.int32()
      const error = reader.int16()
      reader.int64()
      const offset = reader.offset()
      if (error !== 0) throw new KafkaError('retry', '58000', `offsets of partition ${partition}: ${errorName(error)}`)
      return { partition, offset }
    })
  })
  return topics.flat()
}
