import { SqlError } from '../../base/sql-error.ts'
import { equalityFor } from '../../types/compare.ts'
import { compareLoose } from '../../types/datum.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { formatText } from '../../types/text.ts'
import type { Datum, Value, ValueArray } from '../../types/value.ts'
import { def, defEnv, elementOf, type Options, textOptions } from '../define.ts'
import type { EvalEnv, ScalarFunction } from '../function.ts'

/** Arrays of one dimension, counted from 1. NULL elements equal nothing in @> and &&. */
type Equal = (a: Datum, b: Datum) => boolean
const has = (items: ValueArray, value: Datum, equal: Equal): boolean =>
  value !== null && items.some((item) => item !== null && equal(item, value))
const contains = (a: ValueArray, b: ValueArray, equal: Equal): boolean => b.every((item) => has(a, item, equal))
const overlaps = (a: ValueArray, b: ValueArray, equal: Equal): boolean => b.some((item) => has(a, item, equal))

function toText(items: ValueArray, delimiter: string, nullText: string | null, type: SqlType, env: EvalEnv): string {
  const parts: string[] = []
  for (const item of items) {
    if (item !== null) parts.push(formatText(item as Value, type.element ?? { kind: 'text' }, textOptions(env)))
    else if (nullText !== null) parts.push(nullText)
  }
  return parts.join(delimiter)
}

function position(items: ValueArray, value: Datum, from: number, equal: Equal): number | null {
  for (let i = Math.max(0, from - 1); i < items.length; i++) if (equal(items[i], value)) return i + 1
  return null
}

/** A function of an array, not called for NULL, that compares elements as their type does. */
function comparing(
  signature: string,
  run: (items: ValueArray, equal: Equal, rest: readonly Datum[]) => Datum,
  options: Options,
): ScalarFunction {
  return defEnv(
    signature,
    ([items, ...rest], _, types) =>
      items === null ? null : run(items as ValueArray, equalityFor(types[0].element), rest),
    options,
  )
}

function fill(value: Datum, sizes: ValueArray | null): ValueArray {
  if (sizes === null || sizes.includes(null))
    throw new SqlError('22004', 'dimension array or low bound array cannot be null')
  if (sizes.length > 1) throw new SqlError('0A000', 'an array of more than one dimension is not supported')
  const n = sizes.length === 0 ? 0 : (sizes[0] as number)
  if (n < 0 || n > 1_000_000) throw new SqlError('54000', 'array size exceeds the maximum allowed')
  return new Array<Datum>(n).fill(value)
}

const oneDimension = (items: ValueArray, dimension: number, answer: number): number | null =>
  dimension === 1 && items.length > 0 ? answer : null
const nothing = (a: ValueArray | null): ValueArray => a ?? []
const loose = { strict: false } as const
const sameArray = { returns: (args: readonly SqlType[]) => args[0] }
const sortItems = (a: ValueArray): ValueArray => [...a].sort(compareLoose)

