import type { Scalar } from '../../plan/scalar.ts'
import type { Statement } from './context.ts'
import type { FromPlan } from './from-plan.ts'

/** The event time of the first relation of FROM that has one: its watermark's column, else Kafka's own timestamp. */
export function eventTime(st: Statement, from: FromPlan): Scalar | null {
  for (const { columns } of from.tables) {
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
