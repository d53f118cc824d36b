/** Counts of test results, and the verdict line. */
import { relative } from 'node:path'

export interface Tally {
  readonly passed: number
  readonly failed: number
  /** Names, `file > suite > test`. */
  readonly skipped: readonly string[]
  /** What failed, a line each: `file > suite > test: message`, or `file:line` of a sqllogictest record. */
  readonly failures: readonly string[]
}

export const addTallies = (a: Tally, b: Tally): Tally => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: [...a.skipped, ...b.skipped],
  failures: [...a.failures, ...b.failures],
})

interface VitestReport {
  readonly success: boolean
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message?: string
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[]
      readonly title: string
      readonly status: string
      readonly failureMessages?: readonly string[] | null
    }[]
  }[]
}

/** A file that fails to load, and an error outside any test, are failures too. */
export function tallyOfVitest(report: VitestReport, root: string): Tally {
  let passed = 0
  let failed = 0
  const skipped: string[] = []
  const failures: string[] = []
  for (const file of report.testResults) {
    const path = relative(root, file.name)
    let failedHere = 0
    for (const result of file.assertionResults) {
      const name = [path, ...result.ancestorTitles, result.title].join(' > ')
      if (result.status === 'passed') passed++
      else if (result.status === 'failed') {
        failedHere++
        failures.push(`${name}: ${firstLine(result.failureMessages?.[0])}`)
      } else skipped.push(name)
    }
    if (failedHere === 0 && file.status === 'failed') {
      failedHere = 1
      failures.push(`${path}: ${firstLine(file.message)}`)
    }
    failed += failedHere
  }
  if (failed === 0 && !report.success) {
    failed = 1
    failures.push('an error outside any test')
  }
  return { passed, failed, skipped, failures }
}

const FAILED_RECORD = /^\S.*:\d+: failed \(/

const firstLine = (message: string | undefined): string => (message ?? '').split('\n', 1)[0]

/** Counts from the runner's last line; failures are the lines that begin with a place and a verdict. */
export function tallyOfSlt(output: string): Tally {
  const match = /(\d+) passed, (\d+) failed\s*$/.exec(output)
  if (!match) return { passed: 0, failed: 1, skipped: [], failures: ['the sqllogictest runner did not end'] }
  const failures = output.split('\n').filter((line) => FAILED_RECORD.test(line))
  return { passed: Number(match[1]), failed: Number(match[2]), skipped: [], failures }
}

/** Lines that are empty or begin with # say nothing. */
export function forbiddenSkips(skipped: readonly string[], allowedLines: readonly string[]): string[] {
  const allowed = allowedLines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'))
  return skipped.filter((name) => !allowed.some((prefix) => name.startsWith(prefix)))
}

export function verdictLine(tally: Tally): string {
  const skipped = tally.skipped.length === 0 ? '' : `, ${tally.skipped.length} skipped`
  return `${tally.passed} passed, ${tally.failed} failed${skipped}`
}
