import { SqlError } from '../../base/sql-error.ts'
import { isShapedArray, itemsOf, mapItems, shapedArray, shapeOf } from '../../types/array-value.ts'
import { equalityFor } from '../../types/compare.ts'
import { compareArrays, compareLoose } from '../../types/datum.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { formatText } from '../../types/text.ts'
import type { Datum, Value, ValueArray } from '../../types/value.ts'
import { def, defEnv, type Options, textOptions } from '../define.ts'
import type { EvalEnv, ScalarFunction } from '../function.ts'

/** Functions of the elements of arrays. NULL elements equal nothing in @> and &&. */
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

/** The subscripts of the elements of an array of one dimension that are equal to the value. */
function* positions(array: Value, value: Datum, equal: Equal): Generator<number, void, void> {
  const { dims, lower } = shapeOf(array)
  if (dims.length > 1) throw notPossible('searching for elements in multidimensional arrays is not supported')
  const items = itemsOf(array)
  for (let i = 0; i < items.length; i++) if (equal(items[i], value)) yield lower[0] + i
}

function firstPosition(array: Value, value: Datum, from: Datum, equal: Equal): number | null {
  const { dims } = shapeOf(array)
  // PostgreSQL looks at where to begin only once there may be something to find.
  const vain = dims.length === 0 || (dims.length === 1 && value === null && !itemsOf(array).includes(null))
  if (vain) return null
  if (from === null && dims.length === 1) throw new SqlError('22004', 'initial position must not be null')
  for (const at of positions(array, value, equal)) if (at >= (from as number)) return at
  return null
}

function removed(array: Value, value: Datum, equal: Equal): Value {
  const { dims, lower } = shapeOf(array)
  if (dims.length > 1) throw notPossible('removing elements from multidimensional arrays is not supported')
  const items = itemsOf(array).filter((item) => !equal(item, value))
  return shapedArray(items, { dims: [items.length], lower })
}

const notPossible = (message: string): SqlError => new SqlError('0A000', message)

/** A function of an array, not called for NULL, that compares elements as their type does. */
function comparing(
  signature: string,
  run: (array: Value, equal: Equal, rest: readonly Datum[]) => Datum,
  options: Options,
): ScalarFunction {
  return defEnv(
    signature,
    ([items, ...rest], _, types) => (items === null ? null : run(items, equalityFor(types[0].element), rest)),
    { ...options, shapes: true },
  )
}

const loose = { strict: false } as const
const sameArray = { returns: (args: readonly SqlType[]) => args[0] }
/** Arrays of several dimensions by their rows. */
function sorted(a: Value): Value {
  if (!isShapedArray(a)) return [...(a as ValueArray)].sort(compareLoose)
  const { items, dims, lower } = a
  const width = items.length / dims[0]
  const rows = Array.from({ length: dims[0] }, (_, i) => items.slice(i * width, (i + 1) * width))
  return { items: rows.sort((x, y) => compareArrays(x, y, compareLoose)).flat(1), dims, lower }
}

export const arrayFunctions: readonly ScalarFunction[] = [
  comparing(
    'array_remove(anycompatiblearray,anycompatible) anycompatiblearray',
    (a, equal, [v]) => removed(a, v, equal),
    { ...loose, fallible: true, example: ['array_remove(array[1,2,1], 1)', '{2}'] },
  ),
  comparing(
    'array_replace(anycompatiblearray,anycompatible,anycompatible) anycompatiblearray',
    (a, equal, [v, by]) => mapItems(a, (item) => (equal(item, v) ? by : item)),
    { ...loose, example: ['array_replace(array[1,2,1], 1, 9)', '{9,2,9}'] },
  ),
  comparing(
    'array_position(anycompatiblearray,anycompatible) int4',
    (a, equal, [v]) => firstPosition(a, v, -Infinity, equal),
    {
      ...loose,
      fallible: true,
      example: ['array_position(array[5,6,7], 6)', '2'],
    },
  ),
  comparing(
    'array_position(anycompatiblearray,anycompatible,int4) int4',
    (a, equal, [v, from]) => firstPosition(a, v, from, equal),
    { ...loose, fallible: true, example: ['array_position(array[5,6,5], 5, 2)', '3'] },
  ),
  comparing(
    'array_positions(anycompatiblearray,anycompatible) int4[]',
    (a, equal, [v]) => [...positions(a, v, equal)],
    { ...loose, fallible: true, example: ['array_positions(array[5,6,5], 5)', '{1,3}'] },
  ),
  comparing(
    'arraycontains(anyarray,anyarray) bool',
    (a, equal, [b]) => contains(itemsOf(a), itemsOf(b as Value), equal),
    {
      op: '@>',
      example: ['array[1,4,3] @> array[3,1]', 't'],
    },
  ),
  comparing(
    'arraycontained(anyarray,anyarray) bool',
    (a, equal, [b]) => contains(itemsOf(b as Value), itemsOf(a), equal),
    {
      op: '<@',
      example: ['array[2] <@ array[1,7,4,2]', 't'],
    },
  ),
  comparing(
    'arrayoverlap(anyarray,anyarray) bool',
    (a, equal, [b]) => overlaps(itemsOf(a), itemsOf(b as Value), equal),
    {
      op: '&&',
      example: ['array[1,4] && array[2,1]', 't'],
    },
  ),
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
  def('array_sort(anyarray) anyarray', sorted, {
    shapes: true,
    ...sameArray,
    example: ['array_sort(array[2,null,1])', '{1,2,NULL}'],
  }),
]
