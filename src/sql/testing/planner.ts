import { Catalog } from '../../catalog/catalog.ts'
import type { CatalogEntry } from '../../catalog/entry.ts'
import type { RowType, SqlType } from '../../types/sql-type.ts'
import { parseSql, planStatement } from '../plan-statement.ts'
import type { Planned, PlannedRead, PlanningContext } from '../planned.ts'

/** A catalog made by CREATE statements, for tests of the planner: each entry as the engine would keep it. */
export function catalogOf(statements: string): Catalog {
  let catalog = Catalog.of([
    { kind: 'schema', id: 1, name: 'pg_catalog', schema: 0, sql: '', dependsOn: [] },
    { kind: 'schema', id: 2, name: 'public', schema: 0, sql: '', dependsOn: [] },
  ])
  for (const node of parseSql(statements)) {
    const planned = planStatement(node, contextOf(statements, catalog))
    if (planned.kind !== 'ddl' || !planned.statement) throw new Error('catalogOf takes CREATE statements')
    catalog = catalog.apply([{ kind: 'put', entry: entryOf(planned.statement, catalog.nextId) }])
  }
  return catalog
}

type Ddl = NonNullable<Extract<Planned, { kind: 'ddl' }>['statement']>

function entryOf(plan: Ddl, id: number): CatalogEntry {
  if (plan.kind === 'createSchema') {
    return { kind: 'schema', id, name: plan.name, schema: 0, sql: plan.sql, dependsOn: [] }
  }
  if (!('dependsOn' in plan)) throw new Error(`${plan.kind} creates nothing`)
  const { name, schema, sql, dependsOn } = plan
  const base = { id, name, schema, sql, dependsOn }
  switch (plan.kind) {
    case 'createTable':
      return {
        kind: 'table',
        ...base,
        columns: plan.columns,
        primaryKey: plan.primaryKey,
        fedBy: plan.fromSource,
        ...(plan.watermark && { watermark: plan.watermark }),
      }
    case 'createSource':
      return { kind: 'source', ...base, rowType: plan.rowType, connector: plan.connector, upsertKey: plan.upsertKey }
    case 'createView':
      return { kind: 'view', ...base, rowType: plan.rowType }
    case 'createMaterializedView':
      return { kind: 'materializedView', ...base, rowType: plan.rowType, onError: plan.onError }
    case 'createIndex':
      return { kind: 'index', ...base, on: plan.on, columns: plan.columns, unique: plan.unique }
    case 'createConnection':
      return { kind: 'connection', ...base, transport: plan.transport, options: plan.options }
    case 'createFunction':
      return { kind: 'function', ...base, ...plan.entry }
    case 'createType':
      throw new Error("types are the engine's to make")
    case 'createSequence':
      return { kind: 'sequence', ...base, rowType: [], spec: plan.spec, ownedBy: plan.ownedBy }
  }
}

export function contextOf(
  sql: string,
  catalog: Catalog,
  paramTypes: readonly (SqlType | null)[] = [],
): PlanningContext {
  return {
    sql,
    catalog,
    user: 'millrace',
    database: 'millrace',
    searchPath: ['public'],
    timeZone: 'UTC',
    nowMicros: 1_700_000_000_000_000,
    setting: () => undefined,
    paramTypes,
    notice() {},
  }
}

export function planSql(sql: string, catalog: Catalog, paramTypes: readonly (SqlType | null)[] = []): Planned {
  const [node] = parseSql(sql)
  return planStatement(node, contextOf(sql, catalog, paramTypes))
}

export function planRead(sql: string, catalog: Catalog): PlannedRead {
  const planned = planSql(sql, catalog)
  if (planned.kind !== 'read') throw new Error('not a query')
  return planned
}

/** `a integer, b text not null` of a row type. */
export const rowText = (row: RowType): string =>
  row.map((f) => `${f.name} ${f.type.kind}${f.nullable ? '' : ' not null'}`).join(', ')
