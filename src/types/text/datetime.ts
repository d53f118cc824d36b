import { dateInRange, joinMicros, splitMicros, timestampInRange } from '../calendar.ts'
import { localToUtc, utcToLocal, type Zone } from '../time-zone.ts'
import { type DateTimeParts, parseDateTime } from './datetime-input.ts'
import { badSyntax, unitOutOfRange } from './errors.ts'

/** Texts to date, time, timestamp and timestamptz. `nowMicros` gives now, today … a meaning; without it they are no dates. */
export interface Clock {
  readonly zone: Zone
  readonly nowMicros: number | undefined
}

export function parseDate(text: string, clock: Clock): number {
  const parts = parseDateTime(text, 'date')
  if (parts.special !== undefined) {
    const value = specialTimestamp(parts.special, clock, false, 'date', text)
    return value === Infinity || value === -Infinity ? (value as number) : splitMicros(value).days
  }
  if (parts.days === undefined) throw badSyntax('date', text)
  if (!dateInRange(parts.days)) throw unitOutOfRange('date', text)
  return parts.days
}

export function parseTime(text: string, clock: Clock): number {
  const parts = parseDateTime(text, 'time')
  if (parts.special === 'now') {
    return splitMicros(specialTimestamp('now', clock, false, 'time', text)).micros
  }
  if (parts.micros === undefined) throw badSyntax('time', text)
  return parts.micros
}

export function parseTimestamp(text: string, clock: Clock): number | bigint {
  const name = 'timestamp'
  const parts = parseDateTime(text, name)
  // A zone in the text is read and ignored.
  return parts.special === undefined
    ? localOf(parts, name, text)
    : specialTimestamp(parts.special, clock, false, name, text)
}

export function parseTimestamptz(text: string, clock: Clock): number | bigint {
  const name = 'timestamp with time zone'
  const parts = parseDateTime(text, name)
  if (parts.special !== undefined) return specialTimestamp(parts.special, clock, true, name, text)
  return localToUtc(localOf(parts, name, text), parts.zone ?? clock.zone)
}

function localOf(parts: DateTimeParts, typeName: string, text: string): number | bigint {
  if (parts.days === undefined) throw badSyntax(typeName, text)
  if (!timestampInRange(parts.days)) throw unitOutOfRange('timestamp', text)
  return joinMicros(parts.days, parts.micros ?? 0)
}

function specialTimestamp(
  special: NonNullable<DateTimeParts['special']>,
  clock: Clock,
  utc: boolean,
  typeName: string,
  text: string,
): number | bigint {
  if (special === 'infinity') return Infinity
  if (special === '-infinity') return -Infinity
  if (special === 'epoch') return 0
  if (clock.nowMicros === undefined) throw badSyntax(typeName, text)
  const local = utcToLocal(clock.nowMicros, clock.zone)
  if (special === 'now') return utc ? clock.nowMicros : local
  const day = splitMicros(local).days + (special === 'tomorrow' ? 1 : special === 'yesterday' ? -1 : 0)
  const midnight = joinMicros(day, 0)
  return utc ? localToUtc(midnight, clock.zone) : midnight
}

const MICROS_2000 = 946_684_800_000_000

/** timestamp(p): half away from PostgreSQL's epoch, 2000-01-01. */
export function roundTimestamp(value: number | bigint, precision: number): number | bigint {
  if (precision >= 6 || value === Infinity || value === -Infinity) return value
  const unit = 10 ** (6 - precision)
  const { days, micros } = splitMicros(value)
  const before = days * 86400 < MICROS_2000 / 1e6
  const rest = micros % unit
  if (rest === 0) return value
  const up = before ? rest * 2 > unit : rest * 2 >= unit
  return joinMicros(days, micros - rest + (up ? unit : 0))
}

/** time(p): half up; 24:00:00 at most. */
export function roundTime(micros: number, precision: number): number {
  if (precision >= 6) return micros
  const unit = 10 ** (6 - precision)
  return Math.floor((micros + unit / 2) / unit) * unit
}
