import { SqlError } from '../../base/sql-error.ts'
import { trimBlanks } from '../../types/modifiers.ts'
import { parseName } from '../../types/text/string.ts'
import { utf8Length } from '../../types/utf8.ts'
import type { Value, ValueArray } from '../../types/value.ts'
import { def } from '../define.ts'
import type { ScalarFunction } from '../function.ts'
import { outOfRange } from '../inline-helpers.ts'

/** Strings: length, case, parts, padding, search. Positions count characters (code points). */
const SURROGATES = /[\ud800-\udfff]/

/** The characters of a text; a JS string itself does while it has no surrogates. */
export function characters(text: string): string | string[] {
  return SURROGATES.test(text) ? [...text] : text
}

function sliceText(text: string, start: number, end?: number): string {
  const units = characters(text)
  const part = units.slice(start, end)
  return typeof part === 'string' ? part : part.join('')
}

const length = (text: string): number => characters(text).length

function substring(text: string, from: number, count?: number): string {
  if (count !== undefined && count < 0) throw new SqlError('22011', 'negative substring length not allowed')
  const start = Math.max(0, from - 1)
  return count === undefined ? sliceText(text, start) : sliceText(text, start, Math.max(start, from - 1 + count))
}

/** Negative counts leave that many characters off the other end. */
const left = (text: string, n: number): string => sliceText(text, 0, n < 0 ? Math.max(0, length(text) + n) : n)
const right = (text: string, n: number): string =>
  // The least integer has no negative: PostgreSQL's stays what it is.
  n < 0 ? sliceText(text, n === -2147483648 ? 0 : -n) : sliceText(text, Math.max(0, length(text) - n))

function trim(text: string, set: string, start: boolean, end: boolean): string {
  const units = [...text]
  const drop = new Set(set)
  let from = 0
  let to = units.length
  while (start && from < to && drop.has(units[from])) from++
  while (end && to > from && drop.has(units[to - 1])) to--
  return units.slice(from, to).join('')
}

const LENGTH_MAX = 100_000_000

function pad(text: string, size: number, fill: string, atStart: boolean): string {
  if (size > LENGTH_MAX) throw new SqlError('54000', 'requested length too large')
  const units = [...text]
  if (units.length >= size) return units.slice(0, Math.max(0, size)).join('')
  const filler = [...fill]
  if (filler.length === 0) return text
  let padding = ''
  for (let i = 0; i < size - units.length; i++) padding += filler[i % filler.length]
  return atStart ? padding + text : text + padding
}

function repeat(text: string, n: number): string {
  if (n <= 0) return ''
  if (text.length * n > LENGTH_MAX) throw new SqlError('54000', 'requested length too large')
  return text.repeat(n)
}

function position(text: string, part: string): number {
  const at = text.indexOf(part)
  return at < 0 ? 0 : length(text.slice(0, at)) + 1
}

function splitPart(text: string, delimiter: string, n: number): string {
  if (n === 0) throw new SqlError('22023', 'field position must not be zero')
  const parts = delimiter === '' ? [text] : text.split(delimiter)
  return parts.at(n > 0 ? n - 1 : n) ?? ''
}

const ASCII = /^[\0-\x7f]*$/

/** Character by character, as the locale C.UTF-8 has it: none becomes two (ß stays), none depends on its neighbours. */
function upper(text: string): string {
  if (ASCII.test(text)) return text.toUpperCase()
  let result = ''
  for (const c of text) {
    const changed = c.toUpperCase()
    result += changed.length === c.length ? changed : c
  }
  return result
}

function lower(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase()
  let result = ''
  // The capital I with a dot is the one letter whose small form JavaScript writes as two characters.
  for (const c of text) result += c === 'İ' ? 'i' : c.toLowerCase()
  return result
}

const initcap = (text: string): string =>
  text.replace(/[\p{L}\p{N}]+/gu, (word) => {
    const [first, ...rest] = word
    return upper(first) + lower(rest.join(''))
  })

