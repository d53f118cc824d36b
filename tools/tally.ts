/** Counts of test results, and the verdict line. */
import { relative } from 'node:path'

export interface Tally {
  readonly passed: number
  readonly failed: number
  /** Names, `file > suite > test`. */
  readonly skipped: readonly string[]
}

export const addTallies = (a: Tally, b: Tally): Tally => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: [...a.skipped, ...b.skipped],
})

interface VitestReport {
  readonly success: boolean
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly assertionResults: readonly {
      readonly ancestorTitles: readonly string[]
      readonly title: string
      readonly status: string
    }[]
  }[]
}

/** A file that fails to load, and an error outside any test, are failures too. */
export function tallyOfVitest(report: VitestReport, root: string): Tally {
  let passed = 0
  let failed = 0
  const skipped: string[] = []
  for (const file of report.testResults) {
    let failedHere = 0
    for (const result of file.assertionResults) {
      if (result.status === 'passed') passed++
      else if (result.status === 'failed') failedHere++
      else skipped.push([relative(root, file.name), ...result.ancestorTitles, result.title].join(' > '))
    }
    if (failedHere === 0 && file.status === 'failed') failedHere = 1
    failed += failedHere
  }
  if (failed === 0 && !report.success) failed = 1
  return { passed, failed, skipped }
}

/** From the runner's last line. */
export function tallyOfSlt(output: string): Tally {
  const match = /(\d+) passed, (\d+) failed\s*$/.exec(output)
  return match
    ? { passed: Number(match[1]), failed: Number(match[2]), skipped: [] }
    : { passed: 0, failed: 1, skipped: [] }
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
