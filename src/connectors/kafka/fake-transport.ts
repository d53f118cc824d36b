import type { Runtime } from '../../base/runtime.ts'
import { type FakeCluster, type FakePartition, type FakeTopic, lastStable } from './fake-cluster.ts'
import {
  type FetchedPartition,
  type FetchRequest,
  KafkaError,
  type KafkaTransport,
  type OffsetAt,
  type TopicMetadata,
} from './transport.ts'

/** KafkaTransport to a FakeCluster. Every call passes through the cluster's faults. */
export class FakeTransport implements KafkaTransport {
  private readonly cluster: FakeCluster
  private readonly runtime: Runtime
  private readonly abort = new Set<() => void>()
  private closed = false

  constructor(cluster: FakeCluster, runtime: Runtime) {
    this.cluster = cluster
    this.runtime = runtime
  }

  async metadata(name: string): Promise<TopicMetadata | null> {
    const up = Array.from({ length: this.cluster.brokers }, (_, broker) => broker).find(
      (broker) => !this.cluster.down.has(broker) && !this.cluster.hung.has(broker),
    )
    await this.call(up ?? 0)
    const topic = this.cluster.topics.get(name)
    if (topic === undefined) return null
    const partitions = topic.partitions.map(({ leader }, partition) => ({ partition, leader }))
    return { name, id: topic.id, partitions }
  }

  async listOffsets(topic: TopicMetadata, partitions: readonly number[], at: OffsetAt): Promise<Map<number, number>> {
    const offsets = new Map<number, number>()
    for (const partition of partitions) {
      const of = this.cluster.topics.get(topic.name)?.partitions[partition]
      if (of === undefined) throw new KafkaError('retry', '58000', `offsets of partition ${partition}: unknown topic`)
      await this.call(of.leader)
      offsets.set(partition, offsetAt(of, at))
    }
    return offsets
  }

  async fetch(request: FetchRequest): Promise<readonly FetchedPartition[]> {
    await this.call(request.leader)
    const deadlineMs = this.runtime.monotonicMs() + request.maxWaitMs
    for (;;) {
      const parts = this.read(request)
      const leftMs = deadlineMs - this.runtime.monotonicMs()
      if (leftMs <= 0 || parts.some((part) => part.error !== null || part.records.length > 0)) return parts
      await this.change(leftMs)
      this.check(request.leader)
    }
  }

  async close(): Promise<void> {
    this.closed = true
    for (const abort of [...this.abort]) abort()
  }

  private read(request: FetchRequest): FetchedPartition[] {
    const topic = this.cluster.topics.get(request.topic.name)
    let room = request.maxBytes
    return request.partitions.map(({ partition, offset }) => {
      const part = readPartition(topic, request, partition, offset, Math.min(room, request.maxPartitionBytes))
      room -= part.records.length
      return part
    })
  }

  private async call(broker: number): Promise<void> {
    await this.runtime.yieldToIo()
    this.check(broker)
    while (this.cluster.hung.has(broker)) {
      await this.change(5_000)
      if (this.cluster.hung.has(broker)) throw connectionLost(broker, 'no answer within the time limit')
    }
    if (this.cluster.fault?.() === 'connection') throw connectionLost(broker, 'connection reset by the broker')
  }

  private check(broker: number): void {
    if (this.closed) throw connectionLost(broker, 'the connection is closed')
    if (this.cluster.down.has(broker)) throw connectionLost(broker, 'connection refused')
  }

  private change(maxMs: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        cancel()
        ignore()
        this.abort.delete(end)
        resolve()
      }
      const cancel = this.runtime.setTimer(end, maxMs)
      const ignore = this.cluster.onChange(end)
      this.abort.add(end)
    })
  }
}

function connectionLost(broker: number, reason: string): KafkaError {
  return new KafkaError('connection', '08001', `could not connect to Kafka broker "fake-${broker}:9092": ${reason}`)
}

function offsetAt(partition: FakePartition, at: OffsetAt): number {
  if (at === 'earliest') return partition.logStart
  if (at === 'latest') return lastStable(partition)
  const batch = partition.batches.find((each) => each.timestampMs >= at.timestampMs)
  return batch === undefined ? lastStable(partition) : Math.max(batch.first, partition.logStart)
}

function readPartition(
  topic: FakeTopic | undefined,
  request: FetchRequest,
  partition: number,
  offset: number,
  bytesMax: number,
): FetchedPartition {
  const none = { partition, logStart: -1, end: -1, aborted: [], records: new Uint8Array(0) }
  const of = topic?.partitions[partition]
  if (of === undefined || topic?.id !== request.topic.id) return { ...none, error: 'unknownTopic' }
  if (of.leader !== request.leader) return { ...none, error: 'notLeader' }
  if (offset < of.logStart || offset > of.next) return { ...none, error: 'offsetOutOfRange' }
  const end = lastStable(of)
  const batches = of.batches.filter((batch) => batch.last >= offset && batch.last < end)
  const sent: Uint8Array[] = []
  let bytes = 0
  for (const batch of batches) {
    if (sent.length > 0 && bytes + batch.bytes.length > bytesMax) {
      // As brokers do: the answer ends in the middle of a batch.
      sent.push(batch.bytes.subarray(0, Math.max(0, bytesMax - bytes)))
      break
    }
    sent.push(batch.bytes)
    bytes += batch.bytes.length
  }
  const aborted = of.aborted.filter((each) => each.last >= offset)
  aborted.sort((a, b) => a.firstOffset - b.firstOffset)
  return { partition, error: null, logStart: of.logStart, end, aborted, records: Buffer.concat(sent) }
}
