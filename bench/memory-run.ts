import { D2, join, MultiSet, map, output, reduce } from '@tanstack/db-ivm'
import { Circuit } from '../src/dataflow/circuit.ts'
import { InputNode } from '../src/dataflow/input.ts'
import { renderCircuit } from '../src/render/render.ts'
import { createState } from '../src/state/factory.ts'
import type { Batch } from '../src/types/batch.ts'
import { job, report } from './child.ts'
import { collectGarbage } from './measure.ts'
import { KINDS } from './nexmark/data.ts'
import { CONTEXT, inputTypes, planQuery, sourceId } from './nexmark/plan.ts'

export interface MemoryJob {
  readonly engine: 'ours' | 'db-ivm'
  readonly state: 'group-by' | 'join'
  readonly keys: number
}
export interface MemoryResult {
  readonly rows: number
  readonly stateBytesPerRow: number
  /** Growth of the process's heap and buffers over it. */
  readonly processBytesPerRow: number
}

const SQL = {
  'group-by': 'SELECT auction, count(*), sum(price) FROM bid GROUP BY auction',
  join: `SELECT b.price, a.initial_bid
         FROM (SELECT auction, bidder, price FROM bid) AS b
         JOIN (SELECT id, seller, initial_bid FROM auction) AS a ON b.auction = a.id`,
} as const

const BATCH = 4096
const work = job<MemoryJob>()
const rows = work.state === 'join' ? work.keys * 2 : work.keys

function held(): number {
  collectGarbage()
  collectGarbage()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

/** Keys in no order, none twice. */
const keyOf = (i: number): number => (i * 2_654_435_761) % 4_294_967_291

function ours(): MemoryResult {
  const states = createState()
  const plan = planQuery(SQL[work.state])
  const inputs = new Map(
    KINDS.map((kind) => [sourceId(kind), new InputNode({ id: sourceId(kind), position: -1 }, inputTypes(kind))]),
  )
  const build = renderCircuit({
    plan,
    objectId: 1,
    states,
    context: CONTEXT,
    resolve: (object) => inputs.get(object)!.output,
  })
  for (const get of build.gets) get.connect()
  const circuit = new Circuit()
  circuit.add(inputs.values())
  circuit.adopt(build.circuit)
  const out = build.edge(plan.root).pipe()
  const before = held()
  for (let from = 0, tick = 1; from < work.keys; from += BATCH, tick++) {
    const n = Math.min(BATCH, work.keys - from)
    inputs.get(sourceId('bid'))!.pushRows(events(from, n, [0, 1, 2], 7))
    if (work.state === 'join') inputs.get(sourceId('auction'))!.pushRows(events(from, n, [0, 7, 3], 10))
    circuit.runTick({ tick, timestampMs: tick, nowMicros: tick, recursionRoundsMax: 1 })
    out.take()
  }
  const processBytesPerRow = (held() - before) / rows
  return { rows, stateBytesPerRow: states.bytes() / rows, processBytesPerRow }
}

/** Key and two numbers in the named columns; nothing reads the others. */
function events(from: number, n: number, columns: readonly number[], width: number): Batch {
  const number = (value: (i: number) => number) => {
    const data = Float64Array.from({ length: n }, (_, i) => value(from + i))
    return { kind: 'f64', data, nulls: null } as const
  }
  const filled = [number(keyOf), number((i) => i), number((i) => i % 100)]
  const cols = Array.from({ length: width }, (_, c) => filled[Math.max(0, columns.indexOf(c))])
  return { n, diffs: new Int32Array(n).fill(1), cols }
}

function dbIvm(): MemoryResult {
  const graph = new D2()
  const left = graph.newInput<[number, number, number]>()
  const right = graph.newInput<[number, number, number]>()
  const byKey = map((row: [number, number, number]): [number, [number, number, number]] => [row[0], row])
  const result =
    work.state === 'join'
      ? left.pipe(byKey).pipe(join(right.pipe(byKey), 'inner'))
      : left.pipe(
          byKey,
          reduce((values: [[number, number, number], number][]): [string, number][] => {
            let sum = 0
            for (const [row, count] of values) sum += row[2] * count
            return [[`${values.length}|${sum}`, 1]]
          }),
        )
  let seen = 0
  result.pipe(
    output((message) => {
      seen += message.getInner().length
    }),
  )
  graph.finalize()
  const before = held()
  for (let from = 0; from < work.keys; from += BATCH) {
    const n = Math.min(BATCH, work.keys - from)
    const rowsOf = () =>
      new MultiSet(
        Array.from({ length: n }, (_, i): [[number, number, number], number] => {
          return [[keyOf(from + i), from + i, i % 100], 1]
        }),
      )
    left.sendData(rowsOf())
    if (work.state === 'join') right.sendData(rowsOf())
    graph.run()
  }
  const bytes = (held() - before) / rows
  if (seen === 0) throw new Error('nothing came out')
  return { rows, stateBytesPerRow: bytes, processBytesPerRow: bytes }
}

report(work.engine === 'ours' ? ours() : dbIvm())
