/** Runs the records of one file in one mode. */
import { setTimeout as sleep } from 'node:timers/promises'
import { ConnectionLost, QueryError, rowsOfTag, type StatementResult } from '../client/result.ts'
import type { ModeCheck } from './check.ts'
import { compareResult, hashOf, resultLines } from './compare.ts'
import { compareError } from './errors.ts'
import type { ResultMode } from './format.ts'
import type { NamedSubscriptions } from './named-subscriptions.ts'
import type {
  ClockRecord,
  Condition,
  CountedRecord,
  LetRecord,
  LifeRecord,
  Place,
  QueryRecord,
  SltRecord,
  SortMode,
  StatementRecord,
  StubRecord,
} from './record.ts'
import type { Relations } from './relations.ts'
import type { Sessions } from './sessions.ts'
import { SubstitutionError, substitute } from './substitute.ts'
import type { Target } from './target.ts'

export interface Failure {
  readonly place: Place
  readonly sql: string
  readonly message: string
}

export interface FileOutcome {
  passed: number
  readonly failures: Failure[]
  /** Statements that the mode could not check, and why. */
  readonly unchecked: { readonly place: Place; readonly reason: string }[]
}

export interface RunOptions {
  readonly target: Target
  readonly sessions: Sessions
  readonly subscriptions: NamedSubscriptions
  readonly relations: Relations
  readonly check: ModeCheck
  readonly labels: ReadonlySet<string>
  readonly valuewise: boolean
  readonly recordTimeoutMs: number
  /** Changes SQL before it is sent, for servers of another dialect. */
  rewrite?(sql: string): string
  onRecord?(outcome: FileOutcome): void
}

export async function runRecords(records: readonly SltRecord[], options: RunOptions): Promise<FileOutcome> {
  const run = new FileRun(options)
  for (const record of records) {
    if ('conditions' in record && !holds(record.conditions, options.labels)) continue
    if (record.kind === 'halt') break
    if (record.kind === 'control') run.control(record.setting)
    else if (record.kind === 'sleep') await sleep(record.ms)
    else if (record.kind !== 'include' && record.kind !== 'run') {
      await run.count(record)
      options.onRecord?.(run.outcome)
    }
  }
  return run.outcome
}

export function holds(conditions: readonly Condition[], labels: ReadonlySet<string>): boolean {
  return conditions.every((c) => labels.has(c.label) === (c.kind === 'onlyif'))
}

class FileRun {
  readonly outcome: FileOutcome = { passed: 0, failures: [], unchecked: [] }
  readonly #options: RunOptions
  readonly #variables = new Map<string, string>()
  /** Hash of the result of each label: queries of one label must agree. */
  readonly #labelled = new Map<string, string>()
  #sort: SortMode = 'nosort'
  #mode: ResultMode
  #substitution = false

  constructor(options: RunOptions) {
    this.#options = options
    this.#mode = options.valuewise ? 'valuewise' : 'rowwise'
  }

  control(setting: Extract<SltRecord, { kind: 'control' }>['setting']): void {
    if (setting.name === 'sortmode') this.#sort = setting.value
    else if (setting.name === 'resultmode') this.#mode = setting.value
    else this.#substitution = setting.value
  }

  async count(record: CountedRecord): Promise<void> {
    const message = await this.#tryRecord(record)
    if (message === null) this.outcome.passed++
    else this.outcome.failures.push({ place: record.place, sql: 'sql' in record ? record.sql : '', message })
  }

