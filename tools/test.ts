/**
 * `npm test`: checks, unit tests, sqllogictest files in every mode. The last line is `N passed, M failed[, K skipped]`.
 *
 *   --soak                 the long forms of the tests (MILLRACE_SOAK=1)
 *   --allowed-skips FILE   fail when a test is skipped whose name begins with none of the file's lines
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { runChecks } from './check.ts'
import { root, runNode, VITEST } from './processes.ts'
import { addTallies, forbiddenSkips, type Tally, tallyOfSlt, tallyOfVitest, verdictLine } from './tally.ts'

const { values } = parseArgs({ options: { soak: { type: 'boolean' }, 'allowed-skips': { type: 'string' } } })
const env: Record<string, string> = values.soak ? { MILLRACE_SOAK: '1' } : {}

function checks(): Tally {
  const failed = runChecks(false)
  return { passed: 2 - failed.length, failed: failed.length, skipped: [], failures: failed.map(String) }
}

function unitTests(): Tally {
  mkdirSync(join(root, '.tmp'), { recursive: true })
  const report = join(root, '.tmp/vitest.json')
  runNode([VITEST, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`], env)
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: [], failures: ['vitest wrote no report'] }
  return tallyOfVitest(JSON.parse(readFileSync(report, 'utf8')), root)
}

function sqlTests(): Tally {
  const folder = join(root, 'sql-tests')
  if (!existsSync(folder) || readdirSync(folder).length === 0)
    return { passed: 0, failed: 0, skipped: [], failures: [] }
  const args = [
    join(root, 'bin/millrace.cjs'),
    'test',
    '--mode',
    'all',
    '--restarts',
    values.soak ? '1000' : '3',
    '--stub-sources',
    'sql-tests',
    'examples',
  ]
  const done = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 })
  process.stdout.write(done.stdout)
  process.stderr.write(done.stderr)
  return tallyOfSlt(done.stdout)
}

const total = [checks, unitTests, sqlTests].map((step) => step()).reduce(addTallies)
const allowedFile = values['allowed-skips']
const allowed = allowedFile === undefined ? null : readFileSync(allowedFile, 'utf8').split('\n')
const forbidden = allowed === null ? [] : forbiddenSkips(total.skipped, allowed)
for (const name of total.skipped) process.stdout.write(`skipped: ${name}\n`)
for (const name of forbidden) process.stdout.write(`may not be skipped: ${name}\n`)
// Once more at the end, where they are not lost among what everything printed.
for (const line of total.failures) process.stdout.write(`failed: ${line}\n`)
const final = { ...total, failed: total.failed + forbidden.length }
process.stdout.write(`${verdictLine(final)}\n`)
process.exitCode = final.failed === 0 ? 0 : 1
