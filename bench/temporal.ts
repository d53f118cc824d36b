import { Catalog } from '../src/catalog/catalog.ts'
import { Circuit } from '../src/dataflow/circuit.ts'
import { InputNode } from '../src/dataflow/input.ts'
import type { PhysicalPlan } from '../src/plan/physical.ts'
import { renderPlan } from '../src/render/render.ts'
import { runOnce } from '../src/render/run-once.ts'
import { createState } from '../src/state/factory.ts'
import type { Batch } from '../src/types/batch.ts'
import { INT8, type SqlType, TIMESTAMPTZ } from '../src/types/sql-type.ts'
import { cpuMs, median } from './measure.ts'
import { CONTEXT, planned } from './nexmark/plan.ts'
import type { BenchOptions, Figure, Scenario } from './scenario.ts'

const SELECT = `SELECT g, count(*) AS n, sum(id) AS total FROM t WHERE ts > now() - INTERVAL '5 minutes' GROUP BY g`
const TYPES: readonly SqlType[] = [INT8, INT8, TIMESTAMPTZ]
const TABLE = 16384
const GROUPS = 1000
const WINDOW = 300_000_000
const START = 1_800_000_000_000_000
const BATCH = 4096

/** Rows that live for five minutes, grouped: what a second of time costs, beside computing the SELECT anew. */
export const temporal: Scenario = {
  name: 'temporal',
  title: `1 M live rows under ts > now() - INTERVAL '5 minutes', grouped; no storage`,
  async *run({ runs, quick }: BenchOptions): AsyncIterable<Figure> {
    const rows = quick ? 300_000 : 1_000_000
    const label = `${rows / 1e6} M live rows`
    const bench = new Bench(rows)
    const loadMs = bench.load()
    yield figure('rows arrive', 'rows/s', (rows / loadMs) * 1000, null, `${label}; CPU time`)
    const seconds: number[] = []
    const anew: number[] = []
    for (let run = 0; run < Math.max(3, runs); run++) {
      seconds.push(bench.second())
      anew.push(await bench.anew())
    }
    const perSecond = rows / 300
    const peer = { name: 'the SELECT anew', value: median(anew) }
    const moved = `${Math.round(perSecond)} rows leave and as many arrive`
    yield figure('one second passes', 'ms', median(seconds), peer, `${moved}; CPU time`)
    yield figure('a tick with nothing due', 'µs', bench.idle(), null, 'one row of another moment arrives and goes')
    yield figure('state', 'B a row', bench.bytes() / rows, null, 'rows that wait and their moments')
  },
}

function figure(name: string, unit: string, ours: number, peer: Figure['peer'], note: string): Figure {
  return { name, unit, ours, peer, target: '', note }
}

class Bench {
  private readonly rows: number
  private readonly circuit = new Circuit()
  private readonly input = new InputNode({ id: TABLE, position: -1 }, TYPES)
  private readonly states = createState()
  private readonly view
  private readonly select: PhysicalPlan
  /** What the table holds of the newest five minutes, for the SELECT. */
  private batches: Batch[] = []
  private now = START
  private made = 0
  private tick = 0

  constructor(rows: number) {
    this.rows = rows
    this.select = planOf(SELECT)
    this.view = renderPlan({
      plan: planOf(`CREATE MATERIALIZED VIEW v AS ${SELECT}`),
      objectId: 1,
      circuit: this.circuit,
      states: this.states,
      context: CONTEXT,
      resolve: () => this.input.output,
      resultKey: [0],
    })
    this.view.connect()
    this.circuit.add([this.input])
  }

  load(): number {
    const before = cpuMs()
    this.arrive(this.rows, START - WINDOW + 1)
    return cpuMs() - before
  }

  /** The rows of one second arrive; those of the second five minutes ago leave by themselves. */
  second(): number {
    this.now += 1_000_000
    const before = cpuMs()
    this.arrive(Math.round(this.rows / 300), this.now - 1_000_000)
    return cpuMs() - before
  }

  async anew(): Promise<number> {
    const before = cpuMs()
    await runOnce({
      plan: this.select,
      context: CONTEXT,
      objectTypes: () => TYPES,
      snapshot: () => ({ rows: this.batches, errors: [] }),
      tick: this.context(),
      slice: async () => {},
    })
    return cpuMs() - before
  }

  /** Microseconds a tick. */
  idle(): number {
    const ticks = 2000
    const one: Batch = { n: 1, diffs: Int32Array.of(1), cols: [column([0]), column([0]), column([0])] }
    const before = cpuMs()
    for (let k = 0; k < ticks; k++) {
      this.input.pushRows({ ...one, diffs: Int32Array.of(k % 2 === 0 ? 1 : -1) })
      this.circuit.runTick(this.context())
    }
    return ((cpuMs() - before) / ticks) * 1000
  }

  bytes(): number {
    for (const operator of this.view.operators) if (operator.name === 'temporal') return operator.bytes()
    return 0
  }

  private arrive(count: number, from: number): void {
    const step = WINDOW / this.rows
    for (let start = 0; start < count; start += BATCH) {
      const n = Math.min(BATCH, count - start)
      const ids = Array.from({ length: n }, (_, i) => this.made + start + i)
      const batch: Batch = {
        n,
        diffs: new Int32Array(n).fill(1),
        cols: [
          column(ids),
          column(ids.map((id) => (id * 7919) % GROUPS)),
          column(ids.map((_, i) => from + Math.floor((start + i) * step))),
        ],
      }
      this.batches.push(batch)
      this.input.pushRows(batch)
    }
    this.made += count
    this.circuit.runTick(this.context())
    this.view.output.takeChanges()
  }

  private context() {
    this.tick++
    return { tick: this.tick, timestampMs: this.tick, nowMicros: this.now, recursionRoundsMax: 10 }
  }
}

const column = (values: readonly number[]) => ({ kind: 'f64', data: Float64Array.from(values), nulls: null }) as const

const CATALOG = Catalog.of([
  { kind: 'schema', id: 1, name: 'pg_catalog', schema: 0, sql: '', dependsOn: [] },
  { kind: 'schema', id: 2, name: 'public', schema: 0, sql: '', dependsOn: [] },
  {
    kind: 'table',
    id: TABLE,
    name: 't',
    schema: 2,
    sql: '',
    dependsOn: [],
    columns: ['id', 'g', 'ts'].map((name, i) => ({ name, type: TYPES[i], notNull: true, defaultSql: null })),
    primaryKey: [0],
    fedBy: null,
  },
])

function planOf(sql: string): PhysicalPlan {
  const plan = planned(sql, CATALOG, START)
  if (plan.kind === 'read') return plan.request.plan
  if (plan.kind === 'ddl' && plan.statement?.kind === 'createMaterializedView') return plan.statement.plan
  throw new Error('a SELECT or a view')
}
