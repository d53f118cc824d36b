import type { Call } from '../../../grammar/ast.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { sameScalar } from '../../plan/scalar-walk.ts'
import { bindError } from './bind-error.ts'
import type { ExprPlace, Statement } from './context.ts'
import type { FromPlan } from './from-plan.ts'
import { handled } from './handled.ts'

/** The event time of the first relation of FROM that has one: its watermark's column, else Kafka's own timestamp. */
export function eventTime(st: Statement, from: FromPlan): Scalar | null {
  for (const { columns, watermark } of from.tables) {
    if (watermark) return columns[watermark.column].expr
    for (const c of columns) {
      const entry = c.origin && st.env.catalog.byId(c.origin.object)
      if (!entry || !c.origin) continue
      if (entry.kind !== 'source') continue
      const own = entry.connector.include.find((i) => i.what === 'timestamp')
      if (own?.column === c.origin.column) return c.expr
    }
  }
  return null
}

/** CURRENT_WATERMARK(c): the watermark that the row came with. */
export function currentWatermark(st: Statement, node: Call, place: ExprPlace): Scalar {
  handled(node, ['name', 'args'])
  if (node.args.length !== 1) throw bindError('42883', 'CURRENT_WATERMARK takes the event time of a relation', node)
  const arg = st.bind.expr(st, node.args[0].value, place)
  for (const { columns, watermark } of place.scope.tables) {
    if (watermark && sameScalar(columns[watermark.column].expr, arg)) return watermark.value
  }
  throw bindError('42P10', 'CURRENT_WATERMARK takes a column with a WATERMARK', node.args[0])
}
