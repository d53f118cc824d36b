import type { DdlPlan } from '../../plan/ddl.ts'
import { planSql } from '../../sql/testing/planner.ts'
import { rowsOf } from '../../types/batch-build.ts'
import { TEXT, TIMESTAMP } from '../../types/sql-type.ts'
import type { Row } from '../../types/value.ts'
import { createSource } from './fake-source.ts'
import { call } from './plans.ts'
import { SourceWorld } from './source-world.ts'

export const MINUTE = 60_000_000
/** 2024-01-01 00:00 */
export const BEGIN = 1_704_067_200_000_000

/** A record by its time in minutes, with the watermark that it carries (-Infinity: none). */
export interface Told {
  readonly k: string
  readonly t: number
  readonly watermark: number
}

/** A source `s` of (k text, ts timestamp) with an event time, of which tests know minutes alone. */
export class LatenessWorld extends SourceWorld {
  constructor(seed: number, partitions: number) {
    super(seed, partitions, [TEXT, TIMESTAMP])
  }

  async source(delay: number): Promise<void> {
    const plan = createSource('s') as Extract<DdlPlan, { kind: 'createSource' }>
    const [k] = plan.rowType
    await this.ddl({
      ...plan,
      rowType: [k!, { name: 'ts', type: TIMESTAMP, nullable: true }],
      watermark: { column: 1, delay: delay * MINUTE, idleMs: null, maxFuture: null },
    })
  }
  create(name: string, query: string, options = ''): Promise<unknown> {
    return this.sql(`CREATE MATERIALIZED VIEW ${name} ${options} AS ${query}`)
  }
  /** Rows that came in; null: the statement says nothing of rows. */
  async sql(text: string): Promise<number | null> {
    const planned = planSql(text, this.engine.world.catalog)
    if (planned.kind === 'write') {
      const { count } = await this.finish(this.engine.write(planned.statement, call(), []))
      return count
    }
    if (planned.kind !== 'ddl' || planned.statement === null) throw new Error('no change')
    return this.ddl({ ...planned.statement, schema: 2200 } as DdlPlan)
  }
  /** The late rows of `s`, or of a table, come in. */
  merge(view: string, of = 's', where = ''): Promise<number | null> {
    return this.sql(`MERGE LATE INTO ${view} FROM "${of}$late" ${where}`)
  }
  produceAt(partition: number, rows: readonly (readonly [string, number])[]): void {
    this.topic.produce(
      partition,
      rows.map(([k, t]): Row => [k, BEGIN + t * MINUTE]),
    )
  }
  get time() {
    return this.engine.world.watermarks.get(this.id('s'))!
  }
  caughtUp(): Promise<void> {
    const { world } = this.engine
    const { positions } = world.sources.get(this.id('s'))!
    return this.until(
      () => !world.underWay && this.topic.partitions.every((rows, p) => (positions.get(p) ?? 0) === rows.length),
    )
  }

  /** All records with their partition's watermark just before, by its records and floors; and the relation's. */
  records(delay: number): { readonly rows: Told[]; readonly watermark: number } {
    const rows: Told[] = []
    let lowest = Number.POSITIVE_INFINITY
    for (const [partition, records] of this.topic.partitions.entries()) {
      let watermark = Number.NEGATIVE_INFINITY
      for (const [offset, [k, ts]] of records.entries()) {
        for (const floor of this.time.floors) {
          if (floor.partition !== partition || floor.offset !== offset) continue
          watermark = Math.max(watermark, (floor.value - BEGIN) / MINUTE)
        }
        const t = ((ts as number) - BEGIN) / MINUTE
        rows.push({ k: k as string, t, watermark })
        watermark = Math.max(watermark, t - delay)
      }
      if (records.length > 0) lowest = Math.min(lowest, watermark)
    }
    return { rows, watermark: lowest }
  }

  /** Rows of a view, sorted; times in minutes. */
  minutes(name: string): string[] {
    const { output } = this.view(name)
    const types = output.output.types
    const lines: string[] = []
    for (const batch of output.rows.scan()) {
      rowsOf(batch, types).forEach((row, i) => {
        const text = row.map((v, c) => (types[c]!.kind === 'timestamp' ? ((v as number) - BEGIN) / MINUTE : String(v)))
        lines.push(`${batch.diffs[i] === 1 ? '' : `${batch.diffs[i]} * `}${text.join(' ')}`)
      })
    }
    return lines.sort()
  }
}

