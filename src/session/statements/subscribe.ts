import type { Subscribe } from '../../../grammar/ast-statement.ts'
import { assert } from '../../base/assert.ts'
import { objectsOf } from '../../plan/objects-of.ts'
import { PushedRows } from '../pushed-rows.ts'
import type { RowSource } from '../row-source.ts'
import type { Run, StatementHandler } from '../run.ts'
import { SubscribeSource } from '../subscribe-source.ts'

/** SUBSCRIBE as rows: streams until it is cancelled, reaches UP TO, or nothing can change any more. */
export const subscribeStatement: StatementHandler<Subscribe> = {
  async run(statement, run) {
    if (run.simple && !endsByItself(run) && run.session.settings.get('application_name') === 'psql')
      pointToCopy(statement, run)
    const source = await openSubscription(run)
    return { kind: 'rows', source, tag: (rows) => `SUBSCRIBE ${rows}` }
  },
}

export async function openSubscription(run: Run): Promise<RowSource> {
  const { plan, session } = run
  assert(plan !== null && plan.kind === 'subscribe', 'SUBSCRIBE is planned as a subscription')
  run.endTimeout()
  const { request } = plan
  const subscription = await session.engine.subscribe({ ...request, params: run.params }, run.call)
  const changes = new SubscribeSource(subscription, request.fields, request.progress, session.runtime)
  return request.push === undefined ? changes : new PushedRows(changes, request.fields, request.push.limit)
}

/** It has an end, or nothing that it reads ever changes. */
function endsByItself({ plan, session }: Run): boolean {
  if (plan?.kind !== 'subscribe') return false
  const { target, upTo } = plan.request
  if (upTo !== null) return true
  const catalog = session.engine.catalog()
  const changes = (id: number): boolean => {
    const entry = catalog.byId(id)
    return entry?.kind !== 'materializedView' || entry.dependsOn.some(changes)
  }
  return !(target.kind === 'object' ? [target.object] : objectsOf(target.plan)).some(changes)
}

function pointToCopy(statement: Subscribe, run: Run): void {
  const text = run.sql.slice(statement.span.start, statement.span.end).replace(/\s+/g, ' ').trim()
  run.call.notice({
    severity: 'NOTICE',
    sqlstate: '00000',
    message: 'psql shows nothing until a result ends, and this one does not end by itself',
    hint: `Press Ctrl+C, then paste: COPY (${text}) TO STDOUT;`,
  })
}