  /** null when it passed. However often it may be tried, its time is that of one record. */
  async #tryRecord(record: CountedRecord): Promise<string | null> {
    const { times, backoffMs } = record.retry ?? { times: 0, backoffMs: 0 }
    const endMs = Date.now() + this.#options.recordTimeoutMs
    for (let attempt = 0; ; attempt++) {
      const message = await this.#runRecord(record)
      if (message === null || attempt >= times || Date.now() + backoffMs > endMs) return message
      await sleep(backoffMs)
    }
  }

  async #runRecord(record: CountedRecord): Promise<string | null> {
    if (record.kind === 'refused') return record.reason
    const { sessions, recordTimeoutMs } = this.#options
    let late = false
    const timer = setTimeout(() => {
      late = true
      sessions.destroyAll()
    }, recordTimeoutMs)
    try {
      if (record.kind === 'life') return await this.#life(record.how)
      if (record.kind === 'feed' || record.kind === 'schema' || record.kind === 'topic') return await this.#stub(record)
      if (record.kind === 'expect') return await this.#options.subscriptions.expect(record.name, record.lines)
      await this.#options.check.before?.()
      const sql = this.#substitution ? substitute(record.sql, this.#variables) : record.sql
      if (record.kind === 'statement') return await this.#statement(record, sql)
      if (record.kind === 'clock') return await this.#clock(record, sql)
      if (record.kind === 'subscribe') {
        await this.#options.subscriptions.subscribe(record.name, sql, record.connection)
        return null
      }
      return record.kind === 'let' ? await this.#let(record, sql) : await this.#query(record, sql)
    } catch (error) {
      if (late) return `no answer after ${recordTimeoutMs} ms`
      if (error instanceof ConnectionLost) return `connection lost: ${error.message}`
      if (error instanceof QueryError || error instanceof SubstitutionError) return error.message
      return `${(error as Error).stack ?? error}`
    } finally {
      clearTimeout(timer)
    }
  }

  async #execute(record: CountedRecord, sql: string): Promise<StatementResult | QueryError> {
    const connection = await this.#options.sessions.get(record.connection)
    const sent = this.#options.rewrite?.(sql) ?? sql
    try {
      const results = await connection.query(sent)
      this.#options.relations.observe(sql)
      this.#options.sessions.observe(record.connection, sql)
      return results.at(-1) ?? { columns: [], rows: [], tag: '' }
    } catch (error) {
      if (error instanceof QueryError && !connection.lost) return error
      throw error
    }
  }

  async #clock(record: ClockRecord, sql: string): Promise<string | null> {
    // Who is not connected cannot be silent: what falls due would depend on how long a start takes.
    await this.#options.target.stubs?.settled()
    const statements = sql.startsWith('ADVANCE CLOCK') ? ["SET clock = 'manual'", sql] : [sql]
    for (const text of statements) {
      const result = await this.#execute(record, text)
      if (result instanceof QueryError) return unexpected(result)
    }
    return null
  }

  /** What it is about lies outside of the server, so that no mode meddles with it. */
  async #stub(record: StubRecord): Promise<string | null> {
    const { stubs } = this.#options.target
    if (stubs === null) return `\`${record.kind}\` needs sources that are stubs: millrace test --stub-sources`
    return stubs.run(record)
  }

  async #life(how: LifeRecord['how']): Promise<string | null> {
    const { target, sessions, subscriptions } = this.#options
    const start = how === 'crash' ? target.restart : target.reopen
    if (start === null) return 'this server cannot be restarted from here'
    subscriptions.forget()
    sessions.destroyAll()
    await start()
    return null
  }

  async #statement(record: StatementRecord, sql: string): Promise<string | null> {
    const result = await this.#execute(record, sql)
    const { expect } = record
    if (expect.kind === 'error') return errorOutcome(result, expect.error)
    if (result instanceof QueryError) return unexpected(result)
    if (expect.kind === 'count') {
      const rows = rowsOfTag(result.tag)
      if (rows !== expect.count) return `expected ${expect.count} rows affected, got ${rows} (${result.tag})`
    }
    return null
  }

  async #query(record: QueryRecord, sql: string): Promise<string | null> {
    const result = await this.#execute(record, sql)
    const { expect } = record
    if (expect.kind === 'error') return errorOutcome(result, expect.error)
    if (result instanceof QueryError) return unexpected(result)
    // RisingWave writes numbers and times with other digits than PostgreSQL.
    const byValue = this.#options.labels.has('risingwave')
    const shape = { types: record.types, sort: record.sort ?? this.#sort, mode: this.#mode, byValue }
    const width = result.columns.length
    if (this.#mode === 'valuewise' && width !== record.types.length) {
      return `expected ${record.types.length} columns (${record.types}), got ${width}`
    }
    if (expect.lines === null && !this.#labelled.has(record.label!)) return `no earlier query of label ${record.label}`
    const diff = expect.lines === null ? null : compareResult(result.rows, expect.lines, shape)
    if (diff !== null) return diff
    if (record.label !== null) {
      const hash = hashOf(resultLines(result.rows, shape))
      const before = this.#labelled.get(record.label)
      if (before !== undefined && before !== hash) return `differs from an earlier query of label ${record.label}`
      this.#labelled.set(record.label, hash)
    }
    return this.#check(record, sql, result)
  }

  async #check(record: QueryRecord, sql: string, result: StatementResult): Promise<string | null> {
    const { check, subscriptions } = this.#options
    if (!check.afterQuery) return null
    const query = { connection: record.connection, sql, rows: result.rows, width: result.columns.length }
    const checked = await subscriptions.apart(() => check.afterQuery!(query))
    if (checked.kind === 'skipped') this.outcome.unchecked.push({ place: record.place, reason: checked.reason })
    return checked.kind === 'different' ? checked.message : null
  }

  async #let(record: LetRecord, sql: string): Promise<string | null> {
    const result = await this.#execute(record, sql)
    if (result instanceof QueryError) return unexpected(result)
    if (result.rows.length !== 1) return `let needs exactly one row, got ${result.rows.length}`
    if (result.rows[0].length !== record.names.length) {
      return `let needs ${record.names.length} columns, got ${result.rows[0].length}`
    }
    for (const [i, name] of record.names.entries()) this.#variables.set(name, result.rows[0][i] ?? 'NULL')
    return null
  }
}

function errorOutcome(
  result: StatementResult | QueryError,
  expected: Parameters<typeof compareError>[1],
): string | null {
  if (result instanceof QueryError) return compareError(result.server, expected)
  const wanted = expected.kind === 'text' ? expected.text : (expected.pattern ?? 'any')
  return `expected an error (${wanted}), but it succeeded: ${result.tag}`
}

function unexpected(error: QueryError): string {
  const { sqlstate, hint } = error.server
  return `unexpected error ${sqlstate}: ${error.message}${hint === null ? '' : `\nhint: ${hint}`}`
}
