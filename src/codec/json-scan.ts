import type { ColumnBuilder, F64Builder, NumBuilder, StrBuilder, WideBuilder } from '../types/column-build.ts'
import { columnKindOf, isWide } from '../types/column-kind.ts'
import { parseJson } from '../types/json-parse.ts'
import type { Field, RowType } from '../types/sql-type.ts'
import type { UserType } from '../types/user-type.ts'
import { userTypesOf } from '../types/user-types.ts'
import { decodeUtf8, encodeUtf8 } from '../types/utf8.ts'
import type { Datum } from '../types/value.ts'
import { decodeJsonSlowly, decodeJsonValue } from './json.ts'
import { readerOf } from './json-read.ts'
import { closingQuote, NULL, sourceOf, space, valueEnd } from './json-text.ts'

/**
 * A scanner for JSON objects of one row type, straight from bytes into columns. The generated text holds indices and
 * numbers only; names and builders reach it through arrays. Values land in typed arrays and go into the columns when the
 * record is known to be good. An unusual value (nested, escapes, other spellings, other types) is decoded exactly by
 * itself; an unusual record (duplicate keys, escaped names, anything wrong) is given up and takes the exact path.
 *
 * Keys usually come in one order: the key that followed this one in the last record is tried first, four bytes at a time.
 */
export type JsonDecoder = (
  bytes: Uint8Array,
  start: number,
  end: number,
  builders: readonly (ColumnBuilder | null)[],
) => string | undefined

/**
 * The decoder of a row type: appends one row and returns undefined, or appends nothing and returns the reason. A field
 * without a builder is judged all the same.
 */
export function compileJsonDecoder(fields: RowType, wanted: readonly boolean[] = fields.map(() => true)): JsonDecoder {
  const scan = scannerOf(fields, wanted)
  return (bytes, start, end, builders) =>
    scan(bytes, start, end, builders) ? undefined : decodeJsonSlowly(fields, bytes, start, end, builders)
}

type Scan = (bytes: Uint8Array, start: number, end: number, builders: readonly (ColumnBuilder | null)[]) => boolean

/**
 * Scanners by what they were made from. A record is scanned in one go, so decoders of one row type share theirs, and with
 * it what the optimising compiler learnt: a fresh one runs several times slower until it is warm.
 */
const scanners = new Map<string, Scan>()
const SCANNERS_MAX = 64

/** A type of the user's is what one object knows of it: another one of the same oid may have other labels. */
const numbers = new WeakMap<UserType, number>()
let lastNumber = 0

function numberOf(user: UserType): number {
  let number = numbers.get(user)
  if (number === undefined) numbers.set(user, (number = ++lastNumber))
  return number
}

function scannerOf(fields: RowType, wanted: readonly boolean[]): Scan {
  const users = fields.flatMap((field) => [...userTypesOf(field.type)].map(numberOf))
  const made = JSON.stringify([fields, wanted, users])
  let scan = scanners.get(made)
  if (scan === undefined) {
    scan = compileScanner(fields, wanted)
    if (scanners.size === SCANNERS_MAX) scanners.delete(scanners.keys().next().value!)
    scanners.set(made, scan)
  }
  return scan
}

/** Bits of a mask that stay a small integer. */
const MASK_BITS = 30

