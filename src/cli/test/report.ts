/** What a run prints, and its JUnit file. */
import type { Mode } from './check.ts'
import type { Failure, FileOutcome } from './run-file.ts'

export interface FileReport {
  readonly file: string
  readonly mode: Mode
  readonly outcome: FileOutcome
  readonly seconds: number
}

export interface Terminal {
  readonly interactive: boolean
  write(text: string): void
}

/** Tells how far a run is, on a terminal only, on one line that is overwritten. */
export class Progress {
  readonly #terminal: Terminal
  readonly #total: number
  #done = 0
  #shownAt = 0

  constructor(terminal: Terminal, total: number) {
    this.#terminal = terminal
    this.#total = total
  }

  record(file: string, mode: Mode, outcome: FileOutcome, nowMs: number): void {
    if (!this.#terminal.interactive || nowMs - this.#shownAt < 100) return
    this.#shownAt = nowMs
    const failed = outcome.failures.length > 0 ? `, ${outcome.failures.length} failed` : ''
    this.#terminal.write(
      `\r\u001b[K[${this.#done + 1}/${this.#total}] ${mode} ${file}: ${outcome.passed} passed${failed}`,
    )
  }

  file(report: FileReport): void {
    this.#done++
    if (this.#terminal.interactive) this.#terminal.write('\r\u001b[K')
    for (const failure of report.outcome.failures) this.#terminal.write(`${renderFailure(failure, report.mode)}\n`)
  }
}

function renderFailure(failure: Failure, mode: Mode): string {
  const sql = failure.sql === '' ? [] : failure.sql.split('\n').map((line) => `    ${line}`)
  const message = failure.message.split('\n').map((line) => `  ${line}`)
  return [`${failure.place.file}:${failure.place.line}: failed (${mode})`, ...sql, ...message, ''].join('\n')
}

/** Why statements could not be checked in a mode, most frequent first. */
export function renderUnchecked(reports: readonly FileReport[]): string {
  const lines: string[] = []
  for (const mode of ['view', 'subscribe'] as const) {
    const places = reports.filter((r) => r.mode === mode).flatMap((r) => r.outcome.unchecked)
    if (places.length === 0) continue
    lines.push(`${places.length} statements could not be checked as a ${mode === 'view' ? 'view' : 'subscription'}:`)
    for (const { place, reason } of places) lines.push(`  ${place.file}:${place.line}: ${reason.split('\n')[0]}`)
  }
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`
}

export function renderTotals(reports: readonly FileReport[]): string {
  const passed = reports.reduce((sum, r) => sum + r.outcome.passed, 0)
  const failed = reports.reduce((sum, r) => sum + r.outcome.failures.length, 0)
  return `${passed} passed, ${failed} failed`
}

const escapeXml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    // Control characters have no form in XML 1.0.
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd]/g, '?')

export function renderJunit(reports: readonly FileReport[]): string {
  const suites = reports.map(({ file, mode, outcome, seconds }) => {
    const tests = outcome.passed + outcome.failures.length
    const name = escapeXml(`${file} (${mode})`)
    const passed = outcome.passed === 0 ? '' : `    <testcase name="${outcome.passed} records" classname="${name}"/>\n`
    const failures = outcome.failures.map(
      (f) =>
        `    <testcase name="line ${f.place.line}" classname="${name}"><failure>${escapeXml(f.message)}</failure></testcase>\n`,
    )
    const head = `  <testsuite name="${name}" tests="${tests}" failures="${outcome.failures.length}" time="${seconds.toFixed(3)}">`
    return `${head}\n${passed}${failures.join('')}  </testsuite>\n`
  })
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join('')}</testsuites>\n`
}
