import { SqlError } from '../../base/sql-error.ts'
import { parseJson } from '../../types/json-parse.ts'
import { formatJson, type JsonNode, JsonNumber, JsonObject } from '../../types/json-tree.ts'
import { compareNodes, formatJsonb, quoteJson } from '../../types/jsonb.ts'
import { reading } from '../../types/text/string.ts'
import type { Datum, ValueArray } from '../../types/value.ts'
import { def } from '../define.ts'
import type { ScalarFunction } from '../function.ts'
import {
  atPath,
  isArray,
  item,
  member,
  nodeJson,
  nodeText,
  partsOf,
  plainText,
  textAtPath,
  textItem,
  textMember,
} from '../json/steps.ts'

/** json and jsonb: access, containment, keys. Values are parsed when asked. */
/** jsonb keeps a bare scalar as an array of one, and lets that show. */
const itemOf = (node: JsonNode, index: number): JsonNode | undefined =>
  item(isArray(node) || node instanceof JsonObject ? node : [node], index)

function typeOf(text: string): string {
  const parts = partsOf(text, false)
  if (parts.kind !== 'scalar') return parts.kind
  if (parts.node === null) return 'null'
  return parts.node instanceof JsonNumber ? 'number' : typeof parts.node
}

function arrayLength(text: string): number {
  const parts = partsOf(text, false)
  if (parts.kind === 'array') return parts.items.length
  throw new SqlError('22023', `cannot get array length of a ${parts.kind === 'object' ? 'non-array' : 'scalar'}`)
}

/** How the two types are read: the text of json stays as it is written. */
interface Access {
  readonly member: (value: string, key: string) => Datum
  readonly memberText: (value: string, key: string) => Datum
  readonly item: (value: string, index: number) => Datum
  readonly itemText: (value: string, index: number) => Datum
  readonly path: (value: string, path: ValueArray) => Datum
  readonly pathText: (value: string, path: ValueArray) => Datum
}

const ACCESS: Readonly<Record<'json' | 'jsonb', Access>> = {
  json: {
    member: (v, key) => textMember(v, key) ?? null,
    memberText: (v, key) => plainText(textMember(v, key)),
    item: (v, index) => textItem(v, index) ?? null,
    itemText: (v, index) => plainText(textItem(v, index)),
    path: (v, path) => textAtPath(v, path) ?? null,
    pathText: (v, path) => plainText(textAtPath(v, path)),
  },
  jsonb: {
    member: (v, key) => nodeJson(member(parseJson(v), key)),
    memberText: (v, key) => nodeText(member(parseJson(v), key)),
    item: (v, index) => nodeJson(itemOf(parseJson(v), index)),
    itemText: (v, index) => nodeText(itemOf(parseJson(v), index)),
    path: (v, path) => nodeJson(atPath(parseJson(v), path)),
    pathText: (v, path) => nodeText(atPath(parseJson(v), path)),
  },
}

function access(kind: 'json' | 'jsonb'): ScalarFunction[] {
  const read = ACCESS[kind]
  // Escapes that stand for no character may lie in a value of json until it is read.
  const fallible = kind === 'json'
  const print = kind === 'json' ? formatJson : formatJsonb
  const doc = `'{"a": {"b": [10, "x"]}}'::${kind}`
  const list = `'[1, "b", null]'::${kind}`
  return [
    def(`${kind}_object_field(${kind},text) ${kind}`, read.member, {
      op: '->',
      fallible,
      example: [`'{"a": 1}'::${kind} -> 'a'`, '1'],
    }),
    def(`${kind}_object_field_text(${kind},text) text`, read.memberText, {
      op: '->>',
      fallible,
      example: [`'{"a": "x"}'::${kind} ->> 'a'`, 'x'],
    }),
    def(`${kind}_array_element(${kind},int4) ${kind}`, read.item, {
      op: '->',
      fallible,
      example: [`${list} -> -2`, '"b"'],
    }),
    def(`${kind}_array_element_text(${kind},int4) text`, read.itemText, {
      op: '->>',
      fallible,
      example: [`${list} ->> 1`, 'b'],
    }),
    def(`${kind}_extract_path(${kind},text[]) ${kind}`, read.path, {
      op: '#>',
      fallible,
      example: [`${doc} #> '{a,b,0}'`, '10'],
    }),
    def(`${kind}_extract_path_text(${kind},text[]) text`, read.pathText, {
      op: '#>>',
      fallible,
      example: [`${doc} #>> '{a,b,1}'`, 'x'],
    }),
    def(`${kind}_typeof(${kind}) text`, typeOf, { example: [`${kind}_typeof('1.5'::${kind})`, 'number'] }),
    def(`${kind}_array_length(${kind}) int4`, arrayLength, {
      fallible: true,
      example: [`${kind}_array_length('[1,2]'::${kind})`, '2'],
    }),
    def(`${kind}_extract_path(${kind},text) ${kind}`, (v: string, ...p: string[]) => read.path(v, p), {
      variadic: true,
      fallible,
      example: [`${kind}_extract_path(${doc}, 'a', 'b', '0')`, '10'],
    }),
    def(`${kind}_extract_path_text(${kind},text) text`, (v: string, ...p: string[]) => read.pathText(v, p), {
      variadic: true,
      fallible,
      example: [`${kind}_extract_path_text(${doc}, 'a', 'b', '1')`, 'x'],
    }),
    def(`${kind}_strip_nulls(${kind}) ${kind}`, (v: string) => print(stripNulls(reading(() => parseJson(v)))), {
      fallible,
      example: [`${kind}_strip_nulls('{"a":null}'::${kind})`, '{}'],
    }),
  ]
}

