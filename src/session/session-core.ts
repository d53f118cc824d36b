import type { Statement } from '../../grammar/ast-statement.ts'
import type { Log } from '../base/log.ts'
import type { Runtime } from '../base/runtime.ts'
import { type Notice, SqlError } from '../base/sql-error.ts'
import { temporarySchemaOf } from '../catalog/temporary.ts'
import type { CallContext, Engine, SequencesSeen } from '../engine/api.ts'
import { type RowType, type SqlType, sameType } from '../types/sql-type.ts'
import type { ResultSink } from './contract.ts'
import type { SessionDeps } from './deps.ts'
import { isPlanned, resultFields, runStatement } from './dispatch.ts'
import { checkNoParameters } from './no-parameters.ts'
import type { PlanCache } from './plan-cache.ts'
import type { Planned, Planner, PlanningContext } from './planner.ts'
import type { Portal, Prepared } from './prepared.ts'
import type { Outcome, Run, SessionState } from './run.ts'
import { millisecondsOf } from './settings/definition.ts'
import { searchPathOf } from './settings/search-path.ts'
import { Settings } from './settings/settings.ts'
import { subscribeFields } from './subscribe-source.ts'
import { Temporary } from './temporary.ts'
import { TransactionState } from './transaction-state.ts'

const NOTICE_RANK = { INFO: 4, NOTICE: 3, WARNING: 4 } satisfies Record<Notice['severity'], number>

/** Statements without a plan whose result columns depend on their text alone. */
const REPEATED: ReadonlySet<string | undefined> = new Set([
  'begin',
  'commit',
  'rollback',
  'savepoint',
  'release',
  'rollbackTo',
  'set',
  'show',
])

/** The state of one session and the making of plans; the protocol's verbs are in session.ts. */
export class SessionCore implements SessionState {
  readonly engine: Engine
  readonly planner: Planner
  readonly runtime: Runtime
  readonly log: Log
  readonly settings: Settings
  readonly transaction: TransactionState
  readonly temporary: Temporary
  readonly statements = new Map<string, Prepared>()
  readonly portals = new Map<string, Portal>()
  readonly sequences: SequencesSeen = { values: new Map(), last: null }
  readonly user: string
  readonly database: string
  private readonly planCache: PlanCache
  private path: { readonly value: string; readonly schemas: readonly string[] } = { value: '', schemas: [] }

  constructor(deps: Omit<SessionDeps, 'planCache'>, planCache: PlanCache) {
    this.engine = deps.engine
    this.planner = deps.planner
    this.runtime = deps.runtime
    this.log = deps.log
    this.user = deps.user
    this.database = deps.database
    this.planCache = planCache
    this.settings = new Settings(deps.settings)
    for (const [name, value] of deps.initialSettings ?? []) this.settings.setInitial(name, value)
    this.settings.setFixed('session_authorization', deps.user)
    this.temporary = new Temporary(deps.engine, temporarySchemaOf(deps.backendPid))
    this.transaction = new TransactionState(deps.engine, this.settings, this.temporary)
  }

  searchPath(): readonly string[] {
    const value = this.settings.get('search_path') ?? ''
    if (value !== this.path.value) this.path = { value, schemas: searchPathOf(value, this.user) }
    const { path } = this.temporary
    return path.length === 0 ? this.path.schemas : [...path, ...this.path.schemas]
  }

  /** How values are read and written as text. */
  textOptions(): { readonly timeZone: string; readonly floatDigits: number | undefined } {
    return { timeZone: this.settings.get('timezone') ?? 'UTC', floatDigits: this.settings.floatDigits() }
  }

  planning(sql: string, paramTypes: PlanningContext['paramTypes'], notice: (notice: Notice) => void): PlanningContext {
    return {
      sql,
      catalog: this.engine.catalog(),
      user: this.user,
      database: this.database,
      searchPath: this.searchPath(),
      temporarySchema: this.temporary.schema,
      ...this.textOptions(),
      nowMicros: this.engine.nowMicros(),
      setting: (name) => this.settings.get(name),
      paramTypes,
      notice,
      statistics: (object) => this.engine.statistics(object),
    }
  }

  callContext(signal: AbortSignal, sink: ResultSink | null): CallContext {
    return {
      signal,
      lockTimeoutMs: millisecondsOf(this.settings.get('lock_timeout') ?? '0'),
      notice: (notice) => {
        if (sink !== null && this.wanted(notice)) sink.notice(notice)
      },
      setting: (name) => this.settings.get(name),
      user: this.user,
      database: this.database,
      searchPath: this.searchPath(),
      ...this.textOptions(),
      sequences: this.sequences,
    }
  }

