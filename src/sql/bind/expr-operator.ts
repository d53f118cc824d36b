import type { Expr } from '../../../grammar/ast.ts'
import { notSupported } from '../../base/sql-error.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { BOOL, INT4, TEXT, UNKNOWN } from '../../types/sql-type.ts'
import { resolveType } from '../type-name.ts'
import { bindError } from './bind-error.ts'
import { coerce } from './coerce.ts'
import type { ExprPlace, Statement } from './context.ts'
import { bindArrayAs } from './expr-array.ts'
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
  const type = resolveType(node.type, st)
  // ARRAY[]::int[] takes the element type from the cast.
  if (node.operand.kind === 'array' && type.kind === 'array') return bindArrayAs(st, node.operand, type, place)
  const at = { span: node.opSpan ?? node.span }
  return coerce(st, st.bind.expr(st, node.operand, place), type, 'explicit', at)
}

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
