import type { Runtime } from '../../base/runtime.ts'
import { BATCH_ROWS_MAX } from '../../types/batch.ts'
import type { Column } from '../../types/column.ts'
import { nullColumn } from '../../types/column-shape.ts'
import type {
  PartitionInfo,
  Positions,
  ReaderOptions,
  SourceBatch,
  SourceConnector,
  SourceReader,
} from '../contract.ts'
import { Credits } from '../credits.ts'
import { Pauses } from '../pauses.ts'
import type { PacedGenerator } from './generators.ts'

/** Between two looks at the clock: a fast pace comes in batches, not in timers. */
const PAUSE_MS_MIN = 10
const PAUSE_MS_MAX = 60_000

/**
 * A load generator as a source of one partition, whose offsets are event numbers. The pace is a law and not a timer:
 * event k is due at start + k × interval, so that what was due while the server was down comes when it is up again.
 */
export class GeneratorSource implements SourceConnector {
  private readonly paced: PacedGenerator
  private readonly runtime: Runtime
  private readonly readers = new Set<GeneratorReader>()
  /** Without a pace there is no "due": what some reader was given is how far the stream goes. */
  private made = 0

  constructor(paced: PacedGenerator, runtime: Runtime) {
    this.paced = paced
    this.runtime = runtime
  }

  async partitions(): Promise<readonly PartitionInfo[]> {
    return [{ partition: 0, firstOffset: 0, endOffset: this.end() }]
  }
  async startPositions(): Promise<Positions> {
    return new Map([[0, 0]])
  }
  async identity(): Promise<string | null> {
    return null
  }

  open(options: ReaderOptions): SourceReader {
    const reader = new GeneratorReader(this, this.paced, options, this.runtime)
    this.readers.add(reader)
    return {
      stop: async () => {
        this.readers.delete(reader)
        await reader.stop()
      },
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.readers].map((reader) => reader.stop()))
    this.readers.clear()
  }

  /** How many events there will ever be. */
  limit(): number {
    return Math.min(this.paced.upTo ?? Infinity, this.paced.generator.count ?? Infinity)
  }

  /** How many events exist by now. */
  end(): number {
    return this.paced.eventMs === 0 ? this.made : Math.max(this.made, this.due())
  }

  due(): number {
    const { startMs, eventMs, atOnce } = this.paced
    if (eventMs === 0) return this.limit()
    const passedMs = this.runtime.nowMs() - startMs
    const paced = passedMs < 0 ? 0 : Math.floor(passedMs / eventMs) + 1
    return Math.min(this.limit(), atOnce + paced)
  }

  /** When the event is due. */
  dueMs(event: number): number {
    return this.paced.startMs + Math.max(0, event - this.paced.atOnce) * this.paced.eventMs
  }

  handedOut(next: number): void {
    if (next > this.made) this.made = next
  }
}

class GeneratorReader {
  private readonly source: GeneratorSource
  private readonly paced: PacedGenerator
  private readonly options: ReaderOptions
  private readonly runtime: Runtime
  private readonly columns: ReadonlySet<number> | null
  private readonly credits = new Credits(() => this.pauses.wake())
  private readonly pauses: Pauses
  private position: number
  private stopped = false
  private toldMs = Number.NEGATIVE_INFINITY
  private readonly done: Promise<void>

  constructor(source: GeneratorSource, paced: PacedGenerator, options: ReaderOptions, runtime: Runtime) {
    this.source = source
    this.paced = paced
    this.options = options
    this.runtime = runtime
    this.columns = options.columns === null ? null : new Set(options.columns)
    this.pauses = new Pauses(runtime)
    this.position = options.from.get(0) ?? 0
    this.done = this.run()
  }

  async stop(): Promise<void> {
    this.stopped = true
    this.credits.close()
    this.pauses.wake()
    await this.done
  }

  private async run(): Promise<void> {
    try {
      await this.feed()
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error)
      this.options.onStatus({ state: 'failed', error: text, sqlstate: 'XX000' })
    }
  }

  private async feed(): Promise<void> {
    await this.runtime.yieldToIo()
    const { until, onEnd } = this.options
    const bound = until === undefined ? this.source.limit() : (until.get(0) ?? 0)
    while (!this.stopped && this.position < bound) {
      this.credits.throwIfFailed()
      const due = until === undefined ? this.source.due() : bound
      if (this.position >= due) {
        this.tell()
        const waitMs = this.source.dueMs(this.position) - this.runtime.nowMs()
        await this.pauses.pause(Math.min(PAUSE_MS_MAX, Math.max(PAUSE_MS_MIN, waitMs)))
        continue
      }
      const to = Math.min(this.position + BATCH_ROWS_MAX, due)
      const batch = this.batch(this.position, to)
      this.position = to
      this.source.handedOut(to)
      await this.credits.spend(() => this.options.onBatch(batch))
      this.tell()
      await this.runtime.yieldToIo()
    }
    if (this.stopped) return
    await this.credits.drained()
    this.toldMs = Number.NEGATIVE_INFINITY
    this.tell()
    if (until !== undefined && !this.stopped) onEnd?.()
  }

  private batch(first: number, next: number): SourceBatch {
    const { generator } = this.paced
    const { n, cols, offsets } = generator.generate(first, next, this.columns)
    const filled: Column[] = generator.rowType.map((field, c) => cols[c] ?? nullColumn(field.type, n))
    return {
      partition: 0,
      first,
      next,
      rows: { n, diffs: new Int32Array(n).fill(1), cols: filled },
      deletes: generator.upsertKey === null ? null : new Uint8Array(n),
      offsets,
      deadLetters: [],
    }
  }

  private tell(): void {
    const nowMs = this.runtime.monotonicMs()
    if (nowMs - this.toldMs < 200) return
    this.toldMs = nowMs
    this.options.onStatus({ state: 'running', endOffsets: new Map([[0, this.source.end()]]) })
  }
}
