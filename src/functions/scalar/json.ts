import { SqlError } from '../../base/sql-error.ts'
import { parseJson } from '../../types/json-parse.ts'
import { formatJson, type JsonNode, JsonNumber, JsonObject } from '../../types/json-tree.ts'
import { compareJsonb, formatJsonb, normalizeJson, quoteJson } from '../../types/jsonb.ts'
import type { Datum, ValueArray } from '../../types/value.ts'
import { def } from '../define.ts'
import type { ScalarFunction } from '../function.ts'

/** json and jsonb: access, containment, keys, changes. Values are parsed when asked. */
type Items = readonly JsonNode[]
const isArray = (node: JsonNode): node is Items => Array.isArray(node)

function member(node: JsonNode | undefined, key: string): JsonNode | undefined {
  return node instanceof JsonObject ? node.get(key) : undefined
}

function item(node: JsonNode | undefined, index: number): JsonNode | undefined {
  return node !== undefined && isArray(node) ? node[index < 0 ? node.length + index : index] : undefined
}

/** jsonb keeps a bare scalar as an array of one, and lets that show. */
function itemOf(kind: 'json' | 'jsonb', node: JsonNode, index: number): JsonNode | undefined {
  const scalar = !isArray(node) && !(node instanceof JsonObject)
  return item(kind === 'jsonb' && scalar ? [node] : node, index)
}

function atPath(node: JsonNode | undefined, path: ValueArray): JsonNode | undefined {
  for (const step of path) {
    if (step === null || node === undefined) return undefined
    node = isArray(node)
      ? /^-?\d+$/.test(step as string)
        ? item(node, Number(step))
        : undefined
      : member(node, step as string)
  }
  return node
}

const asText =
  (print: (node: JsonNode) => string) =>
  (node: JsonNode | undefined): Datum =>
    node === undefined || node === null ? null : typeof node === 'string' ? node : print(node)

function typeOf(text: string): string {
  const node = parseJson(text)
  if (node === null) return 'null'
  if (node instanceof JsonNumber) return 'number'
  return node instanceof JsonObject ? 'object' : isArray(node) ? 'array' : typeof node
}

function arrayLength(text: string): number {
  const node = parseJson(text)
  if (isArray(node)) return node.length
  throw new SqlError('22023', `cannot get array length of a ${node instanceof JsonObject ? 'non-array' : 'scalar'}`)
}

