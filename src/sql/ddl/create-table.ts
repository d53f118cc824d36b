import type { WithOption } from '../../../grammar/ast-base.ts'
import type { CreateConnection, CreateSchema, CreateSource, CreateTable } from '../../../grammar/ast-ddl.ts'
import { notSupported } from '../../base/sql-error.ts'
import { checkDatabase } from '../../catalog/resolve-name.ts'
import type { ColumnPlan, ComputedPlan, DdlPlan } from '../../plan/ddl.ts'
import { newStatement } from '../bind/bind.ts'
import { bindError } from '../bind/bind-error.ts'
import type { Statement } from '../bind/context.ts'
import { timeToLive } from '../bind/fixed-micros.ts'
import { handled } from '../bind/handled.ts'
import { bindInnerQuery } from '../bind/query.ts'
import { lookupRelation, relationRow } from '../bind/relation.ts'
import type { PlanningContext } from '../planned.ts'
import { bindEnv } from '../statement/env.ts'
import { plans } from '../statement/query.ts'
import { canonicalSql } from './canonical.ts'
import { bindChecks } from './checks.ts'
import { bindColumns, type Columns } from './columns.ts'
import { bindComputed } from './computed.ts'
import { bindConnector } from './connector.ts'
import { lastName, placeOf, readsOf, schemaOf } from './create-view.ts'
import { bindForeignKey, type ForeignKeyNode, foreignKeyNodes, type Referenced } from './foreign-keys.ts'
import { bindGenerated } from './generated.ts'
import { kafkaOptions } from './kafka-spelling.ts'
import { watermarkOf } from './later-watermark.ts'
import { type NamedOption, namedOptions, optionText } from './option-value.ts'
import { registryConnection } from './registry-clause.ts'
import { blotted, withoutSecrets } from './secrets.ts'
import { bindUniques } from './uniques.ts'
import { bindWatermark, CHANGING, isWatermarkOption } from './watermark.ts'

const ENCODING = ['keyFormat', 'valueFormat', 'format', 'include', 'envelope'] as const

