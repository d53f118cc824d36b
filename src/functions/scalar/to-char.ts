import { civilFromDays, dayOfWeek, daysFromCivil, splitMicros, UNIX_EPOCH_JULIAN } from '../../types/calendar.ts'
import { formatOffset } from '../../types/text/datetime-output.ts'
import { utcToLocal, zoneByName } from '../../types/time-zone.ts'
import { def, defEnv } from '../define.ts'
import type { ScalarFunction } from '../function.ts'
import { isoWeek } from './date-parts.ts'

/** to_char of timestamps: the common patterns; others stand for themselves. */
type Stamp = number | bigint

export const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
export const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

const ROMAN = ['I', 'II', 'III', 'IV', 'V', 'VI', 'VII', 'VIII', 'IX', 'X', 'XI', 'XII']

/** Longer ones before those that they begin with. */
const PARTS = String.raw`A\.D\.|A\.M\.|AD|AM|B\.C\.|BC|CC|DAY|DDD|DD|DY|D|FF[1-6]|HH24|HH12|HH|IDDD|ID|IW|IYYY|IYY|IY|I|J|MI|MM|MONTH|MON|MS|OF|P\.M\.|PM|Q|RM|SSSSS|SSSS|SS|TZH|TZM|TZ|US|WW|W|Y,YYY|YYYY|YYY|YY|Y`

/** Patterns are in capitals or in small letters throughout; names of months and days can also begin with a capital. */
const PATTERN = new RegExp(
  String.raw`\\"|"((?:[^"\\]|\\.)*)(?:"|$)|FM|TM|FX|fm|tm|fx|(?:Month|Mon|Day|Dy|${PARTS}|${PARTS.toLowerCase()})(?:TH|th)?`,
  'g',
)

interface Moment {
  readonly days: number
  readonly micros: number
  readonly zone: string
  readonly offset: string
}

const formatMoment = (m: Moment, template: string): string =>
  formatTemplate(template, (pattern, fill) => part(m, pattern, fill))

/** The template with each pattern replaced by its part; quoted text stands for itself, FM drops the padding of the next. */
export function formatTemplate(template: string, part: (pattern: string, fill: boolean) => string): string {
  let fill = true
  return template.replace(PATTERN, (pattern: string, quoted: string | undefined) => {
    if (quoted !== undefined) return quoted.replace(/\\(.)/g, '$1')
    if (pattern === '\\"') return '"'
    if (/^fx$/i.test(pattern)) return ''
    if (/^(FM|TM)$/i.test(pattern)) {
      fill = false
      return ''
    }
    // A month's name ends in th without being an ordinal.
    const ordinal = /^month$/i.test(pattern) ? undefined : /(TH|th)$/.exec(pattern)?.[0]
    const bare = ordinal === undefined ? pattern : pattern.slice(0, -2)
    const text = part(bare, fill)
    fill = true
    return ordinal === undefined ? text : text + suffix(Number(text), ordinal)
  })
}

function suffix(n: number, like: string): string {
  const tens = Math.floor(n / 10) % 10
  const text = tens === 1 ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th')
  return like === 'TH' ? text.toUpperCase() : text
}

function cased(pattern: string, name: string, width: number, fill: boolean): string {
  const text =
    pattern === pattern.toUpperCase()
      ? name.toUpperCase()
      : pattern[0] === pattern[0].toLowerCase()
        ? name.toLowerCase()
        : name
  return fill ? text.padEnd(width) : text
}

/** The year as written before BC. */
function shownYear(astronomical: number): number {
  return astronomical > 0 ? astronomical : 1 - astronomical
}

