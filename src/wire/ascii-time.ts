import { civilFromDays } from '../types/calendar.ts'
import { formatOffset } from '../types/text/datetime-output.ts'
import type { Zone } from '../types/time-zone.ts'
import type { ByteWriter } from './byte-writer.ts'

/**
 * Dates and timestamps straight into the buffer, for the years 1 to 9999 that nearly all have; `false` means that
 * nothing was written and the general formatter must do it.
 */
const DAY_FIRST = -719_162
const DAY_LAST = 2_932_896
const MICROS_PER_DAY = 86_400_000_000

export function putDate(out: ByteWriter, days: number): boolean {
  if (!(days >= DAY_FIRST && days <= DAY_LAST)) return false
  out.ensure(10)
  const { year, month, day } = civilFromDays(days)
  putTwo(out, (year / 100) | 0)
  putTwo(out, year % 100)
  out.buffer[out.at++] = 45
  putTwo(out, month)
  out.buffer[out.at++] = 45
  putTwo(out, day)
  return true
}

/** `zone` null: a timestamp without one. */
export function putTimestamp(out: ByteWriter, micros: number, zone: Zone | null): boolean {
  const offset = zone === null || !Number.isFinite(micros) ? 0 : zone.offsetAt(Math.floor(micros / 1e6))
  // Days and time of day apart before the offset is added: the sum could leave the exact integers.
  let days = Math.floor(micros / MICROS_PER_DAY)
  let time = micros - days * MICROS_PER_DAY + offset * 1e6
  if (time < 0) {
    days--
    time += MICROS_PER_DAY
  } else if (time >= MICROS_PER_DAY) {
    days++
    time -= MICROS_PER_DAY
  }
  if (!putDate(out, days)) return false
  out.ensure(32)
  out.buffer[out.at++] = 32
  putTime(out, time)
  if (zone !== null) putOffset(out, offset)
  return true
}

/** Microseconds of a day. */
export function putTime(out: ByteWriter, micros: number): void {
  out.ensure(16)
  const seconds = Math.floor(micros / 1e6)
  const minutes = (seconds / 60) | 0
  const hours = (minutes / 60) | 0
  const b = out.buffer
  putTwo(out, hours)
  b[out.at++] = 58
  putTwo(out, minutes - hours * 60)
  b[out.at++] = 58
  putTwo(out, seconds - minutes * 60)
  let fraction = micros - seconds * 1e6
  if (fraction === 0) return
  b[out.at++] = 46
  // Six digits without trailing zeros.
  for (let unit = 100_000; fraction > 0; unit /= 10) {
    const digit = (fraction / unit) | 0
    b[out.at++] = 48 + digit
    fraction -= digit * unit
  }
}

function putOffset(out: ByteWriter, offset: number): void {
  if (offset % 3600 !== 0) {
    out.utf8(formatOffset(offset))
    return
  }
  out.buffer[out.at++] = offset < 0 ? 45 : 43
  putTwo(out, Math.abs(offset) / 3600)
}

function putTwo(out: ByteWriter, value: number): void {
  const tens = (value / 10) | 0
  out.buffer[out.at++] = 48 + tens
  out.buffer[out.at++] = 48 + value - tens * 10
}
