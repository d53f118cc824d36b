import type { Query } from '../../../grammar/ast.ts'
import type { Copy, Subscribe } from '../../../grammar/ast-statement.ts'
import { assert } from '../../base/assert.ts'
import { SqlError } from '../../base/sql-error.ts'
import { findObject } from '../../catalog/resolve-name.ts'
import type { Batch } from '../../types/batch.ts'
import type { RowSource } from '../row-source.ts'
import { done, type Outcome, type Run } from '../run.ts'
import { dmlStatement } from '../statements/dml.ts'
import { readOutcome } from '../statements/query.ts'
import { openSubscription } from '../statements/subscribe.ts'
import { isForced, type Relation } from './forced.ts'
import { copyOptions } from './options.ts'
import { CopyLines } from './write-rows.ts'

/** COPY relation | (query) | (SUBSCRIBE …) TO STDOUT: one CopyData a line; live lines leave at once. */
export async function copyTo(statement: Copy, run: Run): Promise<Outcome> {
  const options = copyOptions(statement.options, 'TO')
  const source = await open(statement, run)
  const { sink } = run
  const { signal } = run.call
  let rows = 0
  try {
    const { timeZone, floatDigits } = run.call
    const quoted = isForced(options.forced, 'force_quote', source.fields, relationOf(statement, run))
    const lines = new CopyLines(source.fields, options, { timeZone, floatDigits }, quoted)
    sink.copyOutStart(source.fields.length)
    if (options.header !== 'none') await sink.copyData(lines.header(), signal)
    for (;;) {
      const batch = await source.poll()
      signal.throwIfAborted()
      if (batch === 'end') break
      if (batch === 'wait') {
        await sink.flush(signal)
        await source.wait(signal)
      } else rows += await sendBatch(batch, lines, run)
    }
  } finally {
    source.close()
  }
  sink.copyOutEnd()
  return done(`COPY ${rows}`)
}

async function sendBatch(batch: Batch, lines: CopyLines, run: Run): Promise<number> {
  let rows = 0
  for (let i = 0; i < batch.n; i++) {
    const line = lines.line(batch, i)
    for (let copies = batch.diffs[i]; copies > 0; copies--) {
      await run.sink.copyData(line, run.call.signal)
      rows++
    }
  }
  return rows
}

async function open(statement: Copy, run: Run): Promise<RowSource> {
  const query = statement.query ?? tableQuery({ ...statement, columns: copied(statement, run) })
  const prepared = run.session.prepare(query, run.sql, [], (notice) => run.call.notice(notice))
  if (prepared.paramTypes.length > 0) throw new SqlError('42P02', 'there is no parameter $1')
  const inner: Run = { ...run, plan: prepared.plan, params: [], simple: false }
  if (query.kind === 'subscribe') return openSubscription(inner)
  if (query.kind !== 'query' && prepared.fields === null)
    throw new SqlError('0A000', 'COPY query must have a RETURNING clause')
  const outcome = await (query.kind === 'query' ? readOutcome(inner, () => '') : dmlStatement.run(query, inner))
  assert(outcome.kind === 'rows', 'a query has rows')
  return outcome.source
}

/** Generated columns are left out where no columns are named: COPY FROM cannot take them. */
function copied({ table, columns }: Copy, { session }: Run): Copy['columns'] {
  if (columns.length > 0 || table === undefined) return columns
  const { database } = session
  const context = { database, searchPath: session.searchPath() }
  const parts = table.parts.map((part) => part.name)
  const entry = findObject(session.engine.catalog(), parts, context)
  if (entry?.kind !== 'table' || entry.columns.every((c) => c.generated === undefined)) return columns
  const { span } = table
  return entry.columns.flatMap((c) => (c.generated === undefined ? [{ ...table.parts[0]!, name: c.name, span }] : []))
}

/** The table, view or source that is copied; null for a query. */
function relationOf({ table }: Copy, { session }: Run): Relation | null {
  if (table === undefined) return null
  const context = { database: session.database, searchPath: session.searchPath() }
  const entry = findObject(
    session.engine.catalog(),
    table.parts.map((part) => part.name),
    context,
  )
  const columns =
    entry !== undefined && 'rowType' in entry ? entry.rowType : entry?.kind === 'table' ? entry.columns : []
  return { name: table.parts.at(-1)!.name, columns: columns.map((column) => column.name) }
}

/** `COPY t (a, b) TO` as the query that it stands for. */
function tableQuery(statement: Copy): Query | Subscribe {
  const { table, columns, span } = statement
  assert(table !== undefined, 'COPY names a table or a query')
  const targets = columns.map((column) => ({
    kind: 'target' as const,
    span: column.span,
    expr: { kind: 'column' as const, span: column.span, parts: [column] },
  }))
  const star = { kind: 'target' as const, span, expr: { kind: 'star' as const, span, qualifier: [], except: [] } }
  return {
    kind: 'query',
    span,
    orderBy: [],
    locking: [],
    options: [],
    body: {
      kind: 'select',
      span,
      targets: columns.length === 0 ? [star] : targets,
      from: [{ kind: 'table', span: table.span, name: table }],
      groupBy: [],
      windows: [],
    },
  }
}
