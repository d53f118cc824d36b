import type { Ident, WithOption } from '../../../grammar/ast-base.ts'
import type { CreateMaterializedView, CreateView } from '../../../grammar/ast-ddl.ts'
import { notSupported, SqlError } from '../../base/sql-error.ts'
import { creationSchema, findSchema } from '../../catalog/resolve-name.ts'
import { isTemporary, OWN_TEMPORARY } from '../../catalog/temporary.ts'
import type { DdlPlan } from '../../plan/ddl.ts'
import type { Logical } from '../../plan/logical.ts'
import { INTERVAL, type RowType } from '../../types/sql-type.ts'
import type { Interval } from '../../types/value.ts'
import { newStatement } from '../bind/bind.ts'
import { bindError, type Place } from '../bind/bind-error.ts'
import { parseLiteral } from '../bind/coerce.ts'
import type { Statement } from '../bind/context.ts'
import { microsOf, timeToLive } from '../bind/fixed-micros.ts'
import { handled } from '../bind/handled.ts'
import { bindInnerQuery } from '../bind/query.ts'
import { boundsOf, type Emission } from '../choose/close.ts'
import type { TimeToLive } from '../choose/leaving.ts'
import type { PlanningContext } from '../planned.ts'
import { allowLateness, checkGrowth, eventTimes, retain, takeEmission } from '../statement/emission.ts'
import { bindEnv } from '../statement/env.ts'
import { plans } from '../statement/query.ts'
import { canonicalSql, quoted } from './canonical.ts'
import { optionText } from './option-value.ts'

