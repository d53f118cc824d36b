import { civilFromDays, daysFromCivil, daysInMonth, UNIX_EPOCH_JULIAN } from '../calendar.ts'
import { findZone, fixedZone, type Zone } from '../time-zone.ts'
import { badSyntax, displacementOutOfRange, fieldOutOfRange } from './errors.ts'

/** What a date/time text says, field by field; `special` stands alone (now, today … need a clock). */
export interface DateTimeParts {
  days: number | undefined
  micros: number | undefined
  zone: Zone | undefined
  special: 'infinity' | '-infinity' | 'epoch' | 'now' | 'today' | 'tomorrow' | 'yesterday' | undefined
}

const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?(Z|[+-]\d\d(?::?\d\d)?)?)?$/

/** Reads ISO 8601 at once, PostgreSQL's other spellings word by word (month before day where numbers alone are ambiguous). */
export function parseDateTime(text: string, typeName: string): DateTimeParts {
  const iso = ISO.exec(text)
  if (iso !== null) {
    const parts: DateTimeParts = {
      days: isoDays(+iso[1], +iso[2], +iso[3], text),
      micros: undefined,
      zone: undefined,
      special: undefined,
    }
    if (iso[4] !== undefined) parts.micros = clock(+iso[4], +iso[5], +(iso[6] ?? 0), iso[7] ?? '', text)
    if (iso[8] !== undefined) parts.zone = iso[8] === 'Z' ? UTC : offsetZone(iso[8], text)
    return parts
  }
  return new Scanner(text, typeName).run()
}

function isoDays(year: number, month: number, day: number, text: string): number {
  if (year === 0) throw fieldOutOfRange(text)
  return checkedDays(year, month, day, text)
}

const UTC = fixedZone('UTC', 0)

function offsetZone(text: string, whole: string): Zone {
  const match = /^([+-])(\d{1,2})(?::?(\d\d)(?::?(\d\d))?)?$/.exec(text)
  if (match === null || +match[2] > 15) throw displacementOutOfRange(whole)
  const seconds = +match[2] * 3600 + +(match[3] ?? 0) * 60 + +(match[4] ?? 0)
  return fixedZone(text, match[1] === '-' ? -seconds : seconds)
}

/** There is no year 0 in a text; the years before Christ come here as 0 and below. */
function checkedDays(year: number, month: number, day: number, text: string): number {
  if (month < 1 || month > 12) throw fieldOutOfRange(text, 'Perhaps you need a different "datestyle" setting.')
  if (day < 1 || day > 31) throw fieldOutOfRange(text, 'Perhaps you need a different "datestyle" setting.')
  if (day > daysInMonth(year, month)) throw fieldOutOfRange(text)
  return daysFromCivil(year, month, day)
}

function clock(hour: number, minute: number, second: number, fraction: string, text: string): number {
  const micros = fraction === '' ? 0 : Math.round(Number(`0.${fraction}`) * 1e6)
  const total = (hour * 3600 + minute * 60 + second) * 1e6 + micros
  if (hour > 24 || minute > 59 || second > 60 || total > 86_400_000_000) throw fieldOutOfRange(text)
  return total
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const FULL_MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
]
const WEEKDAY = /^(?:(?:sun|mon|fri)(?:day)?|tue(?:s|sday)?|wed(?:nesday|s)?|thu(?:r|rs|rsday)?|sat(?:urday)?)$/
const SPECIALS: Readonly<Record<string, NonNullable<DateTimeParts['special']>>> = {
  infinity: 'infinity',
  '+infinity': 'infinity',
  inf: 'infinity',
  '-infinity': '-infinity',
  '-inf': '-infinity',
  epoch: 'epoch',
  now: 'now',
  today: 'today',
  tomorrow: 'tomorrow',
  yesterday: 'yesterday',
}

function monthOf(word: string): number {
  if (word === 'sept') return 9
  const short = MONTHS.indexOf(word)
  return (short >= 0 ? short : FULL_MONTHS.indexOf(word)) + 1
}

