import { SqlError } from '../base/sql-error.ts'
import { newStatement } from '../sql/bind/bind.ts'
import { parseSql, planArguments, planCopyFrom, planStatement } from '../sql/plan-statement.ts'
import { bindEnv } from '../sql/statement/env.ts'
import { resolveType } from '../sql/type-name.ts'
import { explain } from './explain-plan.ts'
import type { Planner } from './planner.ts'

/** The planner of `sql/`, as sessions use it. */
export const sqlPlanner: Planner = {
  parse: parseSql,
  rejected,
  plan: planStatement,
  planCopyFrom,
  planArguments,
  explain,
  resolveType: (name, context) => resolveType(name, newStatement(bindEnv(context))),
}

/** A near miss of our own grammar has its hint already; otherwise other dialects are tried, loaded only then. */
async function rejected(sql: string, error: unknown): Promise<unknown> {
  if (!(error instanceof SqlError) || error.sqlstate !== '42601' || sql.length > HINT_TEXT_MAX) return error
  const { dialectHint } = await import('../../grammar/dialect-hint.ts')
  const hint = (await dialectHint(sql)) ?? error.fields.hint
  return new SqlError(error.sqlstate, error.message, { ...error.fields, hint })
}

/** Longer texts are not tried in other dialects; characters. */
const HINT_TEXT_MAX = 20_000
