import { expect, test } from 'vitest'
import { postgresMissing, startPostgres } from '../services/postgres.ts'
import { compareTpch } from './compare.ts'
import { DEFAULTS } from './queries.ts'

/** The queries of TPC-H as views under its refresh streams: PostgreSQL's answers at every step. */
const missing = postgresMissing()
if (missing !== null) process.stderr.write(`skipped: ${missing}\n`)

const SOAK = process.env['MILLRACE_SOAK'] === '1'

test.skipIf(missing !== null)(
  'the views of q1 to q22 hold what PostgreSQL answers, after new orders, old orders and updates',
  async () => {
    const service = await startPostgres()
    try {
      const { answered, compared, differences } = await compareTpch({
        ...(SOAK ? { scale: 0.05, rounds: 10, parameters: DEFAULTS } : { scale: 0.0006, rounds: 1 }),
        seed: SOAK ? Date.now() % 1_000_000 : 7,
        url: service.url,
        told: SOAK ? (line) => process.stdout.write(`${line}\n`) : () => {},
      })
      expect(differences.join('\n')).toBe('')
      expect(compared).toBe(22 * (SOAK ? 31 : 4))
      expect(answered.size).toBeGreaterThan(SOAK ? 20 : 15)
    } finally {
      service.stop()
    }
  },
  3_600_000,
)
