import type { Expr } from '../../grammar/ast.ts'
import type { TypeName } from '../../grammar/ast-base.ts'
import type { Explain, Statement } from '../../grammar/ast-statement.ts'
import type { Engine, ReadRequest } from '../engine/api.ts'
import type { InsertPlan } from '../plan/dml.ts'
import type { Measurement } from '../sql/explain-state.ts'
import type { CopyTarget } from '../sql/plan-statement.ts'
import type * as sql from '../sql/planned.ts'
import type { FieldOrigin, PlannedDdl, PlannedSubscribe, PlannedWrite, PlanningContext } from '../sql/planned.ts'
import type { RowType, SqlType } from '../types/sql-type.ts'

/**
 * What a session needs of the language: text → statements → plans. One implementation (sql-planner.ts); a port so that
 * sessions are tested without it.
 */
export interface Planner {
  /** The statements of a text; empty ones leave no trace. Spans count from the start of the whole text. */
  parse(sql: string): readonly Statement[]
  /** The error of `parse`, with what can be said about a text of another dialect. */
  rejected?(sql: string, error: unknown): Promise<unknown>
  plan(statement: Statement, context: PlanningContext): Planned
  /** `INSERT INTO table (columns) VALUES ($1, …)` for COPY FROM: one row of expressions over the parameters. */
  planCopyFrom(table: CopyTarget, context: PlanningContext): PlannedCopyFrom
  /** `SELECT arg::type, …` without FROM: the arguments of EXECUTE. */
  planArguments(args: readonly Expr[], types: readonly SqlType[], context: PlanningContext): PlannedRead
  /** Lines of EXPLAIN. `held` tells what there is now. */
  explain(statement: Explain, context: PlanningContext, held: HeldNow): Promise<readonly string[]>
  /** A type by its written name (PREPARE p (int, text)). */
  resolveType(name: TypeName, context: PlanningContext): SqlType
}

/** What EXPLAIN asks the engine. */
export type HeldNow = Pick<Engine, 'runningState' | 'storedRows'> & {
  /** Runs a query, for what it does. */
  measure(request: ReadRequest): Promise<Measurement>
}

/** The parts of a planned read that a session uses. */
export type PlannedRead = Pick<sql.PlannedRead, 'kind' | 'request' | 'origins' | 'paramTypes' | 'lock' | 'ofMoment'>
export type Planned = PlannedRead | PlannedWrite | PlannedDdl | PlannedSubscribe
export type { FieldOrigin, PlanningContext }

export const NO_ORIGIN: FieldOrigin = { tableOid: 0, columnNumber: 0 }

export interface PlannedCopyFrom {
  readonly insert: InsertPlan
  /** Columns in the order in which the data has them; their types are those of the parameters. */
  readonly columns: RowType
}
