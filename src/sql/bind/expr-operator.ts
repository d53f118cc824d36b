import type { Expr } from '../../../grammar/ast.ts'
import { notSupported } from '../../base/sql-error.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { BOOL, INT4, type SqlType, TEXT, UNKNOWN } from '../../types/sql-type.ts'
import { resolveType } from '../type-name.ts'
import { typeText } from '../type-text.ts'
import { bindError } from './bind-error.ts'
import { canCoerce, coerce, unify } from './coerce.ts'
import type { ExprPlace, Statement } from './context.ts'
import { bindNumber } from './expr-literal.ts'
import { bindComparison } from './expr-row.ts'
import { handled } from './handled.ts'
import { callFunction, callOperator, sqlFunction } from './overload.ts'

type Node<K extends Expr['kind']> = Extract<Expr, { kind: K }>

export function bindUnary(st: Statement, node: Node<'unary'>, place: ExprPlace): Scalar {
  handled(node, ['op', 'operand', 'opSpan', 'schema'])
  checkSchema(node)
  if (node.op === '-' && node.operand.kind === 'number') return bindNumber(st, node.operand, true)
  return callOperator(st, node.op, [st.bind.expr(st, node.operand, place)], { span: node.opSpan })
}

export function bindBinary(st: Statement, node: Node<'binary'>, place: ExprPlace): Scalar {
  handled(node, ['op', 'left', 'right', 'opSpan', 'schema'])
  checkSchema(node)
  return bindComparison(st, node.op, node.left, node.right, place, { span: node.opSpan })
}

function checkSchema(node: {
  readonly schema?: readonly { readonly name: string }[]
  readonly span: { start: number }
}): void {
  const schema = node.schema?.map((s) => s.name).join('.')
  if (schema !== undefined && schema !== '' && schema !== 'pg_catalog')
    throw notSupported(`OPERATOR(${schema}.…)`, node.span)
}

/** `x op ANY|ALL (array)`. */
export function bindQuantifiedArray(st: Statement, node: Node<'quantified'>, place: ExprPlace): Scalar {
  const left = st.bind.expr(st, node.left, place)
  let array = st.bind.expr(st, node.array as Expr, place)
  if (array.type.kind === 'unknown')
    array = coerce(
      st,
      array,
      { kind: 'array', element: left.type.kind === 'unknown' ? TEXT : left.type },
      'implicit',
      node,
    )
  if (array.type.kind !== 'array' || !array.type.element) {
    throw bindError('42809', `op ANY/ALL (array) requires array on right side`, { span: node.opSpan })
  }
  // The operator is resolved over one element; the array is then converted as a whole.
  const element: Scalar = { kind: 'column', index: -1, type: array.type.element }
  const op = LIKE_OPS[node.op] ?? node.op
  const call = callOperator(st, op, [left, element], { span: node.opSpan })
  if (call.kind !== 'call' || call.type.kind !== 'bool') {
    throw bindError('42809', 'op ANY/ALL (array) requires operator to yield boolean', { span: node.opSpan })
  }
  const [l, r] = call.args
  const converted = r === element ? array : coerce(st, array, { kind: 'array', element: r.type }, 'implicit', node)
  return {
    kind: 'anyAll',
    all: node.quantifier === 'ALL',
    fn: call.fn,
    left: l,
    array: converted,
    type: BOOL,
    position: st.position({ span: node.opSpan }),
  }
}

export const LIKE_OPS: Readonly<Record<string, string>> = {
  LIKE: '~~',
  'NOT LIKE': '!~~',
  ILIKE: '~~*',
  'NOT ILIKE': '!~~*',
}

export function bindCast(st: Statement, node: Node<'cast'>, place: ExprPlace): Scalar {
  handled(node, ['operand', 'type', 'style', 'try'])
  if (node.try) throw notSupported('TRY_CAST', node.span)
  const type = resolveType(node.type)
  if (node.operand.kind === 'array' && type.kind === 'array' && type.element) {
    // ARRAY[]::int[] takes the element type from the cast.
    const { element } = type
    const items = node.operand.elements.map((e) => coerce(st, st.bind.expr(st, e, place), element, 'explicit', e))
    handled(node.operand, ['elements'])
    return { kind: 'array', items, type }
  }
  const at = { span: node.opSpan ?? node.span }
  return coerce(st, st.bind.expr(st, node.operand, place), type, 'explicit', at)
}

export function bindArray(st: Statement, node: Node<'array'>, place: ExprPlace): Scalar {
  handled(node, ['elements'])
  if (node.elements.length === 0) {
    throw bindError('42P18', 'cannot determine type of empty array', node, {
      hint: 'Explicitly cast to the desired type, for example ARRAY[]::integer[].',
    })
  }
  if (node.elements.some((e) => e.kind === 'array')) throw notSupported('an array of several dimensions', node.span)
  const items = node.elements.map((e) => ({ scalar: st.bind.expr(st, e, place), at: e }))
  const { type, scalars } = unify(st, items, 'ARRAY')
  if (type.kind === 'array') throw notSupported('an array of several dimensions', node.span)
  return { kind: 'array', items: scalars, type: { kind: 'array', element: type } }
}

