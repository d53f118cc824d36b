import type { Statement } from '../../grammar/ast-statement.ts'
import type { RowType, SqlType } from '../types/sql-type.ts'
import type { Row } from '../types/value.ts'
import type { ResultField } from './contract.ts'
import type { FieldOrigin, Planned } from './planner.ts'
import type { RowCursor } from './row-source.ts'

/** A statement ready to run: parsed, and planned where it needs a plan. Immutable and shared through the plan cache. */
export interface Prepared {
  /** null: the empty statement. */
  readonly statement: Statement | null
  /** The whole text that spans count in. */
  readonly sql: string
  /** As the client declared them; null: inferred. */
  readonly declaredTypes: readonly (SqlType | null)[]
  readonly paramTypes: readonly SqlType[]
  readonly plan: Planned | null
  /** Columns of the result; null when the statement returns none. */
  readonly fields: RowType | null
  readonly origins: readonly FieldOrigin[] | null
  /** Catalog that the plan was made for. */
  readonly catalogVersion: number
}

/** A prepared statement with its parameters, or an SQL cursor. */
export interface Portal {
  readonly prepared: Prepared | null
  readonly params: Row
  /** As described to the client; null without result columns. */
  readonly fields: readonly ResultField[] | null
  readonly isCursor: boolean
  /** Rows not sent yet, once it runs. */
  cursor: RowCursor | null
  /** Command tag of everything so far, once all rows were sent. */
  tag: ((rows: number) => string) | null
  state: 'new' | 'open' | 'done'
}
