import { SqlError } from '../../base/sql-error.ts'
import type { EvalEnv } from '../../functions/function.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { compileRow } from '../../render/closure.ts'
import type { Column } from '../../types/column.ts'
import { buildColumn } from '../../types/column-build.ts'
import type { SqlType } from '../../types/sql-type.ts'
import type { Datum, Row } from '../../types/value.ts'

/** Expressions over one row of values, for statements that touch few rows. Errors carry their position. */
export type RowProgram = (row: Row) => Datum[]

export interface ProgramEnv {
  readonly params: Row
  readonly env: EvalEnv
}

/** `types`: of the input row; empty for expressions without input. */
export function rowProgram(
  exprs: readonly Scalar[],
  types: readonly SqlType[],
  { params, env }: ProgramEnv,
): RowProgram {
  const compiled = exprs.map((expr) => compileRow(expr, { env, params }))
  const frame = { env, position: -1 }
  return (row) => {
    const cols: readonly Column[] = types.map((type, c) => buildColumn(type, [row[c]!]))
    return compiled.map((evaluate) => {
      frame.position = -1
      try {
        return evaluate(cols, 0, frame)
      } catch (error) {
        if (error instanceof SqlError && error.fields.position === undefined && frame.position >= 0) {
          throw new SqlError(error.sqlstate, error.message, { ...error.fields, position: frame.position + 1 })
        }
        throw error
      }
    })
  }
}
