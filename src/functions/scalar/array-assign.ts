import { SqlError } from '../../base/sql-error.ts'
import { eachPlace, itemCount, itemsOf, shapedArray, shapeOf, tooManyItems } from '../../types/array-value.ts'
import type { Datum, Value } from '../../types/value.ts'
import { defEnv } from '../define.ts'
import type { ScalarFunction } from '../function.ts'

/** Arrays with a part of them replaced: what assignments to a[i] and a[m:n] make of a column's value. */
function withElement(array: Value | null, value: Datum, subscripts: readonly number[]): Value {
  const { dims, lower } = shapeOf(array ?? [])
  if (dims.length === 0) {
    const shape = { dims: subscripts.map(() => 1), lower: subscripts }
    itemCount(shape)
    return shapedArray([value], shape)
  }
  if (subscripts.length !== dims.length) throw new SqlError('2202E', 'wrong number of array subscripts')
  const items = [...itemsOf(array as Value)]
  if (dims.length === 1) return replaced(items, lower[0], subscripts[0], [value])
  let place = 0
  for (let d = 0; d < dims.length; d++) {
    const i = subscripts[d] - lower[d]
    if (i < 0 || i >= dims[d]) throw outside()
    place = place * dims[d] + i
  }
  items[place] = value
  return shapedArray(items, { dims, lower })
}

/** As far as an array grows by more than what it is given: NULLs in between take room, too. */
const GROWN_MAX = 1_000_000

/** Of one dimension: it grows as needed, with NULLs in between. */
function replaced(items: Datum[], first: number, from: number, values: readonly Datum[]): Value {
  const start = Math.min(first, from)
  const shape = { dims: [Math.max(first + items.length, from + values.length) - start], lower: [start] }
  if (itemCount(shape) > Math.max(GROWN_MAX, items.length + values.length)) throw tooManyItems()
  const grown = new Array<Datum>(shape.dims[0]).fill(null)
  for (let i = 0; i < items.length; i++) grown[first - start + i] = items[i]
  for (let i = 0; i < values.length; i++) grown[from - start + i] = values[i]
  return shapedArray(grown, shape)
}

/** `bounds`: from and to of each dimension; null where none is written. */
function withSlice(array: Value | null, source: Value, bounds: readonly (number | null)[]): Value {
  const shape = shapeOf(array ?? [])
  const { dims, lower } = shape
  const values = itemsOf(source)
  const count = bounds.length / 2
  if (dims.length === 0) return ofSlice(values, bounds)
  if (dims.length < count) throw new SqlError('2202E', 'wrong number of array subscripts')
  const from = lower.map((first, d) => bounds[2 * d] ?? first)
  const to = lower.map((first, d) => bounds[2 * d + 1] ?? first + dims[d] - 1)
  from.forEach((first, d) => {
    if (first > to[d]) throw new SqlError('2202E', 'upper bound cannot be less than lower bound')
    if (dims.length > 1 && (first < lower[d] || to[d] >= lower[d] + dims[d])) throw outside()
  })
  const wanted = itemCount({ dims: from.map((first, d) => to[d] - first + 1), lower: from })
  if (wanted > values.length) throw new SqlError('2202E', 'source array too small')
  const items = [...itemsOf(array as Value)]
  if (dims.length === 1) return replaced(items, lower[0], from[0], values.slice(0, wanted))
  let next = 0
  eachPlace(shape, from, to, (place) => {
    items[place] = values[next++]
  })
  return shapedArray(items, shape)
}

/** A slice of an array that is empty: the array is the slice. */
function ofSlice(values: readonly Datum[], bounds: readonly (number | null)[]): Value {
  if (bounds.includes(null)) {
    throw new SqlError('2202E', 'array slice subscript must provide both boundaries', {
      detail: 'When assigning to a slice of an empty array value, slice boundaries must be fully specified.',
    })
  }
  const known = bounds as readonly number[]
  const lower = known.filter((_, i) => i % 2 === 0)
  const shape = { dims: lower.map((first, d) => known[2 * d + 1] - first + 1), lower }
  const count = itemCount(shape)
  if (values.length < count) throw new SqlError('2202E', 'source array too small')
  return shapedArray(values.slice(0, count), shape)
}

const outside = (): SqlError => new SqlError('2202E', 'array subscript out of range')

function checkNull(subscripts: readonly Datum[]): void {
  if (subscripts.includes(null)) throw new SqlError('22004', 'array subscript in assignment must not be null')
}

export const arrayAssignFunctions: readonly ScalarFunction[] = [
  defEnv(
    'array_with(anyarray,anyelement,int4) anyarray',
    ([array, value, ...subscripts]) => {
      checkNull(subscripts)
      return withElement(array, value, subscripts as readonly number[])
    },
    {
      shapes: true,
      strict: false,
      fallible: true,
      variadic: true,
      example: ['array_with(array[1,2], 9, 4)', '{1,2,NULL,9}'],
    },
  ),
  // `written`: a letter for each bound, o where it is left open and its argument says nothing.
  defEnv(
    'array_with_slice(anyarray,anyarray,text,int4,int4) anyarray',
    ([array, source, written, ...bounds]) => {
      checkNull(bounds)
      if (source === null) return array
      const open = written as string
      return withSlice(
        array,
        source,
        bounds.map((bound, i) => (open[i] === 'o' ? null : (bound as number))),
      )
    },
    {
      shapes: true,
      strict: false,
      fallible: true,
      variadic: true,
      example: ["array_with_slice(array[1,2,3], array[8,9], 'bb', 2, 3)", '{1,8,9}'],
    },
  ),
]
