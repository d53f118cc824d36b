import { expect, test } from 'vitest'
import { Simulation } from './testing/simulation.ts'

/**
 * The whole engine under a seeded scheduler with a store that crashes; see testing/simulation.ts for what is checked.
 * MILLRACE_TEST_SEEDS runs more of them.
 */
const SEEDS = Number(process.env['MILLRACE_TEST_SEEDS'] ?? 50)
const STEPS = 60

test(`${SEEDS} seeds: every view right at every tick, no acknowledged write lost, subscribers resume`, async () => {
  const sum = {
    ticks: 0,
    crashes: 0,
    checks: 0,
    lostWrites: 0,
    resumed: 0,
    reads: 0,
    readsBeside: 0,
    jumps: 0,
    timed: 0,
  }
  for (let seed = 1; seed <= SEEDS; seed++) {
    const result = await new Simulation(seed).run(STEPS)
    for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += result[key]
  }
  for (const [name, count] of Object.entries(sum)) expect(count, `${name} happened`).toBeGreaterThan(0)
}, 600_000)

test('the same seed gives the same trace', async () => {
  const first = await new Simulation(7).run(STEPS)
  const second = await new Simulation(7).run(STEPS)
  expect(second).toEqual(first)
})