function stripNulls(node: JsonNode): JsonNode {
  if (node instanceof JsonObject) {
    return new JsonObject(node.entries.filter(([, v]) => v !== null).map(([k, v]) => [k, stripNulls(v)]))
  }
  return isArray(node) ? node.map(stripNulls) : node
}

const sameNode = (a: JsonNode, b: JsonNode): boolean => compareNodes(a, b, false) === 0

function containsNode(a: JsonNode, b: JsonNode, top: boolean): boolean {
  if (b instanceof JsonObject) {
    return (
      a instanceof JsonObject &&
      b.entries.every(([key, value]) => {
        const own = a.get(key)
        return own !== undefined && containsNode(own, value, false)
      })
    )
  }
  if (isArray(b)) return isArray(a) && b.every((wanted) => a.some((own) => containsNode(own, wanted, false)))
  // At the top an array contains a bare scalar.
  if (top && isArray(a)) return a.some((own) => containsNode(own, b, false))
  return !(a instanceof JsonObject) && (a === null || !isArray(a)) && sameNode(a, b)
}

const contains = (a: string, b: string): boolean => containsNode(parseJson(a), parseJson(b), true)

function exists(text: string, key: string): boolean {
  const node = parseJson(text)
  if (node instanceof JsonObject) return node.get(key) !== undefined
  return isArray(node) ? node.includes(key) : node === key
}

function pretty(node: JsonNode, indent: string): string {
  const inner = `${indent}    `
  if (node instanceof JsonObject) {
    if (node.entries.length === 0) return `{\n${indent}}`
    return `{\n${node.entries.map(([key, value]) => `${inner}${quoteJson(key)}: ${pretty(value, inner)}`).join(',\n')}\n${indent}}`
  }
  if (isArray(node) && node.length === 0) return `[\n${indent}]`
  if (isArray(node)) return `[\n${node.map((each) => inner + pretty(each, inner)).join(',\n')}\n${indent}]`
  return formatJsonb(node)
}

const D = `'{"a": 1, "b": [1, 2]}'::jsonb`

export const jsonFunctions: readonly ScalarFunction[] = [
  ...access('json'),
  ...access('jsonb'),
  def('jsonb_contains(jsonb,jsonb) bool', contains, { op: '@>', example: [`${D} @> '{"b": [2]}'::jsonb`, 't'] }),
  def('jsonb_contained(jsonb,jsonb) bool', (a: string, b: string) => contains(b, a), {
    op: '<@',
    example: [`'{"a": 1}'::jsonb <@ ${D}`, 't'],
  }),
  def('jsonb_exists(jsonb,text) bool', exists, { op: '?', example: [`${D} ? 'a'`, 't'] }),
  def(
    'jsonb_exists_any(jsonb,text[]) bool',
    (v: string, keys: ValueArray) => keys.some((k) => k !== null && exists(v, k as string)),
    { op: '?|', example: [`${D} ?| array['x', 'b']`, 't'] },
  ),
  def(
    'jsonb_exists_all(jsonb,text[]) bool',
    (v: string, keys: ValueArray) => keys.every((k) => k === null || exists(v, k as string)),
    { op: '?&', example: [`${D} ?& array['x', 'b']`, 'f'] },
  ),
  def('jsonb_pretty(jsonb) text', (v: string) => pretty(parseJson(v), ''), {
    example: [`jsonb_pretty('[1]'::jsonb)`, '[\n    1\n]'],
  }),
]
