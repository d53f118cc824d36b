import { errorName } from './fetch-request.ts'
import { KafkaError, type TopicMetadata } from './transport.ts'
import { WireReader, WireWriter } from './wire-bytes.ts'

/** Metadata of one topic: version 10 (with the topic's id) or 5 for brokers before Kafka 2.8. */
export const METADATA_KEY = 3
export const METADATA_WITH_ID = 10
export const METADATA_PLAIN = 5

export interface BrokerAddress {
  readonly id: number
  readonly host: string
  readonly port: number
}

export interface ClusterMetadata {
  readonly brokers: readonly BrokerAddress[]
  readonly topic: TopicMetadata | null
}

const ZERO_ID = '0'.repeat(32)

export function encodeMetadata(topic: string, version: number): Buffer {
  const flexible = version === METADATA_WITH_ID
  const out = new WireWriter().tags(flexible).arrayLength(flexible, 1)
  if (flexible) out.uuid(ZERO_ID)
  out.string(flexible, topic).tags(flexible).int8(0)
  if (flexible) out.int8(0).int8(0).tags(true)
  return out.finish()
}

export function decodeMetadata(payload: Uint8Array, version: number): ClusterMetadata {
  const flexible = version === METADATA_WITH_ID
  const reader = new WireReader(payload)
  reader.tags(flexible)
  reader.int32()
  const brokers = reader.array(flexible, () => {
    const broker = { id: reader.int32(), host: reader.string(flexible) ?? '', port: reader.int32() }
    reader.string(flexible)
    reader.tags(flexible)
    return broker
  })
  reader.string(flexible)
  reader.int32()
  const topics = reader.array(flexible, () => {
    const error = reader.int16()
    const name = reader.string(flexible) ?? ''
    const id = flexible ? reader.uuid() : null
    reader.int8()
    const partitions = reader.array(flexible, () => decodePartition(reader, flexible))
    if (flexible) reader.int32()
    reader.tags(flexible)
    return { error, topic: { name, id, partitions } }
  })
  const found = topics[0]
  if (found === undefined || found.error === 3) return { brokers, topic: null }
  if (found.error !== 0 && found.error !== 5) {
    const sqlstate = found.error === 29 ? '42501' : found.error === 17 ? '42602' : '58000'
    const kind = sqlstate === '58000' ? 'retry' : 'refused'
    throw new KafkaError(kind, sqlstate, `topic "${found.topic.name}": ${errorName(found.error)}`)
  }
  return { brokers, topic: found.topic }
}

function decodePartition(reader: WireReader, flexible: boolean) {
  reader.int16()
  const partition = reader.int32()
  const leader = reader.int32()
  if (flexible) reader.int32()
  for (let list = 0; list < 3; list++) reader.array(flexible, () => reader.int32())
  reader.tags(flexible)
  return { partition, leader }
}
