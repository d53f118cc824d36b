import { isUtf8 } from 'node:buffer'
import { daysFromCivil, daysInMonth } from '../types/calendar.ts'
import type { ColumnBuilder, F64Builder, NumBuilder, StrBuilder, WideBuilder } from '../types/column-build.ts'
import type { RowType, SqlType } from '../types/sql-type.ts'
import { encodeUtf8 } from '../types/utf8.ts'
import { decodeJsonSlowly } from './json.ts'

/**
 * A scanner for JSON objects of one row type, straight from bytes into columns. The generated text holds indices and
 * numbers only; names and builders reach it through arrays. Anything unusual (escapes, long numbers, other spellings,
 * duplicate keys, nested values, wrong types) makes it give up the record, which then takes the exact path.
 *
 * Keys usually come in one order: after field k the key of field k+1 is tried first, by plain byte comparison.
 */
export type JsonDecoder = (
  bytes: Uint8Array,
  start: number,
  end: number,
  builders: readonly ColumnBuilder[],
) => string | undefined

/** The decoder of a row type: appends one row and returns undefined, or appends nothing and returns the reason. */
export function compileJsonDecoder(fields: RowType): JsonDecoder {
  const scan = compileScanner(fields)
  return (bytes, start, end, builders) => {
    const n = builders.length === 0 ? 0 : builders[0].length
    if (fields.length > 0 && scan(bytes, start, end, builders)) return undefined
    for (const builder of builders) if (builder.length !== n) builder.truncate(n)
    return decodeJsonSlowly(fields, bytes, start, end, builders)
  }
}

type Scan = (bytes: Uint8Array, start: number, end: number, builders: readonly ColumnBuilder[]) => boolean

/** Reads one value at `at` into the builder; the offset behind it, or -1 to give up. */
type ReadValue = (bytes: Uint8Array, at: number, end: number, builder: never) => number

/**
 * Fields of a record may come in any order but columns fill in row order, so a row is complete when every builder
 * grew by one: a second value for a field (a duplicate key) makes its builder too long and the record slow.
 */