class Scanner {
  private readonly text: string
  private readonly typeName: string
  private rest: string
  private year: number | undefined
  private yearDigits = 0
  private month: number | undefined
  private day: number | undefined
  private julian: number | undefined
  private dayOfYear: number | undefined
  private bc = false
  private meridiem: 'am' | 'pm' | undefined
  private hour: number | undefined
  private clock: [minute: number, second: number, fraction: string] = [0, 0, '']
  private zone: Zone | undefined

  constructor(text: string, typeName: string) {
    this.text = text
    this.typeName = typeName
    this.rest = text.trim().toLowerCase()
  }

  run(): DateTimeParts {
    const special = SPECIALS[this.rest]
    if (special !== undefined) return { days: undefined, micros: undefined, zone: undefined, special }
    if (this.rest === '') throw this.bad()
    while (this.rest !== '') this.step()
    const days = this.days()
    return { days, micros: this.micros(), zone: this.zone, special: undefined }
  }

  private step(): void {
    const m =
      this.take(/^[\s,]+/) ??
      this.takeDate() ??
      this.takeTime() ??
      this.takeZone() ??
      this.takeWord() ??
      this.takeNumber()
    if (m === undefined) throw this.bad()
  }

  private take(pattern: RegExp): RegExpExecArray | undefined {
    const match = pattern.exec(this.rest)
    if (match === null) return undefined
    this.rest = this.rest.slice(match[0].length)
    return match
  }

