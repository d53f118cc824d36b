import type { WatermarkSpec } from '../catalog/entry.ts'
import { CLOCK } from '../dataflow/contract.ts'
import type { Batch } from '../types/batch.ts'
import type { Column } from '../types/column.ts'
import { datumAt } from '../types/column-read.ts'
import type { SqlType } from '../types/sql-type.ts'
import { EventTimeMade } from './event-time-made.ts'

/** From this offset on a partition's watermark is at least this. */
export interface Floor {
  readonly partition: number
  readonly offset: number
  readonly value: number
}

/** Beyond so many floors no partition becomes idle any more: each is one more thing that later readers must know. */
export const FLOORS_MAX = 100_000

export interface PartitionMark {
  watermark: number | null
  eventMax: number | null
  late: number
  idle: boolean
  /** now() when its last record came, µs. */
  lastMicros: number
}

/** What a checkpoint holds of it. */
export interface WatermarksImage {
  readonly current: number | null
  readonly partitions: readonly (readonly [number, PartitionMark])[]
  readonly floors: readonly Floor[]
}

/**
 * Event time of one relation. Every record carries the watermark of its partition just before it: the most that the
 * records before it allowed, and the floors of the partition. That depends on nothing but the partition's records and
 * floors, which are kept, so that a reader who comes later computes the same.
 *
 * The relation's watermark is the lowest of its active partitions and never goes back. A partition that was idle, or had
 * no record yet, holds nothing back; when it speaks, its floor is what was closed meanwhile.
 */
export class Watermarks {
  readonly spec: WatermarkSpec
  readonly type: SqlType
  readonly #made: EventTimeMade
  readonly #since: ReadonlyMap<number, number>
  readonly partitions = new Map<number, PartitionMark>()
  readonly floors: Floor[] = []
  current: number | null = null

  constructor(spec: WatermarkSpec, columnTypes: readonly SqlType[]) {
    this.spec = spec
    this.type = columnTypes[spec.column]!
    this.#since = new Map(spec.since)
    this.#made = new EventTimeMade(spec, this.type)
  }

  /** Records with their event time, where that is no column of theirs. */
  timed(rows: Batch): Batch {
    return this.#made.timed(rows)
  }
  /** The watermarks that timed records allow; null: the event time less the delay. */
  allowed(rows: Batch): Column | null {
    return this.#made.allowed(rows)
  }

  /** Whether a record came before there was a watermark. */
  isOlder(partition: number, offset: number): boolean {
    const since = this.#since.get(partition)
    return since !== undefined && offset < since
  }

  /** The records of a batch with the column of their watermark. */
  stamp(partition: number, first: number, records: Batch, nowMicros: number): Batch {
    const rows = this.timed(records)
    if (rows.n === 0) return withColumn(rows, NO_STAMPS)
    // What was under way when it was declared is older as a whole.
    if (this.isOlder(partition, first)) return unmarked(rows)
    const mark = this.#speaks(partition, first)
    mark.lastMicros = nowMicros
    const stamps = new Stamps(rows.n)
    const times = rows.cols[this.spec.column]!
    const allowed = this.allowed(rows)
    for (let i = 0; i < rows.n; i++) {
      stamps.set(i, mark.watermark)
      const time = timeAt(times, i, this.type)
      if (time === null) continue
      if (mark.watermark !== null && time < mark.watermark) mark.late++
      mark.eventMax = Math.max(mark.eventMax ?? time, time)
      const allows = allowed === null ? time - this.spec.delay : timeAt(allowed, i, this.type)
      if (allows !== null) mark.watermark = Math.max(mark.watermark ?? Number.NEGATIVE_INFINITY, allows)
    }
    return withColumn(rows, stamps)
  }

  /** A partition that is read from now on. One with records to come holds the watermark back until it has spoken. */
  begin(partition: number, hasRecords: boolean, nowMicros: number): void {
    const mark = this.#partition(partition)
    mark.idle = !hasRecords
    mark.lastMicros = nowMicros
  }

