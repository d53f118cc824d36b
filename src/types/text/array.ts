import { notSupported, SqlError } from '../../base/sql-error.ts'
import type { Datum, Value, ValueArray } from '../value.ts'

/** Array literals: {a,"b c",NULL}. One dimension. */
export function parseArray(text: string, parseElement: (text: string) => Value): ValueArray {
  const trimmed = text.trim()
  if (/^(\[[-+]?\d+(:[-+]?\d+)?\])+\s*=/.test(trimmed)) throw notSupported('an array literal with bounds')
  if (!trimmed.startsWith('{')) throw malformed(text, 'Array value must start with "{" or dimension information.')
  const items: Datum[] = []
  let at = skipSpace(trimmed, 1)
  if (trimmed[at] === '}') return endOf(trimmed, at, text, items)
  for (;;) {
    at = skipSpace(trimmed, at)
    if (trimmed[at] === '{') throw notSupported('an array of more than one dimension')
    const item = trimmed[at] === '"' ? quoted(trimmed, at, text) : bare(trimmed, at, text)
    items.push(item.value === null ? null : parseElement(item.value))
    at = skipSpace(trimmed, item.end)
    if (trimmed[at] === '}') return endOf(trimmed, at, text, items)
    if (trimmed[at] !== ',')
      throw malformed(text, at >= trimmed.length ? 'Unexpected end of input.' : 'Unexpected array element.')
    at++
  }
}

function endOf(trimmed: string, at: number, text: string, items: Datum[]): ValueArray {
  if (at !== trimmed.length - 1) throw malformed(text, 'Junk after closing right brace.')
  return items
}

function quoted(text: string, start: number, whole: string): { value: string; end: number } {
  let value = ''
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '"') return { value, end: at + 1 }
    if (text[at] === '\\') at++
    value += text[at] ?? ''
  }
  throw malformed(whole, 'Unexpected end of input.')
}

function bare(text: string, start: number, whole: string): { value: string | null; end: number } {
  let value = ''
  let escaped = false
  let at = start
  for (; at < text.length && text[at] !== ',' && text[at] !== '}'; at++) {
    if (text[at] === '{' || text[at] === '"') throw malformed(whole, `Unexpected "${text[at]}" character.`)
    if (text[at] === '\\') {
      escaped = true
      at++
    }
    value += text[at] ?? ''
  }
  if (!escaped) value = value.trimEnd()
  if (value === '' && !escaped)
    throw malformed(whole, at >= text.length ? 'Unexpected end of input.' : `Unexpected "${text[at]}" character.`)
  return { value: !escaped && value.toLowerCase() === 'null' ? null : value, end: at }
}

function skipSpace(text: string, at: number): number {
  while (at < text.length && /\s/.test(text[at])) at++
  return at
}

function malformed(text: string, detail: string): SqlError {
  return new SqlError('22P02', `malformed array literal: "${text}"`, { detail })
}

export function formatArray(items: ValueArray, formatElement: (value: Value) => string): string {
  return `{${items.map((item) => (item === null ? 'NULL' : quoteElement(formatElement(item)))).join(',')}}`
}

function quoteElement(text: string): string {
  const plain = text !== '' && !/[\s{}",\\]/.test(text) && text.toLowerCase() !== 'null'
  return plain ? text : `"${text.replace(/["\\]/g, '\\$&')}"`
}

/** A record's text: (a,"b c",) with NULL as nothing. */
export function formatRecord(items: ValueArray, formatField: (value: Value) => string): string {
  return `(${items.map((item) => (item === null ? '' : quoteField(formatField(item)))).join(',')})`
}

function quoteField(text: string): string {
  return text !== '' && !/[\s(),"\\]/.test(text) ? text : `"${text.replace(/["\\]/g, '$&$&')}"`
}
