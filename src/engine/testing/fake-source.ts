import type { Runtime } from '../../base/runtime.ts'
import type {
  PartitionInfo,
  Positions,
  ReaderOptions,
  SourceConnector,
  SourceReader,
} from '../../connectors/contract.ts'
import type { DdlPlan } from '../../plan/ddl.ts'
import { batchFromRows } from '../../types/batch-build.ts'
import { INT4, type SqlType, TEXT } from '../../types/sql-type.ts'
import type { Row } from '../../types/value.ts'

const RECORDS_A_BATCH = 16

/**
 * A topic in memory with rows (k text, v int) or others, and connectors to it: live readers and readers of a range. Counts what
 * each kind fetched since `restarted`, and can make readers of a range wait.
 */
export class FakeTopic {
  readonly partitions: Row[][]
  /** Offset of the first record that is still there. */
  first = 0
  fetched = { live: 0, range: 0 }
  /** Readers of a range stop for good after so many records together: something to crash in. */
  rangeRecordsMax = Number.POSITIVE_INFINITY
  readonly #runtime: Runtime
  readonly #types: readonly SqlType[]
  #wake: (() => void)[] = []
  #lives = 0

  constructor(runtime: Runtime, partitions: number, types: readonly SqlType[] = [TEXT, INT4]) {
    this.#runtime = runtime
    this.#types = types
    this.partitions = Array.from({ length: partitions }, () => [])
  }

  produce(partition: number, rows: readonly Row[]): void {
    this.partitions[partition]!.push(...rows)
    this.#changed()
  }
  allowRanges(): void {
    this.rangeRecordsMax = Number.POSITIVE_INFINITY
    this.#changed()
  }
  /** The server began again: counts begin anew, readers of before are gone. */
  restarted(rangeRecordsMax = Number.POSITIVE_INFINITY): void {
    this.#lives++
    this.fetched = { live: 0, range: 0 }
    this.rangeRecordsMax = rangeRecordsMax
  }

  connector(): SourceConnector {
    return {
      partitions: async () =>
        this.partitions.map(
          (rows, partition): PartitionInfo => ({ partition, firstOffset: this.first, endOffset: rows.length }),
        ),
      startPositions: async (): Promise<Positions> =>
        new Map(this.partitions.map((_, partition) => [partition, this.first])),
      identity: async () => 'fake',
      open: (options) => this.#open(options),
      close: async () => {},
    }
  }

  #open(options: ReaderOptions): SourceReader {
    let stopped = false
    const life = this.#lives
    void this.#read(options, () => stopped || life !== this.#lives)
    return {
      stop: async () => {
        stopped = true
        this.#changed()
      },
    }
  }

  async #read({ from, until, onBatch, onStatus, onEnd }: ReaderOptions, stopped: () => boolean): Promise<void> {
    const next = new Map(from)
    const end = (partition: number) => until?.get(partition) ?? this.partitions[partition]!.length
    const kind = until === undefined ? 'live' : 'range'
    await this.#runtime.yieldToIo()
    for (;;) {
      if (stopped()) return
      onStatus({ state: 'running', endOffsets: new Map(this.partitions.map((rows, p) => [p, rows.length])) })
      const due = [...next].find(([partition, offset]) => offset < end(partition))
      if (due === undefined && until !== undefined) return onEnd?.()
      if (due === undefined || (kind === 'range' && this.fetched.range >= this.rangeRecordsMax)) {
        await new Promise<void>((resolve) => this.#wake.push(resolve))
        continue
      }
      const [partition, first] = due
      if (first < this.first) {
        return onStatus({ state: 'failed', error: `offset ${first} is gone`, sqlstate: '58030' })
      }
      const last = Math.min(end(partition), first + RECORDS_A_BATCH)
      const rows = this.partitions[partition]!.slice(first, last)
      this.fetched[kind] += rows.length
      next.set(partition, last)
      await onBatch({
        partition,
        first,
        next: last,
        rows: batchFromRows(this.#types, rows),
        deletes: null,
        offsets: Float64Array.from(rows, (_, i) => first + i),
        deadLetters: [],
      })
      // However its promise was settled: what runs in the engine goes by virtual time.
      await this.#runtime.yieldToIo()
    }
  }

  #changed(): void {
    const wake = this.#wake
    this.#wake = []
    for (const fn of wake) fn()
  }
}

/** CREATE SOURCE name (k text, v int) from a fake topic. */
export function createSource(name: string): DdlPlan {
  return {
    kind: 'createSource',
    schema: 2200,
    name,
    ifNotExists: false,
    sql: '',
    dependsOn: [],
    rowType: [
      { name: 'k', type: TEXT, nullable: true },
      { name: 'v', type: INT4, nullable: true },
    ],
    connector: {
      transport: { kind: 'kafka', options: { broker: 'fake:9092', topic: name } },
      keyFormat: null,
      format: { kind: 'json', options: {} },
      envelope: { kind: 'none', options: {} },
      include: [],
    },
    upsertKey: null,
  }
}
