import type { RowErrors } from '../dataflow/contract.ts'
import type { FilterProgram } from '../dataflow/operators/join.ts'
import type { MapProgram } from '../dataflow/operators/map.ts'
import type { Scalar } from '../plan/scalar.ts'
import type { Column, F64Column } from '../types/column.ts'
import { takeRows } from '../types/column-shape.ts'
import { closureKernel } from './closure.ts'
import { generateLoop, type Loop } from './codegen.ts'
import type { CompileContext } from './compile-context.ts'
import { isNumberType } from './loop-writer.ts'
import { numericKernel } from './numeric-kernel.ts'
import { columnsOf } from './scalar-columns.ts'

/** Rows after which a program is worth generated code: before, writing and optimising it costs more than it saves. */
const HOT_ROWS = 10_000

/** A compiled predicate: the rows for which it is true. */
export function filterProgram(predicate: Scalar, ctx: CompileContext): FilterProgram {
  const reference = closureFilter(predicate, ctx)
  const loop = whenHot(ctx, () => generateLoop(predicate, [], [], ctx))
  return (cols, n, rows, errors, tick) => {
    const done = loop(n)?.(cols, n, rows, errors, tick)
    return done == null ? reference(cols, n, rows, errors, tick) : done.n
  }
}

/** Filter, then columns: those of number types in one generated loop with the filter, once the program is hot. */
export function mapProgram(filter: Scalar | null, exprs: readonly Scalar[], ctx: CompileContext): MapProgram {
  const reference = closureMap(filter, exprs, ctx)
  const numbers = exprs.filter((expr) => expr.kind !== 'column' && isNumberType(expr.type))
  const place = exprs.map((expr) => numbers.indexOf(expr))
  let plain = filter === null && numbers.length === 0
  const others = exprs.map((expr, e) => {
    if (expr.kind === 'column' || place[e] >= 0) return null
    const closure = closureKernel(expr, ctx)
    const numeric = numericKernel(expr, closure)
    if (numeric !== null) plain = false
    return numeric ?? closure
  })
  if (plain) return reference
  const simple = others.every((kernel) => kernel === null)
  const used = new Set<number>()
  exprs.forEach((expr, e) => {
    if (others[e] !== null) columnsOf(expr, used)
  })
  const loop = whenHot(ctx, () => generateLoop(filter, numbers, exprs, ctx))
  return (cols, n, rows, errors, tick) => {
    const done = loop(n)?.(cols, n, rows, errors, tick)
    if (done == null) return reference(cols, n, rows, errors, tick)
    const kept = done.n
    if (kept === 0) return { n: 0, cols: [] }
    const whole = kept === n
    const input = simple || whole ? cols : gathered(cols, used, rows, kept)
    const found = whole ? errors : renumbered(rows, errors)
    const known = errors.count
    const out = exprs.map((expr, e) => {
      if (place[e] >= 0) return done.cols[place[e]]
      const kernel = others[e]
      if (kernel !== null) return kernel(input, kept, found, tick)
      const column = cols[(expr as Extract<Scalar, { kind: 'column' }>).index]
      return whole ? column : takeRows(column, rows, kept)
    })
    return errors.count === known ? { n: kept, cols: out } : withoutErrors(out, kept, rows, errors)
  }
}

/** A loop that is made once enough rows came by; null before. */
function whenHot(ctx: CompileContext, make: () => Loop): (n: number) => Loop | null {
  let seen = 0
  let loop: Loop | null = null
  const threshold = ctx.hotRows ?? HOT_ROWS
  return (n) => {
    if (loop === null && (seen += n) > threshold) loop = make()
    return loop
  }
}

/** The reference back end of `filterProgram`. */
function closureFilter(predicate: Scalar, ctx: CompileContext): FilterProgram {
  const kernel = closureKernel(predicate, ctx)
  return (cols, n, rows, errors, tick) => {
    const { data, nulls } = kernel(cols, n, errors, tick) as F64Column
    let kept = 0
    for (let i = 0; i < n; i++) {
      if (data[i] === 0 || (nulls !== null && nulls[i] === 1) || errors.has(i)) continue
      rows[kept++] = i
    }
    return kept
  }
}

/**
 * The reference back end of `mapProgram`. Plain columns are handed on as they are, gathered only when rows were
 * dropped; columns that nothing reads are not touched.
 */
export function closureMap(filter: Scalar | null, exprs: readonly Scalar[], ctx: CompileContext): MapProgram {
  const passes = filter === null ? null : closureFilter(filter, ctx)
  const kernels = exprs.map((expr) => (expr.kind === 'column' ? expr.index : closureKernel(expr, ctx)))
  const used = new Set<number>()
  for (const expr of exprs) columnsOf(expr, used)
  return (cols, n, rows, errors, tick) => {
    let kept = n
    let input = cols
    let found = errors
    if (passes !== null && (kept = passes(cols, n, rows, errors, tick)) < n) {
      if (kept === 0) return { n: 0, cols: [] }
      input = gathered(cols, used, rows, kept)
      found = renumbered(rows, errors)
    }
    const known = errors.count
    const out = kernels.map((kernel) => (typeof kernel === 'number' ? input[kernel] : kernel(input, kept, found, tick)))
    if (errors.count === known) return { n: kept, cols: out }
    if (kept === n) for (let i = 0; i < n; i++) rows[i] = i
    return withoutErrors(out, kept, rows, errors)
  }
}

function gathered(cols: readonly Column[], used: ReadonlySet<number>, rows: Int32Array, n: number): Column[] {
  const taken: Column[] = []
  for (const c of used) taken[c] = takeRows(cols[c], rows, n)
  return taken
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
