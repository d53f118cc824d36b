import type { Statement } from '../../grammar/ast-statement.ts'
import type { Log } from '../base/log.ts'
import type { Runtime } from '../base/runtime.ts'
import type { Notice } from '../base/sql-error.ts'
import type { CallContext, Engine, SequencesSeen } from '../engine/api.ts'
import type { RowType } from '../types/sql-type.ts'
import type { Row } from '../types/value.ts'
import type { ResultSink } from './contract.ts'
import type { Planned, Planner, PlanningContext } from './planner.ts'
import type { Portal, Prepared } from './prepared.ts'
import type { RowSource } from './row-source.ts'
import type { Settings } from './settings/settings.ts'
import type { Temporary } from './temporary.ts'
import type { TransactionState } from './transaction-state.ts'

/** What the statements of one session share. */
export interface SessionState {
  readonly engine: Engine
  readonly planner: Planner
  readonly runtime: Runtime
  readonly log: Log
  readonly settings: Settings
  readonly transaction: TransactionState
  readonly temporary: Temporary
  readonly statements: Map<string, Prepared>
  readonly portals: Map<string, Portal>
  /** What currval and lastval know. */
  readonly sequences: SequencesSeen
  readonly user: string
  readonly database: string
  searchPath(): readonly string[]
  planning(sql: string, paramTypes: PlanningContext['paramTypes'], notice: (notice: Notice) => void): PlanningContext
  /** Parsed or PREPAREd statement → something to run; planned anew when the catalog moved on. */
  prepare(
    statement: Statement | null,
    sql: string,
    declared: Prepared['declaredTypes'],
    notice: (notice: Notice) => void,
  ): Prepared
  refreshed(prepared: Prepared, notice: (notice: Notice) => void): Prepared
  /** Runs a prepared statement as part of the one that runs now (EXECUTE). */
  start(prepared: Prepared, run: Run): Promise<Outcome>
  closePortals(which: 'all' | 'cursors', stays?: (portal: Portal) => boolean): void
}

/** One statement that runs. */
export interface Run {
  readonly session: SessionState
  readonly sql: string
  readonly plan: Planned | null
  readonly params: Row
  readonly call: CallContext
  readonly sink: ResultSink
  /** Sent as rows, not collected by COPY or a cursor. */
  readonly simple: boolean
  /** From here on statement_timeout does not apply: the statement streams until it is cancelled. */
  endTimeout(): void
}

/** What a statement leaves to be sent. */
export type Outcome =
  | { readonly kind: 'rows'; readonly source: RowSource; readonly tag: (rows: number) => string }
  /** Everything but the command tag was sent. */
  | { readonly kind: 'done'; readonly tag: string }

export const done = (tag: string): Outcome => ({ kind: 'done', tag })

/** A statement class: what its result looks like before it runs, and how it runs. */
export interface StatementHandler<S> {
  /** Result columns of statements that need no plan; null: none. */
  fields?(statement: S, session: SessionState): RowType | null
  run(statement: S, run: Run): Promise<Outcome>
}
