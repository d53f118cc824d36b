import { runOnce } from '../../src/render/run-once.ts'
import type { Batch } from '../../src/types/batch.ts'
import { job, report } from '../child.ts'
import { collectGarbage, cpuMs, median } from '../measure.ts'
import { QueryCircuit } from './circuit.ts'
import { batchTicks, type EventsOf, KINDS, mapKinds } from './data.ts'
import { CONTEXT, inputTypes, planQuery, sourceId } from './plan.ts'
import { QUERIES, type QueryName } from './queries.ts'

/** One query over many events: what the next tick costs a view, and what the SELECT over all of them costs. */
export interface RecomputeJob {
  readonly query: QueryName
  readonly events: number
  readonly tick: number
  readonly runs: number
}

export interface RecomputeResult {
  readonly tickMs: number
  readonly anewMs: number
  readonly rows: number
  readonly anewRows: number
}

/** Ticks of which the median counts. */
const TICKS = 40

const { query, events, tick, runs } = job<RecomputeJob>()
const all = batchTicks(events + TICKS * tick, tick)
const circuit = new QueryCircuit(query)
const kinds = KINDS.filter((kind) => circuit.reads.has(kind))

function step(at: number): number {
  const before = cpuMs()
  for (const kind of kinds) for (const batch of all[at][kind]) circuit.push(kind, batch)
  circuit.run()
  return cpuMs() - before
}

for (let at = 0; at < events / tick; at++) step(at)
collectGarbage()
const steps: number[] = []
for (let at = events / tick; at < all.length; at++) steps.push(step(at))

const snapshot: EventsOf<readonly Batch[]> = mapKinds((kind) => all.flatMap((batches) => batches[kind]))
const plan = planQuery(QUERIES[query])

async function anew(): Promise<{ ms: number; rows: number }> {
  const before = cpuMs()
  const { rows } = await runOnce({
    plan,
    context: CONTEXT,
    objectTypes: (object) => inputTypes(KINDS.find((kind) => sourceId(kind) === object)!),
    snapshot: (object) => ({ rows: snapshot[KINDS.find((kind) => sourceId(kind) === object)!], errors: [] }),
    tick: { tick: 1, timestampMs: 1, nowMicros: 1000, recursionRoundsMax: 100 },
    slice: async () => {},
  })
  const ms = cpuMs() - before
  return { ms, rows: rows.reduce((sum, { n, diffs }) => sum + diffs.subarray(0, n).reduce((a, b) => a + b, 0), 0) }
}

let found = await anew()
const times: number[] = []
for (let run = 0; run < Math.max(3, runs); run++) {
  collectGarbage()
  found = await anew()
  times.push(found.ms)
}
report({
  tickMs: median(steps),
  anewMs: median(times),
  rows: circuit.consumed.rows,
  anewRows: found.rows,
} satisfies RecomputeResult)
