import type { Column } from '../../types/column.ts'
import { takeRows } from '../../types/column-shape.ts'
import { INT4, type RowType } from '../../types/sql-type.ts'
import type { EventGenerator, GeneratedRows } from './event-generator.ts'
import { kindOf, type NexmarkKind } from './nexmark-model.ts'
import { NEXMARK_ROWS, NEXMARK_TYPES, type NexmarkClock } from './nexmark-rows.ts'
import { EventRandom } from './random.ts'

/** event: every event as one row, the columns of its kind filled and the others NULL. */
export const NEXMARK_TABLES = ['person', 'auction', 'bid', 'event'] as const
export type NexmarkTable = (typeof NEXMARK_TABLES)[number]

const KINDS = ['person', 'auction', 'bid'] as const satisfies readonly NexmarkKind[]

export function nexmarkType(table: NexmarkTable): RowType {
  if (table !== 'event') return NEXMARK_TYPES[table]
  const columns = KINDS.flatMap((kind) =>
    NEXMARK_TYPES[kind].map((field) => ({ ...field, name: `${kind}_${field.name}`, nullable: true })),
  )
  return [{ name: 'event_type', type: INT4, nullable: false }, ...columns]
}

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
    this.rowType = nexmarkType(options.table)
    const { seed, startMs, eventMs } = options
    this.clock = { random: new EventRandom(seed), startMs, eventMs }
  }

  generate(from: number, to: number, columns: ReadonlySet<number> | null): GeneratedRows {
    if (this.table === 'event') return this.everyKind(from, to, columns)
    const events = new Float64Array(to - from)
    let n = 0
    for (let event = from; event < to; event++) if (kindOf(event) === this.table) events[n++] = event
    const offsets = events.subarray(0, n)
    return { n, offsets, cols: NEXMARK_ROWS[this.table](events, n, this.clock, columns) }
  }

  private everyKind(from: number, to: number, columns: ReadonlySet<number> | null): GeneratedRows {
    const n = to - from
    const types = new Float64Array(n)
    const offsets = new Float64Array(n)
    for (let i = 0; i < n; i++) {
      types[i] = KINDS.indexOf(kindOf(from + i))
      offsets[i] = from + i
    }
    const cols: (Column | undefined)[] = [{ kind: 'f64', data: types, nulls: null }]
    for (const [type, kind] of KINDS.entries()) {
      const events = new Float64Array(n)
      const rows = new Int32Array(n).fill(-1)
      let k = 0
      for (let i = 0; i < n; i++) {
        if (types[i] !== type) continue
        rows[i] = k
        events[k++] = from + i
      }
      const first = cols.length
      const wanted = columns === null ? null : new Set([...columns].map((c) => c - first))
      for (const column of NEXMARK_ROWS[kind](events, k, this.clock, wanted)) {
        cols.push(column === undefined ? undefined : takeRows(column, rows, n))
      }
    }
    return { n, cols, offsets }
  }
}
