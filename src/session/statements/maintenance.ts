import type { Name } from '../../../grammar/ast-base.ts'
import type { Maintenance } from '../../../grammar/ast-statement.ts'
import { notSupported, SqlError } from '../../base/sql-error.ts'
import type { CatalogEntry } from '../../catalog/entry.ts'
import { findObject } from '../../catalog/resolve-name.ts'
import { done, type SessionState, type StatementHandler } from '../run.ts'

/** What the commands that scripts for PostgreSQL contain find to do here: nothing, which a notice says. */
const NOTHING: Readonly<Partial<Record<Maintenance['command'], string>>> = {
  VACUUM: 'nothing to vacuum: the space of rows that are gone is used again as data changes',
  ANALYZE: 'nothing to analyze: statistics are those of the rows that are there',
  'REFRESH MATERIALIZED VIEW': 'nothing to refresh: a materialized view is up to date whenever it is read',
}

/** VACUUM, ANALYZE, REFRESH MATERIALIZED VIEW: names are checked. Others are refused by name. */
export const maintenanceStatement: StatementHandler<Maintenance> = {
  async run({ command, tables, span }, { session, call }) {
    const message = NOTHING[command]
    if (message === undefined) throw notSupported(command, span)
    if (command === 'VACUUM' && session.transaction.mode === 'explicit') {
      throw new SqlError('25001', 'VACUUM cannot run inside a transaction block')
    }
    for (const { name } of tables) {
      const entry = relation(session, name)
      if (command === 'REFRESH MATERIALIZED VIEW' && entry.kind !== 'materializedView') {
        throw new SqlError('42809', `"${entry.name}" is not a materialized view`)
      }
    }
    call.notice({ severity: 'NOTICE', sqlstate: '00000', message })
    return done(command)
  },
}

function relation(session: SessionState, name: Name): CatalogEntry {
  const parts = name.parts.map((p) => p.name)
  const context = { database: session.database, searchPath: session.searchPath() }
  const entry = findObject(session.engine.catalog(), parts, context, name.span.start + 1)
  if (entry !== undefined) return entry
  throw new SqlError('42P01', `relation "${parts.join('.')}" does not exist`)
}
