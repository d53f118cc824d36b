import { notSupported, SqlError } from '../../base/sql-error.ts'
import { dateInRange, daysFromCivil, daysInMonth, joinMicros, splitMicros } from '../../types/calendar.ts'
import { formatDate, formatTime, formatTimestamp } from '../../types/text/datetime-output.ts'
import { localToUtc, zoneByName } from '../../types/time-zone.ts'
import type { EvalEnv } from '../function.ts'

/** Dates and times inside a jsonpath: what `.datetime()` makes of strings, how they compare, what they are as JSON. */
export type MomentKind = 'date' | 'time' | 'timetz' | 'timestamp' | 'timestamptz'

export class Moment {
  readonly kind: MomentKind
  /** Of a date days, of a time µs of the day, of a timestamp µs since 1970, with a zone in UTC. */
  readonly value: number | bigint
  /** Seconds east of UTC. */
  readonly offset: number
  constructor(kind: MomentKind, value: number | bigint, offset = 0) {
    this.kind = kind
    this.value = value
    this.offset = offset
  }
}

export const MOMENT_NAMES = {
  date: 'date',
  time: 'time without time zone',
  timetz: 'time with time zone',
  timestamp: 'timestamp without time zone',
  timestamptz: 'timestamp with time zone',
} satisfies Record<MomentKind, string>

const MICROS = 1_000_000

interface Fields {
  readonly date?: readonly [year: number, month: number, day: number]
  readonly time?: readonly [hour: number, minute: number, second: number, micros: number]
  readonly zone?: number
}

/** Undefined: a field is out of its range, or none makes a moment. */
export function momentOf({ date, time, zone }: Fields): Moment | undefined {
  let days = 0
  if (date !== undefined) {
    const [year, month, day] = date
    if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined
    days = daysFromCivil(year, month, day)
    if (!dateInRange(days)) return undefined
  }
  if (time === undefined) return date === undefined || zone !== undefined ? undefined : new Moment('date', days)
  const [hour, minute, second, micros] = time
  if (hour > 23 || minute > 59 || second > 59 || micros > 999_999) return undefined
  const ofDay = ((hour * 60 + minute) * 60 + second) * MICROS + micros
  if (date === undefined) return zone === undefined ? new Moment('time', ofDay) : new Moment('timetz', ofDay, zone)
  const local = joinMicros(days, ofDay)
  return zone === undefined ? new Moment('timestamp', local) : new Moment('timestamptz', shifted(local, -zone), zone)
}

function shifted(value: number | bigint, seconds: number): number | bigint {
  const { days, micros } = splitMicros(value)
  return joinMicros(days, micros + seconds * MICROS)
}

const DATE = /^\s*(\d+)-\s*(\d+)-\s*(\d+)/
const TIME = /^\s*(\d+):\s*(\d+):\s*(\d+)(?:\.\s*(\d+))?(?:([+\- ])\s*(\d+)(?::\s*(\d+))?)?$/

/** ISO 8601's forms; undefined: none of them. */
export function parseIso(text: string): Moment | undefined {
  const date = DATE.exec(text)
  const rest = date === null ? text : text.slice(date[0].length)
  const day = date === null ? undefined : ([Number(date[1]), Number(date[2]), Number(date[3])] as const)
  if (day !== undefined && rest === '') return momentOf({ date: day })
  // Between date and time stands one character, whichever.
  const clock = TIME.exec(day === undefined ? rest : rest.slice([...rest][0].length))
  if (clock === null) return undefined
  const [, hour, minute, second, fraction = '', sign, zoneHour, zoneMinute = '0'] = clock
  if (fraction.length > 6) return undefined
  const time = [Number(hour), Number(minute), Number(second), Number(fraction.padEnd(6, '0'))] as const
  const zone = zoneHour === undefined ? undefined : offsetOf(sign, Number(zoneHour), Number(zoneMinute))
  if (zone === null) return undefined
  return momentOf({ ...(day && { date: day }), time, ...(zone !== undefined && { zone }) })
}

function offsetOf(sign: string, hour: number, minute: number): number | null {
  if (hour > 15 || minute > 59) return null
  return (sign === '-' ? -1 : 1) * (hour * 3600 + minute * 60)
}

/** A string as JSON has a moment. */
export function momentText({ kind, value, offset }: Moment): string {
  switch (kind) {
    case 'date':
      return formatDate(value as number)
    case 'time':
      return formatTime(value as number)
    case 'timetz':
      return formatTime(value as number) + offsetText(offset)
    case 'timestamp':
      return formatTimestamp(value).replace(' ', 'T')
    default:
      return formatTimestamp(shifted(value, offset)).replace(' ', 'T') + offsetText(offset)
  }
}

function offsetText(offset: number): string {
  const minutes = Math.abs(offset) / 60
  const two = (n: number): string => String(Math.floor(n)).padStart(2, '0')
  return `${offset < 0 ? '-' : '+'}${two(minutes / 60)}:${two(minutes % 60)}`
}

/** Null: they do not compare. Where only one has a zone, the other is in the session's, if `zoned` lets it be. */
export function compareMoments(a: Moment, b: Moment, zoned: boolean, env: EvalEnv): number | null {
  const timed = (m: Moment): boolean => m.kind === 'time' || m.kind === 'timetz'
  if (timed(a) !== timed(b)) return null
  if (timed(a)) {
    const [x, y] = [a, b].map((m) => (m.kind === 'time' && a.kind !== b.kind ? atZone(m, 'timetz', zoned, env) : m))
    const order = order3(ofUtc(x), ofUtc(y))
    return order !== 0 ? order : order3(y.offset, x.offset)
  }
  const withZone = a.kind === 'timestamptz' || b.kind === 'timestamptz'
  const [x, y] = [a, b].map((m) => (withZone && m.kind !== 'timestamptz' ? atZone(m, 'timestamptz', zoned, env) : m))
  return order3(ofTimestamp(x), ofTimestamp(y))
}

const order3 = (a: number | bigint, b: number | bigint): number => (a < b ? -1 : a > b ? 1 : 0)
const ofUtc = ({ value, offset }: Moment): number => (value as number) - offset * MICROS
const ofTimestamp = ({ kind, value }: Moment): number | bigint =>
  kind === 'date' ? joinMicros(value as number, 0) : value

function atZone(moment: Moment, to: 'timetz' | 'timestamptz', zoned: boolean, env: EvalEnv): Moment {
  if (!zoned) {
    throw new SqlError('0A000', `cannot convert value from ${moment.kind} to ${to} without time zone usage`, {
      hint: 'Use *_tz() function for time zone support.',
    })
  }
  const zone = zoneByName(env.timeZone)
  if (to === 'timestamptz') return new Moment('timestamptz', localToUtc(ofTimestamp(moment), zone))
  // The zone as it is today.
  if (env.maintained) throw notSupported('a time beside a time with time zone in a materialized view')
  const now = Math.floor(env.nowMicros / MICROS) * MICROS
  return new Moment('timetz', moment.value, (now - Number(localToUtc(now, zone))) / MICROS)
}