export function bindSubscript(st: Statement, node: Node<'subscript'>, place: ExprPlace): Scalar {
  handled(node, ['operand', 'index'])
  const operand = st.bind.expr(st, node.operand, place)
  if (operand.type.kind === 'jsonb') {
    const step = jsonbStep(st, st.bind.expr(st, node.index, place), node.index)
    return callFunction(st, 'jsonb_extract_path', [operand, step], node)
  }
  if (operand.type.kind !== 'array') {
    throw bindError(
      '42804',
      `cannot subscript type ${typeText(operand.type)} because it does not support subscripting`,
      node,
    )
  }
  const index = coerce(st, st.bind.expr(st, node.index, place), INT4, 'assignment', node.index)
  return ofOperand(callFunction(st, 'array_subscript', [operand, index], node), operand.type.element)
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

export function bindSlice(st: Statement, node: Node<'slice'>, place: ExprPlace): Scalar {
  handled(node, ['operand', 'from', 'to'])
  const operand = st.bind.expr(st, node.operand, place)
  if (operand.type.kind !== 'array') {
    throw bindError(
      '42804',
      `cannot subscript type ${typeText(operand.type)} because it does not support subscripting`,
      node,
    )
  }
  const bound = (e: Expr | undefined, missing: number): Scalar =>
    e ? coerce(st, st.bind.expr(st, e, place), INT4, 'assignment', e) : { kind: 'const', value: missing, type: INT4 }
  // Arrays here begin at 1, so a missing bound is the first or the last possible one.
  const slice = callFunction(st, 'array_slice', [operand, bound(node.from, 1), bound(node.to, 2147483647)], node)
  return ofOperand(slice, operand.type)
}

/** What is taken out of an array keeps its modifiers, unlike what functions make. */
const ofOperand = (s: Scalar, type: SqlType | undefined): Scalar => (s.kind === 'call' && type ? { ...s, type } : s)

export function bindAtTimeZone(st: Statement, node: Node<'atTimeZone'>, place: ExprPlace): Scalar {
  handled(node, ['operand', 'zone'])
  const operand = st.bind.expr(st, node.operand, place)
  const zone = node.zone
    ? st.bind.expr(st, node.zone, place)
    : callFunction(st, 'current_setting', [text('TimeZone')], node)
  return sqlFunction(st, 'timezone', [zone, operand], node)
}

export function bindExtract(st: Statement, node: Node<'extract'>, place: ExprPlace): Scalar {
  handled(node, ['field', 'source'])
  const field: Scalar = { kind: 'const', value: node.field.toLowerCase(), type: UNKNOWN }
  return sqlFunction(st, 'extract', [field, st.bind.expr(st, node.source, place)], node)
}

export function bindSubstring(st: Statement, node: Node<'substring'>, place: ExprPlace): Scalar {
  handled(node, ['operand', 'from', 'for', 'similar', 'escape'])
  const operand = st.bind.expr(st, node.operand, place)
  if (node.similar && node.escape) {
    const pattern = [node.similar, node.escape].map((n) => st.bind.expr(st, n, place))
    return sqlFunction(st, 'substring', [operand, ...pattern], node)
  }
  const from = node.from && st.bind.expr(st, node.from, place)
  const count = node.for && st.bind.expr(st, node.for, place)
  const one: Scalar = { kind: 'const', value: 1, type: INT4 }
  return sqlFunction(st, 'substring', [operand, from ?? one, ...(count ? [count] : [])], node)
}

export function bindPosition(st: Statement, node: Node<'position'>, place: ExprPlace): Scalar {
  handled(node, ['needle', 'haystack'])
  const args = [node.haystack, node.needle].map((n) => st.bind.expr(st, n, place))
  return sqlFunction(st, 'position', args, node)
}

export function bindOverlay(st: Statement, node: Node<'overlay'>, place: ExprPlace): Scalar {
  handled(node, ['operand', 'placing', 'from', 'for'])
  const args = [node.operand, node.placing, node.from, ...(node.for ? [node.for] : [])]
  return sqlFunction(
    st,
    'overlay',
    args.map((n) => st.bind.expr(st, n, place)),
    node,
  )
}

/** `(a, b) OVERLAPS (c, d)` */
export function bindOverlaps(st: Statement, node: Node<'overlaps'>, place: ExprPlace): Scalar {
  handled(node, ['left', 'right', 'opSpan'])
  const args = [...node.left, ...node.right].map((n) => st.bind.expr(st, n, place))
  return sqlFunction(st, 'overlaps', args, { span: node.opSpan })
}

export function bindTrim(st: Statement, node: Node<'trim'>, place: ExprPlace): Scalar {
  handled(node, ['side', 'chars', 'args'])
  const name = { BOTH: 'btrim', LEADING: 'ltrim', TRAILING: 'rtrim' }[node.side]
  const args = [...node.args, ...(node.chars ? [node.chars] : [])].map((n) => st.bind.expr(st, n, place))
  return sqlFunction(st, name, args, node)
}

/** `NORMALIZE(x, NFC)`, and `x IS NFC NORMALIZED`. */
export function bindNormalize(st: Statement, node: Node<'normalize'>, place: ExprPlace): Scalar {
  handled(node, ['operand', 'form'])
  return sqlFunction(st, 'normalize', [st.bind.expr(st, node.operand, place), text(node.form ?? 'NFC')], node)
}

const text = (value: string): Scalar => ({ kind: 'const', value, type: TEXT })
