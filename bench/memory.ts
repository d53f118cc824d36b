import { inChild } from './child.ts'
import type { MemoryJob, MemoryResult } from './memory-run.ts'
import type { BenchOptions, Figure, Scenario } from './scenario.ts'

const CASES = [
  { state: 'group-by', name: 'count and sum by an int8', target: '≤ 50 B a group' },
  { state: 'join', name: 'join on an int8: a row of 3 int8, both sides', target: '≤ 64 B a join row' },
] as const

/** Bytes of state per key: of ours what the structures say, of the peer what the heap grows by. */
export const memory: Scenario = {
  name: 'memory',
  title: 'memory per key',
  async *run({ quick }: BenchOptions): AsyncIterable<Figure> {
    const keys = quick ? 200_000 : 1_000_000
    for (const { state, name, target } of CASES) {
      const measure = (engine: MemoryJob['engine'], n: number) =>
        inChild<MemoryResult>('./memory-run.ts', { engine, state, keys: n } satisfies MemoryJob)
      const ours = await measure('ours', keys)
      // A tenth of the keys: a million would take it minutes and gigabytes.
      const peer = await measure('db-ivm', keys / 10)
      const note = `${ours.rows} rows; process ${ours.processBytesPerRow.toFixed(0)} B a row`
      const value = peer.stateBytesPerRow
      yield { name, unit: 'B/row', ours: ours.stateBytesPerRow, peer: { name: 'db-ivm', value }, target, note }
    }
  },
}
