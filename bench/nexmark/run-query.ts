import { job, report } from '../child.ts'
import { collectGarbage, cpuMs, median } from '../measure.ts'
import { type Consumed, QueryCircuit } from './circuit.ts'
import { batchTicks, jsonTicks, KINDS, objectTicks } from './data.ts'
import { DbIvmGraph } from './db-ivm.ts'
import { JsonToCircuit, JsonToDbIvm } from './from-json.ts'
import type { QueryName } from './queries.ts'

/** One query on one engine in this process: the same events again and again, each time onto an empty circuit. */
export interface QueryJob {
  readonly engine: 'ours' | 'db-ivm'
  readonly input: 'memory' | 'json'
  readonly query: QueryName
  readonly events: number
  readonly tick: number
  readonly runs: number
}

export interface QueryResult extends Consumed {
  readonly eventsPerCpuSecond: number
}

/** Something that takes the ticks one by one. */
interface Engine {
  readonly consumed: Consumed
  tick(at: number): void
}

/** A run is repeated until it has used this much, so that fast queries are measured and not the clock. */
const RUN_CPU_MS_MIN = 200
/** The optimising compiler has seen everything that it will see. */
const WARM_UP_CPU_MS = 700

function engineMaker({ engine, input, query, events, tick }: QueryJob): { ticks: number; make(): Engine } {
  if (input === 'json') {
    const ticks = jsonTicks(events, tick)
    const make = () => (engine === 'ours' ? new JsonToCircuit(query, ticks) : new JsonToDbIvm(query, ticks))
    return { ticks: ticks.length, make }
  }
  return engine === 'ours' ? oursInMemory(query, events, tick) : dbIvmInMemory(query, events, tick)
}

function oursInMemory(query: QueryName, events: number, tick: number) {
  const ticks = batchTicks(events, tick)
  const make = (): Engine => {
    const circuit = new QueryCircuit(query)
    const kinds = KINDS.filter((kind) => circuit.reads.has(kind))
    return {
      consumed: circuit.consumed,
      tick(at) {
        for (const kind of kinds) for (const batch of ticks[at][kind]) circuit.push(kind, batch)
        circuit.run()
      },
    }
  }
  return { ticks: ticks.length, make }
}

function dbIvmInMemory(query: QueryName, events: number, tick: number) {
  const ticks = objectTicks(events, tick)
  const make = (): Engine => {
    const graph = new DbIvmGraph(query)
    return {
      consumed: graph.consumed,
      tick(at) {
        for (const kind of KINDS)
          graph.push(
            kind,
            ticks[at][kind].map((row) => [row, 1]),
          )
        graph.run()
      },
    }
  }
  return { ticks: ticks.length, make }
}

const work = job<QueryJob>()
const { ticks, make } = engineMaker(work)

/** All ticks once; processor time of the ticks alone. */
function pass(): { ms: number; consumed: Consumed } {
  const engine = make()
  const start = cpuMs()
  for (let at = 0; at < ticks; at++) engine.tick(at)
  return { ms: cpuMs() - start, consumed: engine.consumed }
}

let { ms, consumed } = pass()
for (let warm = ms; warm < WARM_UP_CPU_MS; ) warm += pass().ms
const rates: number[] = []
for (let run = 0; run < work.runs; run++) {
  collectGarbage()
  let passes = 0
  for (ms = 0; ms < RUN_CPU_MS_MIN; passes++) {
    const done = pass()
    ms += done.ms
    consumed = done.consumed
  }
  rates.push((work.events * passes * 1000) / ms)
}
report({ eventsPerCpuSecond: median(rates), ...consumed } satisfies QueryResult)
