import type { RowErrors } from '../dataflow/contract.ts'
import type { FilterProgram } from '../dataflow/operators/join.ts'
import type { MapProgram } from '../dataflow/operators/map.ts'
import type { Scalar } from '../plan/scalar.ts'
import type { Column, F64Column } from '../types/column.ts'
import { takeRows } from '../types/column-shape.ts'
import { closureKernel } from './closure.ts'
import type { CompileContext } from './compile-context.ts'
import { columnsOf } from './scalar-columns.ts'

/** A compiled predicate: the rows for which it is true. */
export function filterProgram(predicate: Scalar, ctx: CompileContext): FilterProgram {
  const kernel = closureKernel(predicate, ctx)
  return (cols, n, rows, errors, tick) => trueRows(kernel(cols, n, errors, tick) as F64Column, n, rows, errors)
}

function trueRows(column: F64Column, n: number, rows: Int32Array, errors: RowErrors): number {
  const { data, nulls } = column
  let kept = 0
  for (let i = 0; i < n; i++) {
    if (data[i] === 0 || (nulls !== null && nulls[i] === 1) || errors.has(i)) continue
    rows[kept++] = i
  }
  return kept
}

/**
 * Filter, then the expressions over the rows that pass. Plain columns are handed on as they are, gathered only when
 * rows were dropped; columns that nothing reads are not touched.
 */
export function mapProgram(filter: FilterProgram | null, exprs: readonly Scalar[], ctx: CompileContext): MapProgram {
  const kernels = exprs.map((expr) => (expr.kind === 'column' ? expr.index : closureKernel(expr, ctx)))
  const used = new Set<number>()
  for (const expr of exprs) columnsOf(expr, used)
  return (cols, n, rows, errors, tick) => {
    let kept = n
    let input = cols
    let found = errors
    if (filter !== null && (kept = filter(cols, n, rows, errors, tick)) < n) {
      if (kept === 0) return { n: 0, cols: [] }
      const taken: Column[] = []
      for (const c of used) taken[c] = takeRows(cols[c], rows, kept)
      input = taken
      found = renumbered(rows, errors)
    }
    const known = errors.count
    const out = kernels.map((kernel) => (typeof kernel === 'number' ? input[kernel] : kernel(input, kept, found, tick)))
    if (errors.count === known) return { n: kept, cols: out }
    if (kept === n) for (let i = 0; i < n; i++) rows[i] = i
    return withoutErrors(out, kept, rows, errors)
  }
}

/** Errors of the k-th kept row belong to input row rows[k]. */
function renumbered(rows: Int32Array, errors: RowErrors): RowErrors {
  return {
    get count() {
      return errors.count
    },
    add: (k, sqlstate, message, position) => errors.add(rows[k], sqlstate, message, position),
    has: (k) => errors.has(rows[k]),
  }
}

function withoutErrors(cols: readonly Column[], n: number, rows: Int32Array, errors: RowErrors) {
  const good = new Int32Array(n)
  let kept = 0
  for (let k = 0; k < n; k++) if (!errors.has(rows[k])) good[kept++] = k
  const out = cols.map((column) => takeRows(column, good, kept))
  for (let k = 0; k < kept; k++) rows[k] = rows[good[k]]
  return { n: kept, cols: out }
}
