import { assert } from '../../base/assert.ts'
import { type BatchToWrite, buildBatch } from './record-build.ts'
import type { AbortedTransaction } from './transport.ts'

/** An in-memory Kafka cluster for tests and simulation: stores real record batches, knows transactions, can be hurt. */
export interface FakeRecord {
  readonly key?: string | Uint8Array | null
  readonly value: string | Uint8Array | null
  readonly timestampMs?: number
  readonly headers?: readonly (readonly [string, Uint8Array | null])[]
}

export interface ProduceOptions {
  readonly compression?: BatchToWrite['compression']
  /** A transaction begun by this producer and not ended yet. */
  readonly producerId?: number
  readonly appendTime?: boolean
}

interface StoredBatch {
  readonly first: number
  readonly last: number
  readonly timestampMs: number
  readonly bytes: Uint8Array
}

export interface FakePartition {
  readonly batches: StoredBatch[]
  logStart: number
  next: number
  leader: number
  /** producer → first offset of its open transaction. */
  readonly open: Map<number, number>
  readonly aborted: (AbortedTransaction & { readonly last: number })[]
}

export interface FakeTopic {
  readonly name: string
  readonly id: string
  readonly partitions: FakePartition[]
}

export class FakeCluster {
  readonly topics = new Map<string, FakeTopic>()
  readonly brokers: number
  /** Brokers that answer nothing: connections to them are refused. */
  readonly down = new Set<number>()
  /** Brokers that accept connections and never answer. */
  readonly hung = new Set<number>()
  /** Makes a call fail now and then: set from a seed. */
  fault: (() => 'connection' | null) | null = null
  private created = 0
  private readonly watchers = new Set<() => void>()

  constructor(brokers = 1) {
    this.brokers = brokers
  }

  createTopic(name: string, partitions: number): void {
    assert(!this.topics.has(name), `topic ${name} does not exist yet`)
    const id = (++this.created).toString(16).padStart(32, '0')
    this.topics.set(name, { name, id, partitions: [] })
    this.addPartitions(name, partitions)
  }

  deleteTopic(name: string): void {
    assert(this.topics.delete(name), `topic ${name} exists`)
    this.changed()
  }

  addPartitions(name: string, count: number): void {
    const { partitions } = this.topic(name)
    for (let i = 0; i < count; i++) {
      const leader = partitions.length % this.brokers
      partitions.push({ batches: [], logStart: 0, next: 0, leader, open: new Map(), aborted: [] })
    }
  }

  /** One batch; returns its first offset. */
  produce(name: string, partition: number, records: readonly FakeRecord[], options: ProduceOptions = {}): number {
    const to = this.partition(name, partition)
    const first = to.next
    if (options.producerId !== undefined && !to.open.has(options.producerId)) to.open.set(options.producerId, first)
    this.append(to, {
      records: records.map((record, i) => ({
        offset: first + i,
        timestampMs: record.timestampMs ?? first + i,
        key: bytesOf(record.key ?? null),
        value: bytesOf(record.value),
        headers: record.headers ?? [],
      })),
      compression: options.compression ?? 'none',
      producerId: options.producerId ?? -1,
      transactional: options.producerId !== undefined,
      control: null,
      appendTime: options.appendTime ?? false,
    })
    return first
  }

  endTransaction(name: string, partition: number, producerId: number, outcome: 'commit' | 'abort'): void {
    const to = this.partition(name, partition)
    const firstOffset = to.open.get(producerId)
    assert(firstOffset !== undefined, 'the transaction is open')
    to.open.delete(producerId)
    if (outcome === 'abort') to.aborted.push({ producerId: BigInt(producerId), firstOffset, last: to.next })
    this.append(to, {
      records: [{ offset: to.next, timestampMs: to.next, key: null, value: null, headers: [] }],
      compression: 'none',
      producerId,
      transactional: true,
      control: outcome,
      appendTime: false,
    })
  }

  /** Deletes what lies before the offset, as retention and deleteRecords do. */
  truncate(name: string, partition: number, before: number): void {
    const of = this.partition(name, partition)
    of.logStart = before
    while (of.batches.length > 0 && of.batches[0].last < before) of.batches.shift()
  }

  /** Stores bytes that are no readable batch, keeping offsets in order. */
  corrupt(name: string, partition: number, damage: (batch: Uint8Array) => void): void {
    const { batches } = this.partition(name, partition)
    damage(batches[batches.length - 1].bytes)
  }

  moveLeader(name: string, partition: number, leader: number): void {
    this.partition(name, partition).leader = leader
    this.changed()
  }

  topic(name: string): FakeTopic {
    const topic = this.topics.get(name)
    assert(topic !== undefined, `topic ${name} exists`)
    return topic
  }

  partition(name: string, partition: number): FakePartition {
    return this.topic(name).partitions[partition]
  }

  /** Something happened that a waiting fetch may answer. Returns how to stop listening. */
  onChange(watcher: () => void): () => void {
    this.watchers.add(watcher)
    return () => this.watchers.delete(watcher)
  }

  changed(): void {
    for (const watcher of [...this.watchers]) watcher()
  }

  private append(to: FakePartition, batch: BatchToWrite): void {
    const { records } = batch
    const last = records[records.length - 1].offset
    const timestampMs = Math.max(...records.map((record) => record.timestampMs))
    to.batches.push({ first: records[0].offset, last, timestampMs, bytes: buildBatch(batch) })
    to.next = last + 1
    this.changed()
  }
}

/** Readers of committed records see no further: the first record of the oldest open transaction. */
export function lastStable(partition: FakePartition): number {
  return Math.min(partition.next, ...partition.open.values())
}

function bytesOf(value: string | Uint8Array | null): Uint8Array | null {
  return typeof value === 'string' ? Buffer.from(value) : value
}
