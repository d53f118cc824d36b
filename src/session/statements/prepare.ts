import type { Execute } from '../../../grammar/ast-ddl.ts'
import type { Deallocate, Prepare } from '../../../grammar/ast-statement.ts'
import { SqlError } from '../../base/sql-error.ts'
import type { Prepared } from '../prepared.ts'
import { done, type SessionState, type StatementHandler } from '../run.ts'
import { evaluateArguments } from './arguments.ts'

/** PREPARE, EXECUTE, DEALLOCATE in SQL; the same statements that Parse makes. */
const PREPARED_STATEMENTS_MAX = 10_000

export const prepareStatement: StatementHandler<Prepare> = {
  async run(statement, run) {
    const { session } = run
    const context = session.planning(run.sql, [], (notice) => run.call.notice(notice))
    const types = statement.types.map((type) => session.planner.resolveType(type, context))
    const prepared = session.prepare(statement.statement, run.sql, types, (notice) => run.call.notice(notice))
    storeStatement(session, statement.name.name, prepared)
    return done('PREPARE')
  },
}

export const executeStatement: StatementHandler<Execute> = {
  fields(statement, session) {
    // That there is none is found when it runs.
    return session.statements.get(statement.name.name)?.fields ?? null
  },
  async run(statement, run) {
    const { session } = run
    const prepared = session.refreshed(findStatement(session, statement.name.name), (n) => run.call.notice(n))
    const wanted = prepared.paramTypes.length
    if (statement.args.length !== wanted) {
      throw new SqlError('42601', `wrong number of parameters for prepared statement "${statement.name.name}"`, {
        detail: `Expected ${wanted} parameters but got ${statement.args.length}.`,
      })
    }
    const params = wanted === 0 ? [] : await evaluateArguments(statement.args, prepared.paramTypes, run)
    return session.start(prepared, { ...run, sql: prepared.sql, plan: prepared.plan, params })
  },
}

export const deallocateStatement: StatementHandler<Deallocate> = {
  async run(statement, run) {
    const { statements } = run.session
    if (statement.name === undefined) {
      // The unnamed one is the protocol's.
      for (const name of statements.keys()) if (name !== '') statements.delete(name)
      return done('DEALLOCATE ALL')
    }
    findStatement(run.session, statement.name.name)
    statements.delete(statement.name.name)
    return done('DEALLOCATE')
  },
}

export function findStatement(session: SessionState, name: string): Prepared {
  const found = session.statements.get(name)
  if (found !== undefined) return found
  throw new SqlError(
    '26000',
    name === '' ? 'unnamed prepared statement does not exist' : `prepared statement "${name}" does not exist`,
  )
}

export function storeStatement(session: SessionState, name: string, prepared: Prepared): void {
  if (name !== '' && session.statements.has(name)) {
    throw new SqlError('42P05', `prepared statement "${name}" already exists`)
  }
  if (session.statements.size >= PREPARED_STATEMENTS_MAX) {
    throw new SqlError('53400', `a session may hold ${PREPARED_STATEMENTS_MAX} prepared statements`, {
      hint: 'DEALLOCATE those that are not used any more.',
    })
  }
  session.statements.set(name, prepared)
}
