import type { ComputedColumn, WatermarkSpec } from '../../catalog/entry.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { column } from '../../plan/scalar-walk.ts'
import type { Field } from '../../types/sql-type.ts'
import type { FromPlan } from './from-plan.ts'

export const computedField = ({ name, type }: ComputedColumn): Field => ({ name, type, nullable: true })

/**
 * A relation of the catalog with its columns `c AS expr` behind the others. One that is the event time was computed with
 * the record, beside its watermark; where it is not there, it is NULL or raises its error.
 */
export function withComputed(
  from: FromPlan,
  computed: readonly ComputedColumn[],
  names: readonly string[],
  watermark: WatermarkSpec | null,
): FromPlan {
  if (computed.length === 0) return from
  const { plan } = from
  const width = plan.rowType.length
  const event = watermark?.event?.own === undefined ? null : { own: watermark.event.own, column: watermark.column }
  const exprs = computed.map(({ expr, type }, i): Scalar => {
    if (event?.own !== i) return expr as Scalar
    return { kind: 'coalesce', args: [column(event.column, type), expr as Scalar], type, sole: true }
  })
  const made = computed.map(({ type }, i) => ({
    name: names[i],
    expr: column(width + i, type),
    nullable: true,
    origin: null,
  }))
  const [table] = from.tables
  return {
    ...from,
    plan: {
      kind: 'project',
      input: plan,
      exprs: [...plan.rowType.map((f, i) => column(i, f.type)), ...exprs],
      rowType: [...plan.rowType, ...computed.map(computedField)],
    },
    tables: [{ ...table, columns: [...table.columns, ...made] }],
    visible: [...from.visible, ...made],
  }
}
