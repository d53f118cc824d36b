import { orderKey, TpchData } from '../../tools/tpch/data.ts'
import { DEFAULTS, queries } from '../../tools/tpch/queries.ts'
import { TABLE_NAMES, type TableName } from '../../tools/tpch/tables.ts'
import { job, report } from '../child.ts'
import { collectGarbage, cpuMs, median } from '../measure.ts'
import { type Planner, rowsOf, TpchCircuit } from './circuit.ts'

/** One query of TPC-H as a view: what it costs to begin, and what a refresh of a thousandth costs. */
export interface TpchJob {
  /** 1 … 22. */
  readonly query: number
  readonly planner: Planner
  readonly scale: number
}

export interface TpchResult {
  readonly beginMs: number
  readonly refreshMs: number
  readonly stateRows: number
  readonly rows: number
}

const ROUNDS = 20
const { query, planner, scale } = job<TpchJob>()
const data = new TpchData(scale, 1)
const texts = data.rows()
const tables = Object.fromEntries(TABLE_NAMES.map((name) => [name, rowsOf(name, texts[name])])) as Record<
  TableName,
  ReturnType<typeof rowsOf>
>
const circuit = new TpchCircuit(queries(DEFAULTS)[query - 1]!, planner, tables)
const begun = cpuMs()
for (const name of TABLE_NAMES) circuit.push(name, tables[name], 1)
circuit.run()
const beginMs = cpuMs() - begun
collectGarbage()

const share = Math.max(2, Math.round(1500 * scale))
const times: number[] = []
let old = 0
for (let round = 0; round < ROUNDS; round++) {
  const made = Array.from({ length: share }, (_, i) => data.order(orderKey(round * share + i) + 8))
  const orders = rowsOf(
    'orders',
    made.map(({ order }) => order),
  )
  const lines = rowsOf(
    'lineitem',
    made.flatMap((each) => each.lines),
  )
  const gone = tables.orders.slice(old, old + share)
  const keys = new Set(gone.map(([key]) => key))
  old += share
  const goneLines = tables.lineitem.filter(([key]) => keys.has(key))
  const before = cpuMs()
  circuit.push('orders', orders, 1)
  circuit.push('lineitem', lines, 1)
  circuit.run()
  circuit.push('lineitem', goneLines, -1)
  circuit.push('orders', gone, -1)
  circuit.run()
  times.push(cpuMs() - before)
}
report({ beginMs, refreshMs: median(times), stateRows: circuit.stateRows(), rows: circuit.rows } satisfies TpchResult)
