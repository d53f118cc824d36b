import type { Statement } from '../../grammar/ast-statement.ts'
import { canceledByTimeout, canceledByUser } from '../base/canceled.ts'
import { type Notice, SqlError } from '../base/sql-error.ts'
import type { CatalogSnapshot } from '../catalog/entry.ts'
import { userTypeByOid } from '../catalog/object-lookup.ts'
import type { CallContext } from '../engine/api.ts'
import { typeByOid } from '../types/pg-type.ts'
import type { SqlType } from '../types/sql-type.ts'
import type { TextOptions } from '../types/text.ts'
import type { Datum, Row } from '../types/value.ts'
import type { RawParam, ResultField, ResultSink, Session } from './contract.ts'
import { deliverAll, resultFieldsOf } from './deliver.ts'
import type { SessionDeps } from './deps.ts'
import { endsFailure, endsTransaction } from './dispatch.ts'
import { toSqlError } from './errors.ts'
import { checkNoParameters } from './no-parameters.ts'
import { PlanCache } from './plan-cache.ts'
import { executePortal, makePortal } from './portal.ts'
import type { Prepared } from './prepared.ts'
import { reporting } from './reporting.ts'
import type { Run } from './run.ts'
import { SessionCore } from './session-core.ts'
import { millisecondsOf } from './settings/definition.ts'
import { addPortal } from './statements/cursor.ts'
import { findStatement, storeStatement } from './statements/prepare.ts'

/** Throws SqlError when an initial setting is unknown or wrong. */
export function createSession(deps: SessionDeps): Session {
  return new ServerSession(deps)
}

interface Running {
  readonly abort: AbortController
  cancelTimer: () => void
}

class ServerSession implements Session {
  readonly backendPid: number
  readonly secretKey: number
  private readonly deps: SessionDeps
  private readonly core: SessionCore
  private running: Running | null = null

  constructor(deps: SessionDeps) {
    this.deps = deps
    this.backendPid = deps.backendPid
    this.secretKey = Math.floor(deps.runtime.random() * 0x1_0000_0000) | 0
    this.core = new SessionCore(deps, deps.planCache ?? new PlanCache())
  }

  get transactionStatus(): 'I' | 'T' | 'E' {
    return this.core.transaction.status
  }
  textOptions(): TextOptions {
    return this.core.textOptions()
  }
  reportedSettings(): readonly (readonly [string, string])[] {
    return this.core.settings.reported()
  }

  async simpleQuery(sql: string, sink: ResultSink): Promise<void> {
    const { core } = this
    // As in PostgreSQL, a simple query ends the unnamed statement and portal.
    core.statements.delete('')
    core.dropPortal('')
    await this.guarded(sink, async (call) => {
      const notice = (n: Notice): void => call.notice(n)
      const cached = core.cached(sql, [])
      // Texts that came by Parse lie there too, those with parameters among them: they are planned, and refused, anew.
      if (cached?.paramTypes.length === 0) return this.simpleStatement(cached, sink, call, true)
      const statements = await this.parsed(sql)
      if (statements.length === 0) return sink.emptyQuery()
      const last = statements.length - 1
      for (let i = 0; i <= last; i++) {
        if (last > 0 && core.transaction.mode === 'none') core.transaction.begin('implicit')
        const prepared = this.prepareOne(statements[i], sql, last > 0, notice)
        await this.simpleStatement(prepared, sink, call, i === last)
      }
    })
  }

  /** What our grammar rejects may be another system's SQL: the hint says whose, and how it is written here. */
  private async parsed(sql: string): Promise<readonly Statement[]> {
    const { planner } = this.core
    try {
      return planner.parse(sql)
    } catch (error) {
      throw planner.rejected === undefined ? error : await planner.rejected(sql, error)
    }
  }

