import { silentLog } from '../../base/log.ts'
import { type Runtime, systemRuntime } from '../../base/runtime.ts'
import type { ConnectorSpec } from '../../catalog/entry.ts'
import { rowsOf } from '../../types/batch-build.ts'
import { INT4, INT8, type RowType, TEXT, TIMESTAMPTZ } from '../../types/sql-type.ts'
import type { Datum } from '../../types/value.ts'
import type {
  DeadLetter,
  PartitionInfo,
  Positions,
  ReaderOptions,
  ReaderStatus,
  SourceBatch,
  SourceConnector,
} from '../contract.ts'
import type { OpenRegistry } from '../schema-registry/registry.ts'
import type { FakeRecord, ProduceOptions } from './fake-cluster.ts'
import { KafkaSource, type OpenTransport } from './source.ts'

/** What the suite of Kafka sources needs of a cluster: the one in memory and a real one pass the same tests. */
export interface KafkaWorld {
  readonly brokers: string
  readonly threads: boolean
  readonly openTransport: OpenTransport
  /** None unless given: sources that use no schema registry need none. */
  readonly openRegistry?: OpenRegistry
  createTopic(topic: string, partitions: number): Promise<void>
  addPartitions(topic: string, total: number): Promise<void>
  deleteTopic(topic: string): Promise<void>
  produce(topic: string, partition: number, records: readonly FakeRecord[], options?: ProduceOptions): Promise<void>
  transaction(topic: string, partition: number, values: readonly string[], outcome: 'commit' | 'abort'): Promise<void>
  truncate(topic: string, partition: number, before: number): Promise<void>
  stopBroker(): Promise<void>
  startBroker(): Promise<void>
}

export const ORDER_TYPE: RowType = [
  { name: 'id', type: INT8, nullable: true },
  { name: 'item', type: TEXT, nullable: true },
  { name: 'partition', type: INT4, nullable: false },
  { name: 'offset', type: INT8, nullable: false },
  { name: 'at', type: TIMESTAMPTZ, nullable: true },
]

export function orderSpec(world: KafkaWorld, topic: string, options: Record<string, Datum> = {}): ConnectorSpec {
  return {
    transport: { kind: 'kafka', options: { broker: world.brokers, topic, ...options } },
    keyFormat: null,
    format: { kind: 'json', options: {} },
    envelope: { kind: 'none', options: {} },
    include: [
      { what: 'partition', column: 2 },
      { what: 'offset', column: 3 },
      { what: 'timestamp', column: 4 },
    ],
  }
}

export function sourceOf(
  world: KafkaWorld,
  spec: ConnectorSpec,
  rowType: RowType = ORDER_TYPE,
  runtime: Runtime = systemRuntime,
): KafkaSource {
  const { threads, openTransport } = world
  const openRegistry = world.openRegistry ?? noRegistry
  return new KafkaSource(spec, rowType, { runtime, log: silentLog, threads, openTransport, openRegistry, resolve: [] })
}

const noRegistry: OpenRegistry = () => {
  throw new Error('there is no schema registry in this world')
}

/** Takes in what a reader delivers, checking the laws of order as it comes. */
export class Taken {
  readonly batches: SourceBatch[] = []
  readonly statuses: ReaderStatus[] = []
  readonly added: PartitionInfo[] = []
  readonly positions = new Map<number, number>()
  ended = false
  private readonly rowType: RowType
  private waiting: (() => void)[] = []

  constructor(rowType: RowType = ORDER_TYPE) {
    this.rowType = rowType
  }

  options(from: Positions, more: Partial<ReaderOptions> = {}): ReaderOptions {
    for (const [partition, offset] of from) this.positions.set(partition, offset)
    return {
      from,
      columns: null,
      onBatch: async (batch) => {
        this.take(batch)
      },
      onStatus: (status) => {
        this.statuses.push(status)
        this.changed()
      },
      onEnd: () => {
        this.ended = true
        this.changed()
      },
      onPartition: (info) => {
        this.added.push(info)
        this.positions.set(info.partition, info.firstOffset)
      },
      ...more,
    }
  }

  take(batch: SourceBatch): void {
    const expected = this.positions.get(batch.partition)
    if (expected !== undefined && batch.first !== expected) {
      throw new Error(`partition ${batch.partition}: a batch begins at ${batch.first}, expected ${expected}`)
    }
    this.positions.set(batch.partition, batch.next)
    this.batches.push(batch)
    this.changed()
  }

  rows(partition?: number): Datum[][] {
    const of = this.batches.filter((batch) => partition === undefined || batch.partition === partition)
    return of.flatMap((batch) =>
      rowsOf(
        batch.rows,
        this.rowType.map((field) => field.type),
      ),
    )
  }

  get count(): number {
    return this.batches.reduce((sum, batch) => sum + batch.rows.n, 0)
  }
  get deadLetters(): DeadLetter[] {
    return this.batches.flatMap((batch) => [...batch.deadLetters])
  }
  get status(): ReaderStatus {
    return this.statuses[this.statuses.length - 1] ?? { state: 'starting' }
  }

  async until(what: string, condition: () => boolean, ms = 100_000): Promise<void> {
    const deadline = performance.now() + ms
    while (!condition()) {
      const left = deadline - performance.now()
      if (left <= 0) throw new Error(`waited in vain for ${what}; status ${JSON.stringify(this.status)}`)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left)
        this.waiting.push(() => {
          clearTimeout(timer)
          resolve()
        })
      })
    }
  }

  private changed(): void {
    const waiting = this.waiting
    this.waiting = []
    for (const wake of waiting) wake()
  }
}

/** Everything from the start positions to the ends as they are now. */
export async function readAll(source: SourceConnector, rowType: RowType = ORDER_TYPE): Promise<Taken> {
  const taken = new Taken(rowType)
  const ends = new Map((await source.partitions()).map((each) => [each.partition, each.endOffset]))
  const reader = source.open(taken.options(await source.startPositions(), { until: ends }))
  await taken.until('the end', () => taken.ended || taken.status.state === 'failed')
  await reader.stop()
  return taken
}

export const order = (id: number, item = `item ${id}`): FakeRecord => ({ value: JSON.stringify({ id, item }) })

export const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i)
