import type { Log } from '../../base/log.ts'
import { runningClock } from '../../base/manual-clock.ts'
import type { Runtime } from '../../base/runtime.ts'
import { SqlError } from '../../base/sql-error.ts'
import type { ConnectorSpec } from '../../catalog/entry.ts'
import type { RowType } from '../../types/sql-type.ts'
import type { ValueArray } from '../../types/value.ts'
import type { PartitionInfo, Positions, ReaderOptions, SourceConnector, SourceReader } from '../contract.ts'
import { withDeadline } from '../deadline.ts'
import { type IngestTask, readHere } from '../ingest.ts'
import { IngestThread } from '../ingest-thread.ts'
import { recordDecoder } from '../record-decoder-build.ts'
import type { Rewrite } from '../resolve.ts'
import type { OpenRegistry } from '../schema-registry/registry.ts'
import { sqlErrorOf } from '../service-error.ts'
import { KafkaError, type KafkaTransport, type TopicMetadata } from './transport.ts'

export type OpenTransport = (brokers: readonly string[], clientId: string) => KafkaTransport

export interface KafkaSourceDeps {
  readonly runtime: Runtime
  readonly log: Log
  /** Read in worker threads: the transport is then made there. */
  readonly threads: boolean
  readonly resolve: readonly Rewrite[]
  readonly openTransport: OpenTransport
  readonly openRegistry: OpenRegistry
}

const DEADLINE_MS = 9_000
const RETRIES = 4
const RETRY_MS = 250

/** A topic as a source. Questions about it go over a connection of their own; each reader has its own too. */
export class KafkaSource implements SourceConnector {
  private readonly task: IngestTask
  private readonly deps: KafkaSourceDeps
  private readonly spec: ConnectorSpec
  private readonly thread: IngestThread | null
  private readonly readers = new Set<SourceReader>()
  private asking: KafkaTransport | null = null

  constructor(spec: ConnectorSpec, rowType: RowType, deps: KafkaSourceDeps) {
    const { options } = spec.transport
    const brokers = String(options['broker']).split(',')
    this.task = {
      spec,
      rowType,
      topic: String(options['topic']),
      brokers: brokers.map((broker) => broker.trim()).filter((broker) => broker !== ''),
      clientId: String(options['client id'] ?? 'millrace'),
      resolve: deps.resolve,
    }
    this.spec = spec
    this.deps = deps
    this.thread = deps.threads ? new IngestThread(this.task, deps.runtime, deps.log) : null
    // Formats and columns that do not go together fail here, at creation, and not in a reader.
    recordDecoder(spec, rowType, null, deps.openRegistry)
  }

  partitions(): Promise<readonly PartitionInfo[]> {
    return this.ask(async (transport) => {
      const topic = await this.topic(transport)
      const all = topic.partitions.map((each) => each.partition)
      const firsts = await transport.listOffsets(topic, all, 'earliest')
      const ends = await transport.listOffsets(topic, all, 'latest')
      return all
        .sort((a, b) => a - b)
        .map((partition) => ({
          partition,
          firstOffset: firsts.get(partition) ?? 0,
          endOffset: ends.get(partition) ?? 0,
        }))
    })
  }

  startPositions(): Promise<Positions> {
    return this.ask(async (transport) => {
      const topic = await this.topic(transport)
      const all = topic.partitions.map((each) => each.partition)
      const { options } = this.spec.transport
      const offsets = options['start offset'] as ValueArray | null | undefined
      const timestampMs = options['start timestamp'] as number | null | undefined
      if (timestampMs !== null && timestampMs !== undefined) {
        const from = timestampMs < 0 ? this.deps.runtime.nowMs() + timestampMs : timestampMs
        return transport.listOffsets(topic, all, { timestampMs: from })
      }
      if (offsets) return this.declaredOffsets(transport, topic, all, offsets)
      return transport.listOffsets(topic, all, options['start mode'] === 'latest' ? 'latest' : 'earliest')
    })
  }

  identity(): Promise<string | null> {
    return this.ask(async (transport) => (await this.topic(transport)).id)
  }

  open(options: ReaderOptions): SourceReader {
    const reader = this.thread === null ? this.openHere(options) : this.thread.open(options)
    const tracked = {
      stop: async () => {
        this.readers.delete(tracked)
        await reader.stop()
      },
    }
    this.readers.add(tracked)
    return tracked
  }

  async close(): Promise<void> {
    await Promise.all([...this.readers].map((reader) => reader.stop()))
    await this.thread?.close()
    await this.asking?.close()
    this.asking = null
  }

  private openHere(options: ReaderOptions): SourceReader {
    const { runtime, log } = this.deps
    return readHere(this.task, options, this.transport(), this.deps.openRegistry, runtime, log)
  }

  private transport(): KafkaTransport {
    return this.deps.openTransport(this.task.brokers, this.task.clientId)
  }

  private async declaredOffsets(
    transport: KafkaTransport,
    topic: TopicMetadata,
    all: readonly number[],
    declared: ValueArray,
  ): Promise<Positions> {
    const firsts = await transport.listOffsets(topic, all, 'earliest')
    const ends = await transport.listOffsets(topic, all, 'latest')
    if (declared.length > all.length) {
      throw badStart(`START OFFSET lists ${declared.length} partitions, topic "${topic.name}" has ${all.length}`)
    }
    const positions = new Map<number, number>()
    for (const partition of all) {
      const offset = (declared[partition] ?? null) as number | null
      const [first, end] = [firsts.get(partition) ?? 0, ends.get(partition) ?? 0]
      if (offset !== null && (offset < first || offset > end)) {
        throw badStart(`START OFFSET ${offset} is not in partition ${partition}, which holds ${first} to ${end}`)
      }
      positions.set(partition, offset ?? first)
    }
    return positions
  }

  /** A topic that was just made may take a moment to appear and to have leaders. */
  private async topic(transport: KafkaTransport): Promise<TopicMetadata> {
    for (let attempt = 1; ; attempt++) {
      const topic = await transport.metadata(this.task.topic)
      if (topic?.partitions.every((each) => each.leader >= 0)) return topic
      if (attempt === RETRIES) {
        const where = `on Kafka broker "${this.task.brokers.join(',')}"`
        if (topic === null) throw new SqlError('42704', `topic "${this.task.topic}" does not exist ${where}`)
        throw new SqlError('58000', `a partition of topic "${this.task.topic}" has no leader ${where}`)
      }
      await new Promise<void>((resolve) => runningClock(this.deps.runtime).setTimer(resolve, RETRY_MS))
    }
  }

  /** The connection may have been closed as idle since the last question. */
  private async twice<T>(question: (transport: KafkaTransport) => Promise<T>): Promise<T> {
    this.asking ??= this.transport()
    try {
      return await question(this.asking)
    } catch (error) {
      if (!(error instanceof KafkaError) || error.kind !== 'connection') throw error
      return question(this.asking)
    }
  }

  private async ask<T>(question: (transport: KafkaTransport) => Promise<T>): Promise<T> {
    const late = () =>
      new KafkaError('connection', '08001', `no answer from Kafka broker "${this.task.brokers.join(',')}" in time`)
    try {
      return await withDeadline(runningClock(this.deps.runtime), this.twice(question), DEADLINE_MS, late)
    } catch (error) {
      throw sqlErrorOf(error)
    }
  }
}

function badStart(message: string): SqlError {
  return new SqlError('22023', message)
}
