import type { DdlPlan } from '../../plan/ddl.ts'
import type { DmlPlan } from '../../plan/dml.ts'
import type { PhysicalPlan } from '../../plan/physical.ts'
import { INT4, INT8, type SqlType, TEXT } from '../../types/sql-type.ts'
import type { Datum } from '../../types/value.ts'
import type { CallContext } from '../api.ts'

/** Plans by hand, so that the engine is tested without the language above it. */

export function call(notices: string[] = []): CallContext {
  return {
    signal: new AbortController().signal,
    lockTimeoutMs: 0,
    notice: (n) => notices.push(n.message),
    setting: () => undefined,
    user: 'millrace',
    database: 'millrace',
    searchPath: ['public'],
    timeZone: 'UTC',
  }
}

/** t (k text primary key, v int). */
export const createTable: DdlPlan = {
  kind: 'createTable',
  schema: 2200,
  name: 't',
  ifNotExists: false,
  sql: 'CREATE TABLE t (k text PRIMARY KEY, v int)',
  dependsOn: [],
  columns: [
    { name: 'k', type: TEXT, notNull: true, defaultSql: null },
    { name: 'v', type: INT4, notNull: false, defaultSql: null },
  ],
  primaryKey: [0],
  fromSource: null,
  connector: null,
  query: null,
}

/** SELECT v % n …: here, count and sum of v grouped by v's own value. */
export function createView(name: string, table: number): DdlPlan {
  return {
    kind: 'createMaterializedView',
    schema: 2200,
    name,
    ifNotExists: false,
    sql: `CREATE MATERIALIZED VIEW ${name} AS SELECT v, count(*) FROM t GROUP BY v`,
    dependsOn: [table],
    rowType: [
      { name: 'v', type: INT4, nullable: true },
      { name: 'n', type: INT8, nullable: false },
    ],
    plan: countByValue(table),
    onError: 'poison',
  }
}

export function countByValue(table: number): PhysicalPlan {
  const base = { position: -1, appendOnly: false, growth: 'unbounded' } as const
  return {
    formatVersion: 1,
    nodes: [
      { ...base, op: 'get', object: table, columns: [1], types: [INT4] },
      {
        ...base,
        op: 'aggregate',
        input: 0,
        keys: [0],
        aggregates: [{ fn: 'count()', args: [], distinct: false, filter: null, order: [], type: INT8 }],
        types: [INT4, INT8],
      },
    ],
    root: 1,
    types: [INT4, INT8],
    fingerprint: 'test',
  }
}

/** SELECT DISTINCT a.v, b.v::int8 FROM t a JOIN t b ON a.v = b.v. */
export function pairsByValue(table: number): PhysicalPlan {
  const base = { position: -1, appendOnly: false, growth: 'unbounded' } as const
  const column = (index: number) => ({ kind: 'column', index, type: INT4 }) as const
  const wide = { kind: 'cast', arg: column(1), explicit: true, type: INT8, position: -1 } as const
  return {
    formatVersion: 1,
    nodes: [
      { ...base, op: 'get', object: table, columns: [1], types: [INT4] },
      {
        ...base,
        op: 'join',
        type: 'inner',
        left: 0,
        right: 0,
        leftKeys: [0],
        rightKeys: [0],
        nullSafe: false,
        residual: null,
        types: [INT4, INT4],
      },
      { ...base, op: 'map', input: 1, filter: null, exprs: [column(0), wide], types: [INT4, INT8] },
      { ...base, op: 'distinct', input: 2, types: [INT4, INT8] },
    ],
    root: 3,
    types: [INT4, INT8],
    fingerprint: 'pairs',
  }
}

export function insert(table: number, rows: readonly (readonly [string, Datum])[]): DmlPlan {
  const scalar = (value: Datum, type: SqlType) => ({ kind: 'const', value, type }) as const
  return {
    kind: 'insert',
    table,
    source: { kind: 'values', rows: rows.map(([k, v]) => [scalar(k, TEXT), scalar(v, INT4)]) },
    onConflict: null,
    returning: null,
    reads: [],
  }
}

export function deleteKey(table: number, key: string): DmlPlan {
  return {
    kind: 'delete',
    table,
    lookup: { keys: [{ kind: 'const', value: key, type: TEXT }], residual: null },
    plan: countByValue(table),
    returning: null,
    reads: [],
  }
}
