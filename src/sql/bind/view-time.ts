import type { ViewTime, WatermarkSpec } from '../../catalog/entry.ts'
import type { Logical } from '../../plan/logical.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { column } from '../../plan/scalar-walk.ts'

/**
 * A view's query with the event time that LATENESS gave one of its columns: the relation below computed it with each
 * record, beside its watermark, which becomes the last column. Null: the query or the relation is not what it was.
 */
export function withViewTime(plan: Logical, time: ViewTime, spec: WatermarkSpec): Logical | null {
  if (spec.event === undefined) return null
  const whole = withHidden(plan, time.object)
  if (whole === null) return null
  const { rowType } = plan
  const event = column(rowType.length, rowType[time.column].type)
  const own = rowType.map((f, i) => column(i, f.type))
  // Where there is no time the column is NULL, or raises its error.
  const value: Scalar = { kind: 'coalesce', args: [event, own[time.column]], type: event.type, sole: true }
  const watermark = whole.rowType[whole.rowType.length - 1]
  const exprs = [...own.map((c, i) => (i === time.column ? value : c)), column(rowType.length + 1, watermark.type)]
  return { kind: 'project', input: whole, exprs, rowType: [...rowType, watermark] }
}

/** The plan's columns, then the relation's event time and its watermark. */
function withHidden(p: Logical, object: number): Logical | null {
  if (p.kind !== 'project' && p.kind !== 'filter') return null
  const { input } = p
  const below = input.kind === 'get' ? (input.object === object ? input : null) : withHidden(input, object)
  if (below === null) return null
  const width = below.rowType.length
  if (p.kind === 'filter') return { ...p, input: below, rowType: below.rowType }
  const hidden = below.rowType.slice(-2)
  const exprs = [...p.exprs, ...hidden.map((f, i) => column(width - 2 + i, f.type))]
  return { ...p, input: below, exprs, rowType: [...p.rowType, ...hidden] }
}
