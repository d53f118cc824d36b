import type { OptionValue } from '../../../grammar/ast-base.ts'
import type { CloseCursor, DeclareCursor, DeclareSubscriptionCursor, Fetch } from '../../../grammar/ast-statement.ts'
import { notSupported, SqlError } from '../../base/sql-error.ts'
import type { Batch } from '../../types/batch.ts'
import { resultFieldsOf } from '../deliver.ts'
import type { Portal } from '../prepared.ts'
import { RowCursor, type RowSource } from '../row-source.ts'
import { done, type Run, type SessionState, type StatementHandler } from '../run.ts'
import { milliseconds, millisecondsOf } from '../settings/definition.ts'
import { waitAtMost } from '../subscribe-source.ts'
import { readOutcome } from './query.ts'

/** DECLARE, FETCH, MOVE, CLOSE: cursors over queries and subscriptions, forward only, until the transaction ends. */
const PORTALS_MAX = 1_000

export const declareStatement: StatementHandler<DeclareCursor> = {
  async run(statement, run) {
    const { session } = run
    const name = statement.name.name
    if (statement.hold) throw notSupported('WITH HOLD', statement.span)
    if (statement.scroll) throw notSupported('SCROLL', statement.span)
    if (statement.binary)
      throw notSupported('DECLARE … BINARY', statement.span, 'Ask for binary results in the protocol.')
    // Statements of one text are a block of their own, those of a pipeline are not.
    const { mode } = session.transaction
    if (mode === 'none' || (mode === 'implicit' && !run.simple)) {
      throw new SqlError('25P01', 'DECLARE CURSOR can only be used in transaction blocks')
    }
    const cursor = new RowCursor(await open(run))
    addPortal(session, name, {
      prepared: null,
      params: [],
      fields: resultFieldsOf(cursor.fields, null, []),
      isCursor: true,
      cursor,
      tag: null,
      state: 'open',
    })
    return done('DECLARE CURSOR')
  },
}

export const declareSubscriptionStatement: StatementHandler<DeclareSubscriptionCursor> = {
  async run(statement) {
    throw notSupported('a subscription cursor', statement.span, 'Use DECLARE c CURSOR FOR SUBSCRIBE TO ….')
  },
}

export const fetchStatement: StatementHandler<Fetch> = {
  fields(statement, session) {
    if (statement.move) return null
    return session.portals.get(statement.cursor.name)?.cursor?.fields ?? null
  },
  async run(statement, run) {
    const cursor = openCursor(run.session, statement.cursor.name)
    const max = rowsWanted(statement)
    const timeoutMs = timeoutOf(statement)
    if (timeoutMs !== null) run.endTimeout()
    const word = statement.move ? 'MOVE' : 'FETCH'
    const portion = portionOf(cursor, max, timeoutMs, run)
    if (!statement.move) return { kind: 'rows', source: portion, tag: (rows) => `${word} ${rows}` }
    let rows = 0
    for (;;) {
      const batch = await portion.poll()
      if (typeof batch === 'string') return done(`${word} ${rows}`)
      for (let i = 0; i < batch.n; i++) rows += batch.diffs[i]
    }
  },
}

export const closeStatement: StatementHandler<CloseCursor> = {
  async run(statement, run) {
    const { session } = run
    if (statement.name === undefined) {
      session.closePortals('cursors')
      return done('CLOSE CURSOR ALL')
    }
    const { name } = statement.name
    openCursor(session, name).close()
    session.portals.delete(name)
    return done('CLOSE CURSOR')
  },
}

export function addPortal(session: SessionState, name: string, portal: Portal): void {
  const existing = session.portals.get(name)
  if (existing !== undefined && (name !== '' || existing.isCursor)) {
    throw new SqlError('42P03', `cursor "${name}" already exists`)
  }
  if (session.portals.size >= PORTALS_MAX) throw new SqlError('53400', `a session may hold ${PORTALS_MAX} open cursors`)
  existing?.cursor?.close()
  session.portals.set(name, portal)
}

async function open(run: Run): Promise<RowSource> {
  const outcome = await readOutcome({ ...run, simple: false }, () => '')
  if (outcome.kind !== 'rows') throw new SqlError('42601', 'a cursor needs a query')
  return outcome.source
}

function openCursor(session: SessionState, name: string): RowCursor {
  const cursor = session.portals.get(name)?.cursor
  if (cursor === undefined || cursor === null) throw new SqlError('34000', `cursor "${name}" does not exist`)
  return cursor
}

/** Infinity for ALL. */
function rowsWanted(statement: Fetch): number {
  const { count } = statement
  switch (statement.direction) {
    case undefined:
    case 'FORWARD':
      if (count === 'ALL') return Number.POSITIVE_INFINITY
      if (count !== undefined && count < 0) break
      return count ?? 1
    case 'NEXT':
      return 1
    case 'PRIOR':
    case 'FIRST':
    case 'LAST':
    case 'ABSOLUTE':
    case 'RELATIVE':
    case 'BACKWARD':
      break
  }
  throw new SqlError('55000', 'cursor can only scan forward')
}

/** null: wait until there is one row. */
function timeoutOf(statement: Fetch): number | null {
  let timeout: number | null = null
  for (const option of statement.with) {
    if (option.kind !== 'option' || option.name !== 'timeout' || option.value === undefined) {
      throw notSupported(option.kind === 'option' ? `FETCH option "${option.name}"` : '...', option.span)
    }
    timeout = millisecondsOf(
      milliseconds(
        optionText(option.value)
          .replace(/\bseconds?$/, 's')
          .trim(),
        'timeout',
      ),
    )
  }
  return timeout
}

function optionText(value: OptionValue): string {
  switch (value.kind) {
    case 'optionString':
    case 'optionInterval':
      return value.value
    case 'optionNumber':
      // A bare number is seconds.
      return `${value.text}s`
    case 'optionWord':
    case 'optionSecret':
    case 'optionList':
    case 'optionMap':
      throw new SqlError('22023', "timeout must be a duration such as '1s'", { position: value.span.start + 1 })
  }
}

/**
 * The next `max` rows of a cursor as a source of their own. Over a query: exactly those. Over a subscription: without a
 * timeout it waits for one row and takes what is ready by then; with one it gathers until the time is up.
 */
function portionOf(cursor: RowCursor, max: number, timeoutMs: number | null, run: Run): RowSource {
  const { runtime } = run.session
  const deadline = timeoutMs === null ? null : runtime.monotonicMs() + timeoutMs
  let left = max
  let any = false
  const next = async (): Promise<Batch | 'end'> => {
    while (left > 0) {
      // A source's `wait` returns at once when the signal is aborted: whoever polls in a loop must look at it.
      run.call.signal.throwIfAborted()
      const taken = await cursor.take(left)
      if (taken === 'end') return 'end'
      if (taken !== 'wait') {
        left -= taken.rows
        any = true
        return taken.batch
      }
      if (deadline === null) {
        if (any) return 'end'
        await cursor.source.wait(run.call.signal)
      } else {
        const remaining = deadline - runtime.monotonicMs()
        if (remaining <= 0) return 'end'
        await waitAtMost(runtime, remaining, run.call.signal, (signal) => cursor.source.wait(signal))
      }
    }
    return 'end'
  }
  return { fields: cursor.fields, poll: next, async wait() {}, close() {} }
}
