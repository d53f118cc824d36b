import { SqlError } from '../../base/sql-error.ts'
import { type JsonNode, JsonObject } from '../../types/json-tree.ts'
import { formatJsonb, normalizeJson, quoteJson } from '../../types/jsonb.ts'
import type { ValueArray } from '../../types/value.ts'
import { def } from '../define.ts'
import type { ScalarFunction } from '../function.ts'
import { objectText } from '../json/write.ts'

/** JSON objects of arrays of text. */
type Pairs = readonly (readonly [key: string, value: string | null])[]

function pairs(keys: ValueArray, values: ValueArray | null): Pairs {
  // An array without items has no dimension.
  if (values !== null && (keys.length === 0) !== (values.length === 0))
    throw new SqlError('2202E', 'wrong number of array subscripts')
  if (values !== null && keys.length !== values.length) throw new SqlError('2202E', 'mismatched array dimensions')
  if (values === null && keys.length % 2 !== 0) throw new SqlError('2202E', 'array must have even number of elements')
  const entries: [string, string | null][] = []
  const count = values === null ? keys.length / 2 : keys.length
  for (let i = 0; i < count; i++) {
    const key = values === null ? keys[2 * i] : keys[i]
    const value = values === null ? keys[2 * i + 1] : values[i]
    if (key === null) throw new SqlError('22004', 'null value not allowed for object key')
    entries.push([key as string, value as string | null])
  }
  return entries
}

const text = (found: Pairs): string =>
  objectText(found.map(([key, value]) => [key, value === null ? 'null' : quoteJson(value)]))
const binary = (found: Pairs): string => formatJsonb(normalizeJson(new JsonObject(found as [string, JsonNode][])))

const fallible = { fallible: true }

export const jsonMoreFunctions: readonly ScalarFunction[] = [
  def('json_object(text[]) json', (a: ValueArray) => text(pairs(a, null)), {
    ...fallible,
    example: ["json_object('{a,1,b,def}'::text[])", '{"a" : "1", "b" : "def"}'],
  }),
  def('json_object(text[],text[]) json', (k: ValueArray, v: ValueArray) => text(pairs(k, v)), {
    ...fallible,
    example: ["json_object('{a,b}', '{1,2}')", '{"a" : "1", "b" : "2"}'],
  }),
  def('jsonb_object(text[]) jsonb', (a: ValueArray) => binary(pairs(a, null)), {
    ...fallible,
    example: ["jsonb_object('{a,1,b,def}'::text[])", '{"a": "1", "b": "def"}'],
  }),
  def('jsonb_object(text[],text[]) jsonb', (k: ValueArray, v: ValueArray) => binary(pairs(k, v)), {
    ...fallible,
    example: ["jsonb_object('{a,b}', '{1,2}')", '{"a": "1", "b": "2"}'],
  }),
]
