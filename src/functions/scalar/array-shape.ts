import { SqlError } from '../../base/sql-error.ts'
import {
  arrayOfArrays,
  DIMENSIONS_MAX,
  eachPlace,
  itemCount,
  itemsOf,
  type Shape,
  shapedArray,
  shapeOf,
  tooManyDimensions,
  tooManyItems,
} from '../../types/array-value.ts'
import { boundsText } from '../../types/text/array.ts'
import type { Datum, Value, ValueArray } from '../../types/value.ts'
import { def, defEnv, elementOf, type Options } from '../define.ts'
import type { ScalarFunction } from '../function.ts'

/** Functions of the shape of arrays: dimensions, subscripts, slices, concatenation. */
const shapes = { shapes: true } as const
const loose = { ...shapes, strict: false } as const

/** Of dimension d, counted from 1; NULL where the array has none such. */
function ofDimension(answer: (shape: Shape, d: number) => number): (a: Value, d: number) => number | null {
  return (a, d) => {
    const shape = shapeOf(a)
    return d < 1 || d > shape.dims.length ? null : answer(shape, d - 1)
  }
}

/** The element at these subscripts; NULL outside of the array, and where there are too few or too many of them. */
function elementAt(a: Value, subscripts: readonly number[]): Datum {
  const { dims, lower } = shapeOf(a)
  if (subscripts.length !== dims.length) return null
  let place = 0
  for (let d = 0; d < dims.length; d++) {
    const i = subscripts[d] - lower[d]
    if (i < 0 || i >= dims[d]) return null
    place = place * dims[d] + i
  }
  return itemsOf(a)[place]
}

/** `bounds`: from and to of each dimension, of the others all. What lies outside the array is not there. */
function slice(a: Value, bounds: readonly number[]): Value {
  const shape = shapeOf(a)
  const { dims, lower } = shape
  if (dims.length === 0 || bounds.length / 2 > dims.length) return []
  const from = lower.map((first, d) => Math.max(first, bounds[2 * d] ?? first))
  const to = lower.map((first, d) => Math.min(first + dims[d] - 1, bounds[2 * d + 1] ?? 2147483647))
  if (from.some((first, d) => first > to[d])) return []
  const items = itemsOf(a)
  const found: Datum[] = []
  eachPlace(shape, from, to, (place) => found.push(items[place]))
  return shapedArray(found, { dims: from.map((first, d) => to[d] - first + 1), lower: from.map(() => 1) })
}

function trimmed(a: Value, n: number): Value {
  const { dims, lower } = shapeOf(a)
  const length = dims[0] ?? 0
  if (n < 0 || n > length) throw new SqlError('2202E', `number of elements to trim must be between 0 and ${length}`)
  return length === 0 ? a : slice(a, [lower[0], lower[0] + length - n - 1])
}

/** One value more, at either end of an array of one dimension. */
function withOne(a: Value | null, value: Datum, first: boolean): Value {
  if (a === null) return [value]
  const { dims, lower } = shapeOf(a)
  if (dims.length > 1) throw new SqlError('22000', 'argument must be empty or one-dimensional array')
  if (dims.length === 0) return [value]
  const end = first ? lower[0] - 1 : lower[0] + dims[0]
  if (end > 2147483647 || end < -2147483648) throw new SqlError('22003', 'integer out of range')
  const items = first ? [value, ...itemsOf(a)] : [...itemsOf(a), value]
  return shapedArray(items, { dims: [items.length], lower })
}

function concatenated(a: Value | null, b: Value | null): Value | null {
  if (a === null || b === null) return a ?? b
  const left = shapeOf(a)
  const right = shapeOf(b)
  const m = left.dims.length
  const n = right.dims.length
  if (n === 0) return a
  if (m === 0) return b
  if (Math.abs(m - n) > 1)
    throw incompatible(`Arrays of ${m} and ${n} dimensions are not compatible for concatenation.`)
  const differ = 'Arrays with differing dimensions are not compatible for concatenation.'
  let shape: Shape
  if (m === n) {
    checkInner(
      rest(left),
      rest(right),
      'Arrays with differing element dimensions are not compatible for concatenation.',
    )
    shape = longer(left, right.dims[0])
  } else if (m < n) {
    checkInner(left, rest(right), differ)
    shape = longer(right, 1)
  } else {
    checkInner(right, rest(left), differ)
    shape = longer(left, 1)
  }
  itemCount(shape)
  return shapedArray([...itemsOf(a), ...itemsOf(b)], shape)
}

const rest = ({ dims, lower }: Shape): Shape => ({ dims: dims.slice(1), lower: lower.slice(1) })
const longer = ({ dims, lower }: Shape, by: number): Shape => ({ dims: [dims[0] + by, ...dims.slice(1)], lower })

function checkInner(a: Shape, b: Shape, detail: string): void {
  if (a.dims.some((length, d) => length !== b.dims[d] || a.lower[d] !== b.lower[d])) throw incompatible(detail)
}

const incompatible = (detail: string): SqlError =>
  new SqlError('2202E', 'cannot concatenate incompatible arrays', { detail })

/** What array_fill makes at most: unlike other arrays it is not made of values that were there. */
const FILL_MAX = 1_000_000