export const arrayFunctions: readonly ScalarFunction[] = [
  def('array_length(anyarray,int4) int4', (a: ValueArray, d: number) => oneDimension(a, d, a.length), {
    example: ['array_length(array[1,2,3], 1)', '3'],
  }),
  def('array_upper(anyarray,int4) int4', (a: ValueArray, d: number) => oneDimension(a, d, a.length), {
    example: ['array_upper(array[1,2,3], 1)', '3'],
  }),
  def('array_lower(anyarray,int4) int4', (a: ValueArray, d: number) => oneDimension(a, d, 1), {
    example: ['array_lower(array[1,2,3], 1)', '1'],
  }),
  def('array_ndims(anyarray) int4', (a: ValueArray) => (a.length === 0 ? null : 1), {
    example: ['array_ndims(array[1,2])', '1'],
  }),
  def('cardinality(anyarray) int4', (a: ValueArray) => a.length, { example: ['cardinality(array[1,2,3])', '3'] }),
  def(
    'array_append(anycompatiblearray,anycompatible) anycompatiblearray',
    (a: ValueArray | null, v: Datum) => [...nothing(a), v],
    { ...loose, op: '||', example: ['array_append(array[1,2], 3)', '{1,2,3}'] },
  ),
  def(
    'array_prepend(anycompatible,anycompatiblearray) anycompatiblearray',
    (v: Datum, a: ValueArray | null) => [v, ...nothing(a)],
    { ...loose, op: '||', returns: (args) => args[1], example: ['array_prepend(1, array[2,3])', '{1,2,3}'] },
  ),
  def(
    'array_cat(anycompatiblearray,anycompatiblearray) anycompatiblearray',
    (a: ValueArray | null, b: ValueArray | null) => (a === null && b === null ? null : [...nothing(a), ...nothing(b)]),
    { ...loose, op: '||', example: ['array[1,2] || array[3]', '{1,2,3}'] },
  ),
  comparing(
    'array_remove(anycompatiblearray,anycompatible) anycompatiblearray',
    (a, equal, [v]) => a.filter((item) => !equal(item, v)),
    { ...loose, example: ['array_remove(array[1,2,1], 1)', '{2}'] },
  ),
  comparing(
    'array_replace(anycompatiblearray,anycompatible,anycompatible) anycompatiblearray',
    (a, equal, [v, by]) => a.map((item) => (equal(item, v) ? by : item)),
    { ...loose, example: ['array_replace(array[1,2,1], 1, 9)', '{9,2,9}'] },
  ),
  comparing('array_position(anycompatiblearray,anycompatible) int4', (a, equal, [v]) => position(a, v, 1, equal), {
    ...loose,
    example: ['array_position(array[5,6,7], 6)', '2'],
  }),
  comparing(
    'array_position(anycompatiblearray,anycompatible,int4) int4',
    (a, equal, [v, from]) => position(a, v, from as number, equal),
    { ...loose, example: ['array_position(array[5,6,5], 5, 2)', '3'] },
  ),
  comparing(
    'array_positions(anycompatiblearray,anycompatible) int4[]',
    (a, equal, [v]) => a.flatMap((item, i) => (equal(item, v) ? [i + 1] : [])),
    { ...loose, example: ['array_positions(array[5,6,5], 5)', '{1,3}'] },
  ),
  comparing('arraycontains(anyarray,anyarray) bool', (a, equal, [b]) => contains(a, b as ValueArray, equal), {
    op: '@>',
    example: ['array[1,4,3] @> array[3,1]', 't'],
  }),
  comparing('arraycontained(anyarray,anyarray) bool', (a, equal, [b]) => contains(b as ValueArray, a, equal), {
    op: '<@',
    example: ['array[2] <@ array[1,7,4,2]', 't'],
  }),
  comparing('arrayoverlap(anyarray,anyarray) bool', (a, equal, [b]) => overlaps(a, b as ValueArray, equal), {
    op: '&&',
    example: ['array[1,4] && array[2,1]', 't'],
  }),
  defEnv(
    'array_to_string(anyarray,text) text',
    ([a, d], env, types) => toText(a as ValueArray, d as string, null, types[0], env),
    { volatility: 'stable', example: ["array_to_string(array[1,null,3], ',')", '1,3'] },
  ),
  defEnv(
    'array_to_string(anyarray,text,text) text',
    ([a, d, n], env, types) =>
      a === null || d === null ? null : toText(a as ValueArray, d as string, n as string | null, types[0], env),
    { ...loose, volatility: 'stable', example: ["array_to_string(array[1,null,3], ',', '*')", '1,*,3'] },
  ),
  // Subscripts are functions: array[i], array[m:n]; outside the bounds there is NULL, or nothing.
  def('array_subscript(anyarray,int4) anyelement', (a: ValueArray, i: number) => a[i - 1] ?? null, {
    returns: elementOf(0),
    example: ['array_subscript(array[1,2], 2)', '2'],
  }),
  def(
    'array_slice(anyarray,int4,int4) anyarray',
    (a: ValueArray, m: number, n: number) => a.slice(Math.max(0, m - 1), Math.max(0, n)),
    { ...sameArray, example: ['array_slice(array[1,2,3], 2, 9)', '{2,3}'] },
  ),
  def('trim_array(anyarray,int4) anyarray', (a: ValueArray, n: number) => a.slice(0, Math.max(0, a.length - n)), {
    ...sameArray,
    example: ['trim_array(array[1,2,3], 1)', '{1,2}'],
  }),
  def('array_fill(anyelement,int4[]) anyarray', fill, {
    ...loose,
    fallible: true,
    returns: (args) => ({ kind: 'array', element: args[0] }),
    example: ['array_fill(7, array[2])', '{7,7}'],
  }),
  def('array_sort(anyarray) anyarray', sortItems, {
    ...sameArray,
    example: ['array_sort(array[2,null,1])', '{1,2,NULL}'],
  }),
]
