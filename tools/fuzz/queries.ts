/**
 * `npm run fuzz [-- --minutes N] [--seed S] [--queries N] [--batches N] [--out FOLDER]`: random queries beside PostgreSQL, pulled
 * and as views under changes. Differences are shrunk and written as files of SQL tests; exit code 1 if there is one.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { postgresMissing, startPostgres } from '../services/postgres.ts'
import { openPair } from './pair.ts'
import { fuzz } from './run.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    queries: { type: 'string', default: '20' },
    batches: { type: 'string', default: '20' },
    out: { type: 'string' },
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
let findings = 0
try {
  const totals = await fuzz({
    pair,
    seed: Number(values.seed),
    queries: Number(values.queries),
    batches: Number(values.batches),
    goOn: () => Date.now() < end,
    onFinding({ seed, explanation, test }) {
      findings++
      process.stdout.write(`\n#### seed ${seed}: ${explanation}\n\n${test}`)
      if (values.out === undefined) return
      mkdirSync(values.out, { recursive: true })
      const comment = explanation.split('\n', 1)[0]
      writeFileSync(join(values.out, `found-${seed}-${findings}.slt`), `# ${comment}\n\n${test}`)
    },
  })
  const list = (counts: ReadonlyMap<string, number>, most: number) =>
    [...counts]
      .sort((a, b) => b[1] - a[1])
      .slice(0, most)
      .map(([text, n]) => `  ${n} ${text}`)
      .join('\n')
  process.stdout.write(`\nproductions used:\n${list(totals.used, 1_000)}\n`)
  process.stdout.write(`\nrefused:\n${list(totals.refused, 30)}\nfailed in PostgreSQL:\n${list(totals.failures, 15)}\n`)
  process.stdout.write(
    `seed ${values.seed}: ${totals.worlds} worlds, ${totals.compared} queries × batches compared, ${totals.findings} differences\n`,
  )
} finally {
  await pair.close()
  service.stop()
}
process.exitCode = findings === 0 ? 0 : 1