function filled(value: Datum, lengths: Value | null, firsts: Value | null): Value {
  if (lengths === null || firsts === null)
    throw new SqlError('22004', 'dimension array or low bound array cannot be null')
  const dims = dimensionList(lengths)
  if (dims.length > DIMENSIONS_MAX) throw tooManyDimensions(dims.length)
  const lower = dimensionList(firsts)
  if (lower.length !== dims.length) throw wrongSubscripts('Low bound array has different size than dimensions array.')
  const count = itemCount({ dims, lower })
  if (count > FILL_MAX) throw tooManyItems()
  return shapedArray(new Array<Datum>(count).fill(value), { dims, lower })
}

function dimensionList(list: Value): readonly number[] {
  if (shapeOf(list).dims.length > 1) throw wrongSubscripts('Dimension array must be one dimensional.')
  const items = itemsOf(list)
  if (items.includes(null)) throw new SqlError('22004', 'dimension values cannot be null')
  return items as readonly number[]
}

const wrongSubscripts = (detail: string): SqlError =>
  new SqlError('2202E', 'wrong number of array subscripts', { detail })

const ones = (lengths: Value | null): Value | null => (lengths === null ? null : itemsOf(lengths).map(() => 1))
const sameArray = { returns: (args: readonly { readonly kind: string }[]) => args[0] } as Pick<Options, 'returns'>
const ofElement: Pick<Options, 'returns'> = { returns: (args) => ({ kind: 'array', element: args[0] }) }

export const arrayShapeFunctions: readonly ScalarFunction[] = [
  // ARRAY[…] of arrays.
  defEnv('array_of_arrays(anyarray) anyarray', arrayOfArrays, {
    ...loose,
    fallible: true,
    variadic: true,
    example: ['array_of_arrays(array[1,2], array[3,4])', '{{1,2},{3,4}}'],
  }),
  def(
    'array_length(anyarray,int4) int4',
    ofDimension(({ dims }, d) => dims[d]),
    { ...shapes, example: ['array_length(array[[1,2,3],[4,5,6]], 2)', '3'] },
  ),
  def(
    'array_upper(anyarray,int4) int4',
    ofDimension(({ dims, lower }, d) => lower[d] + dims[d] - 1),
    { ...shapes, example: ['array_upper(array[1,2,3], 1)', '3'] },
  ),
  def(
    'array_lower(anyarray,int4) int4',
    ofDimension(({ lower }, d) => lower[d]),
    { ...shapes, example: ["array_lower('[0:2]={1,2,3}'::int[], 1)", '0'] },
  ),
  def('array_ndims(anyarray) int4', (a: Value) => shapeOf(a).dims.length || null, {
    ...shapes,
    example: ['array_ndims(array[[1,2],[3,4]])', '2'],
  }),
  def('array_dims(anyarray) text', (a: Value) => boundsText(a) || null, {
    ...shapes,
    example: ['array_dims(array[[1,2,3],[4,5,6]])', '[1:2][1:3]'],
  }),
  def('cardinality(anyarray) int4', (a: ValueArray) => a.length, { example: ['cardinality(array[[1,2],[3,4]])', '4'] }),
  def(
    'array_append(anycompatiblearray,anycompatible) anycompatiblearray',
    (a: Value | null, v: Datum) => withOne(a, v, false),
    { ...loose, fallible: true, op: '||', example: ['array_append(array[1,2], 3)', '{1,2,3}'] },
  ),
  def(
    'array_prepend(anycompatible,anycompatiblearray) anycompatiblearray',
    (v: Datum, a: Value | null) => withOne(a, v, true),
    {
      ...loose,
      fallible: true,
      op: '||',
      returns: (args) => args[1],
      example: ['array_prepend(1, array[2,3])', '{1,2,3}'],
    },
  ),
  def('array_cat(anycompatiblearray,anycompatiblearray) anycompatiblearray', concatenated, {
    ...loose,
    fallible: true,
    op: '||',
    example: ['array[[1,2],[3,4]] || array[5,6]', '{{1,2},{3,4},{5,6}}'],
  }),
  // Subscripts are functions: array[i][j], array[m:n][k:l] with the bounds in a row.
  defEnv(
    'array_subscript(anyarray,int4) anyelement',
    ([a, ...subscripts]) => elementAt(a as Value, subscripts as readonly number[]),
    { ...shapes, variadic: true, returns: elementOf(0), example: ['array_subscript(array[[1,2],[3,4]], 2, 1)', '3'] },
  ),
  defEnv(
    'array_slice(anyarray,int4,int4) anyarray',
    ([a, ...bounds]) => slice(a as Value, bounds as readonly number[]),
    { ...shapes, ...sameArray, variadic: true, example: ['array_slice(array[1,2,3], 2, 9)', '{2,3}'] },
  ),
  def('trim_array(anyarray,int4) anyarray', trimmed, {
    ...shapes,
    ...sameArray,
    fallible: true,
    example: ['trim_array(array[1,2,3], 1)', '{1,2}'],
  }),
  def(
    'array_fill(anyelement,int4[]) anyarray',
    (v: Datum, lengths: Value | null) => filled(v, lengths, ones(lengths)),
    {
      ...loose,
      ...ofElement,
      fallible: true,
      example: ['array_fill(7, array[2,2])', '{{7,7},{7,7}}'],
    },
  ),
  def('array_fill(anyelement,int4[],int4[]) anyarray', filled, {
    ...loose,
    ...ofElement,
    fallible: true,
    example: ['array_fill(7, array[2], array[0])', '[0:1]={7,7}'],
  }),
]
