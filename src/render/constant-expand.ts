import { SqlError } from '../base/sql-error.ts'
import type { ExpandProgram } from '../dataflow/operators/flat-map.ts'
import type { PhysicalNode, PhysicalOp } from '../plan/physical.ts'
import { BATCH_ROWS_MAX } from '../types/batch.ts'
import { batchFromRows } from '../types/batch-build.ts'
import { takeRows } from '../types/column-shape.ts'
import type { SqlType } from '../types/sql-type.ts'
import type { Datum, Row } from '../types/value.ts'
import { type CompileContext, makeFrame } from './compile-context.ts'
import { tableRow } from './function-rows.ts'

type FlatMapOp = Extract<PhysicalOp, { op: 'flatMap' }>

/** Calls that make more rows are made row by row. */
const ROWS_MAX = BATCH_ROWS_MAX / 4

/**
 * A table function of constants makes the same rows for every input row: it is called once. null where it is not so
 * simple: other arguments, many rows, an error.
 */
export function constantExpansion(
  node: FlatMapOp,
  made: readonly SqlType[],
  ctx: CompileContext,
): ExpandProgram | null {
  const rows = constantRows(node, made.length, ctx)
  if (rows === null) return null
  const { n: each, cols: fixed } = batchFromRows(made, rows)
  if (each === 0) return () => []
  return function* (_cols, n) {
    for (let start = 0, inputs = 0; start < n; start += inputs) {
      inputs = Math.min(n - start, Math.floor(BATCH_ROWS_MAX / each))
      const size = inputs * each
      const from = new Int32Array(size)
      const which = new Int32Array(size)
      for (let i = 0, k = 0; i < inputs; i++) {
        for (let r = 0; r < each; r++, k++) {
          from[k] = start + i
          which[k] = r
        }
      }
      yield { n: size, from, cols: fixed.map((column) => takeRows(column, which, size)) }
    }
  }
}

function constantRows(node: FlatMapOp, width: number, ctx: CompileContext): Row[] | null {
  const fn = tableRow(node.fn)
  if (fn.volatility !== 'immutable') return null
  const values: Datum[] = []
  for (const arg of node.args) {
    if (arg.kind !== 'const') return null
    values.push(arg.value)
  }
  const rows: Datum[][] = []
  try {
    if (!(fn.strict && values.includes(null))) {
      const types = node.args.map((arg) => arg.type)
      for (const row of fn.eval(values, makeFrame(ctx.env).env, types)) {
        if (rows.length === ROWS_MAX) return null
        rows.push(node.withOrdinality ? [...row, rows.length + 1] : [...row])
      }
    }
  } catch (error) {
    if (!(error instanceof SqlError)) throw error
    return null
  }
  if (rows.length === 0 && node.outer) rows.push(new Array<Datum>(width).fill(null))
  return rows
}

/**
 * `FROM t, generate_series(0, 4)`: the side of a join that is one call of constants, over no relation at all. Such a
 * cross join is an expansion of the other side and keeps nothing.
 */
export function constantSide(nodes: readonly PhysicalNode[], number: number): FlatMapOp | null {
  const node = nodes[number]
  if (node?.op !== 'flatMap') return null
  const input = nodes[node.input]
  if (input?.op !== 'constant' || input.rows.length !== 1 || input.rows[0].length !== 0) return null
  return node
}
