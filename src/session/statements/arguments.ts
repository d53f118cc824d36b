import type { Expr } from '../../../grammar/ast.ts'
import { assert } from '../../base/assert.ts'
import { SqlError } from '../../base/sql-error.ts'
import { rowsOf } from '../../types/batch-build.ts'
import type { SqlType } from '../../types/sql-type.ts'
import type { Datum, Row } from '../../types/value.ts'
import { drainSource } from '../row-source.ts'
import type { Run } from '../run.ts'
import { readOutcome } from './query.ts'

/** Expressions that are arguments of a statement: evaluated as the one row of a SELECT, cast to the types wanted. */
export async function evaluateArguments(args: readonly Expr[], types: readonly SqlType[], run: Run): Promise<Row> {
  const { session } = run
  const plan = session.planner.planArguments(
    args,
    types,
    session.planning(run.sql, [], (notice) => run.call.notice(notice)),
  )
  if (plan.paramTypes.length > 0) throw new SqlError('42P02', 'there is no parameter $1')
  const outcome = await readOutcome({ ...run, plan, params: [] }, () => '')
  assert(outcome.kind === 'rows', 'arguments are read as a row')
  const rows: Datum[][] = []
  await drainSource(outcome.source, (batch) => {
    rows.push(...rowsOf(batch, types))
  })
  return rows[0]
}
