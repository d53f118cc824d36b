import type { Name } from '../../../grammar/ast-base.ts'
import type { SetConstraints } from '../../../grammar/ast-statement.ts'
import { SqlError } from '../../base/sql-error.ts'
import { pgConstraints } from '../../catalog/pg-constraints.ts'
import { findSchema } from '../../catalog/resolve-name.ts'
import type { SessionState } from '../run.ts'
import { done, type StatementHandler } from '../run.ts'

/** SET CONSTRAINTS: when the DEFERRABLE ones of this transaction are checked. */
export const setConstraintsStatement: StatementHandler<SetConstraints> = {
  async run({ names, deferred }, { session, call }) {
    const { transaction } = session
    if (transaction.mode === 'none' || transaction.mode === 'implicit') {
      const message = 'SET CONSTRAINTS can only be used in transaction blocks'
      call.notice({ severity: 'WARNING', sqlstate: '25P01', message })
      if (transaction.mode === 'none') return done('SET CONSTRAINTS')
    }
    const constraints = names === 'ALL' ? null : names.flatMap((name) => deferrable(session, name))
    await transaction.current()!.setConstraints(constraints, deferred, call)
    return done('SET CONSTRAINTS')
  },
}

/** All of that name in the first schema of the search path that has one. */
function deferrable(session: SessionState, name: Name): number[] {
  const catalog = session.engine.catalog()
  const parts = name.parts.map((p) => p.name)
  const wanted = parts.at(-1)!
  const schemas = parts.length > 1 ? [parts.at(-2)!] : session.searchPath()
  const named = [...pgConstraints(catalog)].filter((c) => c.name === wanted)
  for (const each of schemas) {
    const schema = findSchema(catalog, each)
    if (schema === undefined && parts.length > 1) throw new SqlError('3F000', `schema "${each}" does not exist`)
    const found = named.filter((c) => c.table.schema === schema?.id)
    if (found.length === 0) continue
    if (found.some((c) => c.foreignKey?.deferrable === undefined))
      throw new SqlError('42809', `constraint "${wanted}" is not deferrable`)
    return found.map((c) => c.entry)
  }
  throw new SqlError('42704', `constraint "${parts.join('.')}" does not exist`)
}