/** A table, a table fed by a source, a table of a query; Flink's connected table without a key is a stream. */
export function planCreateTable(node: CreateTable, context: PlanningContext): DdlPlan {
  handled(node, [
    'ifNotExists',
    'persistence',
    'word',
    'name',
    'elements',
    'hasElements',
    'appendOnly',
    'transport',
    'fromSource',
    'with',
    'as',
    'withData',
    'onCommit',
    ...ENCODING,
  ])
  if (node.word !== 'TABLE') throw notSupported(`CREATE ${node.word}`, node.span)
  const st = newStatement(bindEnv(context))
  if (node.persistence === 'UNLOGGED') throw notSupported('an UNLOGGED table', node.span)
  const schema = placeOf(st, node.name, node.persistence === 'TEMPORARY', context)
  if (node.onCommit !== undefined && !schema.temporary)
    throw bindError('42P16', 'ON COMMIT can only be used on temporary tables', undefined)
  const onCommit = node.onCommit === 'DROP' ? 'drop' : node.onCommit === 'DELETE ROWS' ? 'delete' : undefined
  const create = {
    schema: schema.id,
    name: lastName(node.name),
    ifNotExists: node.ifNotExists ?? false,
    ...(onCommit !== undefined && { onCommit: onCommit as 'drop' | 'delete' }),
  }
  const none = { fromSource: null, connector: null, query: null }
  if (node.as) return tableOfQuery(st, node, context, create)
  if (node.fromSource) return tableOfSource(st, node, context, create)
  if (schema.temporary && (node.fromSource || node.transport))
    throw notSupported('a TEMPORARY table of a source', node.span)
  const connected = node.transport !== undefined || namedOptions(node.with).some((o) => o.name === 'connector')
  const declared = bindColumns(st, lastName(node.name), node.elements, context.sql, !connected)
  const unknown = connected ? undefined : declared.laterKey?.[0]
  if (unknown !== undefined)
    throw bindError('42703', `column "${unknown}" named in key does not exist`, node.elements[0])
  if (declared.all && !connected) throw notSupported('* among the columns', node.span)
  if (!connected) {
    const options = namedOptions(node.with)
    const rest = withoutWatermark({ ...node, with: withoutTtl(node.with) })
    const [unknownOption] = namedOptions(rest.with)
    if (unknownOption !== undefined) {
      const option = `option ${unknownOption.name.toUpperCase()} of a table`
      throw notSupported(option, unknownOption.span, 'A table has TTL, IDLE_TIMEOUT and MAX_FUTURE.')
    }
    handled(rest, ['ifNotExists', 'persistence', 'onCommit', 'word', 'name', 'elements', 'hasElements', 'appendOnly'])
    const computed = bindComputed(st, declared, declared.columns)
    const watermark = bindWatermark(st, node.elements, declared.columns, options, computed)
    const stored = bindGenerated(st, node.elements, declared.columns)
    const uniques = bindUniques(node.elements, declared.columns)
    const checks = bindChecks(st, create.name, node.elements, declared.columns)
    const own: Referenced = {
      id: null,
      name: create.name,
      columns: stored,
      primaryKey: declared.primaryKey,
      uniques: uniques.map((u) => u.columns),
      temporary: schema.temporary,
    }
    const isOwn = ({ table }: ForeignKeyNode) =>
      lastName(table) === create.name && (table.parts.length === 1 || table.parts.at(-2)!.name === schema.name)
    const foreignKeys = foreignKeyNodes(node.elements).map((fk) => bindForeignKey(st, fk, own, isOwn))
    const versions = watermark !== null && declared.primaryKey !== null && !keyEnforced(node)
    if (versions) context.notice(VERSIONS)
    return {
      kind: 'createTable',
      ...create,
      ...none,
      columns: stored,
      ...(checks.length > 0 && { checks }),
      ...(uniques.length > 0 && { uniques }),
      ...(foreignKeys.length > 0 && { foreignKeys }),
      ...(declared.primaryKeyName !== undefined && !versions && { primaryKeyName: declared.primaryKeyName }),
      primaryKey: versions ? null : declared.primaryKey,
      watermark,
      ...arrivalsOf(declared, computed),
      ...(node.appendOnly && { appendOnly: true as const }),
      ttlMicros: ttlOf(st, node, watermark !== null),
      sql: canonicalSql(st, context.sql, node.span),
      dependsOn: readsOf(st),
    }
  }
  refuseTtl(node.with)
  const clauses = withoutWatermark(node)
  const bound = bindConnector(st, clauses, declared, declared.columns.length > 0, madeOf(create.name, context))
  const computed = bindComputed(st, declared, bound.columns, bound.connector.inferred !== undefined)
  const { watermark, later } = watermarkOf(st, node, bound.columns, computed, bound.connector.inferred !== undefined)
  const flink = node.format === undefined && node.valueFormat === undefined
  const sql = blotted(canonicalSql(st, withoutSecrets(context.sql, node), node.span))
  const key = bound.upsertKey ?? declared.primaryKey
  if (node.appendOnly && (key !== null || bound.connector.envelope.kind !== 'none'))
    throw notSupported('APPEND ONLY of a table whose records change rows', node.span)
  if ((watermark || later) && key !== null)
    throw notSupported('WATERMARK of a table that keeps the newest row of a key', node.span, CHANGING)
  // Rows that come once and in time need no store.
  if (key === null && (watermark !== null || later || (flink && !node.transport))) {
    const { connector, columns, dependsOn } = bound
    return {
      kind: 'createSource',
      ...create,
      rowType: rowOf(columns),
      connector,
      upsertKey: null,
      watermark,
      ...(later && { laterWatermark: true as const }),
      ...arrivalsOf(declared, computed),
      dependsOn,
      sql,
    }
  }
  return {
    kind: 'createTable',
    ...create,
    columns: bound.columns,
    primaryKey: key,
    fromSource: null,
    connector: bound.connector,
    query: null,
    watermark,
    ...arrivalsOf(declared, computed),
    ...(node.appendOnly && { appendOnly: true as const }),
    dependsOn: bound.dependsOn,
    sql,
  }
}

/** Flink's `PRIMARY KEY (k) NOT ENFORCED`. */
const keyEnforced = ({ elements }: CreateTable): boolean =>
  elements.every((e) => {
    if (e.kind === 'tablePrimaryKey') return e.timing.enforced !== false
    return e.kind !== 'column' || e.constraints.every((c) => c.kind !== 'primaryKey' || c.timing.enforced !== false)
  })

/** A versioned table of Flink: its key says whose version a row is. */
const VERSIONS = {
  severity: 'NOTICE',
  sqlstate: '00000',
  message: 'the primary key is not enforced: each row is a version of its key',
  hint: 'FOR SYSTEM_TIME AS OF reads the version that held at a time.',
} as const

