import type { Query } from '../../../grammar/ast.ts'
import type { Copy, Subscribe } from '../../../grammar/ast-statement.ts'
import { assert } from '../../base/assert.ts'
import { notSupported, SqlError } from '../../base/sql-error.ts'
import { findObject } from '../../catalog/resolve-name.ts'
import type { Batch } from '../../types/batch.ts'
import type { RowSource } from '../row-source.ts'
import { done, type Outcome, type Run } from '../run.ts'
import { readOutcome } from '../statements/query.ts'
import { openSubscription } from '../statements/subscribe.ts'
import { copyOptions } from './options.ts'
import { CopyLines } from './write-rows.ts'

/** COPY relation | (query) | (SUBSCRIBE …) TO STDOUT: one CopyData a line; live lines leave at once. */
export async function copyTo(statement: Copy, run: Run): Promise<Outcome> {
  const options = copyOptions(statement.options)
  const source = await open(statement, run)
  const { sink } = run
  const { signal } = run.call
  let rows = 0
  try {
    const lines = new CopyLines(source.fields, options, {
      timeZone: run.call.timeZone,
      floatDigits: run.call.floatDigits,
    })
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
  if (query.kind !== 'query' && query.kind !== 'subscribe') {
    throw notSupported(`COPY (${query.kind.toUpperCase()} …) TO`, query.span)
  }
  const prepared = run.session.prepare(query, run.sql, [], (notice) => run.call.notice(notice))
  if (prepared.paramTypes.length > 0) throw new SqlError('42P02', 'there is no parameter $1')
  const inner: Run = { ...run, plan: prepared.plan, params: [], simple: false }
  if (query.kind === 'subscribe') return openSubscription(inner)
  const outcome = await readOutcome(inner, () => '')
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
