/**
 * `npm run fuzz -- functions [--minutes N] [--seed S] [--calls N] [--only REGEXP]`: every function, operator, cast and aggregate
 * that PostgreSQL has too, called with boundary values, NULLs, random and wrong arguments on both sides. `--only`: those whose
 * signature matches. Prints each difference that exceptions.ts does not name; exit code 1 if there is one.
 */
import { parseArgs } from 'node:util'
import { postgresMissing, startPostgres } from '../../services/postgres.ts'
import { openPair } from '../pair.ts'
import { fuzzFunctions, told } from './run.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    calls: { type: 'string', default: '10' },
    only: { type: 'string' },
  },
})

const missing = postgresMissing()
if (missing !== null) {
  process.stderr.write(`${missing}\n`)
  process.exit(1)
}
const service = await startPostgres()
const pair = await openPair(service.url)
const end = Date.now() + Number(values.minutes) * 60_000
const only = values.only === undefined ? undefined : new RegExp(values.only)
try {
  const totals = await fuzzFunctions({
    pair,
    seed: Number(values.seed),
    callsEach: Number(values.calls),
    ...(only === undefined ? {} : { only: ({ id }) => only.test(id) }),
    goOn: () => Date.now() < end,
    onDifference: (difference) => process.stdout.write(`\n#### ${difference.call.of.id}\n${told(difference)}`),
  })
  const excepted = [...totals.excepted].sort((a, b) => b[1] - a[1]).map(([name, n]) => `  ${n} ${name}`)
  process.stdout.write(`\ndifferences that are named:\n${excepted.join('\n')}\n`)
  process.stdout.write(
    `seed ${values.seed}: ${totals.calls} calls of ${totals.rows} rows, ${totals.answered} with a value, ${totals.differences} differences\n`,
  )
  process.exitCode = totals.differences === 0 ? 0 : 1
} finally {
  await pair.close()
  service.stop()
}
