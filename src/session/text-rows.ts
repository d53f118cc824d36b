import { batchFromRows } from '../types/batch-build.ts'
import { type Field, type RowType, type SqlType, TEXT } from '../types/sql-type.ts'
import type { Row } from '../types/value.ts'
import { sourceOf } from './row-source.ts'
import type { Outcome } from './run.ts'

/** Small results that the session makes itself: SHOW, EXPLAIN. */
export function columns(...names: readonly string[]): RowType {
  return names.map((name) => column(name, TEXT))
}

export function column(name: string, type: SqlType): Field {
  return { name, type, nullable: true }
}

export function rowsOutcome(fields: RowType, rows: readonly Row[], tag: string): Outcome {
  const types = fields.map((field) => field.type)
  const batch = batchFromRows(types, rows)
  return { kind: 'rows', source: sourceOf(fields, [batch]), tag: () => tag }
}
