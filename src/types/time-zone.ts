import { SqlError } from '../base/sql-error.ts'
import { daysFromCivil, joinMicros, splitMicros } from './calendar.ts'
import { MICROS_PER_DAY } from './interval.ts'

/**
 * Time zones: UTC offsets from the platform's tz database through Intl, with the answers cached: the offset at both
 * ends of an 8-day span decides the whole span unless they differ (no zone changes twice in 8 days).
 */
export interface Zone {
  readonly name: string
  /** Seconds east of Greenwich at an instant (seconds since 1970 UTC). */
  offsetAt(utcSeconds: number): number
}

const SPAN = 8 * 86400
const STEP = 900
const CACHED_MAX = 20_000
/** Intl's dates end there; beyond, the calendar and with it the zone's rule repeats every 400 years. */
const SECONDS_MAX = 8.64e12 - 86400 * 400
const CALENDAR_CYCLE = 146_097 * 86_400

function withinDate(seconds: number): number {
  const beyond = Math.abs(seconds) - SECONDS_MAX
  if (beyond <= 0) return seconds
  // Infinities have no day of the year.
  if (!Number.isFinite(beyond)) return Math.sign(seconds) * SECONDS_MAX
  return seconds - Math.sign(seconds) * Math.ceil(beyond / CALENDAR_CYCLE) * CALENDAR_CYCLE
}

const zones = new Map<string, Zone>()

/** The zone of a name as SET TimeZone and AT TIME ZONE take it. 22023 when there is none. */
export function zoneByName(name: string): Zone {
  const known = zones.get(name)
  if (known !== undefined) return known
  const zone = findZone(name)
  if (zone === undefined) throw new SqlError('22023', `time zone "${name}" not recognized`)
  if (zones.size > 1000) zones.clear()
  zones.set(name, zone)
  return zone
}

export function findZone(name: string): Zone | undefined {
  const text = name.trim()
  const abbreviation = ABBREVIATIONS[text.toLowerCase()]
  if (abbreviation !== undefined) return fixedZone(text, abbreviation * 60)
  const posix = /^(?:[A-Za-z]{3,}|<[^>]+>)?([+-]?)(\d{1,3})(?::?(\d{2}))?(?::(\d{2}))?$/.exec(text)
  if (posix !== null) {
    // POSIX counts west of Greenwich as positive.
    const seconds = Number(posix[2]) * 3600 + Number(posix[3] ?? 0) * 60 + Number(posix[4] ?? 0)
    return fixedZone(text, seconds === 0 ? 0 : posix[1] === '-' ? seconds : -seconds)
  }
  try {
    return namedZone(text)
  } catch {
    return undefined
  }
}

export function fixedZone(name: string, offsetSeconds: number): Zone {
  return { name, offsetAt: () => offsetSeconds }
}

function namedZone(name: string): Zone {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: name,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  const cache = new Map<number, number>()
  const ask = (seconds: number): number => {
    const known = cache.get(seconds)
    if (known !== undefined) return known
    if (cache.size > CACHED_MAX) cache.clear()
    const offset = askIntl(format, seconds)
    cache.set(seconds, offset)
    return offset
  }
  return {
    name: format.resolvedOptions().timeZone,
    offsetAt(utcSeconds) {
      const seconds = withinDate(Math.floor(utcSeconds))
      const start = Math.floor(seconds / SPAN) * SPAN
      const first = ask(start)
      if (first === ask(start + SPAN)) return first
      return ask(Math.floor(seconds / STEP) * STEP)
    },
  }
}

/**
 * The first second after `utcSeconds` at which the zone's offset changes; Infinity when there is none in the next two
 * years. Exact to the second.
 */
export function transitionAfter(zone: Zone, utcSeconds: number): number {
  let known = transitions.get(zone)
  if (known === undefined) transitions.set(zone, (known = { from: 0, to: 0 }))
  if (utcSeconds >= known.from && utcSeconds < known.to && known.to !== Number.POSITIVE_INFINITY) return known.to
  const offset = zone.offsetAt(utcSeconds)
  let low = utcSeconds
  const end = utcSeconds + 2 * 366 * 86400
  for (let high = low + SPAN; high < end; high += SPAN) {
    if (zone.offsetAt(high) !== offset) return remember(known, utcSeconds, firstOther(zone, offset, low, high))
    low = high
  }
  return Number.POSITIVE_INFINITY
}

