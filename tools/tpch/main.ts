/**
 * `node tools/run.cjs tools/tpch/main.ts [--scale 0.05] [--rounds 5] [--seed S]`: TPC-H's queries as materialized views
 * under its refresh streams and updates, compared with PostgreSQL after each; exit code 1 if one differs.
 */
import { parseArgs } from 'node:util'
import { postgresMissing, startPostgres } from '../services/postgres.ts'
import { compareTpch } from './compare.ts'
import { DEFAULTS } from './queries.ts'

const { values } = parseArgs({
  options: {
    scale: { type: 'string', default: '0.05' },
    rounds: { type: 'string', default: '5' },
    seed: { type: 'string', default: '1' },
  },
})
const missing = postgresMissing()
if (missing !== null) {
  process.stderr.write(`${missing}\n`)
  process.exit(1)
}
const service = await startPostgres()
try {
  const scale = Number(values.scale)
  const { compared, answered, differences } = await compareTpch({
    scale,
    seed: Number(values.seed),
    rounds: Number(values.rounds),
    ...(scale >= 0.01 && { parameters: DEFAULTS }),
    url: service.url,
    told: (line) => process.stdout.write(`${line}\n`),
  })
  for (const difference of differences) process.stdout.write(`\n${difference}\n`)
  process.stdout.write(
    `scale ${scale}: ${compared} answers compared, ${answered.size} of 22 queries had some, ${differences.length} differences\n`,
  )
  process.exitCode = differences.length === 0 ? 0 : 1
} finally {
  service.stop()
}
