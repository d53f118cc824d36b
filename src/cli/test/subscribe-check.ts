/** Mode *subscribe*: the changes of a SUBSCRIBE of every SELECT, folded, equal what the SELECT gives. */
import { setTimeout as sleep } from 'node:timers/promises'
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
import { Fold } from './fold.ts'
import type { TextRow } from './format.ts'
import type { Random } from './random.ts'
import { embeddable, isSelect } from './relations.ts'
import { ignoreQueryErrors } from './view-check.ts'

/** How long changes may take to arrive. */
const WAIT_MS = 5000
const POLL_MS = 5

export function subscribeCheck(context: CheckContext, random: Random): ModeCheck {
  return {
    async afterQuery(query) {
      if (!isSelect(query.sql)) return skipped('not a SELECT')
      const writer = await context.sessions.get(query.connection)
      // A transaction of any session may hold locks that deletes would wait for.
      if (context.sessions.anyInTransaction) return skipped('inside a transaction')
      const reader = await context.sessions.twin(query.connection)
      try {
        return await compare(reader, writer, context, query, random)
      } catch (error) {
        if (error instanceof QueryError || error instanceof ChurnError) {
          return different(`the subscription fails: ${error.message}`)
        }
        throw error
      } finally {
        reader.destroy()
      }
    },
  }
}

async function compare(
  reader: PgConnection,
  writer: PgConnection,
  context: CheckContext,
  query: PassedQuery,
  random: Random,
): Promise<CheckResult> {
  await reader.query('BEGIN')
  try {
    await reader.query(`DECLARE c CURSOR FOR SUBSCRIBE TO (${embeddable(query.sql)}) WITH (SNAPSHOT, PROGRESS)`)
  } catch (error) {
    if (error instanceof QueryError) return skipped(`${error.server.sqlstate} ${error.message}`)
    throw error
  }
  const fold = new Fold()
  const first = await foldUntil(reader, fold, query.rows)
  if (first !== null) return different(`the snapshot differs from the query:\n${first}`)
  const removed: Removed[] = []
  let amid: string | null = null
  try {
    for (const table of context.relations.tablesOf(query.sql)) {
      const rows = await removeRows(writer, table, random).catch(ignoreQueryErrors)
      if (rows !== null) removed.push(rows)
    }
    const pulled = removed.length === 0 ? null : await writer.rows(query.sql).catch(ignoreQueryErrors)
    if (pulled !== null) amid = await foldUntil(reader, fold, pulled)
  } finally {
    for (const rows of removed) await restoreRows(writer, rows)
  }
  if (amid !== null) return different(`the changes differ from the query after rows were deleted:\n${amid}`)
  if (removed.length === 0) return SAME
  const last = await foldUntil(reader, fold, query.rows)
  return last === null ? SAME : different(`the changes differ once the deleted rows are back:\n${last}`)
}

/** Fetches until the folded changes are the wanted rows; after the wait, the diff. */
async function foldUntil(reader: PgConnection, fold: Fold, want: readonly TextRow[]): Promise<string | null> {
  const polls = WAIT_MS / POLL_MS
  for (let i = 0; ; i++) {
    for (const row of await reader.rows(`FETCH ALL c WITH (timeout = '0s')`)) fold.apply(row)
    if (fold.problem !== null) return fold.problem
    const diff = fold.hasNegative
      ? 'a row is retracted more often than it was inserted'
      : compareAsBags(want, fold.rows())
    if (diff === null || i >= polls) return diff
    await sleep(POLL_MS)
  }
}