  private takeDate(): RegExpExecArray | undefined {
    if (this.hasDate()) return undefined
    let m = this.take(/^(\d{3,7})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)/)
    if (m) return this.setDate(m, m[1], +m[2], +m[3])
    m = this.take(/^(\d{1,2})[-/.](\d{1,2})[-/.](\d{1,7})(?!\d)/)
    if (m) return this.setDate(m, m[3], +m[1], +m[2])
    m = this.take(/^(\d{1,2})[-/. ]?([a-z]{3,9})[-/. ](\d{1,6})(?![\d:])/)
    if (m && monthOf(m[2]) > 0) return this.setDate(m, m[3], monthOf(m[2]), +m[1])
    if (m) throw this.bad()
    m = this.take(/^(\d{3,6})[-/. ]([a-z]{3,9})[-/. ](\d{1,2})(?![\d:])/)
    if (m && monthOf(m[2]) > 0) return this.setDate(m, m[1], monthOf(m[2]), +m[3])
    if (m) throw this.bad()
    m = this.take(/^([a-z]{3,9})[-/.](\d{1,2})[-/.](\d{1,6})(?!\d)/)
    if (m && monthOf(m[1]) > 0) return this.setDate(m, m[3], monthOf(m[1]), +m[2])
    if (m) throw this.bad()
    m = this.take(/^(\d{4})[.-](\d{3})(?!\d)/)
    if (m) {
      this.year = +m[1]
      this.yearDigits = 4
      this.dayOfYear = +m[2]
      return m
    }
    m = this.take(/^j(?:ulian)?\s*(\d+)/)
    if (m) {
      this.julian = +m[1]
      return m
    }
    if (this.typeName === 'time') return undefined
    m = this.take(/^(\d{4})(\d\d)(\d\d)(?![\d:.])/) ?? this.take(/^(\d\d)(\d\d)(\d\d)(?![\d:.])/)
    return m === undefined ? undefined : this.setDate(m, m[1], +m[2], +m[3])
  }

  private setDate(m: RegExpExecArray, year: string, month: number, day: number): RegExpExecArray {
    this.year = +year
    this.yearDigits = year.length
    this.month = month
    this.day = day
    return m
  }

  private takeTime(): RegExpExecArray | undefined {
    if (this.hour !== undefined) return undefined
    let m = this.take(/^t?(\d{1,2}):(\d{1,2})(?::(\d{0,2})(?:\.(\d*))?)?(?!\d)/)
    // An hour alone is no time, not even with am or pm.
    if (m === undefined && (this.hasDate() || this.typeName === 'time'))
      m = this.take(/^t?(\d\d)(\d\d)(\d\d)?(?:\.(\d*))?(?!\d)/)
    if (m === undefined) return undefined
    this.hour = +m[1]
    this.clock = [+(m[2] || 0), +(m[3] || 0), m[4] ?? '']
    return m
  }

  private takeZone(): RegExpExecArray | undefined {
    if (this.hour === undefined && !this.hasDate()) return undefined
    const m = this.take(/^[+-]\d{1,2}(?::\d\d(?::\d\d)?|\d\d(?:\d\d)?)?(?![\d:])/)
    if (m !== undefined) {
      if (this.zone !== undefined && this.zone !== UTC) throw this.bad()
      this.zone = offsetZone(m[0], this.text)
    }
    return m
  }

  private takeWord(): RegExpExecArray | undefined {
    const m = this.take(/^[a-z][a-z_]*(?:\/[a-z_+\-0-9]+)*\.?/)
    if (m === undefined) return undefined
    const word = m[0].replace(/\.$/, '')
    if (word === 'am' || word === 'pm') this.meridiem = word
    else if (word === 'bc' || word === 'ad') this.bc = word === 'bc'
    else if (monthOf(word) > 0 && this.month === undefined) this.month = monthOf(word)
    else if (word === 't' && this.hasDate() && this.hour === undefined) return m
    else if (word === 'allballs' && this.hour === undefined) {
      this.hour = 0
      this.zone = UTC
    } else if (!WEEKDAY.test(word)) {
      const zone = findZone(word)
      if (zone === undefined || this.zone !== undefined) throw this.bad()
      this.zone = zone
    }
    return m
  }

  /** Beside a month's name: the day comes before the year unless it is too large. */
  private takeNumber(): RegExpExecArray | undefined {
    const m = this.take(/^(\d{1,6})(?:st|nd|rd|th)?(?![\d:])/)
    if (m === undefined) return undefined
    if (m[1].length >= 3 || this.day !== undefined) {
      if (this.year !== undefined) throw this.bad()
      this.year = +m[1]
      this.yearDigits = m[1].length
    } else this.day = +m[1]
    return m
  }

  private hasDate(): boolean {
    return (
      this.julian !== undefined || this.dayOfYear !== undefined || (this.year !== undefined && this.month !== undefined)
    )
  }

  private days(): number | undefined {
    if (this.julian !== undefined) return this.julian - UNIX_EPOCH_JULIAN
    if (this.year === undefined && this.month === undefined && this.day === undefined) return undefined
    if (this.year === undefined) throw this.bad()
    let year = this.year
    if (this.yearDigits <= 2 && !this.bc) year += year < 70 ? 2000 : 1900
    if (year === 0) throw fieldOutOfRange(this.text)
    if (this.bc) year = 1 - year
    if (this.dayOfYear !== undefined) {
      const days = daysFromCivil(year, 1, 1) + this.dayOfYear - 1
      if (this.dayOfYear < 1 || civilFromDays(days).year !== year) throw fieldOutOfRange(this.text)
      return days
    }
    if (this.month === undefined || this.day === undefined) throw this.bad()
    return checkedDays(year, this.month, this.day, this.text)
  }

  private micros(): number | undefined {
    if (this.hour === undefined) {
      if (this.meridiem !== undefined) throw this.bad()
      return undefined
    }
    let hour = this.hour
    if (this.meridiem !== undefined) {
      if (hour > 12) throw fieldOutOfRange(this.text)
      hour = (hour % 12) + (this.meridiem === 'pm' ? 12 : 0)
    }
    return clock(hour, this.clock[0], this.clock[1], this.clock[2], this.text)
  }

  private bad() {
    return badSyntax(this.typeName, this.text)
  }
}