function translate(text: string, from: string, to: string): string {
  const target = [...to]
  const map = new Map<string, string>()
  ;[...from].forEach((character, i) => {
    if (!map.has(character)) map.set(character, target[i] ?? '')
  })
  return [...text].map((character) => map.get(character) ?? character).join('')
}

function overlay(text: string, by: string, from: number, count: number): string {
  if (from <= 0) throw new SqlError('22011', 'negative substring length not allowed')
  if (from + count > 2147483647) throw outOfRange('integer')
  return sliceText(text, 0, from - 1) + by + sliceText(text, Math.max(0, from - 1 + count))
}

function chr(code: number): string {
  if (code === 0) throw new SqlError('54000', 'null character not permitted')
  if (code < 0) throw new SqlError('22023', 'character number must be positive')
  if (code > 0x10ffff) throw new SqlError('54000', `requested character too large for encoding: ${code}`)
  if (code >= 0xd800 && code <= 0xdfff)
    throw new SqlError('54000', `requested character not valid for encoding: ${code}`)
  return String.fromCodePoint(code)
}

const reverse = (text: string): string => [...text].reverse().join('')
const toText = (value: Value): Value => value

export function stringToArray(text: string, delimiter: string | null, nullText: string | null): ValueArray {
  if (text === '') return []
  const parts = delimiter === null ? [...text] : delimiter === '' ? [text] : text.split(delimiter)
  return parts.map((part) => (part === nullText ? null : part))
}

