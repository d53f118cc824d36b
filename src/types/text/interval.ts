import { SqlError } from '../../base/sql-error.ts'
import { MICROS_PER_DAY, MICROS_PER_HOUR, MICROS_PER_MINUTE, MICROS_PER_SECOND } from '../interval.ts'
import type { Interval } from '../value.ts'
import { badSyntax } from './errors.ts'

/** interval input: '1 year 2 mons 3 days 04:05:06', ISO 8601 durations, SQL '1-2' and '3 4:05:06', fractions, `ago`. */
export type IntervalUnit =
  | 'microsecond'
  | 'millisecond'
  | 'second'
  | 'minute'
  | 'hour'
  | 'day'
  | 'week'
  | 'month'
  | 'year'
  | 'decade'
  | 'century'
  | 'millennium'

const UNITS: Readonly<Record<string, IntervalUnit>> = (() => {
  const names: readonly (readonly [IntervalUnit, string])[] = [
    ['microsecond', 'us usec usecs usecond useconds microsecond microseconds microsecon'],
    ['millisecond', 'ms msec msecs msecond mseconds millisecond milliseconds millisecon'],
    ['second', 's sec secs second seconds'],
    ['minute', 'm min mins minute minutes'],
    ['hour', 'h hr hrs hour hours'],
    ['day', 'd day days'],
    ['week', 'w week weeks'],
    ['month', 'mon mons month months'],
    ['year', 'y yr yrs year years'],
    ['decade', 'dec decs decade decades'],
    ['century', 'c cent century centuries'],
    ['millennium', 'mil mils millennia millennium'],
  ]
  const table: Record<string, IntervalUnit> = {}
  for (const [unit, words] of names) for (const word of words.split(' ')) table[word] = unit
  return table
})()

const MONTHS_IN: Partial<Record<IntervalUnit, number>> = {
  month: 1,
  year: 12,
  decade: 120,
  century: 1200,
  millennium: 12000,
}
const DAYS_IN: Partial<Record<IntervalUnit, number>> = { day: 1, week: 7 }
const MICROS_IN: Partial<Record<IntervalUnit, number>> = {
  microsecond: 1,
  millisecond: 1000,
  second: MICROS_PER_SECOND,
  minute: MICROS_PER_MINUTE,
  hour: MICROS_PER_HOUR,
}

const outOfRange = (text: string): SqlError => new SqlError('22015', `interval field value out of range: "${text}"`)

/** The sum of the parts as they come; fractions spill downwards: years to months, months to 30 days, days to time. */
class Sum {
  months = 0
  days = 0
  micros = 0

  add(value: number, unit: IntervalUnit): void {
    const whole = Math.trunc(value)
    const fraction = value - whole
    const months = MONTHS_IN[unit]
    const days = DAYS_IN[unit]
    if (months !== undefined) {
      this.months += whole * months
      if (unit === 'month') this.addDays(fraction * 30)
      else this.months += Math.round(fraction * months)
    } else if (days !== undefined) {
      this.days += whole * days
      this.addDays(fraction * days)
    } else this.micros += Math.round(value * MICROS_IN[unit]!)
  }
  private addDays(value: number): void {
    const whole = Math.trunc(value)
    this.days += whole
    this.micros += Math.round((value - whole) * MICROS_PER_DAY)
  }
  finish(text: string, sign: number): Interval {
    const { months, days, micros } = this
    if (Math.abs(months) > 0x7fffffff || Math.abs(days) > 0x7fffffff || !Number.isSafeInteger(micros)) {
      throw outOfRange(text)
    }
    return { months: months * sign + 0, days: days * sign + 0, micros: micros * sign + 0 }
  }
}