function access(kind: 'json' | 'jsonb'): ScalarFunction[] {
  const print = kind === 'json' ? formatJson : formatJsonb
  const json = (node: JsonNode | undefined): Datum => (node === undefined ? null : print(node))
  const text = asText(print)
  const doc = `'{"a": {"b": [10, "x"]}}'::${kind}`
  const list = `'[1, "b", null]'::${kind}`
  return [
    def(`${kind}_object_field(${kind},text) ${kind}`, (v: string, k: string) => json(member(parseJson(v), k)), {
      op: '->',
      example: [`'{"a": 1}'::${kind} -> 'a'`, '1'],
    }),
    def(`${kind}_object_field_text(${kind},text) text`, (v: string, k: string) => text(member(parseJson(v), k)), {
      op: '->>',
      example: [`'{"a": "x"}'::${kind} ->> 'a'`, 'x'],
    }),
    def(`${kind}_array_element(${kind},int4) ${kind}`, (v: string, i: number) => json(itemOf(kind, parseJson(v), i)), {
      op: '->',
      example: [`${list} -> -2`, '"b"'],
    }),
    def(
      `${kind}_array_element_text(${kind},int4) text`,
      (v: string, i: number) => text(itemOf(kind, parseJson(v), i)),
      {
        op: '->>',
        example: [`${list} ->> 1`, 'b'],
      },
    ),
    def(`${kind}_extract_path(${kind},text[]) ${kind}`, (v: string, p: ValueArray) => json(atPath(parseJson(v), p)), {
      op: '#>',
      example: [`${doc} #> '{a,b,0}'`, '10'],
    }),
    def(`${kind}_extract_path_text(${kind},text[]) text`, (v: string, p: ValueArray) => text(atPath(parseJson(v), p)), {
      op: '#>>',
      example: [`${doc} #>> '{a,b,1}'`, 'x'],
    }),
    def(`${kind}_typeof(${kind}) text`, typeOf, { example: [`${kind}_typeof('1.5'::${kind})`, 'number'] }),
    def(`${kind}_array_length(${kind}) int4`, arrayLength, {
      fallible: true,
      example: [`${kind}_array_length('[1,2]'::${kind})`, '2'],
    }),
    def(`${kind}_extract_path(${kind},text) ${kind}`, (v: string, ...p: string[]) => json(atPath(parseJson(v), p)), {
      variadic: true,
      example: [`${kind}_extract_path(${doc}, 'a', 'b', '0')`, '10'],
    }),
    def(`${kind}_extract_path_text(${kind},text) text`, (v: string, ...p: string[]) => text(atPath(parseJson(v), p)), {
      variadic: true,
      example: [`${kind}_extract_path_text(${doc}, 'a', 'b', '1')`, 'x'],
    }),
    def(`${kind}_strip_nulls(${kind}) ${kind}`, (v: string) => print(stripNulls(parseJson(v))), {
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

const sameNode = (a: JsonNode, b: JsonNode): boolean => compareJsonb(formatJsonb(a), formatJsonb(b)) === 0

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

function concat(a: string, b: string): string {
  const x = parseJson(a)
  const y = parseJson(b)
  if (x instanceof JsonObject && y instanceof JsonObject) {
    return formatJsonb(normalizeJson(new JsonObject([...x.entries, ...y.entries])))
  }
  const list = (node: JsonNode): Items => (isArray(node) ? node : [node])
  return formatJsonb([...list(x), ...list(y)])
}

function removeKeys(text: string, keys: ValueArray): string {
  const node = parseJson(text)
  if (node instanceof JsonObject)
    return formatJsonb(new JsonObject(node.entries.filter(([key]) => !keys.includes(key))))
  if (isArray(node)) return formatJsonb(node.filter((each) => typeof each !== 'string' || !keys.includes(each)))
  throw new SqlError('22023', 'cannot delete from scalar')
}

function removeIndex(text: string, index: number): string {
  const node = parseJson(text)
  if (node instanceof JsonObject) throw new SqlError('22023', 'cannot delete from object using integer index')
  if (!isArray(node)) throw new SqlError('22023', 'cannot delete from scalar')
  const at = index < 0 ? node.length + index : index
  return formatJsonb(node.filter((_, i) => i !== at))
}

/** A copy with the value at the path changed: undefined removes it. */
function change(node: JsonNode, path: readonly Datum[], value: JsonNode | undefined, create: boolean): JsonNode {
  const [step, ...rest] = path as readonly string[]
  if (node instanceof JsonObject) {
    const own = node.get(step)
    if (own === undefined && (rest.length > 0 || !create || value === undefined)) return node
    const others = node.entries.filter(([key]) => key !== step)
    const next = rest.length > 0 ? change(own as JsonNode, rest, value, create) : value
    return normalizeJson(new JsonObject(next === undefined ? others : [...others, [step, next]]))
  }
  if (!isArray(node)) return node
  if (!/^-?\d+$/.test(step)) throw new SqlError('22P02', `path element at position 1 is not an integer: "${step}"`)
  const index = Number(step) < 0 ? node.length + Number(step) : Number(step)
  if (index >= 0 && index < node.length) {
    const next = rest.length > 0 ? change(node[index], rest, value, create) : value
    return next === undefined ? node.filter((_, i) => i !== index) : node.map((each, i) => (i === index ? next : each))
  }
  if (rest.length > 0 || !create || value === undefined) return node
  return index < 0 ? [value, ...node] : [...node, value]
}

function setPath(text: string, path: ValueArray, value: string, create: boolean): string {
  const node = parseJson(text)
  if (!(node instanceof JsonObject) && !isArray(node)) throw new SqlError('22023', 'cannot set path in scalar')
  return path.length === 0 ? text : formatJsonb(change(node, path, parseJson(value), create))
}

function removePath(text: string, path: ValueArray): string {
  const node = parseJson(text)
  if (!(node instanceof JsonObject) && !isArray(node)) throw new SqlError('22023', 'cannot delete path in scalar')
  return path.length === 0 ? text : formatJsonb(change(node, path, undefined, false))
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
  def('jsonb_concat(jsonb,jsonb) jsonb', concat, {
    op: '||',
    example: [`'{"a": 1}'::jsonb || '{"a": 2, "b": 3}'::jsonb`, '{"a": 2, "b": 3}'],
  }),
  def('jsonb_delete(jsonb,text) jsonb', (v: string, k: string) => removeKeys(v, [k]), {
    op: '-',
    fallible: true,
    example: [`${D} - 'a'`, '{"b": [1, 2]}'],
  }),
  def('jsonb_delete(jsonb,text[]) jsonb', removeKeys, {
    op: '-',
    fallible: true,
    example: [`${D} - array['a', 'b']`, '{}'],
  }),
  def('jsonb_delete(jsonb,int4) jsonb', removeIndex, {
    op: '-',
    fallible: true,
    example: [`'[1, 2, 3]'::jsonb - 1`, '[1, 3]'],
  }),
  def('jsonb_delete_path(jsonb,text[]) jsonb', removePath, {
    op: '#-',
    fallible: true,
    example: [`${D} #- '{b,0}'`, '{"a": 1, "b": [2]}'],
  }),
  def('jsonb_set(jsonb,text[],jsonb) jsonb', (v: string, p: ValueArray, n: string) => setPath(v, p, n, true), {
    fallible: true,
    example: [`jsonb_set(${D}, '{b,1}', '9')`, '{"a": 1, "b": [1, 9]}'],
  }),
  def('jsonb_set(jsonb,text[],jsonb,bool) jsonb', setPath, {
    fallible: true,
    example: [`jsonb_set(${D}, '{c}', '9', false)`, '{"a": 1, "b": [1, 2]}'],
  }),
  def('jsonb_pretty(jsonb) text', (v: string) => pretty(parseJson(v), ''), {
    example: [`jsonb_pretty('[1]'::jsonb)`, '[\n    1\n]'],
  }),
]
