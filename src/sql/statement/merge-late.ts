import type { Query, Select } from '../../../grammar/ast.ts'
import type { MergeLate } from '../../../grammar/ast-statement.ts'
import { notSupported } from '../../base/sql-error.ts'
import { columnsOf } from '../../catalog/pg-relations.ts'
import { isLateOf, LATE, watermarkOf } from '../../catalog/watermark.ts'
import type { DdlPlan } from '../../plan/ddl.ts'
import type { PhysicalPlan } from '../../plan/physical.ts'
import { newStatement } from '../bind/bind.ts'
import { bindError } from '../bind/bind-error.ts'
import { handled } from '../bind/handled.ts'
import { bindTopQuery } from '../bind/query.ts'
import { lookupRelation } from '../bind/relation.ts'
import { recordsOf } from '../bind/view-time.ts'
import type { PlanningContext } from '../planned.ts'
import { bindEnv } from './env.ts'
import { planQuery, plans } from './query.ts'

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
  if (owner?.kind === 'view' && owner.lateness && isLateOf(late, owner)) {
    const relation = owner.lateness.object
    return { kind: 'mergeLate', view: view.id, relation, rows: recordsOfView(node, relation, context) }
  }
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
  const targets = wanted.map((name): Select['targets'][number] => {
    const parts = [{ kind: 'ident' as const, name, quoted: true, span }]
    return { kind: 'target', expr: { kind: 'column', parts, span }, span }
  })
  const { request } = planQuery(lateRows(node, targets), context)
  return { kind: 'mergeLate', view: view.id, relation: late.dependsOn[0], rows: request.plan }
}

/** SELECT … FROM "relation$late" WHERE …. */
function lateRows({ from, where, span }: MergeLate, targets: Select['targets']): Query {
  const table = { kind: 'table', name: from, span: from.span } as const
  const body: Select = {
    ...{ kind: 'select', targets, from: [table], groupBy: [], windows: [], span },
    ...(where && { where }),
  }
  return { kind: 'query', body, orderBy: [], locking: [], options: [], span }
}

/** Late rows of a view are merged as what its relation has them of: its records, with the view's event time. */
function recordsOfView(node: MergeLate, relation: number, context: PlanningContext): PhysicalPlan {
  const st = newStatement(bindEnv(context))
  const { span } = node.from
  const star: Select['targets'] = [{ kind: 'target', expr: { kind: 'star', qualifier: [], except: [], span }, span }]
  const { plan } = bindTopQuery(st, lateRows(node, star), null, null)
  st.checkParams(node)
  const found = recordsOf(plan, relation)
  if (found === null) throw notSupported('this condition of MERGE LATE of the late rows of a view', node.from.span)
  return plans(st, found, context).physical
}
