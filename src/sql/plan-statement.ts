import type { Expr, Query } from '../../grammar/ast.ts'
import type { Ident, Name } from '../../grammar/ast-base.ts'
import type { Statement } from '../../grammar/ast-statement.ts'
import { GrammarError } from '../../grammar/errors.ts'
import { parseStatements } from '../../grammar/parse.ts'
import { notSupported, SqlError } from '../base/sql-error.ts'
import { foreignKeysTo } from '../catalog/foreign-keys.ts'
import type { DdlPlan } from '../plan/ddl.ts'
import type { InsertPlan } from '../plan/dml.ts'
import type { Scalar } from '../plan/scalar.ts'
import { type RowType, type SqlType, withoutDomain } from '../types/sql-type.ts'
import { newStatement } from './bind/bind.ts'
import { bindError } from './bind/bind-error.ts'
import { coerce } from './bind/coerce.ts'
import { tableRow } from './bind/relation.ts'
import { planAlter, planDrop } from './ddl/change.ts'
import { planComment } from './ddl/comment.ts'
import { planCreateIndex } from './ddl/create-index.ts'
import { planCreateConnection, planCreateSchema, planCreateSource, planCreateTable } from './ddl/create-table.ts'
import { planCreateMaterializedView, planCreateView } from './ddl/create-view.ts'
import { planCreateFunction, planDropFunction } from './ddl/function.ts'
import { isKsql, planKsql } from './ddl/ksql.ts'
import { planLateness } from './ddl/lateness.ts'
import { planCreateSequence } from './ddl/sequence.ts'
import { planAlterType, planCreateDomain, planCreateType } from './ddl/types.ts'
import type { Planned, PlannedRead, PlanningContext } from './planned.ts'
import { bindEnv } from './statement/env.ts'
import { planInsert } from './statement/insert.ts'
import { planMerge } from './statement/merge.ts'
import { planMergeLate } from './statement/merge-late.ts'
import { planPushQuery } from './statement/push-query.ts'
import { planQuery } from './statement/query.ts'
import { planSubscribe } from './statement/subscribe.ts'
import { defaultValue, targetTable } from './statement/target-table.ts'
import { planDelete, planUpdate } from './statement/update.ts'
import { unreadStatement } from './unread-statement.ts'

/** The statements of a text, empty ones left out; 42601 with position and hint where it is not SQL. */
export function parseSql(sql: string): readonly Statement[] {
  try {
    return parseStatements(sql)
  } catch (e) {
    if (!(e instanceof GrammarError)) throw e
    const unread = e.sqlstate === '42601' ? unreadStatement(sql, e.position) : undefined
    if (unread) throw notSupported(unread.feature, { start: unread.position }, unread.hint)
    throw new SqlError(e.sqlstate, e.message, { position: e.position + 1, hint: e.hint })
  }
}

/**
 * One statement as data. Pure: reads the catalog snapshot of the context, touches no engine. Statements of the session
 * itself (SET, BEGIN, cursors, COPY, EXPLAIN) are not planned here; what nobody implements is refused by name.
 */
export function planStatement(node: Statement, context: PlanningContext): Planned {
  switch (node.kind) {
    case 'query':
      return node.emit?.mode === 'CHANGES' ? planPushQuery(node, context) : planQuery(node, context)
    case 'insert':
      return planInsert(node, context)
    case 'update':
      return planUpdate(node, context)
    case 'delete':
      return planDelete(node, context)
    case 'merge':
      return planMerge(node, context)
    case 'truncate': {
      const restart = node.identity === 'RESTART' ? { restart: true as const } : {}
      const st = newStatement(bindEnv(context))
      const tables = node.tables.map((t) => {
        if (t.only) throw notSupported('ONLY', t.name.span)
        return targetTable(st, t.name, 'truncate').id
      })
      if (node.behavior === 'CASCADE') tables.push(...referring(tables, context))
      return { kind: 'write', statement: { kind: 'truncate', tables, ...restart }, returning: null, paramTypes: [] }
    }
    case 'subscribe':
      return planSubscribe(node, context)
    case 'createSchema':
      return ddl(planCreateSchema(node, context))
    case 'createTable':
      return ddl(isKsql(node) ? planKsql(node, context) : planCreateTable(node, context))
    case 'createSource':
      return ddl(planCreateSource(node, context))
    case 'createView':
      return ddl(planCreateView(node, context))
    case 'createMaterializedView':
      return ddl(planCreateMaterializedView(node, context))
    case 'createIndex':
      return ddl(planCreateIndex(node, context))
    case 'createFunction':
      return ddl(planCreateFunction(node, context))
    case 'createSequence':
      return ddl(planCreateSequence(node, context))
    case 'createType':
      return ddl(planCreateType(node, context))
    case 'createDomain':
      return ddl(planCreateDomain(node, context))
    case 'commentOn':
      return ddl(planComment(node, context))
    case 'createConnection':
      return ddl(planCreateConnection(node, context))
    case 'drop':
      return ddl(node.object === 'FUNCTION' ? planDropFunction(node, context) : planDrop(node, context))
    case 'alter':
      return ddl(ofType(node.object) ? planAlterType(node, context) : planAlter(node, context))
    case 'mergeLate':
      return ddl(planMergeLate(node, context))
    case 'latenessOf':
      return ddl(planLateness(node, context))
    case 'createOther':
      throw notSupported(`CREATE ${node.what}`, node.span)
    default:
      throw notSupported(statementName(node.kind), node.span)
  }
}

