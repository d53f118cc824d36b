import type { Pieces } from '../../base/slices.ts'
import { SqlError } from '../../base/sql-error.ts'
import type { CheckConstraint, TableEntry } from '../../catalog/entry.ts'
import type { FilterProgram } from '../../dataflow/operators/join.ts'
import { RowErrorList } from '../../dataflow/row-errors.ts'
import type { EvalEnv } from '../../functions/function.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { filterProgram } from '../../render/programs.ts'
import type { Batch } from '../../types/batch.ts'
import { batchFromRows, rowAt } from '../../types/batch-build.ts'
import { BOOL, type SqlType } from '../../types/sql-type.ts'
import type { Row } from '../../types/value.ts'
import { failingRow } from './failing-row.ts'
import { PIECE_ROWS } from './writable.ts'

/**
 * What each row of a table must fulfil by itself: NOT NULL, then CHECK in the order of the names, as PostgreSQL has it. For
 * one statement, whose time and settings a CHECK may read. Rows are judged by columns, a batch at a time; the first row
 * that fails is the statement's error. A CHECK that is NULL passes.
 */
export class RowRules {
  readonly #entry: TableEntry
  readonly #types: readonly SqlType[]
  readonly #env: EvalEnv
  readonly #checks: readonly { readonly check: CheckConstraint; readonly fails: FilterProgram }[]

  constructor(entry: TableEntry, types: readonly SqlType[], env: EvalEnv) {
    this.#entry = entry
    this.#types = types
    this.#env = env
    this.#checks = [...(entry.checks ?? [])]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map((check) => ({
        check,
        // Neither true nor NULL.
        fails: filterProgram({ kind: 'not', arg: check.expr as Scalar, type: BOOL }, { env, params: [] }),
      }))
  }

  /** Throws 23502 or 23514 for the first row that may not be there. */
  check(batch: Batch): void {
    const none = batch.n
    let first = none
    let error: (() => SqlError) | null = null
    const { columns, primaryKey } = this.#entry
    for (let c = 0; c < columns.length; c++) {
      const { nulls } = batch.cols[c]!
      if (nulls === null || !(columns[c]!.notNull || primaryKey?.includes(c))) continue
      const row = nulls.indexOf(1)
      if (row < 0 || row >= first) continue
      first = row
      error = () => this.#isNull(c, rowAt(batch, row, this.#types))
    }
    if (this.#checks.length > 0) {
      const rows = new Int32Array(batch.n)
      const tick = { tick: 0, timestampMs: 0, nowMicros: this.#env.nowMicros, recursionRoundsMax: 0 }
      for (const { check, fails } of this.#checks) {
        const raised = new RowErrorList()
        const row = fails(batch.cols, batch.n, rows, raised, tick) > 0 ? rows[0]! : none
        const raises = raised.rows()[0] ?? none
        if (Math.min(row, raises) >= first) continue
        first = Math.min(row, raises)
        error = () => (row < raises ? this.#violates(check, batch, row) : raisedError(raised, raises))
      }
    }
    if (error !== null) throw error()
  }

  /** The same of rows, a piece at a time. Without a CHECK there is nothing to make columns for. */
  *checkRows(rows: readonly Row[]): Pieces {
    if (this.#checks.length === 0) {
      for (let i = 0; i < rows.length; i++) {
        if (i % PIECE_ROWS === 0) yield
        this.#checkNulls(rows[i]!)
      }
      return
    }
    for (let start = 0; start < rows.length; start += PIECE_ROWS) {
      this.check(batchFromRows(this.#types, rows.slice(start, start + PIECE_ROWS)))
      yield
    }
  }

  #checkNulls(row: Row): void {
    const { columns, primaryKey } = this.#entry
    for (let c = 0; c < columns.length; c++)
      if (row[c] === null && (columns[c]!.notNull || primaryKey?.includes(c))) throw this.#isNull(c, row)
  }

  #isNull(column: number, row: Row): SqlError {
    const { name, columns } = this.#entry
    const at = columns[column]!.name
    return new SqlError('23502', `null value in column "${at}" of relation "${name}" violates not-null constraint`, {
      detail: failingRow(row, this.#types),
      table: name,
      column: at,
    })
  }
  #violates(check: CheckConstraint, batch: Batch, row: number): SqlError {
    const { name } = this.#entry
    return new SqlError('23514', `new row for relation "${name}" violates check constraint "${check.name}"`, {
      detail: failingRow(rowAt(batch, row, this.#types), this.#types),
      table: name,
      constraint: check.name,
    })
  }
}

function raisedError(errors: RowErrorList, row: number): SqlError {
  const { sqlstate, message } = errors.get(row)!
  return new SqlError(sqlstate, message)
}
