import type { Query, Select } from '../../../grammar/ast.ts'
import type { MergeLate } from '../../../grammar/ast-statement.ts'
import { notSupported } from '../../base/sql-error.ts'
import { columnsOf } from '../../catalog/pg-relations.ts'
import { isLateOf, LATE, watermarkOf } from '../../catalog/watermark.ts'
import type { DdlPlan } from '../../plan/ddl.ts'
import { newStatement } from '../bind/bind.ts'
import { bindError } from '../bind/bind-error.ts'
import { handled } from '../bind/handled.ts'
import { lookupRelation } from '../bind/relation.ts'
import type { PlanningContext } from '../planned.ts'
import { bindEnv } from './env.ts'
import { planQuery } from './query.ts'

/** MERGE LATE INTO view FROM "relation$late" WHERE …: the late rows, as SELECT * gives them. */
export function planMergeLate(node: MergeLate, context: PlanningContext): DdlPlan {
  handled(node, ['into', 'from', 'where'])
  const st = newStatement(bindEnv(context))
  const view = lookupRelation(st, node.into)
  if (view.kind !== 'materializedView') {
    throw bindError('42809', `"${view.name}" is not a materialized view`, node.into, {
      hint: view.kind === 'view' ? 'A view that is not materialized keeps nothing to merge rows into.' : undefined,
    })
  }
  const late = lookupRelation(st, node.from)
  const owner = context.catalog.byId(late.dependsOn[0] ?? 0)
  if (owner?.kind === 'view' && isLateOf(late, owner))
    throw notSupported('MERGE LATE of the late rows of a view', node.from.span)
  const stored = owner ? columnsOf(context.catalog, owner.id).length : 0
  const { computed = [], arrivals = [] } = owner?.kind === 'table' || owner?.kind === 'source' ? owner : {}
  const event = watermarkOf(owner)?.event?.own
  // Its name stays when its relation is renamed.
  const columns = stored + computed.length + arrivals.length + 1
  if (late.kind !== 'view' || !late.name.endsWith(LATE) || !watermarkOf(owner) || late.rowType.length !== columns) {
    throw bindError('42809', `"${late.name}" is not a relation of late rows`, node.from, {
      hint: `The late rows of a relation s with a WATERMARK are "s${LATE}".`,
    })
  }
  const { span } = node.from
  // As they are stored, with the event time where that is computed, and the watermark.
  const names = late.rowType.map((f) => f.name)
  const wanted = [
    ...names.slice(0, stored),
    ...(event === undefined ? [] : [names[stored + event]]),
    names[columns - 1],
  ]
  const body: Select = {
    kind: 'select',
    targets: wanted.map((name) => {
      const parts = [{ kind: 'ident' as const, name, quoted: true, span }]
      return { kind: 'target', expr: { kind: 'column', parts, span }, span }
    }),
    from: [{ kind: 'table', name: node.from, span }],
    ...(node.where && { where: node.where }),
    groupBy: [],
    windows: [],
    span: node.span,
  }
  const query: Query = { kind: 'query', body, orderBy: [], locking: [], options: [], span: node.span }
  const { request } = planQuery(query, context)
  return { kind: 'mergeLate', view: view.id, relation: late.dependsOn[0], rows: request.plan }
}
