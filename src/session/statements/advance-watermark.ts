import type { Advance } from '../../../grammar/ast-statement.ts'
import { SqlError } from '../../base/sql-error.ts'
import { findObject } from '../../catalog/resolve-name.ts'
import { addInterval } from '../../functions/scalar/interval-math.ts'
import { INTERVAL, type SqlType } from '../../types/sql-type.ts'
import { formatText } from '../../types/text.ts'
import type { Interval } from '../../types/value.ts'
import { done, type Outcome, type Run } from '../run.ts'
import { evaluateArguments } from './arguments.ts'

/** ADVANCE WATERMARK FOR relation TO time, BY interval: what it closes has closed when it answers. */
export async function advanceWatermark(statement: Advance, run: Run): Promise<Outcome> {
  const { engine } = run.session
  const position = (statement.of ?? statement).span.start + 1
  if (run.session.transaction.mode === 'explicit') {
    throw new SqlError('25001', 'ADVANCE WATERMARK cannot run inside a transaction block')
  }
  if (!statement.of) throw new SqlError('42601', 'ADVANCE WATERMARK needs FOR a relation', { position })
  const context = run.session.planning(run.sql, [], (notice) => run.call.notice(notice))
  const parts = statement.of.parts.map((p) => p.name)
  const entry = findObject(context.catalog, parts, context, position)
  if (!entry) throw new SqlError('42P01', `relation "${parts.join('.')}" does not exist`, { position })
  const time = engine.eventTime(entry.id)
  if (time === null) throw new SqlError('42P10', `relation "${entry.name}" has no WATERMARK`, { position })
  const to = await target(statement, run, time.type, time.watermark)
  if (time.watermark !== null && to < time.watermark) {
    throw wrong(statement, 'a watermark does not go back', `It stands at ${formatText(time.watermark, time.type)}.`)
  }
  await engine.advanceWatermark(entry.id, to)
  return done('ADVANCE WATERMARK')
}

async function target(statement: Advance, run: Run, type: SqlType, from: number | null): Promise<number> {
  const integer = type.kind.startsWith('int') || type.kind === 'date'
  const by = statement.by === true
  const wanted: SqlType = by ? (type.kind.startsWith('int') ? type : INTERVAL) : { kind: type.kind }
  const [value] = await evaluateArguments([statement.amount], [wanted], run)
  if (value === null) throw new SqlError('22004', 'the watermark cannot be moved by or to NULL', at(statement))
  if (!by) return checked(statement, Number(value))
  if (from === null) throw wrong(statement, 'there is no watermark yet to be moved by something', undefined)
  if (wanted.kind !== 'interval') return checked(statement, from + Number(value))
  const micros = Number(addInterval(integer ? from * MICROS_PER_DAY : from, value as Interval, undefined))
  return checked(statement, integer ? Math.floor(micros / MICROS_PER_DAY) : micros)
}

const MICROS_PER_DAY = 86_400_000_000

function checked(statement: Advance, value: number): number {
  if (Number.isSafeInteger(value)) return value
  throw wrong(statement, 'the watermark is out of range', undefined)
}

const wrong = (statement: Advance, message: string, detail: string | undefined): SqlError =>
  new SqlError('22023', message, { ...at(statement), ...(detail === undefined ? {} : { detail }) })

const at = (statement: Advance) => ({ position: statement.amount.span.start + 1 })
