import type { CreateIndex } from '../../../grammar/ast-ddl.ts'
import { notSupported } from '../../base/sql-error.ts'
import type { DdlPlan } from '../../plan/ddl.ts'
import { newStatement } from '../bind/bind.ts'
import { bindError } from '../bind/bind-error.ts'
import { handled } from '../bind/handled.ts'
import { lookupRelation, relationRow } from '../bind/relation.ts'
import type { PlanningContext } from '../planned.ts'
import { bindEnv } from '../statement/env.ts'
import { canonicalSql } from './canonical.ts'

export function planCreateIndex(node: CreateIndex, context: PlanningContext): DdlPlan {
  handled(node, ['ifNotExists', 'unique', 'nullsNotDistinct', 'name', 'table', 'elements', 'method', 'include'])
  const st = newStatement(bindEnv(context))
  const entry = lookupRelation(st, node.table)
  if (entry.kind !== 'table' && entry.kind !== 'materializedView') {
    throw bindError('42809', `cannot create index on relation "${entry.name}"`, node.table)
  }
  if (node.method && node.method.name !== 'btree') throw notSupported(`USING ${node.method.name}`, node.method.span)
  const row = relationRow(entry)
  const columns = node.elements.map((e) => {
    handled(e, ['expr', 'direction', 'nulls'])
    if (e.expr.kind !== 'column' || e.expr.parts.length !== 1) throw notSupported('an expression in an index', e.span)
    const [{ name }] = e.expr.parts
    const at = row.findIndex((f) => f.name === name)
    if (at < 0) throw bindError('42703', `column "${name}" does not exist`, e)
    return at
  })
  // An index answers equality: its order is only shown.
  const orders = node.elements.map((e) => {
    const descending = e.direction === 'DESC'
    const nullsFirst = e.nulls === undefined ? descending : e.nulls === 'FIRST'
    return (descending ? 1 : 0) + (nullsFirst ? 2 : 0)
  })
  // An index leads to whole rows: what INCLUDE adds is there in any case.
  for (const { name, span } of node.include) {
    if (!row.some((f) => f.name === name)) throw bindError('42703', `column "${name}" does not exist`, { span })
  }
  const base = `${entry.name}_${columns.map((c) => row[c].name).join('_')}_idx`
  let name = node.name?.name ?? base
  for (let n = 1; !node.name && context.catalog.byName(entry.schema, name); n++) name = `${base}${n}`
  st.refer(node.table, entry.id, true)
  return {
    kind: 'createIndex',
    schema: entry.schema,
    name,
    ifNotExists: node.ifNotExists ?? false,
    on: entry.id,
    columns,
    ...(orders.some((order) => order !== 0) && { orders }),
    unique: node.unique ?? false,
    ...(node.nullsNotDistinct && { nullsNotDistinct: true as const }),
    dependsOn: [entry.id],
    sql: canonicalSql(st, context.sql, node.span),
  }
}
