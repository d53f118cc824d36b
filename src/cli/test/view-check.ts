/** Mode *view*: every SELECT also as a materialized view, compared at once, amid a churn and after it. */
import type { PgConnection } from '../client/connection.ts'
import { QueryError } from '../client/result.ts'
import {
  type CheckContext,
  type CheckResult,
  different,
  type ModeCheck,
  type PassedQuery,
  SAME,
  skipped,
} from './check.ts'
import { ChurnError, type Removed, removeRows, restoreRows } from './churn.ts'
import { compareAsBags } from './compare.ts'
import type { TextRow } from './format.ts'
import type { Random } from './random.ts'
import { embeddable, isSelect } from './relations.ts'

export interface ViewCheckOptions {
  readonly random: Random
  /** `materialized view`; a plain `view` tries the runner itself against a server that maintains none. */
  readonly viewKind: string
}

export function viewCheck(context: CheckContext, options: ViewCheckOptions): ModeCheck {
  let count = 0
  return {
    async afterQuery(query) {
      if (!isSelect(query.sql)) return skipped('not a SELECT')
      const connection = await context.sessions.get(query.connection)
      // A transaction of any session may hold locks that deletes would wait for.
      if (context.sessions.anyInTransaction) return skipped('inside a transaction')
      const view = `slt_view_${++count}`
      const columns = Array.from({ length: query.width }, (_, i) => `c${i + 1}`).join(', ')
      const sql = embeddable(query.sql)
      try {
        await connection.query(`CREATE ${options.viewKind} ${view} (${columns}) AS ${sql}`)
      } catch (error) {
        if (error instanceof QueryError) return skipped(`${error.server.sqlstate} ${error.message}`)
        throw error
      }
      try {
        return await compareUnderChurn(connection, context, options, query, view)
      } catch (error) {
        if (error instanceof QueryError || error instanceof ChurnError)
          return different(`the view fails: ${error.message}`)
        throw error
      } finally {
        if (!connection.lost) await connection.query(`DROP ${options.viewKind} ${view}`)
      }
    },
  }
}

async function compareUnderChurn(
  connection: PgConnection,
  context: CheckContext,
  options: ViewCheckOptions,
  query: PassedQuery,
  view: string,
): Promise<CheckResult> {
  const read = (): Promise<readonly TextRow[]> => connection.rows(`SELECT * FROM ${view}`)
  const first = compareAsBags(query.rows, await read())
  if (first !== null) return different(`the view differs from the query:\n${first}`)
  const removed: Removed[] = []
  let amid: string | null = null
  try {
    for (const table of context.relations.tablesOf(query.sql)) {
      const rows = await removeRows(connection, table, options.random).catch(ignoreQueryErrors)
      if (rows !== null) removed.push(rows)
    }
    if (removed.length > 0) amid = await compareAmid(connection, query, read)
  } finally {
    for (const rows of removed) await restoreRows(connection, rows)
  }
  if (amid !== null) return different(`the view differs from the query after rows were deleted:\n${amid}`)
  if (removed.length === 0) return SAME
  const last = compareAsBags(query.rows, await read())
  return last === null ? SAME : different(`the view differs once the deleted rows are back:\n${last}`)
}

/** With fewer rows the query may fail (a division by zero): then there is nothing to compare with. */
async function compareAmid(
  connection: PgConnection,
  query: PassedQuery,
  read: () => Promise<readonly TextRow[]>,
): Promise<string | null> {
  const pulled = await connection.rows(query.sql).catch(ignoreQueryErrors)
  return pulled === null ? null : compareAsBags(pulled, await read())
}

/** A table that refuses the delete (a constraint, a source) is left as it is. */
export function ignoreQueryErrors(error: unknown): null {
  if (error instanceof QueryError) return null
  throw error
}
