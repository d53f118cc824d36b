import type { Expr } from '../../grammar/ast.ts'
import type { Ident, Name, TypeName } from '../../grammar/ast-base.ts'
import type { Explain, Statement } from '../../grammar/ast-statement.ts'
import type { Notice } from '../base/sql-error.ts'
import type { CatalogSnapshot } from '../catalog/entry.ts'
import type { DdlStatement, ReadRequest, SubscribeRequest, WriteStatement } from '../engine/api.ts'
import type { InsertPlan } from '../plan/dml.ts'
import type { RowType, SqlType } from '../types/sql-type.ts'

/**
 * What a session needs of the language: text → statements → plans. One implementation (sql-planner.ts); a port so that
 * sessions are tested without it.
 */
export interface Planner {
  /** The statements of a text; empty ones leave no trace. Spans count from the start of the whole text. */
  parse(sql: string): readonly Statement[]
  plan(statement: Statement, context: PlanningContext): Planned
  /** `INSERT INTO table (columns) VALUES ($1, …)` for COPY FROM: one row of expressions over the parameters. */
  planCopyFrom(table: CopyTarget, context: PlanningContext): PlannedCopyFrom
  /** `SELECT arg::type, …` without FROM: the arguments of EXECUTE. */
  planArguments(args: readonly Expr[], types: readonly SqlType[], context: PlanningContext): PlannedRead
  /** Lines of EXPLAIN. */
  explain(statement: Explain, context: PlanningContext): readonly string[]
  /** A type by its written name (PREPARE p (int, text)). */
  resolveType(name: TypeName): SqlType
}

export interface PlanningContext {
  readonly sql: string
  readonly catalog: CatalogSnapshot
  readonly user: string
  readonly database: string
  readonly searchPath: readonly string[]
  readonly timeZone: string
  readonly nowMicros: number
  setting(name: string): string | undefined
  /** Types that the client gave for $1…; null: to be inferred. */
  readonly paramTypes: readonly (SqlType | null)[]
  notice(notice: Notice): void
}

export type Planned = PlannedRead | PlannedWrite | PlannedDdl | PlannedSubscribe

interface PlannedBase {
  /** Types of $1…, inferred where the client gave none. */
  readonly paramTypes: readonly SqlType[]
}
export interface PlannedRead extends PlannedBase {
  readonly kind: 'read'
  readonly request: Omit<ReadRequest, 'params'>
  /** Table and column that each field comes from, where it is a plain column. */
  readonly origins: readonly FieldOrigin[]
}
export interface PlannedWrite extends PlannedBase {
  readonly kind: 'write'
  readonly statement: WriteStatement
  readonly returning: RowType | null
}
export interface PlannedDdl extends PlannedBase {
  readonly kind: 'ddl'
  /** null: nothing to do (IF NOT EXISTS, IF EXISTS). */
  readonly statement: DdlStatement | null
}
export interface PlannedSubscribe extends PlannedBase {
  readonly kind: 'subscribe'
  readonly request: Omit<SubscribeRequest, 'params'>
}

export interface FieldOrigin {
  readonly tableOid: number
  readonly columnNumber: number
}
export const NO_ORIGIN: FieldOrigin = { tableOid: 0, columnNumber: 0 }

export interface CopyTarget {
  readonly table: Name
  readonly columns: readonly Ident[]
}
export interface PlannedCopyFrom {
  readonly insert: InsertPlan
  /** Columns in the order in which the data has them; their types are those of the parameters. */
  readonly columns: RowType
}
