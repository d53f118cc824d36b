import { SqlError } from '../../base/sql-error.ts'
import { makeMultirange, makeRange } from '../range-make.ts'
import { EMPTY_RANGE } from '../range-value.ts'
import type { SqlType } from '../sql-type.ts'
import type { Datum, RangeValue, Value } from '../value.ts'
import { isSpace } from './space.ts'

type ParseEnd = (text: string) => Value

/** Range literals: [1,5), (,"a b"], empty. */
export function parseRange(text: string, subtype: SqlType, parseEnd: ParseEnd): RangeValue {
  const fail = (detail: string): SqlError => new SqlError('22P02', `malformed range literal: "${text}"`, { detail })
  let at = skipSpace(text, 0)
  if (text.slice(at, at + 5).toLowerCase() === 'empty') {
    if (skipSpace(text, at + 5) < text.length) throw fail('Junk after "empty" keyword.')
    return EMPTY_RANGE
  }
  const open = text[at++]
  if (open !== '[' && open !== '(') throw fail('Missing left parenthesis or bracket.')
  const low = readEnd(text, at, fail)
  at = low.at
  if (text[at++] !== ',') throw fail('Missing comma after lower bound.')
  const high = readEnd(text, at, fail)
  at = high.at
  const close = text[at++]
  if (close !== ']' && close !== ')') throw fail('Too many commas.')
  if (skipSpace(text, at) < text.length) throw fail('Junk after right parenthesis or bracket.')
  const end = (written: string | null): Datum => (written === null ? null : parseEnd(written))
  return makeRange(
    { value: end(low.text), inclusive: open === '[', lower: true },
    { value: end(high.text), inclusive: close === ']', lower: false },
    subtype,
  )
}

/** A bound up to the comma or bracket behind it; null where nothing stands. */
function readEnd(text: string, at: number, fail: (detail: string) => SqlError): { text: string | null; at: number } {
  if (text[at] === ',' || text[at] === ']' || text[at] === ')') return { text: null, at }
  let read = ''
  let quoted = false
  for (;;) {
    const c = text[at]
    if (!quoted && (c === ',' || c === ']' || c === ')')) return { text: read, at }
    at++
    if (c === undefined) throw fail('Unexpected end of input.')
    if (c === '\\') {
      if (at >= text.length) throw fail('Unexpected end of input.')
      read += text[at++]
    } else if (c !== '"') read += c
    else if (quoted && text[at] === '"') {
      read += '"'
      at++
    } else quoted = !quoted
  }
}

function skipSpace(text: string, at: number): number {
  while (isSpace(text[at])) at++
  return at
}

export function formatRange(range: RangeValue, formatEnd: (end: Value) => string): string {
  if (range.bounds === 'empty') return 'empty'
  const end = (value: Datum): string => (value === null ? '' : quoteEnd(formatEnd(value)))
  return `${range.bounds[0]}${end(range.low)},${end(range.high)}${range.bounds[1]}`
}

function quoteEnd(text: string): string {
  return text !== '' && !/["\\()[\],\s]/.test(text) ? text : `"${text.replace(/["\\]/g, '$&$&')}"`
}

/** Multirange literals: {[1,3),[5,8)}, {}. */
export function parseMultirange(text: string, subtype: SqlType, parseEnd: ParseEnd): readonly RangeValue[] {
  const fail = (detail: string): SqlError =>
    new SqlError('22P02', `malformed multirange literal: "${text}"`, { detail })
  const next = (from: number): number => {
    const at = skipSpace(text, from)
    if (at >= text.length) throw fail('Unexpected end of input.')
    return at
  }
  let at = skipSpace(text, 0)
  if (text[at++] !== '{') throw fail('Missing left brace.')
  const ranges: RangeValue[] = []
  for (let seen = 0; ; seen++) {
    at = next(at)
    if (text[at] === '}' && seen === 0) break
    if (text[at] === '[' || text[at] === '(') {
      const end = rangeEnd(text, at, fail)
      ranges.push(parseRange(text.slice(at, end), subtype, parseEnd))
      at = end
    } else if (text.slice(at, at + 5).toLowerCase() === 'empty') at += 5
    else throw fail('Expected range start.')
    at = next(at)
    if (text[at] === '}') break
    if (text[at++] !== ',') throw fail('Expected comma or end of multirange.')
  }
  if (skipSpace(text, at + 1) < text.length) throw fail('Junk after closing right brace.')
  return makeMultirange(ranges, subtype)
}

/** Behind the bracket that closes the range at `at`. */
function rangeEnd(text: string, at: number, fail: (detail: string) => SqlError): number {
  let quoted = false
  for (; at < text.length; at++) {
    const c = text[at]
    if (c === '\\') at++
    else if (c === '"') quoted = !quoted
    else if (!quoted && (c === ']' || c === ')')) return at + 1
  }
  throw fail('Unexpected end of input.')
}

export const formatMultirange = (ranges: readonly RangeValue[], formatEnd: (end: Value) => string): string =>
  `{${ranges.map((range) => formatRange(range, formatEnd)).join(',')}}`
