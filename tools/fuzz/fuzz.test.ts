import { afterAll, beforeAll, expect, test } from 'vitest'
import { type PostgresService, postgresMissing, startPostgres } from '../services/postgres.ts'
import { openPair, type Pair } from './pair.ts'
import { fuzz } from './run.ts'

/** Random queries over random tables, pulled and as materialized views under changes: PostgreSQL's rows and types. */
const missing = postgresMissing()
if (missing !== null) process.stderr.write(`skipped: ${missing}\n`)

const SOAK = process.env['MILLRACE_SOAK'] === '1'
const WORLDS = SOAK ? 300 : 4
const SEED = SOAK ? Date.now() % 1_000_000_000 : 20_261_121

let service: PostgresService
let pair: Pair
beforeAll(async () => {
  if (missing !== null) return
  service = await startPostgres()
  pair = await openPair(service.url)
})
afterAll(async () => {
  await pair?.close()
  service?.stop()
})

test.skipIf(missing !== null)(
  'random queries have the answers of PostgreSQL',
  async () => {
    const findings: string[] = []
    let worlds = 0
    const totals = await fuzz({
      pair,
      seed: SEED,
      queries: 20,
      batches: 8,
      goOn: () => worlds++ < WORLDS,
      onFinding: ({ seed, explanation, test }) => findings.push(`seed ${seed}: ${explanation}\n\n${test}`),
    })
    expect(findings.join('\n')).toBe('')
    expect([...totals.failures]).toEqual([])
    expect(totals.compared).toBeGreaterThan(WORLDS * 100)
  },
  3_600_000,
)
