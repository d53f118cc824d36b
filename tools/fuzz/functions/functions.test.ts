import { afterAll, beforeAll, expect, test } from 'vitest'
import { SCALARS } from '../../../src/functions/lookup.ts'
import { type PostgresService, postgresMissing, startPostgres } from '../../services/postgres.ts'
import { failed, openPair, type Pair } from '../pair.ts'
import { exampleException } from './exceptions.ts'
import { CATALOG_QUERY, isTheirs } from './rows.ts'
import { fuzzFunctions, same, told } from './run.ts'

/** Functions, operators, casts and aggregates: PostgreSQL's values, types and errors. */
const missing = postgresMissing()
if (missing !== null) process.stderr.write(`skipped: ${missing}\n`)
const SOAK = process.env['MILLRACE_SOAK'] === '1'
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
  'calls with random arguments answer as those of PostgreSQL do',
  async () => {
    const found: string[] = []
    let rounds = 0
    let row = 0
    const { calls } = await fuzzFunctions({
      pair,
      seed: SEED,
      callsEach: SOAK ? 10 : 1,
      only: () => SOAK || row++ % 3 === 0,
      goOn: () => rounds++ < (SOAK ? 20 : 1),
      onDifference: (difference) => found.push(told(difference)),
    })
    expect(found).toEqual([])
    expect(calls).toBeGreaterThan(250)
  },
  3_600_000,
)

test.skipIf(missing !== null)(
  'the examples of the table are true of PostgreSQL: value, type and text',
  async () => {
    await pair.begin()
    await pair.postgres("SET TimeZone = 'UTC'")
    const catalog = await pair.postgres(CATALOG_QUERY)
    if (failed(catalog)) throw new Error(catalog.message)
    const theirs = new Set(catalog.rows.map(([text]) => text!))
    const different: string[] = []
    for (const fn of SCALARS) {
      if (fn.example === undefined || !isTheirs(fn, theirs) || exampleException(fn.id) !== undefined) continue
      const sql = `SELECT ${fn.example.sql}`
      const [wanted, found] = [await pair.postgres(sql), await pair.millrace(sql)]
      if (!same(wanted, found)) different.push(`${sql}\n  ${JSON.stringify(wanted)}\n  ${JSON.stringify(found)}`)
      else if (!failed(found) && found.rows[0]?.[0] !== fn.example.result)
        different.push(`${sql}: ${fn.example.result}`)
    }
    expect(different).toEqual([])
  },
  60_000,
)