/** `defaultUnit`: what a last number without a unit counts (INTERVAL '5' DAY). */
export function parseInterval(text: string, defaultUnit: IntervalUnit = 'second'): Interval {
  const trimmed = text.trim().toLowerCase()
  if (/^[+-]?p/.test(trimmed)) return parseIsoDuration(trimmed, text)
  const sum = new Sum()
  let rest = trimmed.replace(/^@\s*/, '')
  let sign = 1
  const seen = new Set<string>()
  const once = (field: string) => {
    if (seen.has(field)) throw badSyntax('interval', text)
    seen.add(field)
  }
  if (rest === '') throw badSyntax('interval', text)
  while (rest !== '') {
    let m = /^([+-]?)(\d+):(\d{1,2})(?::(\d{1,2}(?:\.\d*)?)|(\.\d+))?(?![\d:])/.exec(rest)
    if (m !== null) {
      once('time')
      addClock(sum, m, text, defaultUnit)
    } else if ((m = /^([+-]?)(\d+)-(\d+)(?![\d:-])/.exec(rest)) !== null) {
      once('year')
      if (Number(m[3]) > 11) throw outOfRange(text)
      sum.months += (m[1] === '-' ? -1 : 1) * (Number(m[2]) * 12 + Number(m[3]))
    } else if ((m = /^([+-]?\s*(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*([a-z]+)?/.exec(rest)) !== null) {
      const word = m[2] === 'ago' ? undefined : m[2]
      if (m[2] === 'ago') m[0] = m[0].slice(0, -3)
      if (word === undefined && /^[-+]/.test(rest.slice(m[0].length))) throw badSyntax('interval', text)
      const follows = rest.slice(m[0].length).trimStart()
      const unit = word === undefined ? bareUnit(follows, defaultUnit) : UNITS[word]
      if (unit === undefined) throw badSyntax('interval', text)
      once(unit)
      sum.add(Number(m[1].replace(/\s/g, '')), unit)
    } else if ((m = /^ago$/.exec(rest)) !== null) sign = -1
    else throw badSyntax('interval', text)
    rest = rest.slice(m[0].length).replace(/^[\s,]+/, '')
  }
  return sum.finish(text, sign)
}

/** '3 4:05:06': a number before a clock counts days. */
function bareUnit(follows: string, defaultUnit: IntervalUnit): IntervalUnit {
  return /^[+-]?\d+:/.test(follows) ? 'day' : defaultUnit
}

function addClock(sum: Sum, m: RegExpExecArray, text: string, defaultUnit: IntervalUnit): void {
  let hours = Number(m[2])
  let minutes = Number(m[3])
  let seconds = Number(m[4] ?? 0)
  if (m[4] === undefined && (defaultUnit === 'minute' || m[5] !== undefined)) {
    // 'MM:SS.fff'
    seconds = minutes + Number(m[5] ?? 0)
    minutes = hours
    hours = 0
  }
  if (minutes > 59 || seconds >= 61) throw outOfRange(text)
  const micros = hours * MICROS_PER_HOUR + minutes * MICROS_PER_MINUTE + Math.round(seconds * 1e6)
  sum.micros += m[1] === '-' ? -micros : micros
}

function parseIsoDuration(text: string, original: string): Interval {
  const sum = new Sum()
  const sign = text.startsWith('-') ? -1 : 1
  const [datePart, timePart] = text.replace(/^[+-]?p/, '').split('t')
  const alternative = /^(\d{4})-(\d\d)-(\d\d)$/.exec(datePart)
  if (alternative !== null) {
    sum.add(Number(alternative[1]), 'year')
    sum.add(Number(alternative[2]), 'month')
    sum.add(Number(alternative[3]), 'day')
  } else isoFields(sum, datePart, { y: 'year', m: 'month', w: 'week', d: 'day' }, original)
  if (timePart !== undefined) {
    const clock = /^(\d\d):(\d\d):(\d\d(?:\.\d*)?)$/.exec(timePart)
    if (clock !== null) {
      sum.add(Number(clock[1]), 'hour')
      sum.add(Number(clock[2]), 'minute')
      sum.add(Number(clock[3]), 'second')
    } else isoFields(sum, timePart, { h: 'hour', m: 'minute', s: 'second' }, original)
  }
  if (datePart === '' && (timePart ?? '') === '') throw badSyntax('interval', original)
  return sum.finish(original, sign)
}

function isoFields(sum: Sum, part: string, units: Readonly<Record<string, IntervalUnit>>, original: string): void {
  let rest = part
  while (rest !== '') {
    const m = /^([+-]?(?:\d+\.?\d*|\.\d+))([a-z])/.exec(rest)
    const unit = m === null ? undefined : units[m[2]]
    if (m === null || unit === undefined) throw badSyntax('interval', original)
    sum.add(Number(m[1]), unit)
    rest = rest.slice(m[0].length)
  }
}