const ofType = (object: string): boolean => object === 'TYPE' || object === 'DOMAIN'

const ddl = (statement: DdlPlan | null): Planned => ({
  kind: 'ddl',
  statement,
  paramTypes: (statement?.kind === 'createTable' && statement.paramTypes) || [],
})

/** `createSink` → CREATE SINK. */
const statementName = (kind: string): string => kind.replace(/([A-Z])/g, ' $1').toUpperCase()

export interface CopyTarget {
  readonly table: Name
  readonly columns: readonly Ident[]
}

/** `INSERT INTO table (columns) VALUES ($1, …)` for COPY FROM: one row of expressions over the parameters. */
export function planCopyFrom(
  target: CopyTarget,
  context: PlanningContext,
): { readonly insert: InsertPlan; readonly columns: RowType } {
  const st = newStatement(bindEnv(context))
  const entry = targetTable(st, target.table, 'copy to')
  const row = tableRow(entry)
  const numbers = target.columns.map((c) => {
    const at = row.findIndex((f) => f.name === c.name)
    if (at < 0) throw bindError('42703', `column "${c.name}" of relation "${entry.name}" does not exist`, c)
    return at
  })
  numbers.forEach((n, i) => {
    if (numbers.indexOf(n) < i)
      throw bindError('42701', `column "${row[n].name}" specified more than once`, target.columns[i])
  })
  numbers.forEach((n) => {
    if (entry.columns[n].generated === undefined) return
    throw bindError('42P10', `column "${row[n].name}" is a generated column`, undefined, {
      detail: 'Generated columns cannot be used in COPY.',
    })
  })
  const all = row.flatMap((_, i) => (entry.columns[i].generated === undefined ? [i] : []))
  const given = target.columns.length > 0 ? numbers : all
  const values = row.map((f, c): Scalar => {
    const index = given.indexOf(c)
    if (index < 0) return defaultValue(st, entry, c)
    const value: Scalar = { kind: 'param', index, type: withoutDomain(f.type) }
    return f.type.domain === undefined ? value : coerce(st, value, f.type, 'assignment', target.table)
  })
  const insert: InsertPlan = {
    kind: 'insert',
    table: entry.id,
    source: { kind: 'values', rows: [values] },
    onConflict: null,
    returning: null,
    reads: [],
  }
  return { insert, columns: given.map((c) => ({ ...row[c], type: withoutDomain(row[c].type) })) }
}

/** `SELECT arg::type, …` without FROM: the arguments of EXECUTE. */
export function planArguments(args: readonly Expr[], types: readonly SqlType[], context: PlanningContext): PlannedRead {
  const span = { start: args[0]?.span.start ?? 0, end: args.at(-1)?.span.end ?? 0 }
  const targets = args.map((expr) => ({ kind: 'target', span: expr.span, expr }) as const)
  const query: Query = {
    kind: 'query',
    span,
    body: { kind: 'select', span, targets: [...targets], from: [], groupBy: [], windows: [] },
    orderBy: [],
    locking: [],
    options: [],
  }
  return planQuery(query, context, types)
}

/** Tables whose rows refer to those of these, and so on: TRUNCATE … CASCADE takes them along, and says so. */
function referring(tables: readonly number[], { catalog, notice }: PlanningContext): number[] {
  const all = [...tables]
  for (const table of all) {
    for (const { on } of foreignKeysTo(catalog, table)) {
      if (all.includes(on)) continue
      all.push(on)
      const message = `truncate cascades to table "${catalog.byId(on)!.name}"`
      notice({ severity: 'NOTICE', sqlstate: '00000', message })
    }
  }
  return all.slice(tables.length)
}
