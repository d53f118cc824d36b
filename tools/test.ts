/**
 * `npm test`: checks, unit tests, sqllogictest files in every mode. The last line is `N passed, M failed[, K skipped]`.
 * A file in which something fails runs once more by itself, after everything else: what passes then is told as unstable.
 *
 *   --soak                 the long forms of the tests (MILLRACE_SOAK=1); nothing runs once more
 *   --allowed-skips FILE   fail when a test is skipped whose name begins with none of the file's lines
 */
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { runChecks } from './check.ts'
import { runSqlTests, tallyOfSqlRun } from './sql-tests.ts'
import { addTallies, EMPTY, forbiddenSkips, type Tally, verdictLine } from './tally.ts'
import { runVitest, tallyOfRun } from './unit-tests.ts'
import { warmUp } from './warm.ts'

const { values } = parseArgs({ options: { soak: { type: 'boolean' }, 'allowed-skips': { type: 'string' } } })
const env: Record<string, string> = values.soak ? { MILLRACE_SOAK: '1' } : {}
/** Kills of a file's server between its statements: a start is half a second of work, and there are hundreds of files. */
const restarts = values.soak ? 1000 : 1
// Random cases are looked for so that they are found: one that fails would not come again.
const again = !values.soak && process.env['MILLRACE_TEST_SEED'] === undefined
// As vitest.config.ts has it.
process.env['NODE_COMPILE_CACHE'] ??= join(tmpdir(), 'node-compile-cache')

function checks(): Tally {
  const failed = runChecks(false)
  return { ...EMPTY, passed: 2 - failed.length, failed: failed.length, failures: failed.map(String) }
}

/** Processes wait more than they work; what works all the time runs beside them, and then the sql files. */
const PROCESSES = 2
const warm = warmUp()
const checked = checks()
await warm
const [processes, [units, sql]] = await Promise.all([
  runVitest('processes', ['--project', 'processes', '--maxWorkers', String(PROCESSES)], env),
  (async () => {
    const units = await runVitest('units', ['--project', 'units', '--maxWorkers', '1'], env)
    return [units, await runSqlTests(restarts)] as const
  })(),
])
const tallies = [checked]
for (const run of [units, processes]) tallies.push(await tallyOfRun(run, again, env))
for (const run of sql) tallies.push(await tallyOfSqlRun(run, again, restarts))

const total = tallies.reduce(addTallies)
const allowedFile = values['allowed-skips']
const allowed = allowedFile === undefined ? null : readFileSync(allowedFile, 'utf8').split('\n')
const forbidden = allowed === null ? [] : forbiddenSkips(total.skipped, allowed)
for (const name of total.skipped) process.stdout.write(`skipped: ${name}\n`)
for (const name of forbidden) process.stdout.write(`may not be skipped: ${name}\n`)
// Once more at the end, where they are not lost among what everything printed.
for (const line of total.failures) process.stdout.write(`failed: ${line}\n`)
for (const line of total.unstable) process.stdout.write(`unstable: ${line}\n`)
const final = { ...total, failed: total.failed + forbidden.length }
process.stdout.write(`${verdictLine(final)}\n`)
process.exitCode = final.failed === 0 ? 0 : 1
