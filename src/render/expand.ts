import { SqlError } from '../base/sql-error.ts'
import type { ExpandProgram } from '../dataflow/operators/flat-map.ts'
import type { PhysicalOp } from '../plan/physical.ts'
import { BATCH_ROWS_MAX } from '../types/batch.ts'
import { columnBuilder } from '../types/column-build.ts'
import type { SqlType } from '../types/sql-type.ts'
import type { Datum } from '../types/value.ts'
import { compileRow } from './closure.ts'
import { type CompileContext, makeFrame } from './compile-context.ts'
import { constantExpansion } from './constant-expand.ts'
import { tableRow } from './function-rows.ts'

/** Most rows that one call of a table function may make: beyond, the input row is an error (54000). */
const MADE_ROWS_MAX = 10_000_000

/**
 * A table function over the rows of a batch; `made`: types of the columns that it adds (ordinality last); `position`:
 * where errors of the function itself are reported.
 */
export function expandProgram(
  node: Extract<PhysicalOp, { op: 'flatMap' }>,
  made: readonly SqlType[],
  position: number,
  ctx: CompileContext,
): ExpandProgram {
  const constant = constantExpansion(node, made, ctx)
  if (constant !== null) return constant
  const fn = tableRow(node.fn)
  const args = node.args.map((arg) => compileRow(arg, ctx))
  const argTypes = node.args.map((arg) => arg.type)
  const frame = makeFrame(ctx.env)
  const width = made.length - (node.withOrdinality ? 1 : 0)
  return (cols, start, n, errors, tick) => {
    frame.at(tick)
    const builders = made.map((type) => columnBuilder(type, BATCH_ROWS_MAX))
    const from: number[] = []
    let row = start
    for (; row < n && from.length < BATCH_ROWS_MAX; row++) {
      const mark = from.length
      try {
        const values = args.map((arg) => arg(cols, row, frame))
        frame.position = position
        let ordinal = 0
        if (!(fn.strict && values.includes(null))) {
          for (const made of fn.eval(values, frame.env, argTypes)) {
            if (++ordinal > MADE_ROWS_MAX) throw new SqlError('54000', 'table function returns too many rows')
            from.push(row)
            for (let c = 0; c < width; c++) builders[c].append(made[c])
            if (node.withOrdinality) builders[width].append(ordinal)
          }
        }
        if (ordinal === 0 && node.outer) {
          from.push(row)
          for (const builder of builders) builder.append(null as Datum)
        }
      } catch (error) {
        if (!(error instanceof SqlError)) throw error
        for (const builder of builders) builder.truncate(mark)
        from.length = mark
        errors.add(row, error.sqlstate, error.message, frame.position)
      }
    }
    return {
      n: from.length,
      from: Int32Array.from(from),
      cols: builders.map((builder) => builder.finish()),
      next: row,
    }
  }
}
