import type { Advance } from '../../../grammar/ast-statement.ts'
import { SqlError } from '../../base/sql-error.ts'
import { addInterval } from '../../functions/scalar/interval-math.ts'
import { rowsOf } from '../../types/batch-build.ts'
import { INTERVAL, TIMESTAMPTZ } from '../../types/sql-type.ts'
import { formatText } from '../../types/text.ts'
import type { Datum, Interval } from '../../types/value.ts'
import { done, type Run, type StatementHandler } from '../run.ts'
import { advanceWatermark } from './advance-watermark.ts'

/** The clock is told in microseconds; beyond this they are no longer exact numbers. The year 2255. */
const CLOCK_MS_MAX = Math.floor(Number.MAX_SAFE_INTEGER / 1000)

/** ADVANCE CLOCK BY interval, ADVANCE CLOCK TO time: what became due by then has happened when it answers. */
export const advanceStatement: StatementHandler<Advance> = {
  async run(statement, run) {
    if (statement.what === 'WATERMARK') return advanceWatermark(statement, run)
    if (run.session.transaction.mode === 'explicit') {
      throw new SqlError('25001', 'ADVANCE CLOCK cannot run inside a transaction block')
    }
    const { engine } = run.session
    if (engine.clock() !== 'manual') {
      throw new SqlError('55000', 'the clock is not set by hand', { hint: "SET clock = 'manual' stops it first." })
    }
    const to = await target(statement, run)
    if (to % 1000 !== 0) throw wrong(statement, 'the clock moves by whole milliseconds')
    if (to < engine.nowMicros()) throw wrong(statement, 'the clock does not go back', engine.nowMicros())
    if (to / 1000 > CLOCK_MS_MAX) throw wrong(statement, 'the clock ends with the year 2254')
    await engine.advanceClock(to / 1000)
    return done('ADVANCE CLOCK')
  },
}

/** Microseconds. */
async function target(statement: Advance, run: Run): Promise<number> {
  const by = statement.by === true
  const types = [by ? INTERVAL : TIMESTAMPTZ]
  const { session, call } = run
  const context = session.planning(run.sql, [], (notice) => call.notice(notice))
  const { request } = session.planner.planArguments([statement.amount], types, context)
  // Not in the transaction of the statements around it: a snapshot would grow old with the clock.
  const { batches } = await session.engine.read({ ...request, params: [] }, call)
  let value: Datum = null
  for await (const batch of batches) value = rowsOf(batch, types)[0][0]
  if (value === null) throw new SqlError('22004', 'the clock cannot be moved by or to NULL', at(statement))
  const now = run.session.engine.nowMicros()
  return Number(by ? addInterval(now, value as Interval, run.call.timeZone) : (value as number | bigint))
}

function wrong(statement: Advance, message: string, now?: number): SqlError {
  const detail = now === undefined ? {} : { detail: `It stands at ${formatText(now, TIMESTAMPTZ)}.` }
  return new SqlError('22023', message, { ...at(statement), ...detail })
}

const at = (statement: Advance) => ({ position: statement.amount.span.start + 1 })