  /** After the records of a tick. `nowMicros` drives a relation all of whose partitions are idle. */
  advance(nowMicros: number): void {
    let lowest: number | null = null
    let highest: number | null = null
    let lastMicros = Number.NEGATIVE_INFINITY
    for (const { watermark, idle, lastMicros: last } of this.partitions.values()) {
      if (watermark === null) {
        if (idle) continue
        return
      }
      if (!idle) lowest = lowest === null ? watermark : Math.min(lowest, watermark)
      if (highest === null || watermark > highest) highest = watermark
      lastMicros = Math.max(lastMicros, last)
    }
    if (lowest !== null) this.#rise(lowest)
    else if (highest !== null) this.#rise(this.#clocked ? highest + Math.max(0, nowMicros - lastMicros) : highest)
  }

  /** Of a table, whose rows are stamped before their tick has its time. */
  heard(partition: number, nowMicros: number): void {
    const mark = this.partitions.get(partition)
    if (mark !== undefined) mark.lastMicros = nowMicros
  }

  /** Partitions that were silent for the time-out. */
  silent(nowMicros: number): number[] {
    const { idleMs } = this.spec
    if (idleMs === null || this.floors.length >= FLOORS_MAX) return []
    return [...this.partitions]
      .filter(([, mark]) => !mark.idle && nowMicros - mark.lastMicros >= idleMs * 1000)
      .map(([partition]) => partition)
  }

  /** Journaled: the partition holds nothing back until its next record. */
  becomeIdle(partition: number): void {
    const mark = this.partitions.get(partition)
    if (mark !== undefined) mark.idle = true
  }

  /** Journaled: ADVANCE WATERMARK. `next`: where each partition goes on. What is idle goes on with the clock from here. */
  advanceTo(value: number, next: ReadonlyMap<number, number>, nowMicros: number): void {
    for (const [partition, offset] of next) {
      const mark = this.#partition(partition)
      if (mark.watermark !== null && mark.watermark >= value) continue
      mark.watermark = value
      if (mark.idle) mark.lastMicros = nowMicros
      this.floors.push({ partition, offset, value })
    }
    this.#rise(value)
  }

  /** All partitions are idle, and the watermark goes on with the clock. */
  get runsWithClock(): boolean {
    return this.#clocked && this.partitions.size > 0 && [...this.partitions.values()].every((mark) => mark.idle)
  }

  /** Nobody reads the relation any more: the next reader begins anew. */
  forget(): void {
    this.partitions.clear()
    this.floors.length = 0
    this.current = null
  }

  image(): WatermarksImage {
    return {
      current: this.current,
      partitions: [...this.partitions].map(([partition, mark]) => [partition, { ...mark }]),
      floors: [...this.floors],
    }
  }
  restore(image: WatermarksImage): void {
    this.current = image.current
    for (const [partition, mark] of image.partitions) this.partitions.set(partition, { ...mark })
    this.floors.push(...image.floors)
  }

  /** A time-out says that silence is time that passes; without one the watermark stands. */
  get #clocked(): boolean {
    return this.spec.idleMs !== null && (this.type.kind === 'timestamp' || this.type.kind === 'timestamptz')
  }
  #rise(to: number): void {
    if (this.current === null || to > this.current) this.current = to
  }
  #partition(partition: number): PartitionMark {
    let mark = this.partitions.get(partition)
    if (mark === undefined) {
      mark = { watermark: null, eventMax: null, late: 0, idle: true, lastMicros: 0 }
      this.partitions.set(partition, mark)
    }
    return mark
  }
  /** The partition has a record: what was closed without it is closed for it too. */
  #speaks(partition: number, offset: number): PartitionMark {
    const mark = this.#partition(partition)
    if (mark.idle && this.current !== null && (mark.watermark === null || mark.watermark < this.current)) {
      mark.watermark = this.current
      this.floors.push({ partition, offset, value: this.current })
    }
    mark.idle = false
    return mark
  }
}

