import type { Query } from '../../../grammar/ast.ts'
import { assert } from '../../base/assert.ts'
import { sourceOf } from '../row-source.ts'
import type { Outcome, Run, StatementHandler } from '../run.ts'

/** SELECT, VALUES, TABLE, WITH: a pull at one tick. */
export const queryStatement: StatementHandler<Query> = {
  async run(_statement, run) {
    return readOutcome(run, (rows) => `SELECT ${rows}`)
  },
}

export async function readOutcome(run: Run, tag: (rows: number) => string): Promise<Outcome> {
  const { plan, session } = run
  assert(plan !== null && plan.kind === 'read', 'a query is planned as a read')
  const { finishing, fields, lookup, plan: physical } = plan.request
  const request = { plan: physical, finishing, fields, lookup, params: run.params }
  const transaction = session.transaction.current()
  const result = await (transaction ?? session.engine).read(request, run.call)
  return { kind: 'rows', source: sourceOf(fields, result.batches), tag }
}