export const textFunctions: readonly ScalarFunction[] = [
  def('textcat(text,text) text', (a: string, b: string) => a + b, { op: '||', example: ["'a'::text || 'b'", 'ab'] }),
  def('length(text) int4', length, { example: ["length('naïve😀'::text)", '6'] }),
  def('length(bpchar) int4', (s: string) => length(trimBlanks(s)), { example: ["length('a '::bpchar)", '1'] }),
  def('length(bytea) int4', (b: Uint8Array) => b.length, { example: ["length('\\x0102'::bytea)", '2'] }),
  def('char_length(text) int4', length, { example: ["char_length('abc')", '3'] }),
  def('character_length(text) int4', length, { example: ["character_length('abc')", '3'] }),
  ...['char_length', 'character_length'].map((name) =>
    def(`${name}(bpchar) int4`, (s: string) => length(trimBlanks(s)), { example: [`${name}('a '::bpchar)`, '1'] }),
  ),
  def('octet_length(text) int4', utf8Length, { example: ["octet_length('é'::text)", '2'] }),
  def('octet_length(bpchar) int4', utf8Length, { example: ["octet_length('ab '::bpchar)", '3'] }),
  def('octet_length(bytea) int4', (b: Uint8Array) => b.length, { example: ["octet_length('\\x0102'::bytea)", '2'] }),
  def('bit_length(text) int4', (s: string) => utf8Length(s) * 8, { example: ["bit_length('ab'::text)", '16'] }),
  def('lower(text) text', lower, { example: ["lower('ABC')", 'abc'] }),
  def('upper(text) text', upper, { example: ["upper('abc')", 'ABC'] }),
  def('initcap(text) text', initcap, { example: ["initcap('hi THOMAS-mann')", 'Hi Thomas-Mann'] }),
  ...['substr', 'substring'].flatMap((name) => [
    def(`${name}(text,int4) text`, (s: string, from: number) => substring(s, from), {
      example: [`${name}('abcdef', 3)`, 'cdef'],
    }),
    def(`${name}(text,int4,int4) text`, substring, { fallible: true, example: [`${name}('abcdef', -1, 4)`, 'ab'] }),
  ]),
  def('left(text,int4) text', left, { example: ["left('abcde', -2)", 'abc'] }),
  def('right(text,int4) text', right, { example: ["right('abcde', 2)", 'de'] }),
  ...(
    [
      ['btrim', true, true, 'abc'],
      ['ltrim', true, false, 'abcx'],
      ['rtrim', false, true, 'xabc'],
    ] as const
  ).flatMap(([name, start, end, result]) => [
    def(`${name}(text) text`, (s: string) => trim(s, ' ', start, end), {
      example: [`${name}(' a ')`, start && end ? 'a' : start ? 'a ' : ' a'],
    }),
    def(`${name}(text,text) text`, (s: string, set: string) => trim(s, set, start, end), {
      example: [`${name}('xabcx', 'x')`, result],
    }),
  ]),
  def('lpad(text,int4) text', (s: string, n: number) => pad(s, n, ' ', true), {
    fallible: true,
    example: ["lpad('a', 3)", '  a'],
  }),
  def('lpad(text,int4,text) text', (s: string, n: number, f: string) => pad(s, n, f, true), {
    fallible: true,
    example: ["lpad('hi', 5, 'xy')", 'xyxhi'],
  }),
  def('rpad(text,int4) text', (s: string, n: number) => pad(s, n, ' ', false), {
    fallible: true,
    example: ["rpad('a', 3)", 'a  '],
  }),
  def('rpad(text,int4,text) text', (s: string, n: number, f: string) => pad(s, n, f, false), {
    fallible: true,
    example: ["rpad('hi', 5, 'xy')", 'hixyx'],
  }),
  def(
    'replace(text,text,text) text',
    (s: string, from: string, to: string) => (from === '' ? s : s.replaceAll(from, () => to)),
    { example: ["replace('abab', 'b', '$&')", 'a$&a$&'] },
  ),
  def('reverse(text) text', reverse, { example: ["reverse('abc')", 'cba'] }),
  def('repeat(text,int4) text', repeat, { fallible: true, example: ["repeat('ab', 3)", 'ababab'] }),
  def('position(text,text) int4', position, { example: ["position('high'::text, 'ig')", '2'] }),
  def('strpos(text,text) int4', position, { example: ["strpos('high', 'ig')", '2'] }),
  def('split_part(text,text,int4) text', splitPart, { fallible: true, example: ["split_part('a,b,c', ',', -1)", 'c'] }),
  def('starts_with(text,text) bool', (s: string, p: string) => s.startsWith(p), {
    op: '^@',
    example: ["starts_with('alphabet', 'alph')", 't'],
  }),
  def('translate(text,text,text) text', translate, { example: ["translate('12345', '143', 'ax')", 'a2x5'] }),
  def('overlay(text,text,int4) text', (s: string, by: string, from: number) => overlay(s, by, from, length(by)), {
    fallible: true,
    example: ["overlay('Txxxxas'::text, 'hom', 2)", 'Thomxas'],
  }),
  def('overlay(text,text,int4,int4) text', overlay, {
    fallible: true,
    example: ["overlay('Txxxxas'::text, 'hom', 2, 4)", 'Thomas'],
  }),
  def('ascii(text) int4', (s: string) => s.codePointAt(0) ?? 0, { example: ["ascii('x')", '120'] }),
  def('chr(int4) text', chr, { fallible: true, example: ['chr(65)', 'A'] }),
  def('text(bpchar) text', trimBlanks, { example: ["text('a '::bpchar)", 'a'] }),
  def(
    'nameconcatoid(name,oid) name',
    (s: string, oid: number) => parseName(`${s.slice(0, 63 - 1 - String(oid).length)}_${oid}`),
    {
      example: ["nameconcatoid('ab'::name, 5::oid)", 'ab_5'],
    },
  ),
  def('text(name) text', toText, { example: ["text('a'::name)", 'a'] }),
  def(
    'string_to_array(text,text) text[]',
    (s: string | null, d: string | null) => (s === null ? null : stringToArray(s, d, null)),
    { strict: false, example: ["string_to_array('a,b', ',')", '{a,b}'] },
  ),
  def(
    'string_to_array(text,text,text) text[]',
    (s: string | null, d: string | null, n: string | null) => (s === null ? null : stringToArray(s, d, n)),
    { strict: false, example: ["string_to_array('a,,b', ',', '')", '{a,NULL,b}'] },
  ),
  def('byteacat(bytea,bytea) bytea', (a: Uint8Array, b: Uint8Array) => Uint8Array.from([...a, ...b]), {
    op: '||',
    example: ["'\\x01'::bytea || '\\x02'::bytea", '\\x0102'],
  }),
]
