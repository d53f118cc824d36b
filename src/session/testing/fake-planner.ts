import type { Expr, Insert, Query } from '../../../grammar/ast.ts'
import type { Name } from '../../../grammar/ast-base.ts'
import type { Statement, Subscribe } from '../../../grammar/ast-statement.ts'
import { parseStatements } from '../../../grammar/parse.ts'
import { notSupported, SqlError } from '../../base/sql-error.ts'
import type { TableEntry } from '../../catalog/entry.ts'
import type { InsertPlan } from '../../plan/dml.ts'
import type { PhysicalPlan } from '../../plan/physical.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { INT4, type RowType, type SqlType, TEXT } from '../../types/sql-type.ts'
import type { Datum } from '../../types/value.ts'
import type { Planned, PlannedRead, Planner, PlanningContext } from '../planner.ts'
import { PUBLIC_SCHEMA } from './fake-engine.ts'

/**
 * Plans just enough for tests of sessions: SELECT of literals and parameters, SELECT/TABLE of one whole table,
 * INSERT … VALUES of literals and parameters, CREATE TABLE (int and text columns), DROP TABLE, TRUNCATE, SUBSCRIBE.
 */
export const fakePlanner: Planner = {
  parse(sql) {
    try {
      return parseStatements(sql)
    } catch (error) {
      throw new SqlError('42601', (error as Error).message, {
        position: ((error as { position?: number }).position ?? 0) + 1,
      })
    }
  },
  plan(statement, context) {
    switch (statement.kind) {
      case 'query':
        return statement.emit === undefined ? planQuery(statement, context) : planPush(statement, context)
      case 'insert':
        return planInsert(statement, context)
      case 'truncate': {
        const tables = statement.tables.map(({ name }) => tableOf(name, context).id)
        return { kind: 'write', statement: { kind: 'truncate', tables }, returning: null, paramTypes: [] }
      }
      case 'subscribe':
        return planSubscribe(statement, context)
      case 'createTable':
      case 'drop':
        return planDdl(statement, context)
      default:
        throw notSupported(statement.kind, statement.span)
    }
  },
  planCopyFrom({ table, columns }, context) {
    const entry = tableOf(table, context)
    const wanted = columns.length === 0 ? entry.columns.map((c) => c.name) : columns.map((c) => c.name)
    const row = entry.columns.map((c): Scalar => {
      const index = wanted.indexOf(c.name)
      return index < 0 ? { kind: 'const', value: null, type: c.type } : { kind: 'param', index, type: c.type }
    })
    const fields = rowTypeOf(entry)
    return {
      insert: insertPlan(entry, [row], null),
      columns: wanted.map((name) => fields.find((f) => f.name === name)!),
    }
  },
  planArguments(args, types) {
    const row = args.map((arg, i) => literal(arg, types[i]))
    return read(
      constant([row], types),
      types.map((type, i) => ({ name: `a${i}`, type, nullable: true })),
      [],
    )
  },
  explain: async (statement) => ['first line', `of ${statement.kind}`],
  resolveType: (name) => (name.parts[0].name === 'text' ? TEXT : INT4),
}

function planQuery(query: Query, context: PlanningContext): Planned {
  const { body } = query
  if (body.kind === 'tableBody') return planTable(tableOf(body.name, context))
  if (body.kind !== 'select') throw notSupported('this query', query.span)
  const [from] = body.from
  if (from?.kind === 'table') return planTable(tableOf(from.name, context))
  const count = body.targets.filter((target) => target.expr.kind === 'param').length
  const paramTypes = Array.from({ length: count }, (_, i) => context.paramTypes[i] ?? INT4)
  const fields = body.targets.map((target, i): RowType[number] => {
    const type = target.expr.kind === 'param' ? paramTypes[i] : target.expr.kind === 'string' ? TEXT : INT4
    return { name: target.alias?.name ?? '?column?', type, nullable: true }
  })
  const row = body.targets.map((target) => (target.expr.kind === 'param' ? null : literal(target.expr, INT4)))
  return read(
    constant(
      [row],
      fields.map((f) => f.type),
    ),
    fields,
    paramTypes,
  )
}

function planTable(entry: TableEntry): PlannedRead {
  const fields = rowTypeOf(entry)
  const types = fields.map((f) => f.type)
  const columns = fields.map((_, i) => i)
  const node = { op: 'get', object: entry.id, columns, types, position: -1, appendOnly: false, growth: 'none' } as const
  const plan = read({ formatVersion: 1, nodes: [node], root: 0, types, fingerprint: '' }, fields, [])
  return { ...plan, origins: columns.map((i) => ({ tableOid: entry.id, columnNumber: i + 1 })) }
}

