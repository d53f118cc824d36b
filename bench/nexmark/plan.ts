import { Catalog } from '../../src/catalog/catalog.ts'
import type { CatalogEntry } from '../../src/catalog/entry.ts'
import { NEXMARK_TYPES } from '../../src/catalog/generator-relations.ts'
import type { PhysicalPlan } from '../../src/plan/physical.ts'
import type { CompileContext } from '../../src/render/compile-context.ts'
import { parseSql, planStatement } from '../../src/sql/plan-statement.ts'
import type { SqlType } from '../../src/types/sql-type.ts'
import { KINDS, type Kind } from './data.ts'

/** What views compute with. */
export const CONTEXT: CompileContext = {
  env: { timeZone: 'UTC', user: '', database: '', searchPath: [], setting: () => undefined, random: () => 0 },
  params: [],
}

const SCHEMA = 2
const FIRST_SOURCE = 16384

export const sourceId = (kind: Kind): number => FIRST_SOURCE + KINDS.indexOf(kind)

export const inputTypes = (kind: Kind): SqlType[] => NEXMARK_TYPES[kind].map((field) => field.type)

/** Append-only sources, so that the planner knows that nothing is ever retracted. */
const CATALOG = Catalog.of([
  { kind: 'schema', id: 1, name: 'pg_catalog', schema: 0, sql: '', dependsOn: [] },
  { kind: 'schema', id: SCHEMA, name: 'public', schema: 0, sql: '', dependsOn: [] },
  ...KINDS.map(
    (kind): CatalogEntry => ({
      kind: 'source',
      id: sourceId(kind),
      name: kind,
      schema: SCHEMA,
      sql: '',
      dependsOn: [],
      rowType: NEXMARK_TYPES[kind],
      connector: {
        transport: { kind: 'nexmark', options: { table: kind } },
        keyFormat: null,
        format: null,
        envelope: { kind: 'none', options: {} },
        include: [],
      },
      upsertKey: null,
    }),
  ),
])

/** A statement through the whole planner, as of `nowMicros`. */
export function planned(sql: string, catalog: Catalog, nowMicros: number): ReturnType<typeof planStatement> {
  return planStatement(parseSql(sql)[0], {
    sql,
    catalog,
    user: 'millrace',
    database: 'millrace',
    searchPath: ['public'],
    timeZone: 'UTC',
    nowMicros,
    setting: () => undefined,
    paramTypes: [],
    notice() {},
  })
}

/** A SELECT over person, auction and bid, computed once. */
export function planQuery(sql: string): PhysicalPlan {
  const plan = planned(sql, CATALOG, 0)
  if (plan.kind !== 'read') throw new Error('a query of the benchmark is a SELECT')
  return plan.request.plan
}

/** The same as a view. */
export function planView(sql: string): PhysicalPlan {
  const plan = planned(`CREATE MATERIALIZED VIEW v AS ${sql}`, CATALOG, 0)
  if (plan.kind !== 'ddl' || plan.statement?.kind !== 'createMaterializedView') throw new Error('a view')
  return plan.statement.plan
}
