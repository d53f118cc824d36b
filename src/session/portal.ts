import { SqlError } from '../base/sql-error.ts'
import type { TextOptions } from '../types/text.ts'
import type { Datum } from '../types/value.ts'
import type { RawParam, ResultSink } from './contract.ts'
import { deliverAll, resultFieldsOf } from './deliver.ts'
import { paramValues } from './params.ts'
import type { Portal, Prepared } from './prepared.ts'
import { RowCursor } from './row-source.ts'
import type { Outcome } from './run.ts'

/** Bind: a prepared statement with values for its parameters and formats for its columns. */
export function makePortal(
  prepared: Prepared,
  name: string,
  params: readonly Datum[] | readonly RawParam[],
  resultFormats: readonly (0 | 1)[],
  text: TextOptions,
): Portal {
  const wanted = prepared.paramTypes.length
  if (params.length !== wanted) {
    const message = `bind message supplies ${params.length} parameters, but prepared statement "${name}" requires ${wanted}`
    throw new SqlError('08P01', message)
  }
  const columns = prepared.fields?.length ?? 0
  if (resultFormats.length > 1 && resultFormats.length !== columns) {
    const message = `bind message has ${resultFormats.length} result formats but query has ${columns} columns`
    throw new SqlError('08P01', message)
  }
  const formats = Array.from({ length: columns }, (_, i) => resultFormats[resultFormats.length === 1 ? 0 : i] ?? 0)
  return {
    prepared,
    params: paramValues(params, prepared.paramTypes, text),
    fields: prepared.fields === null ? null : resultFieldsOf(prepared.fields, prepared.origins, formats),
    isCursor: false,
    cursor: null,
    tag: null,
    state: 'new',
  }
}

/** Execute: runs a new portal, or goes on with one that was suspended. maxRows 0: to the end. */
export async function executePortal(
  portal: Portal,
  maxRows: number,
  sink: ResultSink,
  signal: AbortSignal,
  start: (prepared: Prepared) => Promise<Outcome>,
): Promise<void> {
  if (portal.state === 'done') return executeAgain(portal, sink)
  if (portal.state === 'new') {
    const { prepared } = portal
    if (prepared === null || prepared.statement === null) return sink.emptyQuery()
    // A portal that fails cannot be run again.
    portal.state = 'done'
    const outcome = await start(prepared)
    if (outcome.kind === 'done') return sink.commandComplete(outcome.tag)
    portal.state = 'open'
    portal.tag = outcome.tag
    portal.cursor = new RowCursor(outcome.source)
    if (maxRows === 0) {
      portal.state = 'done'
      const rows = await deliverAll(outcome.source, portal.fields ?? [], sink, signal)
      return sink.commandComplete(outcome.tag(rows))
    }
  }
  await deliverSome(portal, maxRows, sink, signal)
}

async function deliverSome(portal: Portal, maxRows: number, sink: ResultSink, signal: AbortSignal): Promise<void> {
  const { cursor } = portal
  if (cursor === null) return
  let left = maxRows === 0 ? Number.POSITIVE_INFINITY : maxRows
  let sent = 0
  while (left > 0) {
    const taken = await cursor.take(left)
    signal.throwIfAborted()
    if (taken === 'end') {
      portal.state = 'done'
      return sink.commandComplete(portal.tag?.(sent) ?? `SELECT ${sent}`)
    }
    if (taken === 'wait') {
      await sink.flush(signal)
      await cursor.source.wait(signal)
      continue
    }
    await sink.rows(taken.batch, portal.fields ?? [], false, signal)
    left -= taken.rows
    sent += taken.rows
  }
  sink.portalSuspended()
}

/** A finished query has no more rows; a finished command must not run twice. */
function executeAgain(portal: Portal, sink: ResultSink): void {
  if (portal.tag === null) throw new SqlError('55000', 'portal cannot be run')
  sink.commandComplete(portal.tag(0))
}
