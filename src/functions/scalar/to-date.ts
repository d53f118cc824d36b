import { SqlError } from '../../base/sql-error.ts'
import { daysFromCivil, daysInMonth, joinMicros, UNIX_EPOCH_JULIAN } from '../../types/calendar.ts'
import { localToUtc, zoneByName } from '../../types/time-zone.ts'
import { def, defEnv } from '../define.ts'
import type { ScalarFunction } from '../function.ts'

/** to_date and to_timestamp: text read by a template of the common patterns; other characters stand for any one. */
const MONTHS = 'january february march april may june july august september october november december'.split(' ')

const PATTERN =
  /"((?:[^"\\]|\\.)*)"|FM|fm|Y,YYY|YYYY|YYY|YY|Y|HH24|HH12|HH|MI|SSSSS|SSSS|SS|MS|US|A\.M\.|P\.M\.|AM|PM|MONTH|MON|MM|DDD|DD|DAY|DY|J|TH|./gis

interface Fields {
  year: number
  month: number
  day: number
  dayOfYear: number | null
  julian: number | null
  hour: number
  pm: boolean | null
  minute: number
  second: number
  micros: number
}

/** How many digits a number pattern takes, when the next pattern is a number too. */
const DIGITS: Readonly<Record<string, number>> = {
  YYYY: 4,
  YYY: 3,
  YY: 2,
  Y: 1,
  MM: 2,
  DD: 2,
  DDD: 3,
  J: 9,
  HH: 2,
  HH12: 2,
  HH24: 2,
  MI: 2,
  SS: 2,
  SSSS: 5,
  SSSSS: 5,
  MS: 3,
  US: 6,
}

class Reader {
  private at = 0
  private readonly text: string

  constructor(text: string) {
    this.text = text
  }
  skipBlanks(): void {
    while (/\s/.test(this.text[this.at] ?? '')) this.at++
  }
  /** A separator of the template matches one character that is no letter or digit, if there is one. */
  separator(): void {
    if (/[^\p{L}\p{N}\s]/u.test(this.text[this.at] ?? '')) this.at++
    else this.skipBlanks()
  }
  skip(count: number): void {
    this.at += count
  }
  digits(pattern: string, most: number): string {
    this.skipBlanks()
    const found = new RegExp(`[0-9]{1,${most}}`, 'y')
    found.lastIndex = this.at
    const match = found.exec(this.text)
    if (match === null) {
      const got = this.text.slice(this.at, this.at + (DIGITS[pattern] ?? 4))
      throw new SqlError('22007', `invalid value "${got}" for "${pattern}"`, {
        detail: 'Value must be an integer.',
      })
    }
    this.at += match[0].length
    return match[0]
  }
  word(): string {
    this.skipBlanks()
    const found = /[\p{L}.]*/uy
    found.lastIndex = this.at
    const word = found.exec(this.text)?.[0] ?? ''
    this.at += word.length
    return word.toLowerCase()
  }
  /** The longest of `words` that the text goes on with; by its first `length` letters when given. */
  oneOf(words: readonly string[], pattern: string, length?: number): number {
    this.skipBlanks()
    const rest = this.text.slice(this.at).toLowerCase()
    const index = words.findIndex((word) => rest.startsWith(word.slice(0, length)))
    if (index < 0) {
      throw new SqlError('22007', `invalid value "${this.text.slice(this.at, this.at + 3)}" for "${pattern}"`, {
        detail: 'The given value did not match any of the allowed values for this field.',
      })
    }
    this.at += words[index].slice(0, length).length
    return index
  }
}

function read(text: string, template: string): Fields {
  const fields: Fields = {
    year: 0, // 1 BC, as PostgreSQL takes a missing year
    month: 1,
    day: 1,
    dayOfYear: null,
    julian: null,
    hour: 0,
    pm: null,
    minute: 0,
    second: 0,
    micros: 0,
  }
  const reader = new Reader(text)
  const patterns = [...template.matchAll(PATTERN)]
  patterns.forEach(([whole, quoted], i) => {
    if (quoted !== undefined) {
      reader.skip(quoted.replace(/\\(.)/g, '$1').length)
      return
    }
    const pattern = whole.toUpperCase()
    const next = patterns[i + 1]?.[0].toUpperCase()
    // Digits run together are cut at the pattern's width; before a separator a number is as long as it is.
    const most =
      next !== undefined && next in DIGITS ? (DIGITS[pattern] ?? 9) : pattern.startsWith('Y') ? 6 : DIGITS[pattern]
    take(fields, reader, pattern, most ?? 9)
  })
  return fields
}

