import { SqlError } from '../../base/sql-error.ts'
import type { TableEntry } from '../../catalog/entry.ts'
import type { Kernel } from '../../dataflow/contract.ts'
import { RowErrorList } from '../../dataflow/row-errors.ts'
import type { EvalEnv } from '../../functions/function.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { closureKernel } from '../../render/closure.ts'
import type { Batch } from '../../types/batch.ts'
import { batchFromRows, rowsOf } from '../../types/batch-build.ts'
import type { SqlType } from '../../types/sql-type.ts'
import type { Row } from '../../types/value.ts'
import { PIECE_ROWS } from './writable.ts'

/**
 * The GENERATED … STORED columns of rows that are about to be written, made of their other columns, a batch at a time. They
 * are functions of the row alone, so that whichever way it came it gets the same.
 */
export class GeneratedColumns {
  readonly #types: readonly SqlType[]
  readonly #nowMicros: number
  readonly #kernels: readonly { readonly column: number; readonly kernel: Kernel }[]

  constructor(entry: TableEntry, types: readonly SqlType[], env: EvalEnv) {
    this.#types = types
    this.#nowMicros = env.nowMicros
    this.#kernels = entry.columns.flatMap(({ generated }, column) =>
      generated === undefined ? [] : [{ column, kernel: closureKernel(generated.expr as Scalar, { env, params: [] }) }],
    )
  }

  batch(batch: Batch): Batch {
    if (this.#kernels.length === 0 || batch.n === 0) return batch
    const cols = [...batch.cols]
    const tick = { tick: 0, timestampMs: 0, nowMicros: this.#nowMicros, recursionRoundsMax: 0 }
    for (const { column, kernel } of this.#kernels) {
      const errors = new RowErrorList()
      cols[column] = kernel(batch.cols, batch.n, errors, tick)
      if (errors.count === 0) continue
      const { sqlstate, message } = errors.get(errors.rows()[0]!)!
      throw new SqlError(sqlstate, message)
    }
    return { ...batch, cols }
  }

  rows(rows: readonly Row[]): readonly Row[] {
    if (this.#kernels.length === 0) return rows
    const made: Row[] = []
    for (let start = 0; start < rows.length; start += PIECE_ROWS) {
      const batch = batchFromRows(this.#types, rows.slice(start, start + PIECE_ROWS))
      made.push(...rowsOf(this.batch(batch), this.#types))
    }
    return made
  }
  row(row: Row): Row {
    return this.#kernels.length === 0 ? row : this.rows([row])[0]!
  }
}