  prepare(
    statement: Statement | null,
    sql: string,
    declared: readonly (SqlType | null)[],
    notice: (notice: Notice) => void,
  ): Prepared {
    const catalogVersion = this.engine.catalog().version
    const base = { statement, sql, declaredTypes: declared, catalogVersion, origins: null }
    if (statement === null) return { ...base, paramTypes: [], plan: null, fields: null }
    if (!isPlanned(statement)) {
      checkNoParameters(statement, sql)
      return { ...base, paramTypes: [], plan: null, fields: resultFields(statement, this) }
    }
    // A cursor is its query, which has the parameters; what it returns is told by FETCH.
    const declares = statement.kind === 'declareCursor'
    const plan = this.planner.plan(declares ? statement.query : statement, this.planning(sql, declared, notice))
    // Its values would never come: Bind takes as many as the plan has.
    if (plan.paramTypes.length === 0) checkNoParameters(statement, sql)
    if (declares) return { ...base, paramTypes: plan.paramTypes, plan, fields: null }
    const origins = plan.kind === 'read' ? plan.origins : null
    return { ...base, paramTypes: plan.paramTypes, plan, fields: plannedFields(plan), origins }
  }

  refreshed(prepared: Prepared, notice: (notice: Notice) => void): Prepared {
    const { statement, sql, paramTypes, fields } = prepared
    if (prepared.plan === null) {
      // What FETCH and EXECUTE return depends on the cursor, or the statement, of that name now.
      const now = statement?.kind === 'fetch' || statement?.kind === 'execute' ? resultFields(statement, this) : fields
      return sameFields(fields, now) ? prepared : { ...prepared, fields: now }
    }
    const ofClock = prepared.plan.kind !== 'ddl' && prepared.plan.ofMoment === 'clock'
    if (prepared.catalogVersion === this.engine.catalog().version && !ofClock) return prepared
    // Types that were inferred once were told to the client: they stay.
    const again = this.prepare(statement, sql, paramTypes, notice)
    if (!sameFields(fields, again.fields)) throw new SqlError('0A000', 'cached plan must not change result type')
    return again
  }

  cached(sql: string, paramOids: readonly number[]): Prepared | undefined {
    return this.planCache.get(this.cacheKey(sql, paramOids), this.engine.catalog().version)
  }

  /** Plans, and the small statements that drivers repeat around them; schema changes do not repeat. */
  remember(sql: string, paramOids: readonly number[], prepared: Prepared): void {
    const { plan, statement } = prepared
    if (plan === null ? !REPEATED.has(statement?.kind) : plan.kind === 'ddl' || plan.ofMoment !== undefined) return
    this.planCache.set(this.cacheKey(sql, paramOids), prepared)
  }

  async start(prepared: Prepared, run: Run): Promise<Outcome> {
    if (prepared.statement === null) return { kind: 'done', tag: '' }
    return runStatement(prepared.statement, run)
  }

  portal(name: string): Portal {
    const found = this.portals.get(name)
    if (found === undefined) throw new SqlError('34000', `portal "${name}" does not exist`)
    return found
  }

  dropPortal(name: string): void {
    this.portals.get(name)?.cursor?.close()
    this.portals.delete(name)
  }

  closePortals(which: 'all' | 'cursors', stays: (portal: Portal) => boolean = () => false): void {
    for (const [name, portal] of this.portals)
      if ((which === 'all' || portal.isCursor) && !stays(portal)) this.dropPortal(name)
  }

  /** A statement failed: an open transaction fails with it, and its cursors go but for those of before its savepoint. */
  fail(): void {
    const before = this.transaction.mode
    this.transaction.fail()
    if (before !== 'failed') this.closePortals('all', (portal) => this.transaction.keeps(portal))
  }

  private wanted(notice: Notice): boolean {
    const least = this.settings.get('client_min_messages')
    const rank = least === 'error' ? 5 : least === 'warning' ? 4 : 3
    return NOTICE_RANK[notice.severity] >= rank
  }

  private cacheKey(sql: string, paramOids: readonly number[]): string {
    const { settings } = this
    const context = `${this.user}\0${this.database}\0${settings.get('search_path')}\0${settings.get('timezone')}`
    return `${sql}\0${paramOids.join()}\0${context}\0${this.temporary.path}\0${settings.floatDigits() ?? ''}`
  }
}

function plannedFields(plan: Planned): RowType | null {
  switch (plan.kind) {
    case 'read':
      return plan.request.fields
    case 'write':
      return plan.returning
    case 'subscribe':
      if (plan.request.push !== undefined) return plan.request.fields
      return subscribeFields(plan.request.fields, plan.request.progress)
    case 'ddl':
      return null
  }
}

function sameFields(a: RowType | null, b: RowType | null): boolean {
  if (a === null || b === null) return a === b
  return a.length === b.length && a.every((field, i) => field.name === b[i].name && sameType(field.type, b[i].type))
}
