import { SqlError } from '../base/sql-error.ts'
import type { Datum, ShapedArray, Value, ValueArray } from './value.ts'

/** The shape of arrays: PostgreSQL's rules of dimensions and subscripts. The element type alone makes an array's type. */
export const DIMENSIONS_MAX = 6
/** As PostgreSQL: elements of one array. */
export const ARRAY_ITEMS_MAX = 134_217_727

export interface Shape {
  readonly dims: readonly number[]
  readonly lower: readonly number[]
}

export function isShapedArray(v: Datum): v is ShapedArray {
  return typeof v === 'object' && v !== null && 'dims' in v
}

/** The elements of an array value, row by row. */
export function itemsOf(array: Value): ValueArray {
  return isShapedArray(array) ? array.items : (array as ValueArray)
}

const EMPTY: Shape = { dims: [], lower: [] }

export function shapeOf(array: Value): Shape {
  if (isShapedArray(array)) return array
  const { length } = array as ValueArray
  return length === 0 ? EMPTY : { dims: [length], lower: [1] }
}

/** The array of these elements, in its canonical form. */
export function shapedArray(items: ValueArray, { dims, lower }: Shape): ValueArray | ShapedArray {
  if (items.length === 0 || (dims.length === 1 && lower[0] === 1)) return items
  return { items, dims, lower }
}

/** An array of the same shape with other elements. */
export function mapItems(array: Value, each: (item: Datum) => Datum): ValueArray | ShapedArray {
  if (!isShapedArray(array)) return (array as ValueArray).map(each)
  return { items: array.items.map(each), dims: array.dims, lower: array.lower }
}

/** Order of shapes where all elements are equal. */
export function compareShapes(a: Shape, b: Shape): number {
  return a.dims.length - b.dims.length || compareLists(a.dims, b.dims) || compareLists(a.lower, b.lower)
}

function compareLists(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i] < b[i] ? -1 : 1
  return 0
}

export const sameShape = (a: Shape, b: Shape): boolean => compareShapes(a, b) === 0

export function tooManyDimensions(count: number): SqlError {
  return new SqlError('54000', `number of array dimensions (${count}) exceeds the maximum allowed (${DIMENSIONS_MAX})`)
}

export const tooManyItems = (): SqlError =>
  new SqlError('54000', `array size exceeds the maximum allowed (${ARRAY_ITEMS_MAX})`)

/** Number of elements of such dimensions; refuses what PostgreSQL refuses to hold. */
export function itemCount({ dims, lower }: Shape): number {
  let count = dims.length === 0 ? 0 : 1
  for (const length of dims) {
    if (length < 0) throw tooManyItems()
    count *= length
    if (count > ARRAY_ITEMS_MAX) throw tooManyItems()
  }
  lower.forEach((first, d) => {
    if (first + dims[d] > 2147483647) throw new SqlError('54000', `array lower bound is too large: ${first}`)
  })
  return count
}

/** Visits the places (in row-major order) of the elements whose subscripts lie in [from, to] of every dimension. */
export function eachPlace(
  shape: Shape,
  from: readonly number[],
  to: readonly number[],
  visit: (place: number) => void,
): void {
  const { dims, lower } = shape
  const at = (d: number, base: number): void => {
    for (let i = from[d]; i <= to[d]; i++) {
      const place = base * dims[d] + i - lower[d]
      if (d === dims.length - 1) visit(place)
      else at(d + 1, place)
    }
  }
  if (dims.length > 0) at(0, 0)
}

/** Arrays of one shape as one array of a dimension more; undefined where their shapes differ. */
export function stacked(arrays: readonly Value[]): ValueArray | ShapedArray | undefined {
  if (arrays.length === 0) return []
  const first = shapeOf(arrays[0])
  if (first.dims.length >= DIMENSIONS_MAX) throw tooManyDimensions(first.dims.length + 1)
  if (arrays.some((array) => !sameShape(shapeOf(array), first))) return undefined
  return shapedArray(arrays.flatMap(itemsOf), { dims: [arrays.length, ...first.dims], lower: [1, ...first.lower] })
}

/** ARRAY[a, b]: of arrays one of a dimension more. NULLs and empty ones stand beside their like alone. */
export function arrayOfArrays(arrays: readonly Datum[]): Value {
  const full = arrays.filter((array): array is Value => array !== null && shapeOf(array).dims.length > 0)
  if (full.length === 0) return []
  const whole = stacked(full)
  if (full.length < arrays.length || whole === undefined) {
    throw new SqlError('2202E', 'multidimensional arrays must have array expressions with matching dimensions')
  }
  return whole
}

/** What array_agg makes of arrays: NULLs, empty ones and such of another shape are errors. */
export function accumulated(arrays: readonly Datum[]): Value {
  for (const array of arrays) {
    if (array === null) throw new SqlError('22004', 'cannot accumulate null arrays')
    if (shapeOf(array).dims.length === 0) throw new SqlError('2202E', 'cannot accumulate empty arrays')
  }
  const whole = stacked(arrays as readonly Value[])
  if (whole === undefined) throw new SqlError('2202E', 'cannot accumulate arrays of different dimensionality')
  return whole
}

/** The array as nested lists: one of two dimensions as a list of its rows. */
export function nested<T>(array: Value, item: (item: Datum) => T): readonly unknown[] {
  const { dims } = shapeOf(array)
  const items = itemsOf(array)
  let at = 0
  const level = (d: number): unknown[] => {
    const list: unknown[] = []
    for (let i = 0; i < dims[d]; i++) list.push(d === dims.length - 1 ? item(items[at++]) : level(d + 1))
    return list
  }
  return dims.length === 0 ? [] : level(0)
}
