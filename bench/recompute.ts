import { inChild } from './child.ts'
import type { QueryName } from './nexmark/queries.ts'
import type { RecomputeJob, RecomputeResult } from './nexmark/recompute-run.ts'
import type { BenchOptions, Figure, Scenario } from './scenario.ts'

const NAMES: readonly QueryName[] = ['q5', 'q7', 'q8', 'q11', 'q12']
const TICK = 1000

/** Windows of Nexmark: the next thousand events into a view that has seen many, beside the SELECT over all of them. */
export const recompute: Scenario = {
  name: 'recompute',
  title: 'Nexmark: 1,000 more events into a view, beside computing the SELECT anew (CPU time, no storage)',
  async *run({ runs, quick }: BenchOptions): AsyncIterable<Figure> {
    const events = quick ? 100_000 : 500_000
    for (const query of NAMES) {
      const work = { query, events, tick: TICK, runs } satisfies RecomputeJob
      const found = await inChild<RecomputeResult>('./nexmark/recompute-run.ts', work, ['--max-old-space-size=8192'])
      const { tickMs, anewMs, rows, anewRows } = found
      // The SELECT knows one time of arrival only, its own.
      if (query !== 'q12' && rows !== anewRows) throw new Error(`${query}: ${rows} rows, anew ${anewRows}`)
      yield {
        name: `${query}, after ${events / 1000} k events`,
        unit: 'ms',
        ours: tickMs,
        peer: { name: 'the SELECT anew', value: anewMs },
        target: '',
        note: `${rows} rows`,
      }
    }
  },
}
