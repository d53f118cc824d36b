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

/** The sign does not count as a digit. */
function padded(value: number, width: number, fill: boolean): string {
  const digits = String(Math.abs(value))
  const shown = fill ? digits.padStart(width, '0') : digits
  return value < 0 || Object.is(value, -0) ? (value === 0 ? shown : `-${shown}`) : shown
}

const REFUSED = /^(?:month|mon|day|dy|tz|of|tzh|tzm|bc|ad|b\.c\.|a\.d\.|d|id)$/i

function part(p: Parts, pattern: string, fill: boolean): string {
  if (REFUSED.test(pattern)) {
    throw new SqlError('22007', 'invalid format specification for an interval value', {
      hint: 'Intervals are not tied to specific calendar dates.',
    })
  }
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
    case 'SSSSS':
      return String(p.hour * 3600 + p.minute * 60 + p.second)
    case 'MS':
      return padded(Math.trunc(p.micros / 1000), 3, true)
    case 'US':
      return padded(p.micros, 6, true)
    case 'Y,YYY':
      return `${Math.trunc(p.year / 1000)},${padded(p.year % 1000, 3, true)}`
    case 'YYYY':
    case 'IYYY':
      return padded(p.year, 4, fill)
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
      return padded((p.year * 12 + p.month) * 30 + p.day, 3, fill)
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
