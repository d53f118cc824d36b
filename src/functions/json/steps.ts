import { jsonParts } from '../../types/json-parse.ts'
import { formatJson, type JsonNode, JsonObject } from '../../types/json-tree.ts'
import { formatJsonb } from '../../types/jsonb.ts'
import { reading } from '../../types/text/string.ts'
import type { Datum, ValueArray } from '../../types/value.ts'

/** Steps into JSON: into the tree of a jsonb value, and into the text of a json value, which is kept as it was written. */
export const isArray = (node: JsonNode | undefined): node is readonly JsonNode[] => Array.isArray(node)

/** An integer as C reads one: blanks and a sign before it, within 32 bits. */
export function integerStep(step: string): number | undefined {
  if (!/^[ \t\n\v\f\r]*[+-]?\d+$/.test(step)) return undefined
  const value = Number(step)
  return value >= -2147483648 && value <= 2147483647 ? value : undefined
}

export function member(node: JsonNode | undefined, key: string): JsonNode | undefined {
  return node instanceof JsonObject ? node.get(key) : undefined
}

export function item(node: JsonNode | undefined, index: number): JsonNode | undefined {
  return isArray(node) ? node[index < 0 ? node.length + index : index] : undefined
}

export function atPath(node: JsonNode | undefined, path: ValueArray): JsonNode | undefined {
  for (const step of path) {
    if (step === null || node === undefined) return undefined
    if (isArray(node)) {
      const index = integerStep(step as string)
      node = index === undefined ? undefined : item(node, index)
    } else node = member(node, step as string)
  }
  return node
}

/** A value of jsonb as text: strings without quotes, null as NULL. */
export const nodeText = (node: JsonNode | undefined): Datum =>
  node === undefined || node === null ? null : typeof node === 'string' ? node : formatJsonb(node)

export const nodeJson = (node: JsonNode | undefined): Datum => (node === undefined ? null : formatJsonb(node))

export const partsOf = (text: string, decoded = true) => reading(() => jsonParts(text, decoded))

export function textMember(text: string, key: string): string | undefined {
  const parts = partsOf(text)
  return parts.kind === 'object' ? parts.entries.findLast(([name]) => name === key)?.[1] : undefined
}

export function textItem(text: string, index: number): string | undefined {
  const parts = partsOf(text)
  return parts.kind === 'array' ? parts.items.at(index) : undefined
}

/** Of members of one name the last that the rest of the path leads on from. */
export function textAtPath(text: string, path: ValueArray, from = 0): string | undefined {
  if (from === path.length) return text.trim()
  const step = path[from]
  if (step === null) return undefined
  const parts = partsOf(text)
  if (parts.kind === 'array') {
    const index = integerStep(step as string)
    const found = index === undefined ? undefined : parts.items.at(index)
    return found === undefined ? undefined : textAtPath(found, path, from + 1)
  }
  if (parts.kind === 'scalar') return undefined
  let found: string | undefined
  for (const [key, value] of parts.entries) {
    if (key === step) found = textAtPath(value, path, from + 1) ?? found
  }
  return found
}

/** A value of json as text: strings without quotes and escapes, null as NULL, anything else as it is written. */
export function plainText(text: string | undefined): Datum {
  if (text === undefined) return null
  const parts = partsOf(text)
  if (parts.kind !== 'scalar') return text
  return parts.node === null ? null : typeof parts.node === 'string' ? parts.node : formatJson(parts.node)
}
