import { type JsonNode, JsonNumber, JsonObject } from '../../types/json-tree.ts'
import { formatNumeric, parseNumericText, stripZeros } from '../../types/numeric.ts'
import { utf8Length } from '../../types/utf8.ts'
import { isArray } from '../json/steps.ts'

/**
 * Where an object lies in PostgreSQL's binary form of the jsonb value around it: `.keyvalue()` names objects by it. A container is
 * a header of 4 bytes, an entry of 4 bytes for each key, value and item, then their data; numbers and containers begin at
 * multiples of 4.
 */
export function binaryPlace(root: JsonNode, wanted: JsonNode): number {
  return search(root, wanted, 0) ?? 0
}

function search(node: JsonNode, wanted: JsonNode, at: number): number | undefined {
  if (node === wanted) return at
  let next = at + dataStart(node)
  for (const child of children(node)) {
    const begin = aligned(child) ? (next + 3) & ~3 : next
    if (isArray(child) || child instanceof JsonObject) {
      const found = search(child, wanted, begin)
      if (found !== undefined) return found
    }
    next = begin + sizeOf(child, begin)
  }
  return undefined
}

const children = (node: JsonNode): readonly JsonNode[] =>
  node instanceof JsonObject ? node.entries.map(([, value]) => value) : isArray(node) ? node : []

/** Behind the header, the entries, and the keys. */
function dataStart(node: JsonNode): number {
  if (!(node instanceof JsonObject)) return 4 + 4 * children(node).length
  return 4 + 8 * node.entries.length + node.entries.reduce((sum, [key]) => sum + utf8Length(key), 0)
}

const aligned = (node: JsonNode): boolean => node !== null && typeof node === 'object'

function sizeOf(node: JsonNode, at: number): number {
  if (node === null || typeof node === 'boolean') return 0
  if (typeof node === 'string') return utf8Length(node)
  if (node instanceof JsonNumber) return numericSize(node.text)
  let next = at + dataStart(node)
  for (const child of children(node)) {
    const begin = aligned(child) ? (next + 3) & ~3 : next
    next = begin + sizeOf(child, begin)
  }
  return next - at
}

/** Digits to the base of 10,000 behind a header of 6 bytes, of 8 where scale or weight are large. */
function numericSize(text: string): number {
  const scale = /\.(\d*)$/.exec(text)?.[1].length ?? 0
  const plain = formatNumeric(stripZeros(parseNumericText(text)!)).replace('-', '')
  const [whole, fraction = ''] = plain.split('.')
  const left = whole.replace(/^0+/, '')
  const groups = Math.ceil(left.length / 4)
  const digits = left.padStart(groups * 4, '0') + fraction.padEnd(Math.ceil(fraction.length / 4) * 4, '0')
  const quads = digits.match(/.{4}/g) ?? []
  const first = quads.findIndex((quad) => quad !== '0000')
  if (first < 0) return 6
  const last = quads.findLastIndex((quad) => quad !== '0000')
  const weight = groups - 1 - first
  const short = scale <= 63 && weight >= -64 && weight <= 63
  return (short ? 6 : 8) + 2 * (last - first + 1)
}
