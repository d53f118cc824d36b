import type { Log } from '../../base/log.ts'
import type { Runtime } from '../../base/runtime.ts'
import { SqlError } from '../../base/sql-error.ts'
import type { Positions, ReaderOptions, SourceReader } from '../contract.ts'
import { Credits } from '../credits.ts'
import { Pauses } from '../pauses.ts'
import { ServiceError } from '../service-error.ts'
import type { RecordDecoder } from './record-decoder.ts'
import { offsetAfter, RecordWalk } from './record-walk.ts'
import { StatusReport } from './status-report.ts'
import { deleted, MISSING_MAX, outOfRange, recreated, TopicLost } from './topic-state.ts'
import { type FetchedPartition, KafkaError, type KafkaTransport, type TopicMetadata } from './transport.ts'

export interface KafkaReaderOptions extends ReaderOptions {
  readonly topic: string
  readonly transport: KafkaTransport
  readonly decoder: RecordDecoder
  readonly runtime: Runtime
  readonly log: Log
}

const FETCH_WAIT_MS = 500
const FETCH_BYTES_MAX = 8 * 1024 * 1024
const PARTITION_BYTES_MAX = 2 * 1024 * 1024
/** New partitions and a topic made anew are found within this time. */
const METADATA_MS = 1_000
const BACKOFF_MS = 100
const BACKOFF_MS_MAX = 3_000

type Fetched = { readonly parts: readonly FetchedPartition[] } | { readonly error: unknown }

/**
 * Reads the partitions of a topic, from given offsets, in one loop per broker that leads some of them; the next fetch
 * is under way while the last one is decoded and delivered. A failed loop ends; the control loop backs off, asks for
 * the metadata anew and starts loops for the leaders it finds.
 */
export class KafkaReader implements SourceReader {
  private readonly o: KafkaReaderOptions
  private readonly credits = new Credits(() => this.pauses.wake())
  private readonly pauses: Pauses
  private readonly status: StatusReport
  private readonly until: Positions | null
  /** Offset after the last record delivered or being decoded, by partition. */
  private readonly positions: Map<number, number>
  private readonly leaders = new Map<number, Promise<void>>()
  /** Leaders that answered since their loop began. */
  private readonly healthy = new Set<number>()
  /** Loops of an older plan end: a partition is never read by two loops. */
  private plan = 0
  private topic: TopicMetadata | null = null
  private identity: string | null
  private stopped = false
  private failure: unknown = null
  private failures = 0
  private missing = 0
  private readonly done: Promise<void>

  constructor(options: KafkaReaderOptions) {
    this.o = options
    this.pauses = new Pauses(options.runtime)
    this.status = new StatusReport(options.runtime, options.onStatus)
    this.until = options.until ?? null
    this.identity = options.identity ?? null
    this.positions = new Map(options.from)
    this.done = this.control()
  }

  async stop(): Promise<void> {
    this.halt()
    await this.o.transport.close()
    await this.done
  }

  private halt(): void {
    this.stopped = true
    this.credits.close()
    this.pauses.wake()
  }

  private async control(): Promise<void> {
    try {
      await this.steer()
    } catch (error) {
      if (!this.stopped) this.fail(error)
    }
    this.halt()
    await Promise.all(this.leaders.values())
    await this.o.transport.close()
  }

  private async steer(): Promise<void> {
    if (await this.ended()) return
    while (!this.stopped) {
      try {
        await this.refresh()
        await this.pauses.pause(METADATA_MS)
      } catch (error) {
        if (this.stopped) return
        this.failure = error
      }
      if (this.stopped) return
      this.credits.throwIfFailed()
      if (await this.ended()) return
      if (this.failure !== null) await this.backOff()
    }
  }

  /** Every failure: terminal, or a stall that passes. */
  private async backOff(): Promise<void> {
    const error = this.failure
    this.failure = null
    if (isTerminal(error)) throw error
    this.status.stalled(messageOf(error))
    const delay = Math.min(BACKOFF_MS_MAX, BACKOFF_MS * 2 ** Math.min(10, this.failures++))
    await this.pauses.pause(delay * (0.75 + this.o.runtime.random() / 2))
  }

  private async refresh(): Promise<void> {
    const topic = await this.o.transport.metadata(this.o.topic)
    if (topic === null) {
      if (++this.missing >= MISSING_MAX) throw deleted(this.o.topic)
      throw new KafkaError('retry', '58000', `topic "${this.o.topic}" is not known to the broker`)
    }
    this.missing = 0
    this.identity ??= topic.id
    if (topic.id !== null && topic.id !== this.identity) throw recreated(this.o.topic)
    for (const partition of this.positions.keys()) {
      if (!topic.partitions.some((each) => each.partition === partition)) throw recreated(this.o.topic)
    }
    await this.addPartitions(topic)
    if (this.topic !== null && leadersMoved(this.topic, topic)) {
      this.plan++
      await Promise.all(this.leaders.values())
    }
    this.topic = topic
    for (const { leader, partition } of topic.partitions) {
      if (leader < 0 && !this.isDone(partition)) this.status.stalled(`partition ${partition} has no leader`)
      if (leader < 0 || this.leaders.has(leader) || this.isDone(partition)) continue
      this.leaders.set(leader, this.lead(leader))
    }
  }