/** `WITH (ttl = '1 day')` of a table of its own. */
function ttlOf(st: Statement, node: CreateTable, eventTime: boolean): number | null {
  const option = namedOptions(node.with).find(isTtl)
  if (option === undefined) return null
  if (eventTime) throw notSupported('TTL of a table with a WATERMARK', option.span)
  if (node.appendOnly) throw notSupported('TTL of a table that is APPEND ONLY', option.span)
  return timeToLive(st, optionText(option), option)
}

const isTtl = (option: NamedOption): boolean => option.name.toLowerCase() === 'ttl'
const withoutTtl = (options: readonly WithOption[]) => options.filter((o) => o.kind === 'rest' || !isTtl(o))

/** A relation that is fed from outside keeps what its feed says. */
function refuseTtl(options: readonly WithOption[]): void {
  const option = namedOptions(options).find(isTtl)
  if (option === undefined) return
  const hint = 'A materialized view over it may have one: CREATE MATERIALIZED VIEW … WITH (ttl = …) AS TABLE ….'
  throw notSupported('TTL of a source or of a table that is fed by one', option.span, hint)
}

/** Options of the event time are no options of the connector. */
const withoutWatermark = <T extends { readonly with: readonly WithOption[] }>(node: T): T => ({
  ...node,
  with: node.with.filter((o) => o.kind === 'rest' || !isWatermarkOption(o)),
})

type Named = { readonly schema: number; readonly name: string; readonly ifNotExists: boolean }

function tableOfQuery(st: Statement, node: CreateTable, context: PlanningContext, create: Named): DdlPlan {
  handled(node, ['ifNotExists', 'persistence', 'onCommit', 'word', 'name', 'elements', 'hasElements', 'as', 'withData'])
  const query = node.as as NonNullable<CreateTable['as']>
  const { plan } = bindInnerQuery(st, query, null, null)
  const paramTypes = st.checkParams(node)
  const names = node.elements.map((e) => {
    if (e.kind !== 'column' || e.type || e.constraints.length > 0)
      throw notSupported('column definitions of CREATE TABLE … AS', e.span)
    return e.name
  })
  if (names.length > plan.rowType.length)
    throw bindError('42601', 'too many column names were specified', names[plan.rowType.length])
  const columns = plan.rowType.map((f, i) => ({
    name: names[i]?.name ?? f.name,
    type: f.type,
    notNull: false,
    defaultSql: null,
  }))
  columns.forEach((c, i) => {
    if (columns.findIndex((o) => o.name === c.name) < i)
      throw bindError('42701', `column "${c.name}" specified more than once`, node)
  })
  return {
    kind: 'createTable',
    ...create,
    columns,
    primaryKey: null,
    fromSource: null,
    connector: null,
    query: node.withData === false ? null : plans(st, plan, context).physical,
    paramTypes,
    // The rows are copied: the table does not depend on what they were read from.
    dependsOn: [],
    sql: canonicalSql(st, context.sql, node.span),
  }
}

function tableOfSource(st: Statement, node: CreateTable, context: PlanningContext, create: Named): DdlPlan {
  handled(node, ['ifNotExists', 'word', 'name', 'fromSource', 'hasElements'])
  const from = node.fromSource as NonNullable<CreateTable['fromSource']>
  if (from.reference !== undefined) throw notSupported('REFERENCE', from.source.span)
  if (from.options.length > 0) throw notSupported('options of FROM SOURCE', from.source.span)
  const entry = lookupRelation(st, from.source)
  if (entry.kind !== 'source') throw bindError('42809', `"${entry.name}" is not a source`, from.source)
  st.refer(from.source, entry.id, true)
  const columns = relationRow(entry).map((f) => ({
    name: f.name,
    type: f.type,
    notNull: !f.nullable,
    defaultSql: null,
  }))
  return {
    kind: 'createTable',
    ...create,
    columns,
    primaryKey: entry.upsertKey,
    fromSource: entry.id,
    connector: null,
    query: null,
    dependsOn: [entry.id],
    sql: canonicalSql(st, context.sql, node.span),
  }
}

const arrivalsOf = ({ arrivals }: Columns, computed: readonly ComputedPlan[]) => ({
  ...(arrivals.length > 0 && { arrivals }),
  ...(computed.length > 0 && { computed }),
})

const rowOf = (columns: readonly ColumnPlan[]) =>
  columns.map((c) => ({ name: c.name, type: c.type, nullable: !c.notNull }))

