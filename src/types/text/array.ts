import { SqlError } from '../../base/sql-error.ts'
import { DIMENSIONS_MAX, itemCount, itemsOf, shapedArray, shapeOf, tooManyDimensions } from '../array-value.ts'
import type { Datum, ShapedArray, Value, ValueArray } from '../value.ts'
import { bracesOf } from './array-braces.ts'
import { isSpace } from './space.ts'

/** Array literals: {a,"b c",NULL}, {{1,2},{3,4}}, [0:1]={1,2}. */
export function parseArray(text: string, parseElement: (text: string) => Value): ValueArray | ShapedArray {
  const { dims: written, lower, at } = writtenBounds(text)
  if (text[at] !== '{') {
    const detail =
      written === null
        ? 'Array value must start with "{" or dimension information.'
        : 'Array contents must start with "{".'
    throw malformed(text, detail)
  }
  const dims = bracesOf(text, at)
  if (written !== null && (written.length !== dims.length || written.some((length, d) => length !== dims[d])))
    throw malformed(text, 'Specified array dimensions do not match array contents.')
  const shape = { dims, lower: written === null ? dims.map(() => 1) : lower }
  const count = itemCount(shape)
  if (count === 0) return []
  return shapedArray(readItems(text, at, dims, count, parseElement), shape)
}

/** `[m:n]…=` in front of the braces; `at`: where they begin. */
function writtenBounds(text: string): { dims: number[] | null; lower: number[]; at: number } {
  const dims: number[] = []
  const lower: number[] = []
  let at = skipSpace(text, 0)
  const number = (missing: string): number => {
    const from = at
    while (/[-+\d]/.test(text[at] ?? '')) at++
    if (at === from) throw malformed(text, missing)
    return Number.parseInt(text.slice(from, at), 10) || 0
  }
  while (text[at] === '[') {
    if (dims.length === DIMENSIONS_MAX) throw tooManyDimensions(dims.length + 1)
    at++
    let upper = number('"[" must introduce explicitly-specified array dimensions.')
    let first = 1
    if (text[at] === ':') {
      at++
      first = upper
      upper = number('Missing array dimension value.')
    }
    if (text[at] !== ']') throw malformed(text, 'Missing "]" after array dimensions.')
    at = skipSpace(text, at + 1)
    if (upper < first) throw new SqlError('2202E', 'upper bound cannot be less than lower bound')
    dims.push(upper - first + 1)
    lower.push(first)
  }
  if (dims.length === 0) return { dims: null, lower, at }
  if (text[at] !== '=') throw malformed(text, 'Missing "=" after array dimensions.')
  return { dims, lower, at: skipSpace(text, at + 1) }
}

/** The elements row by row, of braces that were found well formed but for their depths. */
function readItems(
  text: string,
  start: number,
  dims: readonly number[],
  count: number,
  parseElement: (text: string) => Value,
): ValueArray {
  const items = new Array<Datum>(count).fill(null)
  const index = dims.map(() => 0)
  const place = () => dims.reduce((base, length, d) => base * length + index[d], 0)
  let depth = 0
  let at = start
  for (;;) {
    let value = ''
    // Behind what was quoted or escaped blanks count no more than elsewhere, before its end they do.
    let kept = 0
    let quoting = false
    let found = -1
    let done = false
    while (!done) {
      const c = text[at++]
      if (c === undefined) throw malformed(text)
      if (c === '\\') {
        value += text[at++] ?? ''
        kept = value.length
        quoting = true
      } else if (c === '"') {
        while (text[at] !== '"') {
          if (text[at] === '\\') at++
          value += text[at++] ?? ''
        }
        at++
        kept = value.length
        quoting = true
      } else if (c === '{') {
        if (depth >= dims.length) throw malformed(text)
        index[depth++] = 0
      } else if (c === '}') {
        if (found === -1) found = place()
        index[--depth] = 0
        if (depth === 0) done = true
        else index[depth - 1]++
      } else if (c === ',') {
        if (found === -1) found = place()
        index[dims.length - 1]++
        done = true
      } else if (!isSpace(c)) {
        value += c
        kept = value.length
      } else if (value !== '') value += c
    }
    if (found < 0 || found >= count) throw malformed(text)
    value = value.slice(0, kept)
    items[found] = !quoting && value.toLowerCase() === 'null' ? null : parseElement(value)
    if (depth === 0) return items
  }
}

function skipSpace(text: string, at: number): number {
  while (isSpace(text[at])) at++
  return at
}

function malformed(text: string, detail?: string): SqlError {
  return new SqlError('22P02', `malformed array literal: "${text}"`, detail === undefined ? {} : { detail })
}

export function formatArray(array: ValueArray | ShapedArray, formatElement: (value: Value) => string): string {
  const { dims, lower } = shapeOf(array)
  const items = itemsOf(array)
  const element = (item: Datum): string => (item === null ? 'NULL' : quoteElement(formatElement(item)))
  if (dims.length <= 1 && items === array) return `{${items.map(element).join(',')}}`
  let at = 0
  const level = (d: number): string => {
    const parts: string[] = []
    for (let i = 0; i < dims[d]; i++) parts.push(d === dims.length - 1 ? element(items[at++]) : level(d + 1))
    return `{${parts.join(',')}}`
  }
  const bounds = lower.some((first) => first !== 1) ? `${boundsText(array)}=` : ''
  return `${bounds}${level(0)}`
}

/** [1:2][0:3] */
export function boundsText(array: Value): string {
  const { dims, lower } = shapeOf(array)
  return dims.map((length, d) => `[${lower[d]}:${lower[d] + length - 1}]`).join('')
}

function quoteElement(text: string): string {
  const plain = text !== '' && !/[ \t\n\r\v\f{}",\\]/.test(text) && text.toLowerCase() !== 'null'
  return plain ? text : `"${text.replace(/["\\]/g, '\\$&')}"`
}

/** A record's text: (a,"b c",) with NULL as nothing. */
export function formatRecord(items: ValueArray, formatField: (value: Value, i: number) => string): string {
  return `(${items.map((item, i) => (item === null ? '' : quoteField(formatField(item, i)))).join(',')})`
}

function quoteField(text: string): string {
  return text !== '' && !/[\s(),"\\]/.test(text) ? text : `"${text.replace(/["\\]/g, '$&$&')}"`
}
