import { inChild } from './child.ts'
import type { BenchOptions, Figure, Scenario } from './scenario.ts'
import type { Planner } from './tpch/circuit.ts'
import type { TpchJob, TpchResult } from './tpch/run-query.ts'

/** Queries that join. */
const JOINS = [2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 14, 16, 17, 18, 19, 20, 21]
/** Written as an OR of joins: without the rule for those a cross join, which a large scale would not end. */
const CROSSED = 19

/** TPC-H's joins as views, planned with all rules and figures of the relations, beside plans without them. */
export const tpch: Scenario = {
  name: 'tpch',
  title:
    'TPC-H joins as views: all rules and statistics of the relations, beside the plain rules (CPU time, no storage)',
  async *run({ quick }: BenchOptions): AsyncIterable<Figure> {
    const scale = quick ? 0.005 : 0.02
    for (const query of JOINS) {
      const of = (planner: Planner) =>
        inChild<TpchResult>('./tpch/run-query.ts', { query, planner, scale } satisfies TpchJob, [
          '--max-old-space-size=8192',
        ])
      const ours = await of('all')
      const plain = query === CROSSED && !quick ? null : await of('plain')
      if (plain !== null && plain.rows !== ours.rows)
        throw new Error(`q${query}: ${ours.rows} rows, plain ${plain.rows}`)
      const figure = (name: string, unit: string, value: (result: TpchResult) => number): Figure => ({
        name: `q${query}: ${name}`,
        unit,
        ours: value(ours),
        peer: plain && { name: 'plain rules', value: value(plain) },
        target: '',
        note: `${ours.rows} rows`,
      })
      yield figure('begins', 'ms', (result) => result.beginMs)
      yield figure('a refresh of a thousandth, in and out', 'ms', (result) => result.refreshMs)
      yield figure('rows of state', 'rows', (result) => result.stateRows)
    }
  },
}
