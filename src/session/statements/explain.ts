import type { Explain } from '../../../grammar/ast-statement.ts'
import type { StatementHandler } from '../run.ts'
import { columns, rowsOutcome } from '../text-rows.ts'

/** EXPLAIN in all its forms: the lines are made by the planner, one a row. */
const FIELDS = columns('QUERY PLAN')

export const explainStatement: StatementHandler<Explain> = {
  fields: () => FIELDS,
  async run(statement, run) {
    const { session } = run
    const context = session.planning(run.sql, [], (notice) => run.call.notice(notice))
    const { engine } = session
    const lines = await session.planner.explain(statement, context, {
      runningState: (object) => engine.runningState(object),
      storedRows: (object) => engine.storedRows(object),
      measure: (request) => engine.measure(request, run.call),
    })
    return rowsOutcome(
      FIELDS,
      lines.map((line) => [line]),
      'EXPLAIN',
    )
  },
}