const transitions = new WeakMap<Zone, { from: number; to: number }>()

function remember(known: { from: number; to: number }, from: number, to: number): number {
  known.from = from
  known.to = to
  return to
}

function firstOther(zone: Zone, offset: number, low: number, high: number): number {
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (zone.offsetAt(middle) === offset) low = middle
    else high = middle
  }
  return high
}

function askIntl(format: Intl.DateTimeFormat, seconds: number): number {
  const parts: Record<string, string> = {}
  for (const { type, value } of format.formatToParts(seconds * 1000)) parts[type] = value
  const era = parts['era'].startsWith('B')
  const year = era ? 1 - Number(parts['year']) : Number(parts['year'])
  const days = daysFromCivil(year, Number(parts['month']), Number(parts['day']))
  return days * 86400 + Number(parts['hour']) * 3600 + Number(parts['minute']) * 60 + Number(parts['second']) - seconds
}

/** Seconds east of Greenwich for a local time (seconds since 1970 as if it were UTC), by PostgreSQL's rule for gaps and overlaps. */
export function offsetOfLocal(zone: Zone, localSeconds: number): number {
  const before = zone.offsetAt(localSeconds - 86400)
  const after = zone.offsetAt(localSeconds + 86400)
  if (before === after) return before
  const beforeHolds = zone.offsetAt(localSeconds - before) === before
  const afterHolds = zone.offsetAt(localSeconds - after) === after
  // In a gap the offset before the change, in an overlap the one after it.
  if (beforeHolds === afterHolds) return beforeHolds ? after : before
  return beforeHolds ? before : after
}

/** timestamp (local) → timestamptz. */
export function localToUtc(value: number | bigint, zone: Zone): number | bigint {
  if (value === Infinity || value === -Infinity) return value
  const { days, micros } = splitMicros(value)
  return partsToUtc(days, micros, zone)
}

/** The same for a local time that may lie just beyond the range of timestamps. */
export function partsToUtc(days: number, micros: number, zone: Zone): number | bigint {
  const offset = offsetOfLocal(zone, days * 86400 + Math.floor(micros / 1e6))
  return joinMicros(days, micros - offset * 1e6)
}

/** Local day and time of day of an instant. */
export function localParts(value: number | bigint, zone: Zone): { days: number; micros: number } {
  const { days, micros } = splitMicros(value)
  const local = micros + zone.offsetAt(days * 86400 + Math.floor(micros / 1e6)) * 1e6
  const carry = Math.floor(local / MICROS_PER_DAY)
  return { days: days + carry, micros: local - carry * MICROS_PER_DAY }
}

/** timestamptz → timestamp (local). */
export function utcToLocal(value: number | bigint, zone: Zone): number | bigint {
  if (value === Infinity || value === -Infinity) return value
  const { days, micros } = splitMicros(value)
  return joinMicros(days, micros + zone.offsetAt(days * 86400 + Math.floor(micros / 1e6)) * 1e6)
}

/** Day number, in a zone, of an instant. */
export function localDay(value: number | bigint, zone: Zone): number {
  const { days, micros } = splitMicros(value)
  const seconds = days * 86400 + Math.floor(micros / 1e6)
  return days + Math.floor((micros + zone.offsetAt(seconds) * 1e6) / MICROS_PER_DAY)
}

/** Minutes east of Greenwich. */
const ABBREVIATIONS: Readonly<Record<string, number>> = {
  z: 0,
  zulu: 0,
  utc: 0,
  uct: 0,
  gmt: 0,
  ut: 0,
  wet: 0,
  west: 60,
  bst: 60,
  cet: 60,
  cest: 120,
  eet: 120,
  eest: 180,
  msk: 180,
  est: -300,
  edt: -240,
  cst: -360,
  cdt: -300,
  mst: -420,
  mdt: -360,
  pst: -480,
  pdt: -420,
  akst: -540,
  akdt: -480,
  hst: -600,
  ist: 120,
  hkt: 480,
  jst: 540,
  kst: 540,
  aest: 600,
  aedt: 660,
  nzst: 720,
  nzdt: 780,
}
