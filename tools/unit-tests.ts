/** Runs test files through vitest and counts; files with failures once more, alone. */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { root, runApart, VITEST } from './processes.ts'
import { failedFiles, failure, type Tally, tallyOfVitest, type VitestReport } from './tally.ts'

const REPORTS = join(root, '.tmp')

export interface UnitRun {
  readonly report: VitestReport | null
  /** Messages of errors outside any test. */
  readonly outside: readonly string[]
}

/** `name` tells the runs of one `npm test` apart. */
export async function runVitest(name: string, args: readonly string[], env: Record<string, string>): Promise<UnitRun> {
  mkdirSync(REPORTS, { recursive: true })
  const report = join(REPORTS, `vitest-${name}.json`)
  const outside = join(REPORTS, `outside-${name}.json`)
  for (const file of [report, outside]) rmSync(file, { force: true })
  const reporters = ['--reporter=default', '--reporter=json', `--reporter=${join(root, 'tools/outside-reporter.ts')}`]
  await runApart([VITEST, 'run', ...reporters, `--outputFile.json=${report}`, ...args], {
    ...env,
    VITEST_OUTSIDE_ERRORS: outside,
  })
  return { report: readJson(report), outside: readJson(outside) ?? ['vitest did not end'] }
}

const readJson = <T>(file: string): T | null => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null)

/** `again`: whether files with failures run once more, when there is nothing else that they could wait for. */
export async function tallyOfRun(run: UnitRun, again: boolean, env: Record<string, string>): Promise<Tally> {
  const { report, outside } = run
  if (report === null) return failure('vitest wrote no report')
  const files = again ? failedFiles(report).map((file) => relative(root, file)) : []
  if (files.length === 0) return tallyOfVitest(report, root, outside)
  process.stdout.write(`once more: ${files.join(', ')}\n`)
  const second = await runVitest('again', ['--maxWorkers', '1', ...files], env)
  const errors = [...outside, ...second.outside]
  return tallyOfVitest(report, root, errors, second.report ?? { testResults: [] })
}
