/**
 * `npm test`: checks, unit tests, sqllogictest files in every mode. The last line is `N passed, M failed[, K skipped]`.
 *
 *   --soak                 the long forms of the tests (MILLRACE_SOAK=1)
 *   --allowed-skips FILE   fail when a test is skipped whose name begins with none of the file's lines
 */
import { spawn } from 'node:child_process'
import { existsSync, globSync, mkdirSync, readFileSync, statSync } from 'node:fs'
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

/** Runners at once: a run hardly uses a second core. */
const RUNNERS = 2

/** All files, dealt out by their size, so that the runners end at about the same time. */
function dealt(): string[][] {
  const files = ['sql-tests', 'examples']
    .flatMap((folder) => globSync(`${folder}/**/*.slt`, { cwd: root }))
    .map((file) => ({ file, size: statSync(join(root, file)).size }))
    .sort((a, b) => b.size - a.size || (a.file < b.file ? -1 : 1))
  return Array.from({ length: RUNNERS }, (_, runner) =>
    files.filter((_, i) => i % RUNNERS === runner).map(({ file }) => file),
  ).filter((hand) => hand.length > 0)
}

function runSlt(files: readonly string[]): Promise<Tally> {
  const restarts = values.soak ? '1000' : '3'
  const options = ['test', '--mode', 'all', '--restarts', restarts, '--stub-sources']
  const child = spawn(process.execPath, [join(root, 'bin/millrace.cjs'), ...options, ...files], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', () => {
      const output = Buffer.concat(chunks).toString()
      process.stdout.write(output)
      resolve(tallyOfSlt(output))
    })
  })
}

const sqlTests = async (): Promise<Tally> => (await Promise.all(dealt().map(runSlt))).reduce(addTallies)

const total = [checks(), unitTests(), await sqlTests()].reduce(addTallies)
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
