import { parseJson } from './json-parse.ts'
import { type JsonNode, JsonNumber, JsonObject } from './json-tree.ts'
import { compareNumeric, formatNumeric, parseNumericText, stripZeros } from './numeric.ts'
import { compareUtf8, utf8Length } from './utf8.ts'

/** jsonb: keys by length then bytes, the last duplicate wins, numbers as numeric prints them. */
export function normalizeJson(node: JsonNode): JsonNode {
  if (node === null || typeof node !== 'object') return node
  if (node instanceof JsonNumber) return new JsonNumber(formatNumeric(parseNumericText(node.text)!))
  if (node instanceof JsonObject) {
    const members = new Map<string, JsonNode>()
    for (const [key, value] of node.entries) members.set(key, normalizeJson(value))
    return new JsonObject([...members].sort((a, b) => compareKeys(a[0], b[0])))
  }
  return (node as readonly JsonNode[]).map(normalizeJson)
}

function compareKeys(a: string, b: string): number {
  return utf8Length(a) - utf8Length(b) || compareUtf8(a, b)
}

/** As PostgreSQL prints jsonb: one space after colons and commas. */
export function formatJsonb(node: JsonNode): string {
  if (node === null) return 'null'
  if (typeof node === 'boolean') return node ? 'true' : 'false'
  if (typeof node === 'string') return quoteJson(node)
  if (node instanceof JsonNumber) return node.text
  if (node instanceof JsonObject) {
    return `{${node.entries.map(([key, value]) => `${quoteJson(key)}: ${formatJsonb(value)}`).join(', ')}}`
  }
  return `[${(node as readonly JsonNode[]).map(formatJsonb).join(', ')}]`
}

/** A text that equal jsonb values share: numbers without trailing zeros. Of normal forms. */
export function jsonbKey(text: string): string {
  return /\.\d*0/.test(text) ? formatJsonb(keyNode(parseJson(text))) : text
}

function keyNode(node: JsonNode): JsonNode {
  if (node instanceof JsonNumber) return new JsonNumber(formatNumeric(stripZeros(parseNumericText(node.text)!)))
  if (node instanceof JsonObject) return new JsonObject(node.entries.map(([key, value]) => [key, keyNode(value)]))
  return Array.isArray(node) ? (node as readonly JsonNode[]).map(keyNode) : node
}

/** A JSON string literal: PostgreSQL escapes quotes, backslashes and control characters only. */
export function quoteJson(text: string): string {
  // JSON.stringify differs only in lone surrogates, which no SQL text holds, and in DEL, which neither escapes.
  return JSON.stringify(text)
}

/** PostgreSQL's btree order of jsonb, on normal forms. */
export function compareJsonb(a: string, b: string): number {
  return a === b ? 0 : compareNodes(parseJson(a), parseJson(b), true)
}

/** Of normal forms. `top`: neither lies inside another value. */
export function compareNodes(a: JsonNode, b: JsonNode, top: boolean): number {
  const x = rank(a, top)
  const y = rank(b, top)
  if (x !== y) return x < y ? -1 : 1
  if (a instanceof JsonNumber) {
    return compareNumeric(parseNumericText(a.text)!, parseNumericText((b as JsonNumber).text)!)
  }
  if (typeof a === 'string') return compareUtf8(a, b as string)
  if (typeof a === 'boolean') return Number(a) - Number(b)
  if (a instanceof JsonObject) return compareObjects(a, b as JsonObject)
  if (a === null) return 0
  return compareArrays(a as readonly JsonNode[], b as readonly JsonNode[])
}

function compareObjects(a: JsonObject, b: JsonObject): number {
  if (a.entries.length !== b.entries.length) return a.entries.length < b.entries.length ? -1 : 1
  for (let i = 0; i < a.entries.length; i++) {
    const order = compareUtf8(a.entries[i][0], b.entries[i][0]) || compareNodes(a.entries[i][1], b.entries[i][1], false)
    if (order !== 0) return order
  }
  return 0
}

function compareArrays(a: readonly JsonNode[], b: readonly JsonNode[]): number {
  if (a.length !== b.length) return a.length < b.length ? -1 : 1
  for (let i = 0; i < a.length; i++) {
    const order = compareNodes(a[i], b[i], false)
    if (order !== 0) return order
  }
  return 0
}

/** object > array > boolean > number > string > null; an empty array at the top sorts below null (a quirk kept). */
function rank(node: JsonNode, top: boolean): number {
  if (node === null) return 1
  if (typeof node === 'string') return 2
  if (node instanceof JsonNumber) return 3
  if (typeof node === 'boolean') return 4
  if (node instanceof JsonObject) return 6
  return top && (node as readonly JsonNode[]).length === 0 ? 0 : 5
}
