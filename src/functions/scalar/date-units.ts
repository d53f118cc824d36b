import { SqlError } from '../../base/sql-error.ts'
import { parseName } from '../../types/text/string.ts'

/** Names of the units of extract, date_part and date_trunc, and the errors about them. */
const ALIASES: Readonly<Record<string, string>> = {
  years: 'year',
  y: 'year',
  yr: 'year',
  yrs: 'year',
  months: 'month',
  mon: 'month',
  mons: 'month',
  days: 'day',
  d: 'day',
  hours: 'hour',
  h: 'hour',
  hr: 'hour',
  hrs: 'hour',
  minutes: 'minute',
  m: 'minute',
  min: 'minute',
  mins: 'minute',
  seconds: 'second',
  s: 'second',
  sec: 'second',
  secs: 'second',
  weeks: 'week',
  w: 'week',
  quarters: 'quarter',
  qtr: 'quarter',
  decades: 'decade',
  centuries: 'century',
  c: 'century',
  cent: 'century',
  millennia: 'millennium',
  millisecond: 'milliseconds',
  ms: 'milliseconds',
  msec: 'milliseconds',
  microsecond: 'microseconds',
  us: 'microseconds',
  usec: 'microseconds',
}

/** Units are names: cut to 63 bytes, ASCII letters in lower case. */
const lowered = (text: string): string => parseName(text.replace(/[A-Z]/g, (letter) => letter.toLowerCase()))

export function unitOf(text: string): string {
  const lower = lowered(text)
  return ALIASES[lower] ?? lower
}

export function notSupportedUnit(unit: string, typeName: string): SqlError {
  return new SqlError('0A000', `unit "${lowered(unit)}" not supported for type ${typeName}`)
}
export function unknownUnit(unit: string, typeName: string): SqlError {
  return new SqlError('22023', `unit "${lowered(unit)}" not recognized for type ${typeName}`)
}