  async parse(name: string, sql: string, paramOids: readonly number[]): Promise<void> {
    const { core } = this
    if (name === '') core.statements.delete('')
    await this.rethrowing(async () => {
      const declared = paramOids.map((oid) => declaredType(oid, core.engine.catalog()))
      const notice = (): void => {}
      const found = core.cached(sql, paramOids)
      if (found !== undefined) {
        this.checkNotFailed(found.statement)
        return storeStatement(core, name, found)
      }
      const statements = await this.parsed(sql)
      if (statements.length > 1)
        throw new SqlError('42601', 'cannot insert multiple commands into a prepared statement')
      const statement = statements[0] ?? null
      this.checkNotFailed(statement)
      const prepared = core.prepare(statement, sql, declared, notice)
      storeStatement(core, name, prepared)
      core.remember(sql, paramOids, prepared)
    })
  }

  async bind(
    portal: string,
    statement: string,
    params: readonly Datum[] | readonly RawParam[],
    resultFormats: readonly (0 | 1)[],
  ): Promise<void> {
    const { core } = this
    await this.rethrowing(async () => {
      const found = findStatement(core, statement)
      if (found.statement === null) this.checkNotFailed()
      else this.checkNotFailed(found.statement)
      const prepared = core.refreshed(found, () => {})
      if (prepared !== found) core.statements.set(statement, prepared)
      const made = makePortal(prepared, statement, params, resultFormats, {
        ...core.textOptions(),
        nowMicros: core.engine.nowMicros(),
      })
      addPortal(core, portal, made)
    })
  }

  describeStatement(name: string): ReturnType<Session['describeStatement']> {
    const prepared = this.core.refreshed(findStatement(this.core, name), () => {})
    const { paramTypes, fields, origins } = prepared
    return { paramTypes, fields: fields === null ? null : resultFieldsOf(fields, origins, []) }
  }

  describePortal(name: string): readonly ResultField[] | null {
    return this.core.portal(name).fields
  }

  async execute(portal: string, maxRows: number, sink: ResultSink, alone = false): Promise<void> {
    const { core } = this
    await this.guarded(sink, async (call) => {
      const found = core.portal(portal)
      const { prepared } = found
      if (prepared !== null) {
        this.checkNotFailed(prepared.statement)
        if (!alone && core.transaction.mode === 'none' && !startsOrEnds(prepared.statement)) {
          core.transaction.begin('implicit')
        }
      }
      await executePortal(found, maxRows, sink, call.signal, (inner) =>
        core.start(inner, this.run(inner, found.params, call, sink, false)),
      )
    })
  }

  closeStatement(name: string): void {
    this.core.statements.delete(name)
  }

  closePortal(name: string): void {
    this.core.dropPortal(name)
  }

  async sync(): Promise<void> {
    const { core } = this
    try {
      if (core.transaction.mode === 'implicit') {
        const call = this.begin(null)
        try {
          await core.transaction.commit(call)
        } finally {
          this.end()
        }
      }
    } catch (error) {
      throw toSqlError(error, this.deps.log)
    } finally {
      if (core.transaction.mode === 'none') core.closePortals('all')
      await this.settle()
    }
  }

  failTransaction(): void {
    this.core.fail()
  }

  cancel(): void {
    this.running?.abort.abort(canceledByUser())
  }

  async close(): Promise<void> {
    this.cancel()
    this.core.closePortals('all')
    if (this.core.transaction.mode !== 'none') this.core.transaction.rollback()
    // A server that ends leaves them to its next start.
    await this.core.temporary.drop(this.quiet()).catch(() => {})
  }

  /** What temporary tables do when a transaction, or a statement alone, has ended. */
  private async settle(): Promise<void> {
    const { core, deps } = this
    if (core.transaction.mode !== 'none' || core.temporary.path.length === 0) return
    try {
      await core.temporary.settle(this.quiet())
    } catch (error) {
      deps.log.warn('ON COMMIT of temporary tables failed', { error: String(error) })
    }
  }
  private quiet(): CallContext {
    return this.core.callContext(new AbortController().signal, null)
  }

