/** Counts of test results, and the verdict line. */
import { relative } from 'node:path'

export interface Tally {
  readonly passed: number
  readonly failed: number
  /** Names, `file > suite > test`. */
  readonly skipped: readonly string[]
  /** What failed, a line each: `file > suite > test: message`, or `file:line` of a sqllogictest record. */
  readonly failures: readonly string[]
  /** What failed once and passed when it ran again by itself, as in `failures`. It counts as passed. */
  readonly unstable: readonly string[]
}

export const EMPTY: Tally = { passed: 0, failed: 0, skipped: [], failures: [], unstable: [] }

export const failure = (message: string): Tally => ({ ...EMPTY, failed: 1, failures: [message] })

export const addTallies = (a: Tally, b: Tally): Tally => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: [...a.skipped, ...b.skipped],
  failures: [...a.failures, ...b.failures],
  unstable: [...a.unstable, ...b.unstable],
})

interface VitestFile {
  readonly name: string
  readonly status: string
  readonly message?: string
  readonly assertionResults: readonly {
    readonly ancestorTitles: readonly string[]
    readonly title: string
    readonly status: string
    readonly failureMessages?: readonly string[] | null
  }[]
}
export interface VitestReport {
  readonly testResults: readonly VitestFile[]
}

interface Outcome {
  readonly name: string
  readonly status: 'passed' | 'failed' | 'skipped'
  readonly message: string
}

/** Of each test, and of the file itself where it did not load or a hook failed. */
function outcomesOf(file: VitestFile, root: string): readonly Outcome[] {
  const path = relative(root, file.name)
  const tests = file.assertionResults.map(
    ({ ancestorTitles, title, status, failureMessages }): Outcome => ({
      name: [path, ...ancestorTitles, title].join(' > '),
      status: status === 'passed' || status === 'failed' ? status : 'skipped',
      message: firstLine(failureMessages?.[0]),
    }),
  )
  if (file.status !== 'failed' || tests.some(({ status }) => status === 'failed')) return tests
  return [...tests, { name: path, status: 'failed', message: firstLine(file.message) }]
}

/** What a file comes to with its second run, which is there when the first failed: what fails twice failed. */
function tallyOfFile(file: VitestFile, again: VitestFile | undefined, root: string): Tally {
  const path = relative(root, file.name)
  const first = outcomesOf(file, root)
  const second = again === undefined ? [] : outcomesOf(again, root)
  const firstOf = new Map(first.map((outcome) => [outcome.name, outcome]))
  const secondOf = new Map(second.map((outcome) => [outcome.name, outcome]))
  // A file that did not load is there the second time when any of its tests is.
  if (second.some(({ status }) => status === 'passed') && !secondOf.has(path))
    secondOf.set(path, { name: path, status: 'passed', message: '' })
  const names = new Set([...first, ...second].map(({ name }) => name))
  return [...names]
    .map((name) => tallyOfTest(firstOf.get(name), secondOf.get(name), name === path))
    .reduce(addTallies, EMPTY)
}

function tallyOfTest(first: Outcome | undefined, second: Outcome | undefined, isFile: boolean): Tally {
  // Where a hook failed, or the file did not load, its tests did not run: the second time is their first.
  const ran = first !== undefined && (first.status !== 'skipped' || second === undefined) ? first : second!
  const other = ran === first ? second : undefined
  const { name, status, message } = ran
  if (status === 'skipped') return { ...EMPTY, skipped: [name] }
  if (status === 'failed' && other?.status !== 'passed') return failure(`${name}: ${message}`)
  const trouble = [ran, other].find((outcome) => outcome?.status === 'failed')
  const unstable = trouble === undefined ? [] : [`${name}: ${trouble.message}`]
  return { ...EMPTY, passed: isFile ? 0 : 1, unstable }
}

/** A file that fails to load is a failure too, and so are errors outside any test (`outside`: their messages). */
export function tallyOfVitest(
  report: VitestReport,
  root: string,
  outside: readonly string[] = [],
  again: VitestReport = { testResults: [] },
): Tally {
  const second = new Map(again.testResults.map((file) => [file.name, file]))
  const files = report.testResults.map((file) => tallyOfFile(file, second.get(file.name), root))
  const errors = outside.map((message) => failure(`an error outside any test: ${firstLine(message)}`))
  return [...files, ...errors].reduce(addTallies, EMPTY)
}

/** Paths of the files in which something failed. */
export const failedFiles = (report: VitestReport): readonly string[] =>
  report.testResults.filter(({ status }) => status === 'failed').map(({ name }) => name)

const FAILED_RECORD = /^(\S.*):\d+: failed \(/

const firstLine = (message: string | undefined): string => (message ?? '').split('\n', 1)[0]

const failedRecords = (output: string): string[] => output.split('\n').filter((line) => FAILED_RECORD.test(line))

const COUNTS = /(\d+) passed, (\d+) failed\s*$/

/** Counts from the runner's last line; failures are the lines that begin with a place and a verdict. */
export function tallyOfSlt(output: string): Tally {
  const match = COUNTS.exec(output)
  if (!match) return failure('the sqllogictest runner did not end')
  return { ...EMPTY, passed: Number(match[1]), failed: Number(match[2]), failures: failedRecords(output) }
}

/** Paths of the files with records that failed. */
export const failedSltFiles = (output: string): readonly string[] => [
  ...new Set(failedRecords(output).map((line) => FAILED_RECORD.exec(line)![1])),
]

/** `again`: what the runner printed when the files with failures ran once more. A record that fails in both failed. */
export function tallyOfSltTwice(output: string, again: string): Tally {
  const tally = tallyOfSlt(output)
  if (!COUNTS.test(output) || !COUNTS.test(again)) return tally
  const twice = new Set(failedRecords(again))
  const once = tally.failures.filter((line) => !twice.has(line))
  return {
    ...tally,
    passed: tally.passed + once.length,
    failed: tally.failed - once.length,
    failures: tally.failures.filter((line) => twice.has(line)),
    unstable: [...once, ...[...twice].filter((line) => !tally.failures.includes(line))],
  }
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
