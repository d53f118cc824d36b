import type { ViewTime, WatermarkSpec } from '../../catalog/entry.ts'
import type { Logical } from '../../plan/logical.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { column, substituteColumns } from '../../plan/scalar-walk.ts'

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

/** The records of the relation that rows of a query over a view of it are, each by itself; null: they are others. */
export function recordsOf(plan: Logical, object: number): Logical | null {
  const found = below(plan, object)
  if (found === null) return null
  const exprs = found.record.map((f, i) => column(i, f.type))
  return { kind: 'project', input: found.plan, exprs, rowType: found.record }
}

interface Records {
  /** The records' columns, then those of what they were compared with. */
  readonly plan: Logical
  readonly record: Logical['rowType']
  /** The columns of the node that it stands for. */
  readonly exprs: readonly Scalar[]
}

function below(p: Logical, object: number): Records | null {
  switch (p.kind) {
    case 'get':
      return p.object === object ? { plan: p, record: p.rowType, exprs: own(p) } : null
    case 'filter': {
      const of = below(p.input, object)
      if (of === null) return null
      const predicate = substituteColumns(p.predicate, of.exprs)
      return { ...of, plan: { ...p, input: of.plan, predicate, rowType: of.plan.rowType } }
    }
    case 'project': {
      const of = below(p.input, object)
      return of && { ...of, exprs: p.exprs.map((e) => substituteColumns(e, of.exprs)) }
    }
    // Conditions with subqueries.
    case 'semiJoin':
    case 'join': {
      const of = below(p.left, object)
      if (of === null || (p.kind === 'join' && p.type !== 'inner' && p.type !== 'left')) return null
      const left = of.plan.rowType
      const exprs = [...of.exprs, ...own(p.right, left.length)]
      const on = substituteColumns(p.on, exprs)
      if (p.kind === 'semiJoin') return { ...of, plan: { ...p, left: of.plan, on, rowType: left } }
      const rowType = [...left, ...p.rowType.slice(p.left.rowType.length)]
      return { ...of, exprs, plan: { ...p, left: of.plan, on, rowType } }
    }
    default:
      return null
  }
}

const own = ({ rowType }: Logical, from = 0): Scalar[] => rowType.map((f, i) => column(from + i, f.type))
