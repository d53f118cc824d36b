/** `millrace test`: runs sqllogictest files against a server of its own, or against any by --url. */
import { writeFileSync } from 'node:fs'
import { OptionError } from '../options.ts'
import { parseTestArguments, type TestArguments } from './arguments.ts'
import type { Mode, ModeCheck } from './check.ts'
import { SltSyntaxError } from './cursor.ts'
import { expandPaths, loadRecords } from './files.ts'
import { NamedSubscriptions } from './named-subscriptions.ts'
import { seeded, seedOf } from './random.ts'
import type { SltRecord } from './record.ts'
import { Relations } from './relations.ts'
import { type FileReport, Progress, renderJunit, renderTotals, renderUnchecked, type Terminal } from './report.ts'
import { type RestartOptions, restartCheck } from './restart-check.ts'
import { type FileOutcome, runRecords } from './run-file.ts'
import { Sessions } from './sessions.ts'
import { subscribeCheck } from './subscribe-check.ts'
import { remoteTarget, type Target } from './target.ts'
import { viewCheck } from './view-check.ts'

export const TEST_HELP = `millrace test [options] PATH…: run sqllogictest files

  PATH                 .slt and .test files, or folders of them
  --mode MODE          pull (as written; the default), view, subscribe, restart, a list of these, or all
                         view       every SELECT also as a materialized view, compared amid deletes and re-inserts
                         subscribe  the changes of a SUBSCRIBE of every SELECT, folded, compared likewise
                         restart    the server is killed and started again between statements
  --url postgresql://…  run against this server instead of a fresh one per file
  --stub-sources       Kafka and schema registries in memory: pipelines run as they stand; "feed SOURCE" and JSON
                       lines are the records of their topics
  --label NAME         a label for skipif and onlyif (repeatable); "millrace" holds without --url,
                       "restart" in that mode
  --junit FILE         write a JUnit report
  --seed N             seed of deletes and restarts (1)
  --restarts N         at most so many restarts a file in mode restart (5)
  --timeout SECONDS    longest time of a record (60)

Every option is also a MILLRACE_* variable (MILLRACE_MODE, MILLRACE_STUB_SOURCES=on).
Each failure is printed as file:line with a diff (- expected, + got). The last line is "N passed, M failed": records,
that is statements and queries. The exit code is 1 when one failed.
`

const VALUEWISE = /\.test$/

export async function test(args: readonly string[]): Promise<number> {
  const options = parseTestArguments(args, process.env)
  const terminal: Terminal = {
    interactive: process.stdout.isTTY === true,
    write: (text) => process.stdout.write(text),
  }
  const reports = await runAll(
    options,
    terminal,
    options.url === null ? await localTargets(options.stubSources) : remoteTarget,
  )
  terminal.write(renderUnchecked(reports))
  if (options.junit !== null) writeFileSync(options.junit, renderJunit(reports))
  terminal.write(`${renderTotals(reports)}\n`)
  return reports.some((r) => r.outcome.failures.length > 0) ? 1 : 0
}

export type OpenTarget = (url: string, durable: boolean) => Target | Promise<Target>
export type Rewrite = (sql: string) => string

/** The server is loaded only where one is started. */
async function localTargets(stubSources: boolean): Promise<OpenTarget> {
  const { localTarget } = await import('./local-target.ts')
  return (_url, durable) => localTarget(durable, stubSources)
}

export async function runAll(
  options: TestArguments,
  terminal: Terminal,
  open: OpenTarget,
  rewrite: Rewrite = (sql) => sql,
): Promise<FileReport[]> {
  const files = expandPaths(options.paths)
  if (files.length === 0) throw new OptionError(`there is no .slt or .test file in ${options.paths.join(', ')}`)
  const progress = new Progress(terminal, files.length * options.modes.length)
  const reports: FileReport[] = []
  for (const mode of options.modes) {
    for (const file of files) {
      const started = performance.now()
      const outcome = await runFile(file, mode, options, open, {
        rewrite,
        onRecord: (o) => progress.record(file, mode, o, performance.now()),
      })
      const report = { file, mode, outcome, seconds: (performance.now() - started) / 1000 }
      reports.push(report)
      progress.file(report)
    }
  }
  return reports
}

async function runFile(
  file: string,
  mode: Mode,
  options: TestArguments,
  open: OpenTarget,
  hooks: { readonly rewrite: Rewrite; readonly onRecord: (outcome: FileOutcome) => void },
): Promise<FileOutcome> {
  let records: SltRecord[]
  try {
    records = loadRecords(file)
  } catch (error) {
    if (!(error instanceof SltSyntaxError)) throw error
    return { passed: 0, failures: [{ place: error.place, sql: '', message: error.message }], unchecked: [] }
  }
  const ends = records.some((record) => record.kind === 'life')
  const target = await open(options.url ?? '', mode === 'restart' || ends)
  const sessions = new Sessions(target)
  const subscriptions = new NamedSubscriptions(sessions)
  const relations = new Relations()
  try {
    const random = seeded(seedOf(file) ^ options.seed)
    return await runRecords(records, {
      target,
      sessions,
      subscriptions,
      relations,
      check: checkOf(mode, target, sessions, relations, {
        records: records.length,
        restarts: options.restarts,
        random,
        subscriptions,
      }),
      // For what crashes change: values of sequences are skipped.
      labels: new Set([...options.labels, ...(mode === 'restart' ? ['restart'] : [])]),
      valuewise: VALUEWISE.test(file),
      recordTimeoutMs: options.recordTimeoutMs,
      ...hooks,
    })
  } finally {
    sessions.destroyAll()
    await target.close()
  }
}

function checkOf(
  mode: Mode,
  target: Target,
  sessions: Sessions,
  relations: Relations,
  options: RestartOptions,
): ModeCheck {
  switch (mode) {
    case 'pull':
      return {}
    case 'view':
      return viewCheck({ sessions, relations }, { random: options.random, viewKind: 'MATERIALIZED VIEW' })
    case 'subscribe':
      return subscribeCheck({ sessions, relations }, options.random)
    case 'restart':
      return restartCheck(target, sessions, options)
  }
}
