import { daysFromCivil, daysInMonth } from '../types/calendar.ts'
import type { SqlType } from '../types/sql-type.ts'
import { decodeUtf8 } from '../types/utf8.ts'
import { ALSE, closingQuote, isDelimiter, numberEnd, TRUE } from './json-text.ts'

/**
 * Readers of one JSON value each, for the usual spellings of the usual types. What they find goes into typed arrays and
 * not through their results, so no number is boxed.
 */
export interface Found {
  /** Numbers, mantissas and microseconds by field. */
  readonly numbers: Float64Array
  /** By field: start and end of a text, or the scale of a numeric. */
  readonly places: Int32Array
}

/** Reads the value at `at` of field f; the offset behind it, or -1 to give up. */
export type ReadValue = (
  words: DataView,
  bytes: Uint8Array,
  at: number,
  end: number,
  numbers: Float64Array,
  places: Int32Array,
  f: number,
) => number

export function readerOf(type: SqlType): ReadValue {
  switch (type.kind) {
    case 'bool':
      return readBool
    case 'int2':
      return integerReader(-32768, 32767)
    case 'int4':
      return integerReader(-2147483648, 2147483647)
    case 'int8':
      return integerReader(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)
    case 'float8':
      return readFloat
    case 'numeric':
      return type.precision === undefined ? readNumeric : fixedNumericReader(type.precision, type.scale ?? 0)
    case 'text':
      return readText
    case 'timestamp':
      return type.precision === undefined ? timestampReader(false) : giveUp
    case 'timestamptz':
      return type.precision === undefined ? timestampReader(true) : giveUp
    default:
      return giveUp
  }
}

const giveUp: ReadValue = () => -1

const readBool: ReadValue = (words, bytes, at, end, numbers, _places, f) => {
  if (at + 5 > end) return -1
  if (words.getInt32(at, true) === TRUE) {
    numbers[f] = 1
    return at + 4
  }
  numbers[f] = 0
  return bytes[at] === 102 && words.getInt32(at + 1, true) === ALSE ? at + 5 : -1
}

const readText: ReadValue = (words, bytes, at, end, _numbers, places, f) => {
  if (bytes[at] !== 34) return -1
  const quote = closingQuote(words, bytes, at + 1, end, false)
  if (quote < 0) return -1
  places[2 * f] = at + 1
  places[2 * f + 1] = quote
  return quote + 1
}

// What readDigits found beside the digits. One record is read at a time.
let scale = 0
let negativeZero = false

/**
 * [-]digits[.digits], no exponent, no leading zero, what a double holds exactly; the offset behind it, or -1. May run
 * over the end of a record that is cut: whoever reads a record sees that from the offset.
 */
function readDigits(bytes: Uint8Array, at: number, numbers: Float64Array, f: number): number {
  const negative = bytes[at] === 45
  if (negative) at++
  const first = at
  let point = -1
  let small = 0
  let digit = bytes[at] - 48
  // Nine digits fit 32 bits: integer arithmetic takes a third of the time.
  for (const nine = at + 9; digit >= 0 && digit <= 9 && at < nine; digit = bytes[++at] - 48) {
    small = (Math.imul(small, 10) + digit) | 0
  }
  let value = small
  for (; digit >= 0 && digit <= 9; digit = bytes[++at] - 48) value = value * 10 + digit
  let count = at - first
  if (count === 0 || (count > 1 && bytes[first] === 48)) return -1
  scale = 0
  if (bytes[at] === 46) {
    point = ++at
    digit = bytes[at] - 48
    for (; digit >= 0 && digit <= 9; digit = bytes[++at] - 48) value = value * 10 + digit
    scale = at - point
    if (scale === 0) return -1
    count += scale
  }
  // Sixteen digits may be too many; then the sum, rounded or not, is above the limit.
  if (count > 16 || value > Number.MAX_SAFE_INTEGER || !isDelimiter(bytes[at])) return -1
  negativeZero = negative && value === 0
  numbers[f] = negative && value !== 0 ? -value : value
  return at
}

function integerReader(min: number, max: number): ReadValue {
  return (_words, bytes, at, _end, numbers, _places, f) => {
    const stop = readDigits(bytes, at, numbers, f)
    return stop < 0 || scale !== 0 || numbers[f] < min || numbers[f] > max ? -1 : stop
  }
}

