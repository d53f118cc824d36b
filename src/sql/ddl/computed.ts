import { notSupported } from '../../base/sql-error.ts'
import { readsClock } from '../../plan/clock-shape.ts'
import type { ColumnPlan, ComputedPlan } from '../../plan/ddl.ts'
import { coerce } from '../bind/coerce.ts'
import type { Statement } from '../bind/context.ts'
import { isVolatile } from '../function-facts.ts'
import type { Columns } from './columns.ts'
import { bindOver } from './watermark.ts'

/** Flink's `ts AS TO_TIMESTAMP_LTZ(ms, 3)`: functions of the stored columns. */
export function bindComputed(
  st: Statement,
  { computed }: Columns,
  stored: readonly ColumnPlan[],
  inferred = false,
): ComputedPlan[] {
  return computed.map(({ name, expr, type, at }) => {
    if (inferred) throw notSupported('a computed column beside columns that a schema registry knows', expr.span)
    const bound = bindOver(st, stored, expr)
    const s = type === null ? bound : coerce(st, bound, type, 'assignment', at)
    if (readsClock(s) || isVolatile(s)) {
      throw notSupported(
        'a computed column that is no function of the record',
        expr.span,
        'It may be PROCTIME() alone.',
      )
    }
    return { name, type: s.type, expr: s }
  })
}
