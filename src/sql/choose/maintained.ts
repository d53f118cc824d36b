import { SqlError } from '../../base/sql-error.ts'
import { scalarById, tableFunctionById } from '../../functions/lookup.ts'
import { type ClockRule, clockRules } from '../../plan/clock-rules.ts'
import type { Logical } from '../../plan/logical.ts'
import { logicalScalars, visitLogical } from '../../plan/logical-walk.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { visitScalar } from '../../plan/scalar-walk.ts'
import { isReadingTime } from '../function-facts.ts'

/** What a query that is kept up to date cannot hold: results must follow from the data and the clock. */
export function refuseVolatile(plan: Logical): void {
  visitLogical(plan, (p) => {
    if (p.kind === 'flatMap' && tableFunctionById(p.fn)?.volatility === 'volatile') throw volatile(p.fn, p.position)
    for (const s of logicalScalars(p)) {
      visitScalar(s, (x) => {
        if (isReadingTime(x)) throw readingTime(x)
        if (x.kind !== 'call') return
        if (scalarById(x.fn)?.volatility === 'volatile') throw volatile(x.fn, x.position)
      })
    }
  })
}

function readingTime(s: Scalar): SqlError {
  return new SqlError(
    '0A000',
    'a text that means the time of its reading, in a materialized view or SUBSCRIBE, is not supported',
    {
      position: s.kind === 'cast' ? s.position + 1 || undefined : undefined,
      hint: "Compare with now(), current_date or current_timestamp: they move on. A plain literal ('today'::date) is the day of CREATE.",
    },
  )
}

function volatile(fn: string, position: number): SqlError {
  return new SqlError('0A000', `${nameOf(fn)}() in a materialized view or SUBSCRIBE is not supported`, {
    position: position + 1 || undefined,
    hint: `Its value is another one each time. Use it in the SELECT that reads the view${fn.startsWith('clock_timestamp') ? ', or now()' : ', or as the DEFAULT of a column'}.`,
  })
}

/** When the rows of a filter and projection change by themselves; 0A000 where that is always. */
export function rulesOf(conditions: readonly Scalar[], exprs: readonly Scalar[]): readonly ClockRule[] {
  const found = clockRules(conditions, exprs)
  if ('rules' in found) return found.rules
  const { restless } = found
  const [name, position] = restless.kind === 'call' ? [nameOf(restless.fn), restless.position] : ['now', -1]
  throw new SqlError('0A000', `${name}() in this place of a materialized view or SUBSCRIBE is not supported`, {
    position: position + 1 || undefined,
    detail: 'Rows would change at every moment.',
    hint:
      name === 'proctime'
        ? 'Select PROCTIME() alone, as a column: it is the time at which a row came. What is made of it is made of that column, in the query around.'
        : 'Compare it with columns of the row (ts > now() - interval), use it inside date_trunc, date_bin or a cast to date, or compute the value in the SELECT that reads the view.',
  })
}

const nameOf = (fn: string): string => fn.replace(/\(.*$/, '')
