import { SqlError } from '../base/sql-error.ts'
import { type JsonParts, parseJson } from '../types/json-parse.ts'
import { JsonObject } from '../types/json-tree.ts'
import { formatJsonb } from '../types/jsonb.ts'
import type { RowType } from '../types/sql-type.ts'
import type { Datum } from '../types/value.ts'
import { table } from './define-table.ts'
import { isArray, nodeJson, nodeText, partsOf, plainText } from './json/steps.ts'
import { nodesOf } from './jsonpath/items.ts'
import { callPath } from './scalar/jsonpath.ts'
import type { TableFunction } from './table-function.ts'

/** json[b]_array_elements, _each and _object_keys: the parts of a value as rows, those of json as they are written. */
type Kind = 'json' | 'jsonb'
/** A part as a value of the type, or as text. */
type Pick = 'value' | 'text'

const wrong = (message: string): SqlError => new SqlError('22023', message)

function items(kind: Kind, pick: Pick, value: string): Datum[] {
  if (kind === 'json') {
    const name = pick === 'text' ? 'json_array_elements_text' : 'json_array_elements'
    const parts = partsOf(value)
    if (parts.kind !== 'array')
      throw wrong(`cannot call ${name} on a ${parts.kind === 'object' ? 'non-array' : 'scalar'}`)
    return pick === 'text' ? parts.items.map(plainText) : [...parts.items]
  }
  const node = parseJson(value)
  if (!isArray(node))
    throw wrong(`cannot extract elements from ${node instanceof JsonObject ? 'an object' : 'a scalar'}`)
  return node.map(pick === 'text' ? nodeText : nodeJson)
}

function entries(kind: Kind, pick: Pick, value: string): (readonly [string, Datum])[] {
  if (kind === 'json') {
    const parts = partsOf(value)
    if (parts.kind !== 'object')
      throw wrong(`cannot deconstruct ${parts.kind === 'array' ? 'an array as an object' : 'a scalar'}`)
    return parts.entries.map(([key, text]) => [key, pick === 'text' ? plainText(text) : text])
  }
  const node = parseJson(value)
  if (!(node instanceof JsonObject))
    throw wrong(`cannot call jsonb_each${pick === 'text' ? '_text' : ''} on a non-object`)
  return node.entries.map(([key, own]) => [key, pick === 'text' ? nodeText(own) : nodeJson(own)])
}

function keys(kind: Kind, value: string): string[] {
  const parts: JsonParts = partsOf(value)
  if (parts.kind !== 'object') {
    throw wrong(`cannot call ${kind}_object_keys on ${parts.kind === 'array' ? 'an array' : 'a scalar'}`)
  }
  return parts.entries.map(([key]) => key)
}

const pairs = (value: Kind | 'text'): RowType => [
  { name: 'key', type: { kind: 'text' }, nullable: false },
  { name: 'value', type: { kind: value }, nullable: true },
]

function functions(kind: Kind): TableFunction[] {
  const fallible = { fallible: true }
  const elements = (pick: Pick): TableFunction =>
    table(
      pick === 'text' ? `${kind}_array_elements_text(${kind}) text` : `${kind}_array_elements(${kind}) ${kind}`,
      'value',
      function* ([value]) {
        for (const item of items(kind, pick, value as string)) yield [item]
      },
      fallible,
    )
  const each = (pick: Pick): TableFunction =>
    table(
      `${kind}_each${pick === 'text' ? '_text' : ''}(${kind}) record`,
      () => pairs(pick === 'text' ? 'text' : kind),
      function* ([value]) {
        yield* entries(kind, pick, value as string)
      },
      fallible,
    )
  return [
    elements('value'),
    elements('text'),
    each('value'),
    each('text'),
    table(
      `${kind}_object_keys(${kind}) text`,
      `${kind}_object_keys`,
      function* ([value]) {
        for (const key of keys(kind, value as string)) yield [key]
      },
      fallible,
    ),
  ]
}

/** jsonb_path_query, and with `_tz`. */
const pathQueries = (zoned: boolean): TableFunction[] =>
  ['jsonb,jsonpath', 'jsonb,jsonpath,jsonb', 'jsonb,jsonpath,jsonb,bool'].map((args) => {
    const name = `jsonb_path_query${zoned ? '_tz' : ''}`
    return table(
      `${name}(${args}) jsonb`,
      name,
      function* (values, env) {
        for (const node of nodesOf(callPath(values, env, { zoned }).found)) yield [formatJsonb(node)]
      },
      { fallible: true, ...(zoned ? { volatility: 'stable' as const } : {}) },
    )
  })

export const JSON_TABLES: readonly TableFunction[] = [
  ...functions('json'),
  ...functions('jsonb'),
  ...pathQueries(false),
  ...pathQueries(true),
]