function take(fields: Fields, reader: Reader, pattern: string, most: number): void {
  const number = () => Number(reader.digits(pattern, most))
  switch (pattern) {
    case 'Y,YYY':
      fields.year = Number(reader.digits(pattern, 3)) * 1000
      reader.skip(1)
      fields.year += Number(reader.digits(pattern, 3))
      break
    case 'YYYY':
      fields.year = number()
      break
    case 'YYY':
    case 'YY':
    case 'Y':
      fields.year = nearYear(reader.digits(pattern, most))
      break
    case 'MONTH':
      fields.month = reader.oneOf(MONTHS, pattern) + 1
      break
    case 'MON':
      fields.month = reader.oneOf(MONTHS, pattern, 3) + 1
      break
    case 'MM':
      fields.month = number()
      break
    case 'DDD':
      fields.dayOfYear = number()
      break
    case 'DD':
      fields.day = number()
      break
    case 'J':
      fields.julian = number()
      break
    case 'HH':
    case 'HH12':
    case 'HH24':
      fields.hour = number()
      if (pattern !== 'HH24') {
        fields.pm ??= false
        if (fields.hour < 1 || fields.hour > 12) {
          throw new SqlError('22007', `hour "${fields.hour}" is invalid for the 12-hour clock`, {
            hint: 'Use the 24-hour clock, or give an hour between 1 and 12.',
          })
        }
      }
      break
    case 'AM':
    case 'PM':
    case 'A.M.':
    case 'P.M.':
      fields.pm = reader.word().startsWith('p')
      break
    case 'MI':
      fields.minute = number()
      break
    case 'SS':
      fields.second = number()
      break
    case 'SSSS':
    case 'SSSSS':
      fields.second = number()
      fields.hour = 0
      break
    case 'MS':
      fields.micros += Number(reader.digits(pattern, most).padEnd(3, '0')) * 1000
      break
    case 'US':
      fields.micros += Number(reader.digits(pattern, most).padEnd(6, '0'))
      break
    case 'DAY':
    case 'DY':
    case 'TH':
      reader.word()
      break
    case 'FM':
      break
    default:
      reader.separator()
  }
}

/** Two digits mean the year nearest to 2020. */
function nearYear(digits: string): number {
  const year = Number(digits)
  if (digits.length >= 4) return year
  if (digits.length === 3) return year >= 100 ? year + 1000 : year + 2000
  return year < 70 ? year + 2000 : year + 1900
}

const outOfRange = (text: string): SqlError => new SqlError('22008', `date/time field value out of range: "${text}"`)

function daysOf(fields: Fields, text: string): number {
  const { year, month, day, dayOfYear, julian } = fields
  if (julian !== null) return julian - UNIX_EPOCH_JULIAN
  if (dayOfYear !== null) {
    if (dayOfYear < 1 || dayOfYear > 337 + daysInMonth(year, 2)) throw outOfRange(text)
    return daysFromCivil(year, 1, 1) + dayOfYear - 1
  }
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) throw outOfRange(text)
  return daysFromCivil(year, month, day)
}

function toDate(text: string, template: string): number {
  return daysOf(read(text, template), text)
}

function toTimestamp(text: string, template: string): number | bigint {
  const fields = read(text, template)
  const { pm, minute, second, micros } = fields
  const hour = pm === null ? fields.hour : (fields.hour % 12) + (pm ? 12 : 0)
  // SSSSS counts the seconds of the whole day.
  if (hour > 23 || minute > 59 || (second > 59 && (hour > 0 || minute > 0)) || second > 86_399) throw outOfRange(text)
  return joinMicros(daysOf(fields, text), ((hour * 60 + minute) * 60 + second) * 1e6 + micros)
}

export const toDateFunctions: readonly ScalarFunction[] = [
  def('to_date(text,text) date', toDate, {
    fallible: true,
    example: ["to_date('05 Dec 2000', 'DD Mon YYYY')", '2000-12-05'],
  }),
  defEnv(
    'to_timestamp(text,text) timestamptz',
    ([text, template], env) => localToUtc(toTimestamp(text as string, template as string), zoneByName(env.timeZone)),
    {
      volatility: 'stable',
      fallible: true,
      example: ["to_timestamp('2024-03-10 02:15:30 PM', 'YYYY-MM-DD HH:MI:SS PM')", '2024-03-10 14:15:30+00'],
    },
  ),
]