const POWERS = Float64Array.from({ length: 17 }, (_, n) => 10 ** n)

/** An exact mantissa over an exact power of ten is one correctly rounded division; the rest goes through Number(). */
const readFloat: ReadValue = (_words, bytes, at, end, numbers, _places, f) => {
  const stop = readDigits(bytes, at, numbers, f)
  if (stop < 0) return readLongFloat(bytes, at, end, numbers, f)
  if (negativeZero) return -1
  if (scale > 0) numbers[f] /= POWERS[scale]
  return stop
}

function readLongFloat(bytes: Uint8Array, at: number, end: number, numbers: Float64Array, f: number): number {
  const stop = numberEnd(bytes, at, end)
  if (stop < 0 || stop - at > 40) return -1
  const value = Number(decodeUtf8(bytes, at, stop))
  const size = Math.abs(value)
  // Zeros, overflow and underflow have their own laws.
  if (!(size > 1e-300 && size < 1e300)) return -1
  numbers[f] = value
  return stop
}

const readNumeric: ReadValue = (_words, bytes, at, _end, numbers, places, f) => {
  const stop = readDigits(bytes, at, numbers, f)
  places[2 * f] = scale
  return stop
}

/** numeric(p,s): pads to the scale; what must be rounded or does not fit takes the exact path. */
function fixedNumericReader(precision: number, target: number): ReadValue {
  if (precision > 15 || target < 0 || target > precision) return giveUp
  const limit = 10 ** precision
  return (_words, bytes, at, _end, numbers, places, f) => {
    const stop = readDigits(bytes, at, numbers, f)
    if (stop < 0 || scale > target) return -1
    const shifted = numbers[f] * POWERS[target - scale]
    if (shifted >= limit || shifted <= -limit) return -1
    numbers[f] = shifted
    places[2 * f] = target
    return stop
  }
}

// The day that was read last: most records are of the same one.
let dayKey = -1
const dayMicros = new Float64Array(1)

/** "YYYY-MM-DD[T ]HH:MM:SS[.ffffff][Z]": UTC where the type wants a zone. */
function timestampReader(zoned: boolean): ReadValue {
  return (_words, bytes, at, end, numbers, _places, f) => {
    if (at + 21 > end || bytes[at] !== 34 || !readDay(bytes, at + 1)) return -1
    if (bytes[at + 11] !== 84 && bytes[at + 11] !== 32) return -1
    if (bytes[at + 14] !== 58 || bytes[at + 17] !== 58) return -1
    const hour = pair(bytes, at + 12)
    const minute = pair(bytes, at + 15)
    const second = pair(bytes, at + 18)
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return -1
    let micros = 0
    at += 20
    if (bytes[at] === 46) {
      const point = ++at
      let digit = bytes[at] - 48
      for (; digit >= 0 && digit <= 9 && at < point + 6; digit = bytes[++at] - 48) micros = micros * 10 + digit
      if (at === point) return -1
      for (let n = at - point; n < 6; n++) micros *= 10
    }
    if (bytes[at] === 90) at++
    else if (zoned) return -1
    if (at >= end || bytes[at] !== 34) return -1
    numbers[f] = dayMicros[0] + (hour * 3600 + minute * 60 + second) * 1e6 + micros
    return at + 1
  }
}

/** YYYY-MM-DD of the years in which a day is what it seems, into `dayMicros`. */
function readDay(bytes: Uint8Array, at: number): boolean {
  if (bytes[at + 4] !== 45 || bytes[at + 7] !== 45) return false
  const high = pair(bytes, at)
  const low = pair(bytes, at + 2)
  const month = pair(bytes, at + 5)
  const day = pair(bytes, at + 8)
  if (high < 17 || high > 21 || low < 0 || month < 1 || month > 12 || day < 1 || day > 31) return false
  const year = high * 100 + low
  const key = (year << 9) | (month << 5) | day
  if (key === dayKey) return true
  if (day > daysInMonth(year, month)) return false
  dayKey = key
  dayMicros[0] = daysFromCivil(year, month, day) * 86_400_000_000
  return true
}

/** Two digits, or -1. */
function pair(bytes: Uint8Array, at: number): number {
  const high = bytes[at] - 48
  const low = bytes[at + 1] - 48
  return high >= 0 && high <= 9 && low >= 0 && low <= 9 ? high * 10 + low : -1
}
