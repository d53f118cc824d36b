import type { Delete, Insert, Merge, Update } from '../../../grammar/ast.ts'
import type { Truncate } from '../../../grammar/ast-statement.ts'
import { assert, unreachable } from '../../base/assert.ts'
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
    const result = await target.write(plan.statement, run.call, run.params)
    const tag = writeTag(result)
    if (result.returning === null) return done(tag)
    const { fields, batches } = result.returning
    return { kind: 'rows', source: sourceOf(fields, batches), tag: () => tag }
  },
}

function writeTag(result: WriteResult): string {
  switch (result.command) {
    case 'INSERT':
      return `INSERT 0 ${result.count}`
    case 'UPDATE':
    case 'DELETE':
      return `${result.command} ${result.count}`
    case 'TRUNCATE':
      return 'TRUNCATE TABLE'
    default:
      return unreachable(result.command)
  }
}