/** A view is its text, names qualified; it is bound now to find its columns and its errors. */
export function planCreateView(node: CreateView, context: PlanningContext): DdlPlan {
  handled(node, ['orReplace', 'ifNotExists', 'temporary', 'name', 'columns', 'query', 'local', 'with', 'check'])
  // LOCAL is Feldera's word for a view that is no output: what every view is that is not materialized.
  if (node.with.length > 0) throw notSupported('options of a view', node.with[0].span)
  if (node.check) throw notSupported('WITH CHECK OPTION', node.span)
  const st = newStatement(bindEnv(context))
  const { rowType } = bindView(st, node, node.columns)
  const reads = temporaryAmong(st, context)
  if (reads && !node.temporary)
    context.notice({
      severity: 'NOTICE',
      sqlstate: '00000',
      message: `view "${lastName(node.name)}" will be a temporary view`,
    })
  const schema = placeOf(st, node.name, reads || node.temporary === true, context)
  if (st.params.length > 0) throw bindError('42P02', 'there is no parameter $1', node.query)
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

/** `added`: what the text says beside what is written. */
export function planCreateMaterializedView(
  node: CreateMaterializedView,
  context: PlanningContext,
  added?: { readonly at: number; readonly text: string },
): DdlPlan {
  handled(node, ['ifNotExists', 'name', 'columns', 'with', 'query', 'withData'])
  if (node.withData === false) throw notSupported('WITH NO DATA', node.span)
  const st = newStatement(bindEnv(context))
  const schema = schemaOf(st, node.name, context)
  const options = viewOptions(st, node.with)
  const { onError } = options
  st.stream.maintained = true
  const taken = takeEmission(st, node.query)
  const { plan, rowType } = bindView(st, { ...node, query: taken.query }, node.columns)
  if (temporaryAmong(st, context))
    throw bindError('0A000', 'materialized views must not use temporary tables or views', undefined)
  // Those of a simple query are no parameters at all, and are refused before.
  if (st.params.length > 0) throw new SqlError('0A000', 'materialized views may not be defined using bound parameters')
  const emission = options.final ? finalBy(options.final, rowType) : taken.emission
  st.stream.merges = true
  const { physical, closes } = plans(st, { ...plan, rowType }, context, true, emission, options.ttl?.life)
  for (const notice of st.stream.notices) context.notice(notice)
  if (!closes) tellUnused(st, context)
  const times = eventTimes(context.catalog, st.stream)
  checkGrowth(physical, times, context, node.query)
  const { start, end } = node.query.span
  const cut = added?.at ?? start
  const [before, behind] = [
    { start, end: cut },
    { start: cut, end },
  ].map((s) => canonicalSql(st, context.sql, s))
  const text = `${before}${added?.text ?? ''}${behind}`
  const given = optionsText(options)
  return {
    kind: 'createMaterializedView',
    schema: schema.id,
    name: lastName(node.name),
    ifNotExists: node.ifNotExists ?? false,
    sql: `CREATE MATERIALIZED VIEW ${quoted(schema.name)}.${quoted(lastName(node.name))}${given} AS ${text}`,
    dependsOn: readsOf(st),
    rowType,
    plan: physical,
    onError,
    bounds: boundsOf(physical, times),
    written: { text: context.sql.slice(node.span.start, node.span.end), start: node.span.start },
  }
}

/** What waits for late rows, where none is ever late. */
function tellUnused({ stream }: Statement, context: PlanningContext): void {
  const hint = 'It is for views that close time: over windows of an event time, in GROUP BY, DISTINCT, joins.'
  const tell = (clause: string) => {
    const message = `${clause} without effect: the view closes no time`
    context.notice({ severity: 'NOTICE', sqlstate: '00000', message, hint })
  }
  if (stream.allowedMicros > 0) tell('ALLOWED LATENESS')
  if (stream.retainedMicros > 0) tell('RETENTION')
}

function bindView(
  st: Statement,
  node: { readonly query: CreateView['query'] } & Place,
  columns: readonly Ident[],
): { plan: Logical; rowType: RowType } {
  const { plan } = bindInnerQuery(st, node.query, null, null)
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

interface ViewOptions {
  onError: 'poison' | 'divert'
  /** Feldera's emit_final: the column whose closing makes a row final. */
  final: { readonly column: string; readonly at: Place } | null
  lateness: string | null
  retention: string | null
  ttl: { readonly text: string; readonly life: TimeToLive } | null
}

function viewOptions(st: Statement, options: readonly WithOption[]): ViewOptions {
  const found: ViewOptions = { onError: 'poison', final: null, lateness: null, retention: null, ttl: null }
  for (const option of options) {
    if (option.kind === 'rest') throw bindError('42601', '... is not an option of a materialized view', option)
    switch (option.name.toLowerCase()) {
      case 'on_error': {
        const value = optionText(option)
        if (value !== 'poison' && value !== 'divert') {
          throw bindError('22023', `on_error takes 'poison' or 'divert'`, option)
        }
        found.onError = value
        break
      }
      case 'emit_final':
        found.final = { column: optionText(option), at: option }
        break
      case 'allowed_lateness':
        found.lateness = optionText(option)
        allowLateness(st, microsOf(parseLiteral(st, found.lateness, INTERVAL, option) as Interval, option))
        break
      case 'retention':
        found.retention = optionText(option)
        retain(st, microsOf(parseLiteral(st, found.retention, INTERVAL, option) as Interval, option, 'a retention'))
        break
      case 'ttl': {
        const text = optionText(option)
        const position = option.span.start
        found.ttl = { text, life: { micros: timeToLive(st, text, option), position } }
        break
      }
      default:
        throw bindError('42601', `a materialized view has no option ${option.name.toUpperCase()}`, option, {
          hint: 'It has ON_ERROR, EMIT_FINAL, ALLOWED_LATENESS, RETENTION and TTL.',
        })
    }
  }
  return found
}

function finalBy({ column, at }: NonNullable<ViewOptions['final']>, row: RowType): Emission {
  const found = row.find((f) => f.name === column) ?? row.find((f) => f.name === column.toLowerCase())
  if (!found) throw bindError('42703', `column "${column}" does not exist`, at)
  return { mode: 'close', column: found.name, position: at.span.start }
}

function optionsText({ onError, final, lateness, retention, ttl }: ViewOptions): string {
  const given = [
    ...(onError === 'poison' ? [] : [`on_error = '${onError}'`]),
    ...(final === null ? [] : [`emit_final = '${final.column.replaceAll("'", "''")}'`]),
    ...(lateness === null ? [] : [`allowed_lateness = '${lateness.replaceAll("'", "''")}'`]),
    ...(retention === null ? [] : [`retention = '${retention.replaceAll("'", "''")}'`]),
    ...(ttl === null ? [] : [`ttl = '${ttl.text.replaceAll("'", "''")}'`]),
  ]
  return given.length === 0 ? '' : ` WITH (${given.join(', ')})`
}

type NameNode = CreateView['name']

export const lastName = (name: NameNode): string => name.parts[name.parts.length - 1].name

/** Where a statement makes what may be TEMPORARY; the session's own schema is made before it runs. */
export function placeOf(
  st: Statement,
  name: NameNode,
  temporary: boolean,
  context: PlanningContext,
): { readonly id: number; readonly name: string; readonly temporary: boolean } {
  const said = name.parts.at(-2)?.name
  const own = context.temporarySchema
  if (!temporary && said !== OWN_TEMPORARY) return { ...schemaOf(st, name, context), temporary: false }
  if (own === undefined) throw notSupported('a TEMPORARY object here', name.span)
  if (said !== undefined && said !== OWN_TEMPORARY && said !== own)
    throw bindError('42P16', 'cannot create temporary relation in non-temporary schema', name)
  return { id: findSchema(context.catalog, own)?.id ?? -1, name: own, temporary: true }
}

export const schemaOf = (st: Statement, name: NameNode, context: PlanningContext) =>
  creationSchema(
    context.catalog,
    name.parts.map((p) => p.name),
    st.env,
    name.span.start + 1,
  )

/** Whether anything that it reads goes with a session. */
const temporaryAmong = (st: Statement, { catalog }: PlanningContext): boolean =>
  readsOf(st).some((id) => {
    const entry = catalog.byId(id)
    return entry !== undefined && isTemporary(catalog, entry)
  })

export const readsOf = (st: Statement): number[] =>
  [...new Set([...st.reads, ...st.uses, ...st.types])].sort((a, b) => a - b)
