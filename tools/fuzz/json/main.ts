/**
 * `node tools/run.cjs tools/fuzz/json/main.ts [--calls N] [--seed S] [--url postgresql://…]`: random calls of the functions
 * and operators of JSON beside PostgreSQL, its own or the one that is named. Exit code 1 if anything differs.
 */
import { parseArgs } from 'node:util'
import { postgresMissing, startPostgres } from '../../services/postgres.ts'
import { openPair } from '../pair.ts'
import { randomCall } from './calls.ts'
import { compareStatements, explained } from './compare.ts'

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '50000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    url: { type: 'string' },
  },
})

const missing = values.url === undefined ? postgresMissing() : null
if (missing !== null) {
  process.stderr.write(`${missing}\n`)
  process.exit(1)
}
const service = values.url === undefined ? await startPostgres() : null
const pair = await openPair(values.url ?? service?.url ?? '')
const used = new Map<string, number>()
try {
  const { statements, errors, found } = await compareStatements(pair, randomCall, {
    seed: Number(values.seed),
    goOn: (done) => done < Number(values.calls),
    used,
  })
  const list = [...used].sort((a, b) => b[1] - a[1]).map(([name, n]) => `  ${n} ${name}`)
  process.stdout.write(`productions used:\n${list.join('\n')}\n\n${found.slice(0, 20).map(explained).join('\n')}\n`)
  process.stdout.write(
    `seed ${values.seed}: ${statements} calls, ${errors} of them errors, ${found.length} differences\n`,
  )
  process.exitCode = found.length === 0 ? 0 : 1
} finally {
  await pair.close()
  service?.stop()
}
