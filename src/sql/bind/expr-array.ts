import type { Expr } from '../../../grammar/ast.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { constant } from '../../plan/scalar-walk.ts'
import { DIMENSIONS_MAX, tooManyDimensions } from '../../types/array-value.ts'
import { arrayOf, INT4, type SqlType, TEXT } from '../../types/sql-type.ts'
import { typeText } from '../type-text.ts'
import { bindError, type Place } from './bind-error.ts'
import { canCoerce, coerce, unify } from './coerce.ts'
import type { ExprPlace, Statement } from './context.ts'
import { handled } from './handled.ts'
import { callFunction } from './overload.ts'

type Node<K extends Expr['kind']> = Extract<Expr, { kind: K }>

/** ARRAY[…]: of arrays one of a dimension more. */
export function bindArray(st: Statement, node: Node<'array'>, place: ExprPlace): Scalar {
  handled(node, ['elements'])
  if (node.elements.length === 0) {
    throw bindError('42P18', 'cannot determine type of empty array', node, {
      hint: 'Explicitly cast to the desired type, for example ARRAY[]::integer[].',
    })
  }
  const items = node.elements.map((e) => ({ scalar: st.bind.expr(st, e, place), at: e }))
  const { type, scalars } = unify(st, items, 'ARRAY')
  return type.kind === 'array'
    ? ofArrays(st, scalars, type, node)
    : { kind: 'array', items: scalars, type: arrayOf(type) }
}

/** ARRAY[…]::type[]: every element is converted by itself. */
export function bindArrayAs(st: Statement, node: Node<'array'>, type: SqlType, place: ExprPlace): Scalar {
  handled(node, ['elements'])
  const items = node.elements.map((e) =>
    e.kind === 'array' ? bindArrayAs(st, e, type, place) : st.bind.expr(st, e, place),
  )
  const deep = items.some((s) => s.type.kind === 'array')
  const wanted = deep ? type : (type.element ?? TEXT)
  const converted = items.map((s, i) => coerce(st, s, wanted, 'explicit', node.elements[i]))
  return deep ? ofArrays(st, converted, type, node) : { kind: 'array', items: converted, type }
}

function ofArrays(st: Statement, arrays: readonly Scalar[], type: SqlType, at: Place): Scalar {
  return withType(callFunction(st, 'array_of_arrays', arrays, at), type)
}

/** The subscripts behind one operand, first to last. */
type Part = Node<'subscript'> | Node<'slice'>

function partsOf(node: Part): { operand: Expr; parts: Part[] } {
  const parts: Part[] = []
  let operand: Expr = node
  while (operand.kind === 'subscript' || operand.kind === 'slice') {
    if (operand.kind === 'subscript') handled(operand, ['operand', 'index'])
    else handled(operand, ['operand', 'from', 'to'])
    parts.unshift(operand)
    operand = operand.operand
  }
  return { operand, parts }
}

/** a[i][j], a[m:n][k]: all subscripts of an array at once; one slice makes slices of the others, from 1 on. */
export function bindSubscript(st: Statement, node: Part, place: ExprPlace): Scalar {
  const { operand: syntax, parts } = partsOf(node)
  const operand = st.bind.expr(st, syntax, place)
  if (operand.type.kind === 'jsonb') return members(st, operand, parts, place)
  if (operand.type.kind !== 'array') throw noSubscripts(operand.type, parts[0])
  checkCount(parts.length)
  if (parts.some((part) => part.kind === 'slice')) {
    const bounds = parts.flatMap((part) => sliceBounds(st, part, place).map((s, i) => s ?? constant(ENDS[i], INT4)))
    return withType(callFunction(st, 'array_slice', [operand, ...bounds], node), operand.type)
  }
  const subscripts = parts.map((part) => subscript(st, (part as Node<'subscript'>).index, place))
  return withType(callFunction(st, 'array_subscript', [operand, ...subscripts], node), operand.type.element)
}

/** What lies outside an array is not there: a missing bound is the first or the last possible one. */
const ENDS = [-2147483648, 2147483647] as const

export function checkCount(count: number): void {
  if (count > DIMENSIONS_MAX) throw tooManyDimensions(count)
}

export function noSubscripts(type: SqlType, at: Place) {
  return bindError('42804', `cannot subscript type ${typeText(type)} because it does not support subscripting`, at)
}

/** From and to of one dimension; undefined where it is open. */
export function sliceBounds(
  st: Statement,
  part: { readonly index?: Expr; readonly from?: Expr; readonly to?: Expr },
  place: ExprPlace,
): [Scalar | undefined, Scalar | undefined] {
  if (part.index !== undefined) return [constant(1, INT4), subscript(st, part.index, place)]
  return [part.from && subscript(st, part.from, place), part.to && subscript(st, part.to, place)]
}

export const subscript = (st: Statement, node: Expr, place: ExprPlace): Scalar => {
  const s = st.bind.expr(st, node, place)
  try {
    return coerce(st, s, INT4, 'assignment', node)
  } catch (e) {
    if ((e as { sqlstate?: string }).sqlstate !== '42804') throw e
    throw bindError('42804', 'array subscript must have type integer', node)
  }
}

function members(st: Statement, value: Scalar, parts: readonly Part[], place: ExprPlace): Scalar {
  const steps = parts.map((part) => {
    if (part.kind === 'slice')
      throw bindError('42804', 'jsonb subscript does not support slices', part.from ?? part.to ?? part)
    return jsonbStep(st, st.bind.expr(st, part.index, place), part.index)
  })
  return callFunction(st, 'jsonb_extract_path', [value, ...steps], parts[parts.length - 1])
}

/** What stands in a subscript of jsonb: an integer or a text, as a step of a path. */
export function jsonbStep(st: Statement, index: Scalar, at: Expr): Scalar {
  const integer = index.type.kind !== 'unknown' && canCoerce(index.type, INT4, 'implicit')
  if (!integer && !canCoerce(index.type, TEXT, 'implicit')) {
    throw bindError('42804', `subscript type ${typeText(index.type)} is not supported`, at, {
      hint: 'jsonb subscript must be coercible to either integer or text.',
    })
  }
  return coerce(st, integer ? coerce(st, index, INT4, 'implicit', at) : index, TEXT, 'explicit', at)
}

/** What is taken out of an array keeps its modifiers, unlike what functions make. */
const withType = (s: Scalar, type: SqlType | undefined): Scalar => (s.kind === 'call' && type ? { ...s, type } : s)
