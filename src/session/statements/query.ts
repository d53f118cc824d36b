import type { Query } from '../../../grammar/ast.ts'
import { assert } from '../../base/assert.ts'
import type { Transaction } from '../../engine/api.ts'
import { rowProgram } from '../../engine/write/row-program.ts'
import type { PlannedRead } from '../planner.ts'
import { sourceOf } from '../row-source.ts'
import type { Outcome, Run, StatementHandler } from '../run.ts'
import { openSubscription } from './subscribe.ts'

/** SELECT, VALUES, TABLE, WITH: a pull at one tick; with EMIT CHANGES a push. */
export const queryStatement: StatementHandler<Query> = {
  async run(_statement, run) {
    return readOutcome(run, (rows) => `SELECT ${rows}`)
  },
}

export async function readOutcome(run: Run, tag: (rows: number) => string): Promise<Outcome> {
  const { plan, session } = run
  if (plan?.kind === 'subscribe') return { kind: 'rows', source: await openSubscription(run), tag }
  assert(plan !== null && plan.kind === 'read', 'a query is planned as a read')
  const { finishing, fields, lookup, plan: physical } = plan.request
  const request = { plan: physical, finishing, fields, lookup, params: run.params }
  const transaction = session.transaction.current()
  if (plan.lock !== null) await lockRow(plan.lock, transaction, run)
  const result = await (transaction ?? session.engine).read(request, run.call)
  return { kind: 'rows', source: sourceOf(fields, result.batches), tag }
}

/** FOR UPDATE, FOR SHARE: the row is locked before it is read. Alone, the lock ends as soon as it was had. */
async function lockRow(
  lock: NonNullable<PlannedRead['lock']>,
  transaction: Transaction | null,
  run: Run,
): Promise<void> {
  const { call, params, session } = run
  const { timeZone, floatDigits, user, database, searchPath, setting } = call
  const nowMicros = session.engine.nowMicros()
  const random = () => session.runtime.random()
  const env = { nowMicros, timeZone, floatDigits, user, database, searchPath, setting, random }
  const key = rowProgram(lock.keys, [], { params, env })([])
  if (key.includes(null)) return
  if (transaction !== null) return transaction.lockRows(lock.table, [key], call)
  const alone = session.engine.begin({ readOnly: false })
  try {
    await alone.lockRows(lock.table, [key], call)
  } finally {
    alone.rollback()
  }
}
