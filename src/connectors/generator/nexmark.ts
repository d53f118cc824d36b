import { NEXMARK_TYPES } from '../../catalog/generator-relations.ts'
import type { Column } from '../../types/column.ts'
import { takeRows } from '../../types/column-shape.ts'
import type { RowType } from '../../types/sql-type.ts'
import { type EventGenerator, everyEvent, type GeneratedRows } from './event-generator.ts'
import { eventsOf, type NexmarkKind } from './nexmark-model.ts'
import { NEXMARK_ROWS, type NexmarkClock } from './nexmark-rows.ts'
import { EventRandom } from './random.ts'

export type NexmarkTable = keyof typeof NEXMARK_TYPES

const KINDS = ['person', 'auction', 'bid'] as const satisfies readonly NexmarkKind[]

export interface NexmarkOptions {
  readonly table: NexmarkTable
  readonly seed: number
  readonly startMs: number
  readonly eventMs: number
}

/** NEXMARK: persons, auctions and bids of an online auction (see nexmark-model.ts). */
export class NexmarkGenerator implements EventGenerator {
  readonly rowType: RowType
  readonly upsertKey = null
  readonly count = null
  private readonly table: NexmarkTable
  private readonly clock: NexmarkClock

  constructor(options: NexmarkOptions) {
    this.table = options.table
    this.rowType = NEXMARK_TYPES[options.table]
    const { seed, startMs, eventMs } = options
    this.clock = { random: new EventRandom(seed), startMs, eventMs }
  }

  generate(from: number, to: number, columns: ReadonlySet<number> | null): GeneratedRows {
    if (this.table === 'event') return this.everyKind(from, to, columns)
    const of = eventsOf(this.table, from, to, this.clock.random)
    const offsets = of.events.subarray(0, of.n)
    return { n: of.n, offsets, cols: NEXMARK_ROWS[this.table](of, this.clock, columns) }
  }

  private everyKind(from: number, to: number, columns: ReadonlySet<number> | null): GeneratedRows {
    const n = to - from
    const types = new Float64Array(n)
    const cols: (Column | undefined)[] = [{ kind: 'f64', data: types, nulls: null }]
    for (const [type, kind] of KINDS.entries()) {
      const of = eventsOf(kind, from, to, this.clock.random)
      const rows = new Int32Array(n).fill(-1)
      for (let k = 0; k < of.n; k++) {
        rows[of.events[k] - from] = k
        types[of.events[k] - from] = type
      }
      const first = cols.length
      const wanted = columns === null ? null : new Set([...columns].map((c) => c - first))
      for (const column of NEXMARK_ROWS[kind](of, this.clock, wanted)) {
        cols.push(column === undefined ? undefined : takeRows(column, rows, n))
      }
    }
    return { n, cols, offsets: everyEvent(from, to) }
  }
}