  /** Prepared for one run: only lone statements are worth a place in the cache of texts. */
  private prepareOne(statement: Statement, sql: string, several: boolean, notice: (n: Notice) => void): Prepared {
    this.checkNotFailed(statement)
    checkNoParameters(statement, sql)
    const prepared = this.core.prepare(statement, sql, [], notice)
    if (!several) this.core.remember(sql, [], prepared)
    return prepared
  }

  private async simpleStatement(prepared: Prepared, sink: ResultSink, call: CallContext, last: boolean): Promise<void> {
    this.checkNotFailed(prepared.statement)
    const { core } = this
    const outcome = await core.start(prepared, this.run(prepared, [], call, sink, true))
    let tag: string
    if (outcome.kind === 'rows') {
      const fields = resultFieldsOf(outcome.source.fields, prepared.origins, [])
      sink.rowDescription(fields)
      tag = outcome.tag(await deliverAll(outcome.source, fields, sink, call.signal))
    } else tag = outcome.tag
    // The client may rely on what it is told: the commit comes before the tag of the last statement.
    if (last && core.transaction.mode === 'implicit') await core.transaction.commit(call)
    sink.commandComplete(tag)
  }

  private run(prepared: Prepared, params: Row, call: CallContext, sink: ResultSink, simple: boolean): Run {
    return {
      session: this.core,
      sql: prepared.sql,
      plan: prepared.plan,
      params,
      call,
      sink,
      simple,
      endTimeout: () => this.running?.cancelTimer(),
    }
  }

  /** The empty statement may be prepared, not bound. */
  private checkNotFailed(statement?: Statement | null): void {
    if (this.core.transaction.mode !== 'failed' || statement === null) return
    if (statement !== undefined && endsFailure(statement)) return
    throw new SqlError('25P02', 'current transaction is aborted, commands ignored until end of transaction block')
  }

  /** Runs with a signal and a time limit; a failure fails the transaction and goes to the sink. */
  private async guarded(sink: ResultSink, work: (call: CallContext) => Promise<void>): Promise<void> {
    const call = this.begin(sink)
    const { signal } = this.running!.abort
    try {
      await work(call)
    } catch (error) {
      // Whatever a cancelled engine call rejects with, the reason is what the client asked for.
      const shown = signal.aborted ? (signal.reason as SqlError) : toSqlError(error, this.deps.log)
      const kept = this.core.transaction.takeKept()
      if (kept !== null) call.notice(committedPart(kept))
      await reporting({ session: this.core, sink }, () => this.core.fail())
      sink.error(shown)
    } finally {
      this.end()
      await this.settle()
    }
  }

  private async rethrowing(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      this.core.fail()
      throw toSqlError(error, this.deps.log)
    }
  }

  private begin(sink: ResultSink | null): CallContext {
    const abort = new AbortController()
    const limit = millisecondsOf(this.core.settings.get('statement_timeout') ?? '0')
    const cancelTimer = limit > 0 ? this.deps.runtime.setTimer(() => abort.abort(canceledByTimeout()), limit) : () => {}
    this.running = { abort, cancelTimer }
    return this.core.callContext(abort.signal, sink)
  }

  private end(): void {
    this.running?.cancelTimer()
    this.running = null
  }
}

/** PostgreSQL would have undone it with the rest. */
function committedPart(kept: string): Notice {
  return {
    severity: 'WARNING',
    sqlstate: '01000',
    message: `the statements ${kept} are committed`,
    detail: 'A schema change commits by itself, and with it what stands before it in the same text.',
    hint: 'What must be undone together stands behind the last schema change, or in a text without one.',
  }
}

function startsOrEnds(statement: Statement | null): boolean {
  return statement === null || statement.kind === 'begin' || endsTransaction(statement)
}

/** 0 and unknown leave the type to be inferred. */
function declaredType(oid: number, catalog: CatalogSnapshot): SqlType | null {
  if (oid === 0 || oid === 705) return null
  const type = typeByOid(oid) ?? userTypeByOid(catalog, oid)
  if (type === undefined) throw new SqlError('42704', `type with OID ${oid} does not exist`)
  return type
}