function compileScanner(fields: RowType): Scan {
  const keys = fields.map((field) => encodeUtf8(field.name))
  // A name that JSON must or may escape cannot be found by comparing bytes.
  const usable =
    fields.every((field) => /^[^"\\\p{Cc}]*$/u.test(field.name)) &&
    new Set(fields.map((f) => f.name)).size === fields.length
  if (!usable) return () => false
  const readers = fields.map((field) => readerOf(field.type))
  // Compact JSON has no white space: the call is made only where there is some.
  const skip = 'if (bytes[at] <= 32) at = space(bytes, at, end);'
  const body = [
    'return function scan(bytes, start, end, builders) {',
    ...fields.map((_, f) => `const b${f} = builders[${f}], n${f} = b${f}.length;`),
    'let at = start;',
    skip,
    'if (bytes[at] !== 123) return false;',
    'at++;',
    skip,
    'let next = 0;',
    'if (bytes[at] === 125) at++; else for (;;) {',
    'if (bytes[at] !== 34) return false;',
    'const f = findKey(bytes, at + 1, end, next);',
    'if (f === -2) return false;',
    'at = f < 0 ? skipString(bytes, at + 1, end) : at + 2 + lengths[f];',
    'if (at < 0) return false;',
    skip,
    'if (bytes[at] !== 58) return false;',
    'at++;',
    skip,
    'switch (f) {',
    ...fields.map((field, f) => {
      const onNull = field.nullable
        ? `{ if (b${f}.length !== n${f}) return false; b${f}.appendNull(); at = nullAt(bytes, at, end); }`
        : 'return false;'
      return `case ${f}: if (bytes[at] === 110) ${onNull} else { if (b${f}.length !== n${f}) return false; at = r${f}(bytes, at, end, b${f}); } next = ${f + 1 === fields.length ? 0 : f + 1}; break;`
    }),
    'default: at = skipValue(bytes, at, end);',
    '}',
    'if (at < 0) return false;',
    skip,
    `if (bytes[at] === 44) { at++; ${skip} continue; }`,
    'if (bytes[at] !== 125) return false;',
    'at++; break;',
    '}',
    'if (at > end || space(bytes, at, end) !== end) return false;',
    ...fields.map(
      (field, f) => `if (b${f}.length === n${f}) ${field.nullable ? `b${f}.appendNull()` : 'return false'};`,
    ),
    'return true;',
    '}',
  ]
  const names = ['space', 'findKey', 'skipString', 'skipValue', 'nullAt', 'lengths', ...readers.map((_, f) => `r${f}`)]
  const make = new Function(...names, body.join('\n'))
  return make(
    space,
    keyFinder(keys),
    skipString,
    skipValue,
    nullAt,
    keys.map((key) => key.length),
    ...readers,
  ) as Scan
}

/** Index of the key at `at` (behind its quote), trying `next` first; -1 for a field we have not, -2 when it holds escapes. */
function keyFinder(keys: readonly Uint8Array[]): (bytes: Uint8Array, at: number, end: number, next: number) => number {
  const matches = (key: Uint8Array, bytes: Uint8Array, at: number, end: number): boolean => {
    const { length } = key
    if (at + length >= end || bytes[at + length] !== 34) return false
    for (let i = 0; i < length; i++) if (bytes[at + i] !== key[i]) return false
    return true
  }
  return (bytes, at, end, next) => {
    if (matches(keys[next], bytes, at, end)) return next
    for (let f = 0; f < keys.length; f++) if (matches(keys[f], bytes, at, end)) return f
    return skipString(bytes, at, end) < 0 ? -2 : -1
  }
}

function space(bytes: Uint8Array, at: number, end: number): number {
  while (at < end) {
    const byte = bytes[at]
    if (byte !== 32 && byte !== 10 && byte !== 13 && byte !== 9) break
    at++
  }
  return at
}

/** Behind the closing quote of a string without escapes and control characters; -1 otherwise. */
function skipString(bytes: Uint8Array, at: number, end: number): number {
  for (; at < end; at++) {
    const byte = bytes[at]
    if (byte === 34) return at + 1
    // Bytes beyond ASCII may be bad UTF-8: the exact path judges them.
    if (byte === 92 || byte < 32 || byte >= 128) return -1
  }
  return -1
}

/** A value of a field that no column wants: scalars only. */
function skipValue(bytes: Uint8Array, at: number, end: number): number {
  const byte = bytes[at]
  if (byte === 34) return skipString(bytes, at + 1, end)
  if (byte === 110) return nullAt(bytes, at, end)
  if (byte === 116 || byte === 102) return readWord(bytes, at, end)
  const stop = readDigits(bytes, at, end)
  return stop < 0 ? -1 : stop
}

function nullAt(bytes: Uint8Array, at: number, end: number): number {
  return at + 4 <= end && bytes[at + 1] === 117 && bytes[at + 2] === 108 && bytes[at + 3] === 108 ? at + 4 : -1
}

function readWord(bytes: Uint8Array, at: number, end: number): number {
  if (bytes[at] === 116) {
    return at + 4 <= end && bytes[at + 1] === 114 && bytes[at + 2] === 117 && bytes[at + 3] === 101 ? at + 4 : -1
  }
  const is = bytes[at + 1] === 97 && bytes[at + 2] === 108 && bytes[at + 3] === 115 && bytes[at + 4] === 101
  return at + 5 <= end && is ? at + 5 : -1
}

// What readDigits found: an integer and how many digits stand behind the point. One record is scanned at a time.
let mantissa = 0
let scale = 0
let negativeZero = false

/** [-]digits[.digits], at most 15 digits, no exponent, no leading zero; the offset behind it, or -1. */
function readDigits(bytes: Uint8Array, at: number, end: number): number {
  const negative = bytes[at] === 45
  if (negative) at++
  const first = at
  let value = 0
  let digit = bytes[at] - 48
  while (at < end && digit >= 0 && digit <= 9) {
    value = value * 10 + digit
    digit = bytes[++at] - 48
  }
  const whole = at - first
  if (whole === 0 || (whole > 1 && bytes[first] === 48)) return -1
  scale = 0
  if (at < end && bytes[at] === 46) {
    const point = ++at
    digit = bytes[at] - 48
    while (at < end && digit >= 0 && digit <= 9) {
      value = value * 10 + digit
      digit = bytes[++at] - 48
    }
    scale = at - point
    if (scale === 0) return -1
  }
  if (whole + scale > 15) return -1
  if (at < end) {
    const byte = bytes[at]
    if (byte !== 44 && byte !== 125 && byte !== 32 && byte !== 10 && byte !== 13 && byte !== 9) return -1
  }
  negativeZero = negative && value === 0
  mantissa = negative && value !== 0 ? -value : value
  return at
}

const giveUp: ReadValue = () => -1

function readerOf(type: SqlType): ReadValue {
  switch (type.kind) {
    case 'bool':
      return (bytes, at, end, builder: F64Builder) => {
        const stop = bytes[at] === 116 || bytes[at] === 102 ? readWord(bytes, at, end) : -1
        if (stop > 0) builder.appendNumber(bytes[at] === 116 ? 1 : 0)
        return stop
      }
    case 'int2':
      return integerReader(-32768, 32767)
    case 'int4':
      return integerReader(-2147483648, 2147483647)
    case 'int8':
      return integerReader(-1e15, 1e15)
    case 'float8':
      return readFloat
    case 'numeric':
      return type.precision === undefined ? readNumeric : giveUpUnless(type.precision, type.scale ?? 0)
    case 'text':
      return readText
    case 'timestamp':
      return type.precision === undefined ? readTimestamp(false) : giveUp
    case 'timestamptz':
      return type.precision === undefined ? readTimestamp(true) : giveUp
    default:
      return giveUp
  }
}

function integerReader(min: number, max: number): ReadValue {
  return (bytes, at, end, builder: F64Builder | WideBuilder) => {
    const stop = readDigits(bytes, at, end)
    if (stop < 0 || scale !== 0 || mantissa < min || mantissa > max) return -1
    builder.appendNumber(mantissa)
    return stop
  }
}

/** Up to 15 digits over a power of ten up to 10^15: one correctly rounded division of exact doubles. */
function readFloat(bytes: Uint8Array, at: number, end: number, builder: F64Builder): number {
  const stop = readDigits(bytes, at, end)
  if (stop < 0 || negativeZero) return -1
  builder.appendNumber(scale === 0 ? mantissa : mantissa / POWERS[scale])
  return stop
}

const POWERS = Array.from({ length: 16 }, (_, n) => 10 ** n)

function readNumeric(bytes: Uint8Array, at: number, end: number, builder: NumBuilder): number {
  const stop = readDigits(bytes, at, end)
  if (stop > 0) builder.appendParts(mantissa, scale)
  return stop
}

/** numeric(p,s): pads to the scale; what must be rounded or does not fit takes the exact path. */
function giveUpUnless(precision: number, target: number): ReadValue {
  if (precision > 15 || target < 0 || target > precision) return giveUp
  const limit = 10 ** precision
  return (bytes, at, end, builder: NumBuilder) => {
    const stop = readDigits(bytes, at, end)
    if (stop < 0 || scale > target) return -1
    const shifted = mantissa * POWERS[target - scale]
    if (shifted >= limit || shifted <= -limit) return -1
    builder.appendParts(shifted, target)
    return stop
  }
}

/** Bytes are copied as they are; those beyond ASCII must first be proven UTF-8. */
function readText(bytes: Uint8Array, at: number, end: number, builder: StrBuilder): number {
  if (bytes[at] !== 34) return -1
  const start = at + 1
  let ascii = true
  for (let i = start; i < end; i++) {
    const byte = bytes[i]
    if (byte === 34) {
      if (!ascii && !isUtf8(bytes.subarray(start, i))) return -1
      builder.appendBytes(bytes, start, i)
      return i + 1
    }
    if (byte === 92 || byte < 32) return -1
    if (byte >= 128) ascii = false
  }
  return -1
}

/** "YYYY-MM-DD[T ]HH:MM:SS[.ffffff][Z]": UTC where the type wants a zone. */
function readTimestamp(zoned: boolean): ReadValue {
  return (bytes, at, end, builder: WideBuilder) => {
    if (at + 21 > end || bytes[at] !== 34) return -1
    const year = pair(bytes, at + 1) * 100 + pair(bytes, at + 3)
    const month = pair(bytes, at + 6)
    const day = pair(bytes, at + 9)
    const hour = pair(bytes, at + 12)
    const minute = pair(bytes, at + 15)
    const second = pair(bytes, at + 18)
    if (bytes[at + 5] !== 45 || bytes[at + 8] !== 45 || (bytes[at + 11] !== 84 && bytes[at + 11] !== 32)) return -1
    if (bytes[at + 14] !== 58 || bytes[at + 17] !== 58) return -1
    // Not a digit gives NaN, for which every comparison here fails.
    if (
      !(
        year >= 1700 &&
        year <= 2200 &&
        month >= 1 &&
        month <= 12 &&
        day >= 1 &&
        hour <= 23 &&
        minute <= 59 &&
        second <= 59
      )
    )
      return -1
    if (day > daysInMonth(year, month)) return -1
    let micros = 0
    at += 20
    if (bytes[at] === 46) {
      let unit = 100_000
      for (at++; unit >= 1 && at < end; at++, unit /= 10) {
        const digit = bytes[at] - 48
        if (digit < 0 || digit > 9) break
        micros += digit * unit
      }
      if (bytes[at - 1] === 46) return -1
    }
    if (zoned) {
      if (bytes[at] !== 90) return -1
      at++
    } else if (bytes[at] === 90) at++
    if (at >= end || bytes[at] !== 34) return -1
    builder.appendNumber(
      (daysFromCivil(year, month, day) * 86400 + hour * 3600 + minute * 60 + second) * 1e6 + Math.round(micros),
    )
    return at + 1
  }
}

function pair(bytes: Uint8Array, at: number): number {
  const high = bytes[at] - 48
  const low = bytes[at + 1] - 48
  return high >= 0 && high <= 9 && low >= 0 && low <= 9 ? high * 10 + low : NaN
}
