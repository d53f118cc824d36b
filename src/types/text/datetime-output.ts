import { civilFromDays, splitMicros } from '../calendar.ts'
import { MICROS_PER_HOUR, MICROS_PER_MINUTE, MICROS_PER_SECOND } from '../interval.ts'
import type { Zone } from '../time-zone.ts'
import type { Interval } from '../value.ts'

/** ISO output of dates, times and timestamps; the postgres style of intervals. */
function two(value: number): string {
  return value < 10 ? `0${value}` : String(value)
}

export function formatDate(days: number): string {
  if (days === Infinity) return 'infinity'
  if (days === -Infinity) return '-infinity'
  const { text, bc } = civilText(days)
  return bc ? `${text} BC` : text
}

function civilText(days: number): { text: string; bc: boolean } {
  const { year, month, day } = civilFromDays(days)
  const bc = year <= 0
  const shown = bc ? 1 - year : year
  const padded = shown >= 1000 ? String(shown) : String(shown).padStart(4, '0')
  return { text: `${padded}-${two(month)}-${two(day)}`, bc }
}

/** Microseconds of a day as HH:MM:SS[.ffffff]. */
export function formatTime(micros: number): string {
  const seconds = Math.floor(micros / MICROS_PER_SECOND)
  const fraction = micros - seconds * MICROS_PER_SECOND
  const minutes = Math.floor(seconds / 60)
  const hours = Math.floor(minutes / 60)
  const text = `${two(hours)}:${two(minutes - hours * 60)}:${two(seconds - minutes * 60)}`
  return fraction === 0 ? text : text + fractionText(fraction)
}

function fractionText(micros: number): string {
  let text = String(micros).padStart(6, '0')
  let end = 6
  while (text.charCodeAt(end - 1) === 0x30) end--
  text = text.slice(0, end)
  return `.${text}`
}

export function formatTimestamp(value: number | bigint): string {
  if (value === Infinity) return 'infinity'
  if (value === -Infinity) return '-infinity'
  const { days, micros } = splitMicros(value)
  const { text, bc } = civilText(days)
  return `${text} ${formatTime(micros)}${bc ? ' BC' : ''}`
}

export function formatTimestamptz(value: number | bigint, zone: Zone): string {
  if (value === Infinity) return 'infinity'
  if (value === -Infinity) return '-infinity'
  const utc = splitMicros(value)
  const offset = zone.offsetAt(utc.days * 86400 + Math.floor(utc.micros / 1e6))
  const shifted = utc.micros + offset * 1e6
  const carry = Math.floor(shifted / 86_400_000_000)
  const { text, bc } = civilText(utc.days + carry)
  return `${text} ${formatTime(shifted - carry * 86_400_000_000)}${formatOffset(offset)}${bc ? ' BC' : ''}`
}

/** +HH[:MM[:SS]] */
export function formatOffset(seconds: number): string {
  const size = Math.abs(seconds)
  const hours = Math.floor(size / 3600)
  const minutes = Math.floor(size / 60) % 60
  const rest = size % 60
  let text = `${seconds < 0 ? '-' : '+'}${two(hours)}`
  if (minutes !== 0 || rest !== 0) text += `:${two(minutes)}`
  if (rest !== 0) text += `:${two(rest)}`
  return text
}

export function formatInterval({ months, days, micros }: Interval): string {
  let text = ''
  let before = false
  const part = (value: number, unit: string) => {
    if (value === 0) return
    text += `${text === '' ? '' : ' '}${before && value > 0 ? '+' : ''}${value} ${unit}${value === 1 ? '' : 's'}`
    // Each sign is said where it differs from the part before.
    before = value < 0
  }
  part(Math.trunc(months / 12), 'year')
  part(months % 12, 'mon')
  part(days, 'day')
  if (text !== '' && micros === 0) return text
  const size = Math.abs(micros)
  const hours = Math.floor(size / MICROS_PER_HOUR)
  const minutes = Math.floor(size / MICROS_PER_MINUTE) % 60
  const rest = size % MICROS_PER_MINUTE
  const seconds = Math.floor(rest / MICROS_PER_SECOND)
  const fraction = rest % MICROS_PER_SECOND
  const sign = micros < 0 ? '-' : before ? '+' : ''
  const clock = `${sign}${two(hours)}:${two(minutes)}:${two(seconds)}${fraction === 0 ? '' : fractionText(fraction)}`
  return text === '' ? clock : `${text} ${clock}`
}