function part(m: Moment, pattern: string, fill: boolean): string {
  const digits = (value: number, width: number): string => (fill ? String(value).padStart(width, '0') : String(value))
  const { year: astronomical, month, day } = civilFromDays(m.days)
  const year = shownYear(astronomical)
  const hour = Math.floor(m.micros / 3.6e9)
  const seconds = Math.floor(m.micros / 1e6)
  const fraction = m.micros - seconds * 1e6
  const isoYear = (): number => shownYear(isoWeek(m.days).year)
  const dayOfYear = m.days - daysFromCivil(astronomical, 1, 1) + 1
  switch (pattern.toUpperCase()) {
    case 'Y,YYY':
      return `${Math.floor(year / 1000)},${String(year % 1000).padStart(3, '0')}`
    case 'YYYY':
      return digits(year, 4)
    case 'YYY':
      return digits(year % 1000, 3)
    case 'YY':
      return digits(year % 100, 2)
    case 'Y':
      return String(year % 10)
    case 'IYYY':
      return digits(isoYear(), 4)
    case 'IYY':
      return digits(isoYear() % 1000, 3)
    case 'IY':
      return digits(isoYear() % 100, 2)
    case 'I':
      return String(isoYear() % 10)
    case 'HH24':
      return digits(hour, 2)
    case 'HH':
    case 'HH12':
      return digits(hour % 12 || 12, 2)
    case 'MI':
      return digits(Math.floor(seconds / 60) % 60, 2)
    case 'SS':
      return digits(seconds % 60, 2)
    case 'SSSS':
    case 'SSSSS':
      return String(seconds)
    case 'MS':
      return String(Math.floor(fraction / 1000)).padStart(3, '0')
    case 'US':
      return String(fraction).padStart(6, '0')
    case 'MM':
      return digits(month, 2)
    case 'DD':
      return digits(day, 2)
    case 'RM': {
      const roman = pattern === 'RM' ? ROMAN[month - 1] : ROMAN[month - 1].toLowerCase()
      return fill ? roman.padEnd(4) : roman
    }
    case 'DDD':
      return digits(dayOfYear, 3)
    case 'IDDD':
      return digits((isoWeek(m.days).week - 1) * 7 + (dayOfWeek(m.days) || 7), 3)
    case 'D':
      return String(dayOfWeek(m.days) + 1)
    case 'ID':
      return String(dayOfWeek(m.days) || 7)
    case 'WW':
      return digits(Math.floor((dayOfYear - 1) / 7) + 1, 2)
    case 'W':
      return String(Math.floor((day - 1) / 7) + 1)
    case 'IW':
      return digits(isoWeek(m.days).week, 2)
    case 'CC':
      return (astronomical > 0 ? '' : '-') + digits(Math.floor((year - 1) / 100) + 1, 2)
    case 'J':
      return String(m.days + UNIX_EPOCH_JULIAN)
    case 'Q':
      return String(Math.floor((month + 2) / 3))
    case 'TZ':
      return pattern === 'TZ' ? m.zone : m.zone.toLowerCase()
    case 'OF':
      return m.offset
    case 'TZH':
      return m.offset.slice(0, 3)
    case 'TZM':
      return m.offset.slice(4, 6) || '00'
    default:
      return wordPart(pattern, hour < 12, astronomical > 0, MONTHS[month - 1], DAYS[dayOfWeek(m.days)], fraction, fill)
  }
}

function wordPart(
  pattern: string,
  morning: boolean,
  ad: boolean,
  month: string,
  day: string,
  fraction: number,
  fill: boolean,
): string {
  const lower = pattern.toLowerCase()
  if (lower === 'month') return cased(pattern, month, 9, fill)
  if (lower === 'mon') return cased(pattern, month.slice(0, 3), 0, false)
  if (lower === 'day') return cased(pattern, day, 9, fill)
  if (lower === 'dy') return cased(pattern, day.slice(0, 3), 0, false)
  if (lower.startsWith('ff')) return String(fraction).padStart(6, '0').slice(0, Number(lower[2]))
  const dots = lower.includes('.')
  const bare = lower.replaceAll('.', '')
  const word = bare === 'bc' || bare === 'ad' ? (ad ? 'ad' : 'bc') : morning ? 'am' : 'pm'
  const pick = dots ? `${word[0]}.${word[1]}.` : word
  return pattern === lower ? pick : pick.toUpperCase()
}

function timestampToChar(value: Stamp, template: string): string | null {
  if (template === '' || value === Infinity || value === -Infinity) return null
  return formatMoment({ ...splitMicros(value), zone: '', offset: '+00' }, template)
}

function timestamptzToChar(value: Stamp, template: string, timeZone: string): string | null {
  if (template === '' || value === Infinity || value === -Infinity) return null
  const zone = zoneByName(timeZone)
  const utc = splitMicros(value)
  const offset = zone.offsetAt(utc.days * 86400 + Math.floor(utc.micros / 1e6))
  const text = formatOffset(offset)
  return formatMoment(
    { ...splitMicros(utcToLocal(value, zone)), zone: zone.name === 'UTC' ? 'UTC' : text, offset: text },
    template,
  )
}

const S = "'2024-03-05 14:05:06.789'::timestamp"

export const toCharFunctions: readonly ScalarFunction[] = [
  def('to_char(timestamp,text) text', timestampToChar, {
    volatility: 'stable',
    example: [`to_char(${S}, 'Day, DDth FMMonth YYYY HH12:MI:SS.MS am')`, 'Tuesday  , 05th March 2024 02:05:06.789 pm'],
  }),
  defEnv('to_char(timestamptz,text) text', ([v, t], env) => timestamptzToChar(v as Stamp, t as string, env.timeZone), {
    volatility: 'stable',
    example: ["to_char('2024-03-05 14:05:06'::timestamptz, 'YYYY-MM-DD HH24:MI:SS OF')", '2024-03-05 14:05:06 +00'],
  }),
]