export function planCreateSource(node: CreateSource, context: PlanningContext): DdlPlan {
  handled(node, ['ifNotExists', 'name', 'elements', 'hasElements', 'transport', 'with', ...ENCODING])
  const st = newStatement(bindEnv(context))
  const schema = schemaOf(st, node.name, context)
  const declared = bindColumns(st, lastName(node.name), node.elements, context.sql)
  const withDefault = declared.columns.find((c) => c.defaultSql !== null)
  if (withDefault) throw notSupported('DEFAULT in a source', node.elements[0].span)
  const name = lastName(node.name)
  refuseTtl(node.with)
  const clauses = withoutWatermark(node)
  const bound = bindConnector(st, clauses, declared, declared.columns.length > 0, madeOf(name, context))
  const computed = bindComputed(st, declared, bound.columns, bound.connector.inferred !== undefined)
  const { watermark, later } = watermarkOf(st, node, bound.columns, computed, bound.connector.inferred !== undefined)
  if ((watermark || later) && bound.connector.envelope.kind !== 'none')
    throw notSupported('WATERMARK of a source whose records change rows', node.span, CHANGING)
  return {
    kind: 'createSource',
    schema: schema.id,
    name,
    ifNotExists: node.ifNotExists ?? false,
    rowType: rowOf(bound.columns),
    connector: bound.connector,
    upsertKey: bound.upsertKey,
    watermark,
    ...(later && { laterWatermark: true as const }),
    ...arrivalsOf(declared, computed),
    dependsOn: bound.dependsOn,
    sql: blotted(canonicalSql(st, withoutSecrets(context.sql, node), node.span)),
  }
}

const madeOf = (name: string, context: PlanningContext) => ({
  name,
  notice: (message: string) => context.notice({ severity: 'NOTICE', sqlstate: '00000', message }),
})

export function planCreateSchema(node: CreateSchema, context: PlanningContext): DdlPlan {
  handled(node, ['ifNotExists', 'name'])
  if (!node.name) throw notSupported('CREATE SCHEMA AUTHORIZATION', node.span)
  const parts = node.name.parts.map((p) => p.name)
  checkDatabase(parts, 2, context, node.name.span.start + 1)
  const name = parts[parts.length - 1]
  if (name.startsWith('pg_')) {
    throw bindError('42939', `unacceptable schema name "${name}"`, node.name, {
      detail: 'The prefix "pg_" is reserved for system schemas.',
    })
  }
  return {
    kind: 'createSchema',
    name,
    ifNotExists: node.ifNotExists ?? false,
    sql: context.sql.slice(node.span.start, node.span.end),
  }
}

export function planCreateConnection(node: CreateConnection, context: PlanningContext): DdlPlan {
  handled(node, ['ifNotExists', 'name', 'to', 'options', 'with'])
  if (node.with.length > 0) throw notSupported('WITH options of a connection', node.with[0].span)
  const to = node.to?.toUpperCase()
  const kinds = { KAFKA: kafkaConnection, 'CONFLUENT SCHEMA REGISTRY': registryConnection }
  const optionsOf = to === 'KAFKA' || to === 'CONFLUENT SCHEMA REGISTRY' ? kinds[to] : undefined
  if (optionsOf === undefined) throw notSupported(`CREATE CONNECTION TO ${to ?? 'nothing'}`, node.span)
  const st = newStatement(bindEnv(context))
  return {
    kind: 'createConnection',
    schema: schemaOf(st, node.name, context).id,
    name: lastName(node.name),
    ifNotExists: node.ifNotExists ?? false,
    transport: to === 'KAFKA' ? 'kafka' : 'schema registry',
    options: optionsOf(namedOptions(node.options)),
    dependsOn: [],
    sql: blotted(withoutSecrets(context.sql, node).slice(node.span.start, node.span.end)),
  }
}

function kafkaConnection(options: readonly NamedOption[]) {
  for (const option of options) {
    // Brokers are reached without credentials yet.
    if (/password|secret|sasl/i.test(option.name))
      throw notSupported(`option ${option.name.toUpperCase()}`, option.span)
    if (option.name === 'security protocol' && optionText(option).toUpperCase() !== 'PLAINTEXT') {
      throw notSupported(`SECURITY PROTOCOL ${optionText(option)}`, option.span)
    }
  }
  return kafkaOptions(options.filter((o) => o.name !== 'security protocol'))
}
