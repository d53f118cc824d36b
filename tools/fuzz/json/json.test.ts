import { afterAll, beforeAll, expect, test } from 'vitest'
import { type PostgresService, postgresMissing, startPostgres } from '../../services/postgres.ts'
import { openPair, type Pair } from '../pair.ts'
import { randomCall } from './calls.ts'
import { compareStatements, explained } from './compare.ts'

/** Functions and operators of JSON over random values: PostgreSQL's answers, types and errors. */
const missing = postgresMissing()
if (missing !== null) process.stderr.write(`skipped: ${missing}\n`)
const SOAK = process.env['MILLRACE_SOAK'] === '1'
const CALLS = SOAK ? 100_000 : 400
const SEED = SOAK ? Date.now() % 1_000_000_000 : 20_261_122

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
  'calls answer as those of PostgreSQL do',
  async () => {
    const { found } = await compareStatements(pair, randomCall, { seed: SEED, goOn: (done) => done < CALLS })
    expect(found.map(explained)).toEqual([])
  },
  3_600_000,
)
