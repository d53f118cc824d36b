import { INTERVAL } from '../../types/sql-type.ts'
import type { Interval } from '../../types/value.ts'
import { bindError, type Place } from './bind-error.ts'
import { parseLiteral } from './coerce.ts'
import type { Statement } from './context.ts'

/** A length of time that does not depend on where it begins. */
export function microsOf(interval: Interval, at: Place, what = 'a lateness'): number {
  if (interval.months !== 0) throw bindError('0A000', `${what} of months is not supported`, at)
  const total = interval.days * 86_400_000_000 + interval.micros
  if (total < 0) throw bindError('22023', `${what} cannot be negative`, at)
  return total
}

/** `ttl = '1 day'`: how long rows live. */
export function timeToLive(st: Statement, text: string, at: Place): number {
  const micros = microsOf(parseLiteral(st, text, INTERVAL, at) as Interval, at, 'a time to live')
  if (micros === 0) throw bindError('22023', 'a time to live must be greater than zero', at)
  if (/^\s*[\d.]+\s*$/.test(text)) {
    throw bindError('22023', 'a time to live needs a unit', at, { hint: `Write '${text.trim()} seconds'.` })
  }
  return micros
}
