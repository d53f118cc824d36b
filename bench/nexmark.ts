import { inChild } from './child.ts'
import { dbIvmCan } from './nexmark/db-ivm.ts'
import { QUERIES, type QueryName, TARGETS } from './nexmark/queries.ts'
import type { QueryJob, QueryResult } from './nexmark/run-query.ts'
import type { BenchOptions, Figure, Scenario } from './scenario.ts'

const NAMES = Object.keys(QUERIES) as QueryName[]

/** Queries that are fast enough for more events: the first 10,000 rows run before loops are generated. */
const LIGHT = new Set<QueryName>(['q0', 'q1', 'q2', 'q3', 'q8'])

/** Nexmark in process: batches of events onto the circuit of a SQL query, its output read and not stored. */
export const nexmark: Scenario = {
  name: 'nexmark',
  title: 'Nexmark in process (all three kinds of events are counted, whichever a query reads)',
  async *run(options: BenchOptions): AsyncIterable<Figure> {
    for (const tick of [1_000, 10_000]) {
      for (const query of NAMES) {
        const events = (options.quick ? 50_000 : 200_000) * (LIGHT.has(query) ? 4 : 1)
        yield* one({ input: 'memory', query, events, tick, runs: options.runs })
      }
    }
  },
}

/** The same from JSON bytes: all columns of all events decoded, then the query. */
export const nexmarkJson: Scenario = {
  name: 'nexmark-json',
  title: 'Nexmark from JSON bytes (every column of every event decoded)',
  async *run(options: BenchOptions): AsyncIterable<Figure> {
    const events = options.quick ? 20_000 : 100_000
    for (const query of NAMES) yield* one({ input: 'json', query, events, tick: 1_000, runs: options.runs })
  },
}

async function* one(work: Omit<QueryJob, 'engine'>): AsyncIterable<Figure> {
  const measure = (engine: QueryJob['engine']) =>
    inChild<QueryResult>('./nexmark/run-query.ts', { ...work, engine } satisfies QueryJob)
  const { input, query, tick } = work
  const ours = await measure('ours')
  const peer = dbIvmCan(query) ? await measure('db-ivm') : null
  if (peer !== null && peer.rows !== ours.rows) {
    throw new Error(`${query}: ${ours.rows} rows in the end, but ${peer.rows} on db-ivm`)
  }
  yield {
    name: `${query}, ticks of ${tick / 1000} k`,
    unit: 'events/CPU s',
    ours: ours.eventsPerCpuSecond,
    peer: peer === null ? null : { name: 'db-ivm', value: peer.eventsPerCpuSecond },
    target: TARGETS[query][input === 'json' ? 1 : 0],
    note: `${ours.rows} rows, ${ours.changes} changes`,
  }
}
