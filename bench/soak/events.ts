import type { PartitionInfo, ReaderOptions, SourceConnector } from '../../src/connectors/contract.ts'
import { Credits } from '../../src/connectors/credits.ts'
import { BATCH_ROWS_MAX, type Batch } from '../../src/types/batch.ts'
import { StrBuilder } from '../../src/types/column-build.ts'

/** A window of the soak, and by how much rows come out of their order, µs. */
export const WINDOW_MICROS = 10_000_000
export const DISORDER_MICROS = 2_000_000
export const START_MICROS = 1_800_000_000_000_000
export const KEYS = 1000
/** Rows that one person leaves, all within a moment; then the name never comes again. */
const ROWS_A_PERSON = 20

/** The columns of `eventBatch`, with their watermark: no row is late by it. */
export const EVENTS_SQL = `CREATE SOURCE events (id bigint, k int, who text, v int, ts timestamp,
  WATERMARK FOR ts AS ts - INTERVAL '2 seconds') FROM KAFKA BROKER 'soak:9092' TOPIC 'events' FORMAT JSON`

/** Spreads numbers over 32 bits. */
function spread(n: number): number {
  let h = Math.imul(n ^ (n >>> 16), 0x45d9f3b)
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d)
  return (h ^ (h >>> 12)) >>> 0
}

/** Events [from, to) of a stream whose windows have so many each: a pure function of its arguments. */
export function eventBatch(from: number, to: number, rowsAWindow: number): Batch {
  const n = to - from
  const [ids, keys, values, times] = Array.from({ length: 4 }, () => new Float64Array(n))
  const who = new StrBuilder(n)
  // Persons of half a window take turns, so that their rows are near each other.
  const burst = Math.max(ROWS_A_PERSON, Math.floor(rowsAWindow / 2))
  const persons = Math.max(1, Math.floor(burst / ROWS_A_PERSON))
  for (let i = 0; i < n; i++) {
    const id = from + i
    const random = spread(id)
    ids[i] = id
    keys[i] = random % KEYS
    values[i] = (random >>> 8) % 10_000
    times[i] = timeOf(id, rowsAWindow) - ((random >>> 4) % DISORDER_MICROS)
    who.appendString(`person-${Math.floor(id / burst) * persons + ((random >>> 12) % persons)}`)
  }
  const f64 = (data: Float64Array) => ({ kind: 'f64', data, nulls: null }) as const
  return {
    n,
    diffs: new Int32Array(n).fill(1),
    cols: [f64(ids), f64(keys), who.finish(), f64(values), f64(times)],
  }
}

/** Latest time that the event can have. */
export function timeOf(id: number, rowsAWindow: number): number {
  return START_MICROS + Math.floor((id * WINDOW_MICROS) / rowsAWindow)
}

/**
 * The stream as a source of one partition: events below a limit that the soak raises. Nothing of what was read is kept.
 */
export class EventSource implements SourceConnector {
  readonly #rowsAWindow: number
  readonly #passed: (event: number) => void
  #limit = 0
  #taken = 0
  #wake: (() => void)[] = []

  /** `passed`: called with the number of the next event before each batch goes out. */
  constructor(rowsAWindow: number, passed: (event: number) => void) {
    this.#rowsAWindow = rowsAWindow
    this.#passed = passed
  }

  /** Lets events up to here go out; resolves when the engine has ticked them all. */
  async raise(limit: number): Promise<void> {
    this.#limit = limit
    this.#changed()
    while (this.#taken < limit) await this.#change()
  }

  async partitions(): Promise<readonly PartitionInfo[]> {
    return [{ partition: 0, firstOffset: 0, endOffset: this.#limit }]
  }
  async startPositions() {
    return new Map([[0, 0]])
  }
  async identity() {
    return 'soak'
  }
  async close(): Promise<void> {}

  open(options: ReaderOptions): { stop(): Promise<void> } {
    let stopped = false
    const reading = this.#read(options, () => stopped)
    return {
      stop: async () => {
        stopped = true
        this.#changed()
        await reading
      },
    }
  }

  async #read({ from, until, onBatch, onStatus, onEnd }: ReaderOptions, stopped: () => boolean): Promise<void> {
    let next = from.get(0) ?? 0
    const end = () => until?.get(0) ?? this.#limit
    const credits = new Credits(() => this.#changed())
    while (!stopped()) {
      onStatus({ state: 'running', endOffsets: new Map([[0, this.#limit]]) })
      if (next >= end()) {
        await credits.drained()
        if (until !== undefined) return onEnd?.()
        this.#taken = next
        this.#changed()
        await this.#change()
        continue
      }
      const to = Math.min(end(), next + BATCH_ROWS_MAX)
      const rows = eventBatch(next, to, this.#rowsAWindow)
      const first = next
      next = to
      if (until === undefined) this.#passed(to)
      const offsets = Float64Array.from({ length: rows.n }, (_, i) => first + i)
      await credits.spend(() =>
        onBatch({ partition: 0, first, next: to, rows, deletes: null, offsets, deadLetters: [] }),
      )
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve))
  }
  #changed(): void {
    const wake = this.#wake
    this.#wake = []
    for (const fn of wake) fn()
  }
}