  private async addPartitions(topic: TopicMetadata): Promise<void> {
    const added = topic.partitions
      .map((each) => each.partition)
      .filter((partition) => !this.positions.has(partition) && this.untilOf(partition) >= 0)
    if (added.length === 0) return
    const firsts = await this.o.transport.listOffsets(topic, added, 'earliest')
    const ends = await this.o.transport.listOffsets(topic, added, 'latest')
    for (const partition of added) {
      const firstOffset = firsts.get(partition)
      if (firstOffset === undefined) throw new KafkaError('retry', '58000', `partition ${partition} has no leader yet`)
      this.o.onPartition?.({ partition, firstOffset, endOffset: ends.get(partition) ?? firstOffset })
      this.positions.set(partition, firstOffset)
    }
  }

  /** The loop of one broker; ends by itself when it leads nothing, at a failure, and at the end of a bounded read. */
  private async lead(leader: number): Promise<void> {
    const plan = this.plan
    try {
      let ahead: Promise<Fetched> | null = null
      while (!this.stopped && this.plan === plan) {
        const fetched = await (ahead ?? this.fetch(leader, new Map()))
        if (fetched === null || this.stopped) break
        if ('error' in fetched) throw fetched.error
        ahead = this.fetch(leader, this.offsetsAfter(fetched.parts))
        for (const part of fetched.parts) await this.take(part)
        this.isHealthy(leader)
        if (this.isEveryDone()) break
      }
    } catch (error) {
      this.failure ??= error
    } finally {
      this.leaders.delete(leader)
      this.healthy.delete(leader)
      this.pauses.wake()
    }
  }

  private isHealthy(leader: number): void {
    this.healthy.add(leader)
    const all = this.topic!.partitions.every((each) => this.healthy.has(each.leader) || this.isDone(each.partition))
    if (!all) return
    this.failures = 0
    this.status.running()
  }

  private offsetsAfter(parts: readonly FetchedPartition[]): Map<number, number> {
    const next = new Map<number, number>()
    for (const { partition, records } of parts) {
      if (records.length > 0) next.set(partition, offsetAfter(records, this.positions.get(partition) ?? 0))
    }
    return next
  }

  /** Never rejects: it may fail while nobody waits for it. Null: this broker leads nothing that is still to be read. */
  private fetch(leader: number, ahead: ReadonlyMap<number, number>): Promise<Fetched> | null {
    const topic = this.topic!
    const partitions = topic.partitions
      .filter((each) => each.leader === leader && !this.isDone(each.partition))
      .map(({ partition }) => ({ partition, offset: ahead.get(partition) ?? this.positions.get(partition)! }))
      .filter(({ partition, offset }) => offset < this.untilOf(partition))
    if (partitions.length === 0) return null
    return this.o.transport
      .fetch({
        topic,
        leader,
        partitions,
        maxWaitMs: FETCH_WAIT_MS,
        maxBytes: FETCH_BYTES_MAX,
        maxPartitionBytes: PARTITION_BYTES_MAX,
      })
      .then(
        (parts) => ({ parts }),
        (error) => ({ error }),
      )
  }

  private async take(part: FetchedPartition): Promise<void> {
    const { partition, error } = part
    const position = this.positions.get(partition)
    if (position === undefined) return
    if (error === 'offsetOutOfRange') {
      const lost = await outOfRange(this.o.transport, this.topic!, partition, position)
      if (lost !== null) throw lost
    }
    if (error !== null) throw new KafkaError('retry', '58000', `partition ${partition}: ${fetchErrorText(error)}`)
    this.status.end(partition, part.end)
    const walk = new RecordWalk(part.records, position, part.aborted)
    while (!this.stopped) {
      const batch = this.o.decoder.decode(partition, walk, this.untilOf(partition))
      if (batch === null) return
      if ('ready' in batch) {
        await batch.ready()
        continue
      }
      this.positions.set(partition, batch.next)
      await this.credits.spend(() => this.o.onBatch(batch))
    }
  }

  private untilOf(partition: number): number {
    return this.until === null ? Infinity : (this.until.get(partition) ?? -1)
  }

  private isDone(partition: number): boolean {
    if (this.until === null) return false
    const bound = this.untilOf(partition)
    const position = this.positions.get(partition)
    return bound < 0 || (position !== undefined && position >= bound)
  }

  private isEveryDone(): boolean {
    return this.until !== null && [...this.until.keys()].every((partition) => this.isDone(partition))
  }

  /** A bounded read that reached its bounds says so once everything was taken in. */
  private async ended(): Promise<boolean> {
    if (!this.isEveryDone()) return false
    await this.credits.drained()
    if (!this.stopped) this.o.onEnd?.()
    return true
  }

  private fail(error: unknown): void {
    const sqlstate = error instanceof SqlError || error instanceof ServiceError ? error.sqlstate : 'XX000'
    this.o.log.error('source reader failed', { topic: this.o.topic, error: messageOf(error) })
    this.status.failed(messageOf(error), sqlstate)
  }
}

function leadersMoved(before: TopicMetadata, after: TopicMetadata): boolean {
  const leaders = new Map(after.partitions.map((each) => [each.partition, each.leader]))
  return before.partitions.some((each) => leaders.get(each.partition) !== each.leader)
}

/** What no waiting mends; our own mistakes too, which must not be retried for ever. */
function isTerminal(error: unknown): boolean {
  return error instanceof TopicLost || !(error instanceof ServiceError) || error.kind === 'refused'
}

function fetchErrorText(error: Exclude<FetchedPartition['error'], null>): string {
  if (typeof error === 'object') return error.name
  return { offsetOutOfRange: 'offset out of range', unknownTopic: 'unknown topic', notLeader: 'its leader moved' }[
    error
  ]
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