/** Reads a relation's records again from its beginning, with the watermarks that they came with. */
export class PastWatermarks {
  readonly #of: Watermarks
  readonly #now = new Map<number, { watermark: number | null; readonly floors: readonly Floor[]; next: number }>()

  constructor(of: Watermarks) {
    this.#of = of
  }

  stamp(partition: number, offsets: Float64Array, records: Batch): Batch {
    const rows = this.#of.timed(records)
    const allowed = this.#of.allowed(rows)
    let mark = this.#now.get(partition)
    if (mark === undefined) {
      const floors = this.#of.floors.filter((f) => f.partition === partition).sort((a, b) => a.offset - b.offset)
      mark = { watermark: null, floors, next: 0 }
      this.#now.set(partition, mark)
    }
    const { spec, type } = this.#of
    const stamps = new Stamps(rows.n)
    const times = rows.cols[spec.column]!
    for (let i = 0; i < rows.n; i++) {
      if (this.#of.isOlder(partition, offsets[i]!)) {
        stamps.set(i, null)
        continue
      }
      for (; mark.next < mark.floors.length && mark.floors[mark.next]!.offset <= offsets[i]!; mark.next++) {
        mark.watermark = Math.max(mark.watermark ?? Number.NEGATIVE_INFINITY, mark.floors[mark.next]!.value)
      }
      stamps.set(i, mark.watermark)
      const time = timeAt(times, i, type)
      if (time === null) continue
      const allows = allowed === null ? time - spec.delay : timeAt(allowed, i, type)
      if (allows !== null) mark.watermark = Math.max(mark.watermark ?? Number.NEGATIVE_INFINITY, allows)
    }
    return withColumn(rows, stamps)
  }

  /** The relation's watermark after what was read, when nobody reads it live. */
  get current(): number | null {
    const known = [...this.#now.values()].flatMap(({ watermark }) => (watermark === null ? [] : [watermark]))
    return known.length === 0 ? null : Math.min(...known)
  }
}

/** The event time as a number; null where it has none that can be reckoned with. */
export function timeAt(column: Column, i: number, type: SqlType): number | null {
  const value = datumAt(column, i, type)
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : null
}

class Stamps {
  readonly data: Float64Array
  nulls: Uint8Array | null = null

  constructor(n: number) {
    this.data = new Float64Array(n)
  }
  set(i: number, value: number | null): void {
    if (value !== null) {
      this.data[i] = value
      return
    }
    this.nulls ??= new Uint8Array(this.data.length)
    this.nulls[i] = 1
  }
}

const NO_STAMPS = new Stamps(0)

/** Rows that came before the relation had an event time. */
export const unmarked = (rows: Batch): Batch =>
  withColumn(rows, { data: new Float64Array(rows.n), nulls: new Uint8Array(rows.n).fill(1) })

function withColumn(rows: Batch, stamps: Pick<Stamps, 'data' | 'nulls'>): Batch {
  return { ...rows, cols: [...rows.cols, { kind: 'f64', data: stamps.data, nulls: stamps.nulls }] }
}

/** What event time learns in a tick beside records; journaled with it. */
export type WatermarkMark =
  /** The partition was silent for the source's time-out. */
  | { readonly kind: 'idle'; readonly object: number; readonly partition: number }
  /** ADVANCE WATERMARK. */
  | { readonly kind: 'advance'; readonly object: number; readonly value: number }

/** Watermarks as they are, with what the clock closes at `nowMicros`; relations that have none yet are left out. */
export function currentWatermarks(
  all: ReadonlyMap<number, Watermarks>,
  nowMicros: number,
): ReadonlyMap<number, number> {
  const current = new Map([[CLOCK, nowMicros]])
  for (const [object, { current: value }] of all) if (value !== null) current.set(object, value)
  return current
}
