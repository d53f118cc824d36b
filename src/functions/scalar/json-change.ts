import { SqlError } from '../../base/sql-error.ts'
import { parseJson } from '../../types/json-parse.ts'
import { type JsonNode, JsonObject } from '../../types/json-tree.ts'
import { formatJsonb, normalizeJson } from '../../types/jsonb.ts'
import type { Datum, ValueArray } from '../../types/value.ts'
import { def } from '../define.ts'
import type { ScalarFunction } from '../function.ts'
import { type Change, setPath } from '../json/set-path.ts'
import { isArray } from '../json/steps.ts'

/** jsonb changed: put together, taken from, set, inserted into. */
function concat(a: string, b: string): string {
  const x = parseJson(a)
  const y = parseJson(b)
  if (x instanceof JsonObject && y instanceof JsonObject) {
    return formatJsonb(normalizeJson(new JsonObject([...x.entries, ...y.entries])))
  }
  const list = (node: JsonNode): readonly JsonNode[] => (isArray(node) ? node : [node])
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

const scalar = (node: JsonNode): boolean => !(node instanceof JsonObject) && !isArray(node)
const empty = (node: JsonNode): boolean => (node instanceof JsonObject ? node.entries : (node as [])).length === 0

function changed(text: string, path: ValueArray, value: string | undefined, change: Change): string {
  const node = parseJson(text)
  if (scalar(node)) throw new SqlError('22023', `cannot ${change === 'delete' ? 'delete' : 'set'} path in scalar`)
  if (empty(node) && (change === 'delete' || change === 'replace')) return text
  if (path.length === 0) return text
  return formatJsonb(setPath(node, { change, path, value: value === undefined ? undefined : parseJson(value) }))
}

const set = (text: string, path: ValueArray, value: string, create: boolean): string =>
  changed(text, path, value, create ? 'create' : 'replace')
const insert = (text: string, path: ValueArray, value: string, after: boolean): string =>
  changed(text, path, value, after ? 'after' : 'before')
const remove = (text: string, path: ValueArray): string => changed(text, path, undefined, 'delete')

const TREATMENTS = 'must be "delete_key", "return_target", "use_json_null", or "raise_exception"'

/** jsonb_set with a say in what SQL's NULL does. */
function setLax(
  text: string | null,
  path: ValueArray | null,
  value: string | null,
  create: boolean | null = true,
  treatment: string | null = 'use_json_null',
): Datum {
  if (text === null || path === null || create === null) return null
  if (treatment === null) throw new SqlError('22023', `null_value_treatment ${TREATMENTS}`)
  if (value !== null) return set(text, path, value, create)
  switch (treatment) {
    case 'raise_exception':
      throw new SqlError('22004', 'JSON value must not be null', {
        detail: 'Exception was raised because null_value_treatment is "raise_exception".',
        hint: 'To avoid, either change the null_value_treatment argument or ensure that an SQL NULL is not passed.',
      })
    case 'use_json_null':
      return set(text, path, 'null', create)
    case 'delete_key':
      return remove(text, path)
    case 'return_target':
      return text
    default:
      throw new SqlError('22023', `null_value_treatment ${TREATMENTS}`)
  }
}

/** `j['a'][0] = value`: what is missing on the way is made, NULL as what the first step asks for. */
function assign(text: string | null, value: string | null, ...steps: (string | null)[]): string {
  if (steps.includes(null)) throw new SqlError('22004', 'jsonb subscript in assignment must not be null')
  // The binder marks a first step that is an integer.
  const [first, ...path] = steps as string[]
  const target: JsonNode = text === null ? (first === 'array' ? [] : new JsonObject([])) : parseJson(text)
  return formatJsonb(setPath(target, { change: 'assign', path, value: value === null ? null : parseJson(value) }))
}

const D = `'{"a": 1, "b": [1, 2]}'::jsonb`
const fallible = { fallible: true }
const lax = { strict: false, fallible: true }

export const jsonChangeFunctions: readonly ScalarFunction[] = [
  def('jsonb_concat(jsonb,jsonb) jsonb', concat, {
    op: '||',
    example: [`'{"a": 1}'::jsonb || '{"a": 2, "b": 3}'::jsonb`, '{"a": 2, "b": 3}'],
  }),
  def('jsonb_delete(jsonb,text) jsonb', (v: string, k: string) => removeKeys(v, [k]), {
    op: '-',
    ...fallible,
    example: [`${D} - 'a'`, '{"b": [1, 2]}'],
  }),
  def('jsonb_delete(jsonb,text[]) jsonb', removeKeys, {
    op: '-',
    ...fallible,
    example: [`${D} - array['a', 'b']`, '{}'],
  }),
  def('jsonb_delete(jsonb,int4) jsonb', removeIndex, {
    op: '-',
    ...fallible,
    example: [`'[1, 2, 3]'::jsonb - 1`, '[1, 3]'],
  }),
  def('jsonb_delete_path(jsonb,text[]) jsonb', remove, {
    op: '#-',
    ...fallible,
    example: [`${D} #- '{b,0}'`, '{"a": 1, "b": [2]}'],
  }),
  def('jsonb_set(jsonb,text[],jsonb) jsonb', (v: string, p: ValueArray, n: string) => set(v, p, n, true), {
    ...fallible,
    example: [`jsonb_set(${D}, '{b,1}', '9')`, '{"a": 1, "b": [1, 9]}'],
  }),
  def('jsonb_set(jsonb,text[],jsonb,bool) jsonb', set, {
    ...fallible,
    example: [`jsonb_set(${D}, '{c}', '9', false)`, '{"a": 1, "b": [1, 2]}'],
  }),
  def('jsonb_set_lax(jsonb,text[],jsonb) jsonb', setLax, {
    ...lax,
    example: [`jsonb_set_lax(${D}, '{a}', null)`, '{"a": null, "b": [1, 2]}'],
  }),
  def('jsonb_set_lax(jsonb,text[],jsonb,bool) jsonb', setLax, {
    ...lax,
    example: [`jsonb_set_lax(${D}, '{c}', null, false)`, '{"a": 1, "b": [1, 2]}'],
  }),
  def('jsonb_set_lax(jsonb,text[],jsonb,bool,text) jsonb', setLax, {
    ...lax,
    example: [`jsonb_set_lax(${D}, '{a}', null, true, 'delete_key')`, '{"b": [1, 2]}'],
  }),
  def('jsonb_insert(jsonb,text[],jsonb) jsonb', (t: string, p: ValueArray, v: string) => insert(t, p, v, false), {
    ...fallible,
    example: [`jsonb_insert('{"a": [0, 1]}', '{a,1}', '9')`, '{"a": [0, 9, 1]}'],
  }),
  def('jsonb_insert(jsonb,text[],jsonb,bool) jsonb', insert, {
    ...fallible,
    example: [`jsonb_insert('{"a": [0, 1]}', '{a,1}', '9', true)`, '{"a": [0, 1, 9]}'],
  }),
  def('jsonb_assign(jsonb,jsonb,text) jsonb', assign, {
    ...lax,
    variadic: true,
    example: [`jsonb_assign('{"a": [0]}', '9', 'object', 'a', '2')`, '{"a": [0, null, 9]}'],
  }),
]