function compileScanner(fields: RowType, wanted: readonly boolean[]): Scan {
  // A name that JSON must or may escape cannot be found by comparing bytes.
  const usable =
    fields.length > 0 &&
    fields.every((field) => /^[^"\\\p{Cc}]+$/u.test(field.name)) &&
    new Set(fields.map((f) => f.name)).size === fields.length
  if (!usable) return () => false
  const keys = fields.map((field) => encodeUtf8(`"${field.name}":`))
  const parts = {
    space,
    sourceOf,
    closingQuote,
    valueEnd,
    findKey: keyFinder(keys),
    exact: fields.map(exactReader),
    lengths: Int32Array.from(keys, (key) => key.length),
    // The field that followed field f in the last record; the last entry is that of the start and of unknown fields.
    next: new Int32Array(fields.length + 1),
    numbers: new Float64Array(fields.length),
    places: new Int32Array(2 * fields.length),
    values: fields.map((): Datum => null),
    putNumber,
    putWide,
    putNumeric,
    putText,
    read: fields.map((field) => readerOf(field.type)),
  }
  const make = new Function(...Object.keys(parts), scanText(fields, wanted, keys))
  return make(...Object.values(parts)) as Scan
}

/** The text of the scanner. `seen`: the field's key came; `filled`: with a value; `odd`: one that was decoded exactly. */
function scanText(fields: RowType, wanted: readonly boolean[], keys: readonly Uint8Array[]): string {
  const groups = Array.from({ length: Math.ceil(fields.length / MASK_BITS) }, (_, g) => g)
  const bit = (f: number) => 1 << (f % MASK_BITS)
  const mask = (name: string, f: number) => `${name}${Math.floor(f / MASK_BITS)}`
  const required = groups.map((g) =>
    fields.reduce((sum, field, f) => (Math.floor(f / MASK_BITS) === g && !field.nullable ? sum | bit(f) : sum), 0),
  )
  const skip = 'if (bytes[at] <= 32) at = space(bytes, at, end);'
  return [
    ...fields.map((_, f) => `const read${f} = read[${f}], exact${f} = exact[${f}];`),
    'return function scan(given, start, end, builders) {',
    'const { bytes, words } = sourceOf(given);',
    ...groups.map((g) => `let seen${g} = 0, filled${g} = 0, odd${g} = 0;`),
    `let at = start, last = ${fields.length}, f = 0, stop = 0;`,
    skip,
    'if (bytes[at] !== 123) return false;',
    'at++;',
    skip,
    'if (bytes[at] === 125) at++; else for (;;) {',
    'f = -1;',
    'switch (next[last]) {',
    ...keys.map((key, f) => `case ${f}: if (${keyTest(key)}) { at += ${key.length}; f = ${f}; } break;`),
    '}',
    'if (f < 0) {',
    skip,
    'if (bytes[at] !== 34) return false;',
    'f = findKey(bytes, at, end);',
    'if (f < 0) at = closingQuote(words, bytes, at + 1, end, false); else at += lengths[f] - 2;',
    'if (at < 0) return false;',
    'at++;',
    skip,
    'if (bytes[at] !== 58) return false;',
    'at++;',
    `if (f < 0) f = ${fields.length};`,
    'next[last] = f;',
    '}',
    'last = f;',
    skip,
    'switch (f) {',
    ...fields.flatMap((_, f) => [
      `case ${f}:`,
      `if ((${mask('seen', f)} & ${bit(f)}) !== 0) return false;`,
      `${mask('seen', f)} |= ${bit(f)};`,
      `if (bytes[at] === 110) { if (at + 4 > end || words.getInt32(at, true) !== ${NULL}) return false; at += 4; break; }`,
      `${mask('filled', f)} |= ${bit(f)};`,
      `stop = read${f}(words, bytes, at, end, numbers, places, ${f});`,
      `if (stop < 0) { stop = exact${f}(words, bytes, at, end, values, ${f}); ${mask('odd', f)} |= ${bit(f)}; }`,
      'at = stop;',
      'break;',
    ]),
    'default: at = valueEnd(words, bytes, at, end, false, 0);',
    '}',
    'if (at < 0) return false;',
    skip,
    `if (bytes[at] === 44) { at++; continue; }`,
    'if (bytes[at] !== 125) return false;',
    'at++; break;',
    '}',
    'if (at !== end && (at > end || space(bytes, at, end) !== end)) return false;',
    ...groups.map((g) => `if ((filled${g} & ${required[g]}) !== ${required[g]}) return false;`),
    ...fields.flatMap((field, f) => {
      if (!wanted[f]) return []
      const put = putterOf(field)
      const usual = put === null ? '' : `if ((${mask('odd', f)} & ${bit(f)}) === 0) ${put(f)} else `
      const value = `{ ${usual}builders[${f}].append(values[${f}]); }`
      return [
        field.nullable
          ? `if ((${mask('filled', f)} & ${bit(f)}) !== 0) ${value} else builders[${f}].appendNull();`
          : value,
      ]
    }),
    'return true;',
    '}',
  ].join('\n')
}

/** An expression: does this key, with its quotes and its colon, stand at `at`? Words overlap at the end. */
function keyTest(key: Uint8Array): string {
  const words = new DataView(key.buffer, key.byteOffset, key.length)
  const tests = [`at + ${key.length} <= end`]
  for (let i = 0; i < key.length; i += 4) {
    const from = Math.min(i, key.length - 4)
    tests.push(`words.getInt32(at + ${from}, true) === ${words.getInt32(from, true)}`)
  }
  return tests.join(' && ')
}

/** Index of the field whose key, with its quotes, stands at `at`; -1 when none does. */
function keyFinder(keys: readonly Uint8Array[]): (bytes: Uint8Array, at: number, end: number) => number {
  return (bytes, at, end) => {
    find: for (let f = 0; f < keys.length; f++) {
      const key = keys[f]
      const length = key.length - 1
      if (at + length > end || bytes[at + length - 1] !== 34) continue
      for (let i = 1; i < length; i++) if (bytes[at + i] !== key[i]) continue find
      return f
    }
    return -1
  }
}

type ReadExactly = (words: DataView, bytes: Uint8Array, at: number, end: number, values: Datum[], f: number) => number

/** The value by the laws of the exact path, alone; -1 leaves it to that path to say what is wrong. */
function exactReader({ type }: Field): ReadExactly {
  return (words, bytes, at, end, values, f) => {
    const stop = valueEnd(words, bytes, at, end, true, 0)
    if (stop < 0) return -1
    try {
      values[f] = decodeJsonValue(type, parseJson(decodeUtf8(bytes, at, stop)))
    } catch {
      return -1
    }
    return values[f] === null ? -1 : stop
  }
}

/** How the value that a reader found goes into the column: null where only exact values come. */
function putterOf({ type }: Field): ((f: number) => string) | null {
  const call = (name: string, found: string) => (f: number) => `${name}(builders[${f}], ${found}, ${f});`
  if (isWide(type)) return call('putWide', 'numbers')
  switch (columnKindOf(type)) {
    case 'f64':
      return call('putNumber', 'numbers')
    case 'num':
      return call('putNumeric', 'numbers, places')
    case 'str':
      return call('putText', 'bytes, places')
    default:
      return null
  }
}

// A number that is passed to a call may be boxed for it; these read it where it is appended.
function putNumber(builder: F64Builder, numbers: Float64Array, f: number): void {
  builder.appendNumber(numbers[f])
}

function putWide(builder: WideBuilder, numbers: Float64Array, f: number): void {
  builder.appendNumber(numbers[f])
}

function putNumeric(builder: NumBuilder, numbers: Float64Array, places: Int32Array, f: number): void {
  builder.appendParts(numbers[f], places[2 * f])
}

function putText(builder: StrBuilder, bytes: Uint8Array, places: Int32Array, f: number): void {
  builder.appendBytes(bytes, places[2 * f], places[2 * f + 1])
}
