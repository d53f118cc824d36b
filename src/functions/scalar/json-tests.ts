import { SqlError } from '../../base/sql-error.ts'
import { checkJson, type JsonParts, JsonSyntaxError, jsonParts, parseJson } from '../../types/json-parse.ts'
import type { JsonNode } from '../../types/json-tree.ts'
import { JsonObject } from '../../types/json-tree.ts'
import { parseJsonText } from '../../types/text/string.ts'
import { def } from '../define.ts'
import type { ScalarFunction } from '../function.ts'
import { isArray } from '../json/steps.ts'

/** IS JSON, and JSON(…) WITH UNIQUE KEYS. */
type Kind = 'VALUE' | 'SCALAR' | 'ARRAY' | 'OBJECT'

function isJson(text: string, kind: string, unique: boolean): boolean {
  const parts = partsOf(text)
  if (parts === null || ((kind as Kind) !== 'VALUE' && parts.kind !== kind.toLowerCase())) return false
  return !unique || uniqueKeys(parseJson(text))
}

function partsOf(text: string): JsonParts | null {
  try {
    checkJson(text)
    return jsonParts(text, false)
  } catch (error) {
    if (error instanceof JsonSyntaxError) return null
    throw error
  }
}

function uniqueKeys(node: JsonNode): boolean {
  if (isArray(node)) return node.every(uniqueKeys)
  if (!(node instanceof JsonObject)) return true
  return (
    new Set(node.entries.map(([key]) => key)).size === node.entries.length &&
    node.entries.every(([, value]) => uniqueKeys(value))
  )
}

function unique(text: string): string {
  const json = parseJsonText(text)
  if (!isJson(json, 'VALUE', true)) throw new SqlError('22030', 'duplicate JSON object key value')
  return json
}

export const jsonTestFunctions: readonly ScalarFunction[] = [
  def('is_json(text,text,bool) bool', isJson, { example: [`is_json('{"a": 1, "a": 2}', 'OBJECT', true)`, 'f'] }),
  def('json_unique(text) json', unique, { fallible: true, example: [`json_unique('{"a": 1}')`, '{"a": 1}'] }),
]
