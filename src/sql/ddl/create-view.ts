import type { Ident, WithOption } from '../../../grammar/ast-base.ts'
import type { CreateMaterializedView, CreateView } from '../../../grammar/ast-ddl.ts'
import { notSupported } from '../../base/sql-error.ts'
import { creationSchema } from '../../catalog/resolve-name.ts'
import type { DdlPlan } from '../../plan/ddl.ts'
import type { Logical } from '../../plan/logical.ts'
import type { RowType } from '../../types/sql-type.ts'
import { newStatement } from '../bind/bind.ts'
import { bindError, type Place } from '../bind/bind-error.ts'
import type { Statement } from '../bind/context.ts'
import { handled } from '../bind/handled.ts'
import { bindInnerQuery } from '../bind/query.ts'
import type { PlanningContext } from '../planned.ts'
import { bindEnv } from '../statement/env.ts'
import { plans } from '../statement/query.ts'
import { canonicalSql, quoted } from './canonical.ts'
import { optionText } from './option-value.ts'

/** A view is its text, names qualified; it is bound now to find its columns and its errors. */
export function planCreateView(node: CreateView, context: PlanningContext): DdlPlan {
  handled(node, ['orReplace', 'ifNotExists', 'name', 'columns', 'query', 'local', 'with', 'check'])
  if (node.local) throw notSupported('CREATE LOCAL VIEW', node.span)
  if (node.with.length > 0) throw notSupported('options of a view', node.with[0].span)
  if (node.check) throw notSupported('WITH CHECK OPTION', node.span)
  const st = newStatement(bindEnv(context))
  const schema = schemaOf(st, node.name, context)
  const { rowType } = bindView(st, node, node.columns)
  return {
    kind: 'createView',
    schema: schema.id,
    name: lastName(node.name),
    ifNotExists: node.ifNotExists ?? false,
    orReplace: node.orReplace ?? false,
    sql: `CREATE VIEW ${quoted(schema.name)}.${quoted(lastName(node.name))} AS ${canonicalSql(st, context.sql, node.query.span)}`,
    dependsOn: readsOf(st),
    rowType,
  }
}

export function planCreateMaterializedView(node: CreateMaterializedView, context: PlanningContext): DdlPlan {
  handled(node, ['ifNotExists', 'name', 'columns', 'with', 'query', 'withData'])
  if (node.withData === false) throw notSupported('WITH NO DATA', node.span)
  const st = newStatement(bindEnv(context))
  const schema = schemaOf(st, node.name, context)
  const { plan, rowType } = bindView(st, node, node.columns)
  const onError = viewOptions(node.with)
  const text = canonicalSql(st, context.sql, node.query.span)
  const options = onError === 'poison' ? '' : ` WITH (on_error = '${onError}')`
  return {
    kind: 'createMaterializedView',
    schema: schema.id,
    name: lastName(node.name),
    ifNotExists: node.ifNotExists ?? false,
    sql: `CREATE MATERIALIZED VIEW ${quoted(schema.name)}.${quoted(lastName(node.name))}${options} AS ${text}`,
    dependsOn: readsOf(st),
    rowType,
    plan: plans(st, { ...plan, rowType }, context, true).physical,
    onError,
  }
}

function bindView(
  st: Statement,
  node: { readonly query: CreateView['query'] } & Place,
  columns: readonly Ident[],
): { plan: Logical; rowType: RowType } {
  const { plan } = bindInnerQuery(st, node.query, null, null)
  if (st.params.length > 0) throw bindError('42P02', 'there is no parameter $1', node.query)
  if (columns.length > plan.rowType.length) {
    throw bindError('42601', 'CREATE VIEW specifies more column names than columns', columns[plan.rowType.length])
  }
  const rowType = plan.rowType.map((f, i) => ({ ...f, name: columns[i]?.name ?? f.name }))
  const seen = new Set<string>()
  for (const f of rowType) {
    if (seen.has(f.name)) throw bindError('42701', `column "${f.name}" specified more than once`, node)
    seen.add(f.name)
  }
  return { plan, rowType }
}

function viewOptions(options: readonly WithOption[]): 'poison' | 'divert' {
  let onError: 'poison' | 'divert' = 'poison'
  for (const option of options) {
    if (option.kind === 'rest') throw bindError('42601', '... is not an option of a materialized view', option)
    if (option.name !== 'on_error') {
      throw bindError('42601', `a materialized view has no option ${option.name.toUpperCase()}`, option, {
        hint: 'It has ON_ERROR.',
      })
    }
    const value = optionText(option)
    if (value !== 'poison' && value !== 'divert') {
      throw bindError('22023', `on_error takes 'poison' or 'divert'`, option)
    }
    onError = value
  }
  return onError
}

type NameNode = CreateView['name']

export const lastName = (name: NameNode): string => name.parts[name.parts.length - 1].name

export const schemaOf = (st: Statement, name: NameNode, context: PlanningContext) =>
  creationSchema(
    context.catalog,
    name.parts.map((p) => p.name),
    st.env,
    name.span.start + 1,
  )

export const readsOf = (st: Statement): number[] => [...st.reads].sort((a, b) => a - b)
