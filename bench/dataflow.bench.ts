/** Operators in process: rows/s of map, join, aggregate, and the cost of a one-row tick. Run: node bench/dataflow.bench.ts [part of a name] */
import { Circuit } from '../src/dataflow/circuit.ts'
import { InputNode } from '../src/dataflow/input.ts'
import type { PhysicalNode, PhysicalOp } from '../src/plan/physical.ts'
import type { Scalar } from '../src/plan/scalar.ts'
import { renderCircuit } from '../src/render/render.ts'
import { createState } from '../src/state/factory.ts'
import type { Batch } from '../src/types/batch.ts'
import { BOOL, FLOAT8, INT4, INT8, type SqlType, TEXT } from '../src/types/sql-type.ts'

const BATCH = 4096
const COLUMNS: readonly SqlType[] = [INT8, INT4, FLOAT8, TEXT]

const env = { timeZone: 'UTC', user: '', database: '', searchPath: [], setting: () => undefined, random: () => 0 }
const column = (index: number): Scalar => ({ kind: 'column', index, type: COLUMNS[index] })
const call = (fn: string, args: Scalar[], type: SqlType): Scalar => ({ kind: 'call', fn, args, type, position: -1 })
const int = (value: number): Scalar => ({ kind: 'const', value, type: INT4 })
const node = (op: PhysicalOp, types: readonly SqlType[]): PhysicalNode =>
  ({ ...op, types, position: -1, appendOnly: false, growth: 'unbounded' }) as PhysicalNode
const get = (object: number) => node({ op: 'get', object, columns: [0, 1, 2, 3] }, COLUMNS)

let seed = 1
function random(below: number): number {
  seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff
  return seed % below
}

function makeBatch(n: number, keys: number, first: number): Batch {
  const id = new Float64Array(n)
  const key = new Float64Array(n)
  const price = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    id[i] = first + i
    key[i] = random(keys)
    price[i] = random(10_000) / 100
  }
  const bytes = new Uint8Array(n * 6)
  const offsets = new Int32Array(n + 1)
  for (let i = 0; i < n; i++) {
    for (let b = 0; b < 6; b++) bytes[i * 6 + b] = 97 + random(26)
    offsets[i + 1] = i * 6 + 6
  }
  const number = (data: Float64Array) => ({ kind: 'f64', data, nulls: null }) as const
  const text = { kind: 'str', bytes, offsets, nulls: null, strings: null } as const
  return { n, diffs: new Int32Array(n).fill(1), cols: [number(id), number(key), number(price), text] }
}

function measure(
  name: string,
  nodes: readonly PhysicalNode[],
  batches: readonly (readonly [number, Batch])[],
  rounds = 1,
): void {
  if (!name.includes(process.argv[2] ?? '')) return
  const inputs = new Map([1, 2].map((object) => [object, new InputNode({ id: object, position: -1 }, COLUMNS)]))
  const states = createState()
  const build = renderCircuit({
    plan: { formatVersion: 1, nodes, root: nodes.length - 1, types: nodes[nodes.length - 1].types, fingerprint: '' },
    objectId: 1,
    states,
    context: { env, params: [] },
    resolve: (object) => inputs.get(object)!.output,
  })
  for (const operator of build.gets) operator.connect()
  const circuit = new Circuit()
  circuit.add(inputs.values())
  circuit.adopt(build.circuit)
  const output = build.edge(nodes.length - 1).pipe()
  let rows = 0
  let made = 0
  const start = performance.now()
  for (let round = 0; round < rounds; round++) {
    for (const [object, batch] of batches) {
      inputs.get(object)!.pushRows(batch)
      circuit.runTick({ tick: 1, timestampMs: 1, nowMicros: 1, recursionRoundsMax: 100 })
      rows += batch.n
      for (const { n } of output.take().rows) made += n
    }
  }
  const ms = performance.now() - start
  const perTick = (ms * 1000) / (rounds * batches.length)
  const rate = (rows / ms / 1000).toFixed(2)
  console.log(
    `${name.padEnd(34)} ${rate.padStart(8)} M rows/s  ${made} out  ${perTick.toFixed(1)} µs/tick  state ${(states.bytes() / 1e6).toFixed(0)} MB`,
  )
}

const stream = (object: number, n: number, keys: number): [number, Batch][] =>
  Array.from({ length: n / BATCH }, (_, b) => [object, makeBatch(BATCH, keys, b * BATCH)])
const million = stream(1, 1_048_576, 100_000)
const few = stream(1, 1_048_576, 1_000)
const big = call('int4gt(int4,int4)', [column(1), int(50_000)], BOOL)
const price = call('float8mul(float8,float8)', [column(2), { kind: 'const', value: 0.908, type: FLOAT8 }], FLOAT8)
const aggregate = (fn: string, args: number[], type: SqlType) => ({
  fn,
  args,
  distinct: false,
  filter: null,
  order: [],
  type,
})
const join = (type: 'inner' | 'left' | 'semi') =>
  node(
    { op: 'join', type, left: 0, right: 1, leftKeys: [1], rightKeys: [0], nullSafe: false, residual: null },
    type === 'semi' ? COLUMNS : [...COLUMNS, ...COLUMNS],
  )
const counts = node({ op: 'aggregate', input: 0, keys: [1], aggregates: [aggregate('count()', [], INT8)] }, [
  INT4,
  INT8,
])
const four = node(
  {
    op: 'aggregate',
    input: 0,
    keys: [1],
    aggregates: [
      aggregate('count()', [], INT8),
      aggregate('sum(int4)', [1], INT8),
      aggregate('sum(float8)', [2], FLOAT8),
      aggregate('max(float8)', [2], FLOAT8),
    ],
  },
  [INT4, INT8, INT8, FLOAT8, FLOAT8],
)

measure(
  'map: project one float',
  [get(1), node({ op: 'map', input: 0, filter: null, exprs: [column(0), price, column(3)] }, [INT8, FLOAT8, TEXT])],
  million,
  8,
)
measure(
  'map: filter half, 4 columns',
  [get(1), node({ op: 'map', input: 0, filter: big, exprs: [0, 1, 2, 3].map(column) }, COLUMNS)],
  million,
  4,
)
measure(
  'map: filter half, numbers',
  [get(1), node({ op: 'map', input: 0, filter: big, exprs: [column(0), price] }, [INT8, FLOAT8])],
  million,
  4,
)
measure('aggregate: count by 1 k keys', [get(1), counts], few, 4)
measure('aggregate: count by 100 k keys', [get(1), counts], million, 2)
measure('aggregate: 4 calls, 100 k keys', [get(1), four], million)
measure('distinct: 1 M rows', [get(1), node({ op: 'distinct', input: 0 }, COLUMNS)], million)
const dimension = stream(2, 131_072, 10)
measure('join: 1 M orders to 131 k keys', [get(1), get(2), join('inner')], [...dimension, ...million])
measure('left join', [get(1), get(2), join('left')], [...dimension, ...million])
measure('semi join', [get(1), get(2), join('semi')], [...dimension, ...million])
const ones = Array.from({ length: 50_000 }, (_, i) => [1, makeBatch(1, 1000, i)] as const)
measure(
  'one row: map',
  [get(1), node({ op: 'map', input: 0, filter: big, exprs: [column(0), price] }, [INT8, FLOAT8])],
  ones,
)
measure('one row: count by key', [get(1), counts], ones)
measure('one row: join', [get(1), get(2), join('inner')], [...dimension, ...ones])