/** How rows fall into windows, in minutes, and how SQL says it. */
export interface WindowKind {
  /** Of `s` or a table like it. */
  sql(from: string): string
  /** Sessions by key, a gap of so many minutes. */
  readonly gap?: number
  windows(t: number): readonly (readonly [number, number])[]
}

const floor = (t: number, by: number) => Math.floor(t / by) * by
const grouped = (tvf: string) => `SELECT k, window_start, window_end, count(*) AS n FROM ${tvf} GROUP BY 1, 2, 3`

export const WINDOWS: Readonly<Record<string, WindowKind>> = {
  tumble: {
    sql: (of) => grouped(`TUMBLE(${of}, ts, INTERVAL '10 minutes')`),
    windows: (t) => [[floor(t, 10), floor(t, 10) + 10]],
  },
  hop: {
    sql: (of) => grouped(`HOP(${of}, ts, INTERVAL '5 minutes', INTERVAL '15 minutes')`),
    windows: (t) => [0, 5, 10].map((back) => [floor(t, 5) - back, floor(t, 5) - back + 15] as const),
  },
  uneven: {
    sql: (of) => grouped(`HOP(${of}, ts, INTERVAL '4 minutes', INTERVAL '10 minutes')`),
    windows: (t) =>
      [0, 4, 8].map((back) => [floor(t, 4) - back, floor(t, 4) - back + 10] as const).filter(([, end]) => end > t),
  },
  cumulate: {
    sql: (of) => grouped(`TABLE(CUMULATE(TABLE ${of}, DESCRIPTOR(ts), INTERVAL '5' MINUTES, INTERVAL '15' MINUTES))`),
    windows: (t) => [5, 10, 15].map((end) => [floor(t, 15), floor(t, 15) + end] as const).filter(([, end]) => end > t),
  },
  trunc: {
    sql: (of) => `SELECT k, date_trunc('hour', ts) AS h, count(*) AS n FROM ${of} GROUP BY 1, 2`,
    windows: (t) => [[floor(t, 60), floor(t, 60) + 60]],
  },
  session: {
    sql: (of) =>
      `SELECT k, SESSION_START(ts, INTERVAL '6' MINUTES) AS b, SESSION_END(ts, INTERVAL '6' MINUTES) AS e, count(*) AS n FROM ${of} GROUP BY k, SESSION(ts, INTERVAL '6' MINUTES)`,
    gap: 6,
    windows: (t) => [[t, t + 6]],
  },
}

/** What the view must hold; `watermark`: of windows that are closed by it alone. */
export function windowed(
  kind: WindowKind,
  rows: readonly Told[],
  { allowed = 0, waits = false, watermark = Number.POSITIVE_INFINITY, merged = (_: Told): boolean => false } = {},
): string[] {
  const counts = new Map<string, { readonly end: number; n: number }>()
  const add = (k: string, start: number, end: number, n: number) => {
    const text = kind.sql('s').includes('date_trunc') ? `${k} ${start}` : `${k} ${start} ${end}`
    const known = counts.get(text)
    if (known === undefined) counts.set(text, { end, n })
    else known.n += n
  }
  if (kind.gap === undefined) {
    for (const row of rows) {
      for (const [start, end] of kind.windows(row.t)) {
        if (end + allowed > row.watermark || merged(row)) add(row.k, start, end, 1)
      }
    }
  } else {
    // A session that comes out once takes no row that is below the watermark.
    const counting = rows.filter(
      (r) => (waits ? r.t + allowed >= r.watermark : r.t + kind.gap! + allowed > r.watermark) || merged(r),
    )
    for (const k of new Set(counting.map((r) => r.k))) {
      const times = counting.filter((r) => r.k === k).map((r) => r.t)
      times.sort((a, b) => a - b)
      for (let i = 0; i < times.length; ) {
        let last = i
        while (last + 1 < times.length && times[last + 1]! - times[last]! <= kind.gap) last++
        add(k, times[i]!, times[last]! + kind.gap, last - i + 1)
        i = last + 1
      }
    }
  }
  const closedBy = (end: number) => (kind.gap === undefined ? end + allowed <= watermark : end + allowed < watermark)
  return [...counts].flatMap(([text, { end, n }]) => (!waits || closedBy(end) ? [`${text} ${n}`] : [])).sort()
}
