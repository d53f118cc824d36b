import type { Delete, Insert, Merge, Update } from '../../../grammar/ast.ts'
import type { Truncate } from '../../../grammar/ast-statement.ts'
import { assert, unreachable } from '../../base/assert.ts'
import { SqlError } from '../../base/sql-error.ts'
import type { CatalogSnapshot } from '../../catalog/entry.ts'
import type { WriteResult } from '../../engine/api.ts'
import { sourceOf } from '../row-source.ts'
import { done, type StatementHandler } from '../run.ts'

/** INSERT, UPDATE, DELETE, TRUNCATE, with RETURNING. */
export const dmlStatement: StatementHandler<Insert | Update | Delete | Merge | Truncate> = {
  async run(statement, run) {
    const { plan, session } = run
    assert(plan !== null && plan.kind === 'write', 'a data change is planned as a write')
    session.transaction.checkWritable(statement.kind === 'truncate' ? 'TRUNCATE TABLE' : statement.kind.toUpperCase())
    const target = session.transaction.current() ?? session.engine
    const written = plan.statement
    const table = written.kind === 'truncate' ? null : written.table
    const result = await target
      .write(written, run.call, run.params)
      .catch((error: unknown) => Promise.reject(withSchema(error, session.engine.catalog(), table)))
    if (result.returning === null) return done(writeTag(result, result.count))
    const { fields, batches } = result.returning
    return { kind: 'rows', source: sourceOf(fields, batches), tag: (rows) => writeTag(result, rows) }
  },
}

/** Errors that name a table name its schema too. The write itself knows tables, not where they are. */
export function withSchema(error: unknown, catalog: CatalogSnapshot, table: number | null): unknown {
  if (!(error instanceof SqlError) || error.fields.table === undefined || table === null) return error
  const entry = catalog.byId(table)
  const schema = entry && catalog.byId(entry.schema)
  if (schema === undefined || entry?.name !== error.fields.table) return error
  return new SqlError(error.sqlstate, error.message, { ...error.fields, schema: schema.name })
}

/** With RETURNING a portal counts, each time, the rows that it sent. */
function writeTag(result: WriteResult, count: number): string {
  switch (result.command) {
    case 'INSERT':
      return `INSERT 0 ${count}`
    case 'UPDATE':
    case 'DELETE':
    case 'MERGE':
      return `${result.command} ${count}`
    case 'TRUNCATE':
      return 'TRUNCATE TABLE'
    default:
      return unreachable(result.command)
  }
}
