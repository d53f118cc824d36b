import { SqlError } from '../../base/sql-error.ts'
import type { Interval } from '../../types/value.ts'
import { def } from '../define.ts'
import type { ScalarFunction } from '../function.ts'
import { formatTemplate } from './to-char.ts'

/** to_char of intervals: their own years, months, days and hours; names of months and days mean nothing there. */
interface Parts {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly micros: number
}

function partsOf(v: Interval): Parts {
  const seconds = Math.trunc(v.micros / 1e6)
  return {
    year: Math.trunc(v.months / 12),
    month: v.months % 12,
    day: v.days,
    hour: Math.trunc(seconds / 3600),
    minute: Math.trunc((seconds % 3600) / 60),
    second: seconds % 60,
    micros: v.micros - seconds * 1e6,
  }
}

/** The sign does not count as a digit, but where `printf`, with it, has the width. */
function padded(value: number, width: number, fill: boolean, printf = false): string {
  const digits = String(Math.abs(value))
  const shown = fill ? digits.padStart(printf && value < 0 ? width - 1 : width, '0') : digits
  return value < 0 ? `-${shown}` : shown
}

const yearDay = (p: Parts): number => (p.year * 12 + p.month) * 30 + p.day

/** The number of a day as PostgreSQL counts it, months and days that are none included. */
function julianDay(year: number, month: number, day: number): number {
  const m = month > 2 ? month + 1 : month + 13
  const y = month > 2 ? year + 4800 : year + 4799
  const century = Math.trunc(y / 100)
  const days = y * 365 - 32167 + Math.trunc(y / 4) - century + Math.trunc(century / 4)
  return days + Math.trunc((7834 * m) / 256) + day
}

const julian = (p: Parts): number => julianDay(p.year, p.month, p.day)

/** Of the year's first ISO week. */
function firstMonday(year: number): number {
  const fourth = julianDay(year, 1, 4)
  return fourth - (((fourth % 7) + 7) % 7)
}

function isoYear(p: Parts): number {
  const day = julian(p)
  const year = day < firstMonday(p.year) ? p.year - 1 : p.year
  return day >= firstMonday(year + 1) ? year + 1 : year
}

const ROMAN_BACKWARDS = 'XII XI X IX VIII VII VI V IV III II I'.split(' ')

function romanMonth(p: Parts, pattern: string, fill: boolean): string {
  if (p.month === 0 && p.year === 0) return ''
  const at = p.month === 0 ? (p.year >= 0 ? 0 : 11) : p.month < 0 ? -(p.month + 1) : 12 - p.month
  const month = pattern === 'RM' ? ROMAN_BACKWARDS[at] : ROMAN_BACKWARDS[at].toLowerCase()
  return fill ? month.padEnd(4) : month
}

const REFUSED = /^(?:month|mon|day|dy|tz|of|tzh|tzm|bc|ad|b\.c\.|a\.d\.|d|id)$/i

function part(p: Parts, pattern: string, fill: boolean): string {
  if (REFUSED.test(pattern)) {
    throw new SqlError('22007', 'invalid format specification for an interval value', {
      hint: 'Intervals are not tied to specific calendar dates.',
    })
  }
  // The sign of the year makes room for one in what goes by it.
  const wide = (value: number, width: number) => padded(value, p.year < 0 ? width + 1 : width, fill, true)
  switch (pattern.toUpperCase()) {
    case 'HH24':
      return padded(p.hour, 2, fill)
    case 'HH':
    case 'HH12':
      return padded(p.hour % 12 === 0 ? 12 : p.hour % 12, 2, fill)
    case 'MI':
      return padded(p.minute, 2, fill)
    case 'SS':
      return padded(p.second, 2, fill)
    case 'SSSS':
    case 'SSSSS':
      return String(p.hour * 3600 + p.minute * 60 + p.second)
    case 'MS':
      return padded(Math.trunc(p.micros / 1000), 3, true, true)
    case 'US':
      return padded(p.micros, 6, true, true)
    case 'Y,YYY':
      return `${Math.trunc(p.year / 1000)},${padded(p.year % 1000, 3, true)}`
    case 'YYYY':
      return padded(p.year, 4, fill)
    case 'IYYY':
      return wide(isoYear(p), 4)
    case 'IYY':
      return wide(isoYear(p) % 1000, 3)
    case 'IY':
      return wide(isoYear(p) % 100, 2)
    case 'I':
      return String(isoYear(p) % 10)
    case 'IW':
      return padded(Math.trunc((julian(p) - firstMonday(isoYear(p))) / 7) + 1, 2, fill, true)
    case 'IDDD':
      return padded(julian(p) - firstMonday(isoYear(p)) + 1, 3, fill, true)
    case 'WW':
      return padded(Math.trunc((yearDay(p) - 1) / 7) + 1, 2, fill, true)
    case 'W':
      return String(Math.trunc((p.day - 1) / 7) + 1)
    case 'J':
      return String(julian(p))
    case 'RM':
      return romanMonth(p, pattern, fill)
    case 'YYY':
      return padded(p.year % 1000, 3, fill)
    case 'YY':
      return padded(p.year % 100, 2, fill)
    case 'Y':
      return String(p.year % 10)
    case 'MM':
      return padded(p.month, 2, fill)
    case 'DD':
      return padded(p.day, 2, fill)
    case 'DDD':
      return padded(yearDay(p), 3, fill)
    case 'Q':
      return p.month === 0 ? '' : String(Math.trunc((p.month - 1) / 3) + 1)
    case 'CC':
      return padded(Math.trunc(p.year / 100) + (p.year % 100 === 0 ? 0 : Math.sign(p.year)), 2, fill)
    case 'AM':
    case 'PM':
    case 'A.M.':
    case 'P.M.':
      return halfOfDay(pattern, p.hour % 24 >= 12)
    default: {
      if (/^FF[1-6]$/i.test(pattern)) return padded(p.micros, 6, true).slice(0, Number(pattern[2]))
      throw new SqlError('0A000', `"${pattern}" in a template for an interval is not supported`)
    }
  }
}

function halfOfDay(pattern: string, afternoon: boolean): string {
  const text = pattern.includes('.') ? (afternoon ? 'p.m.' : 'a.m.') : afternoon ? 'pm' : 'am'
  return pattern === pattern.toLowerCase() ? text : text.toUpperCase()
}

export const intervalToCharFunctions: readonly ScalarFunction[] = [
  def(
    'to_char(interval,text) text',
    (value: Interval, template: string) => {
      if (template === '') return null
      const parts = partsOf(value)
      return formatTemplate(template, (pattern, fill) => part(parts, pattern, fill))
    },
    {
      volatility: 'stable',
      fallible: true,
      example: [
        "to_char('1 year 2 mons 3 days 04:05:06.7'::interval, 'YYYY-MM-DD HH24:MI:SS.MS')",
        '0001-02-03 04:05:06.700',
      ],
    },
  ),
]