function planInsert(statement: Insert, context: PlanningContext): Planned {
  const entry = tableOf(statement.table, context)
  const body = statement.source?.body
  if (body?.kind !== 'values') throw notSupported('this INSERT', statement.span)
  const paramTypes: SqlType[] = []
  const rows = body.rows.map((row) =>
    row.map((expr, i): Scalar => {
      const { type } = entry.columns[i]
      if (expr.kind !== 'param') return { kind: 'const', value: literal(expr, type), type }
      paramTypes[expr.index - 1] = type
      return { kind: 'param', index: expr.index - 1, type }
    }),
  )
  const returning = statement.returning.length === 0 ? null : rowTypeOf(entry)
  return { kind: 'write', statement: insertPlan(entry, rows, returning), returning, paramTypes }
}

function planSubscribe(statement: Subscribe, context: PlanningContext): Planned {
  const entry = tableOf(statement.name!, context)
  const progress = statement.with.some((option) => option.kind === 'option' && option.name === 'progress')
  return {
    kind: 'subscribe',
    paramTypes: [],
    request: {
      target: { kind: 'object', object: entry.id },
      fields: rowTypeOf(entry),
      snapshot: true,
      progress,
      asOf: null,
      asOfAtLeast: false,
      upTo: null,
    },
  }
}

/** `SELECT * FROM t EMIT CHANGES [LIMIT n]` */
function planPush({ body, limit }: Query, context: PlanningContext): Planned {
  const from = body.kind === 'select' ? body.from[0] : undefined
  if (from?.kind !== 'table') throw notSupported('this query')
  const fields = rowTypeOf(tableOf(from.name, context))
  const push = { limit: limit === undefined ? null : Number(literal(limit, INT4)) }
  const asked = { snapshot: true, progress: false, asOf: null, asOfAtLeast: false, upTo: null, push }
  const object = tableOf(from.name, context).id
  return { kind: 'subscribe', paramTypes: [], request: { target: { kind: 'object', object }, fields, ...asked } }
}

function planDdl(statement: Extract<Statement, { kind: 'createTable' | 'drop' }>, context: PlanningContext): Planned {
  if (statement.kind === 'drop') {
    const objects = statement.names.map((name) => tableOf(name, context).id)
    return { kind: 'ddl', statement: { kind: 'drop', objects, cascade: false }, paramTypes: [] }
  }
  const columns = statement.elements.flatMap((element) => {
    if (element.kind !== 'column' || element.type === undefined) return []
    return [
      {
        name: element.name.name,
        type: fakePlanner.resolveType(element.type, context),
        notNull: false,
        defaultSql: null,
      },
    ]
  })
  const name = statement.name.parts[0].name
  const base = { schema: PUBLIC_SCHEMA, name, ifNotExists: false, sql: '', dependsOn: [] }
  const plan = {
    ...base,
    kind: 'createTable',
    columns,
    primaryKey: null,
    fromSource: null,
    connector: null,
    query: null,
  } as const
  return { kind: 'ddl', statement: plan, paramTypes: [] }
}

function tableOf(name: Name, context: PlanningContext): TableEntry {
  const text = name.parts.map((part) => part.name).join('.')
  const entry = context.catalog.byName(PUBLIC_SCHEMA, text)
  if (entry?.kind === 'table') return entry
  throw new SqlError('42P01', `relation "${text}" does not exist`, { position: name.span.start + 1 })
}

const rowTypeOf = (entry: TableEntry): RowType =>
  entry.columns.map((c) => ({ name: c.name, type: c.type, nullable: !c.notNull }))

function insertPlan(entry: TableEntry, rows: Scalar[][], returning: RowType | null): InsertPlan {
  const exprs = entry.columns.map((c, index): Scalar => ({ kind: 'column', index, type: c.type }))
  return {
    kind: 'insert',
    table: entry.id,
    source: { kind: 'values', rows },
    onConflict: null,
    returning: returning === null ? null : { exprs, fields: returning },
    reads: [],
  }
}

function constant(rows: Datum[][], types: readonly SqlType[]): PhysicalPlan {
  const node = { op: 'constant', rows, types, position: -1, appendOnly: true, growth: 'none' } as const
  return { formatVersion: 1, nodes: [node], root: 0, types, fingerprint: '' }
}

function read(plan: PhysicalPlan, fields: RowType, paramTypes: readonly SqlType[]): PlannedRead {
  const finishing = { order: [], limit: null, offset: 0, project: fields.map((_, i) => i) }
  return { kind: 'read', request: { plan, finishing, fields, lookup: null }, origins: [], paramTypes, lock: null }
}

function literal(expr: Expr, type: SqlType): Datum {
  if (expr.kind === 'null') return null
  if (expr.kind === 'number') return Number(expr.text)
  if (expr.kind === 'string') return type.kind === 'int4' ? Number(expr.value) : expr.value
  throw notSupported(expr.kind, expr.span)
}
