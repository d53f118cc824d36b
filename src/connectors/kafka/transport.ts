import { ServiceError } from '../service-error.ts'

/**
 * What reading a topic needs of a Kafka cluster, and nothing more: no groups, no offsets kept by the broker.
 *
 * Laws:
 * - Everything is read committed: end offsets are last stable offsets, a fetch names the aborted transactions.
 * - `fetch` asks one broker for partitions that it leads, each from its offset; it resolves with what came within
 *   `maxWaitMs`, possibly nothing. One fetch at a time per broker: brokers answer a connection's requests in order,
 *   so that a second long poll would wait behind the first.
 * - No call retries or waits by itself; each ends within its time limit with a KafkaError. After a KafkaError of kind
 *   'connection' the next call connects anew.
 */
export interface KafkaTransport {
  /** Null when the topic does not exist. Never creates it. */
  metadata(topic: string): Promise<TopicMetadata | null>
  /** One offset per asked partition. A timestamp past the last record gives the end offset. */
  listOffsets(topic: TopicMetadata, partitions: readonly number[], at: OffsetAt): Promise<Map<number, number>>
  fetch(request: FetchRequest): Promise<readonly FetchedPartition[]>
  close(): Promise<void>
}

/** A timestamp in ms: the first record at or after it. */
export type OffsetAt = 'earliest' | 'latest' | { readonly timestampMs: number }

export interface TopicMetadata {
  readonly name: string
  /** Changes when a topic is made anew under its old name; null where the broker is too old to tell. */
  readonly id: string | null
  readonly partitions: readonly PartitionMetadata[]
}

export interface PartitionMetadata {
  readonly partition: number
  /** Broker that leads it; -1: none at the moment. */
  readonly leader: number
}

export interface FetchRequest {
  readonly topic: TopicMetadata
  readonly leader: number
  readonly partitions: readonly { readonly partition: number; readonly offset: number }[]
  readonly maxWaitMs: number
  readonly maxBytes: number
  readonly maxPartitionBytes: number
}

export interface FetchedPartition {
  readonly partition: number
  readonly error: FetchError | null
  /** First offset that the partition still has, and its last stable offset (-1: unknown because of `error`). */
  readonly logStart: number
  readonly end: number
  readonly aborted: readonly AbortedTransaction[]
  /** Record batches as stored by the broker; the last one may be cut. They may begin before the asked offset. */
  readonly records: Uint8Array
}

export type FetchError =
  /** The offset is below the first or above the last one of the partition. */
  | 'offsetOutOfRange'
  | 'unknownTopic'
  | 'notLeader'
  /** Anything else: try again. */
  | { readonly code: number; readonly name: string }

export interface AbortedTransaction {
  readonly producerId: bigint
  readonly firstOffset: number
}

/** A failure of Kafka. */
export class KafkaError extends ServiceError {
  override readonly name = 'KafkaError'
}
