import type { Expr } from '../../../grammar/ast.ts'
import { notSupported } from '../../base/sql-error.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { columnsOf, conjunction, FALSE, isNull, not, TRUE } from '../../plan/scalar-walk.ts'
import { trimBlanks } from '../../types/modifiers.ts'
import { BOOL, TEXT } from '../../types/sql-type.ts'
import type { Datum } from '../../types/value.ts'
import { sharedText } from '../shared-text.ts'
import { typeText } from '../type-text.ts'
import { bindError } from './bind-error.ts'
import { coerce, unify } from './coerce.ts'
import type { ExprPlace, Statement } from './context.ts'
import { recordIsNull } from './expr-record.ts'
import { bindComparison } from './expr-row.ts'
import { handled } from './handled.ts'
import { callFunction, callOperator, sqlFunction } from './overload.ts'
import { rowFields } from './row-compare.ts'
import { bindIsJson, isJsonTest } from './sql-json-test.ts'

type Node<K extends Expr['kind']> = Extract<Expr, { kind: K }>

/** A condition of AND, WHERE and their like: boolean, or 42804. */
export function bindCondition(st: Statement, node: Expr, place: ExprPlace, clause: string): Scalar {
  const s = st.bind.expr(st, node, place)
  return asCondition(st, s, node, clause)
}

function asCondition(st: Statement, s: Scalar, node: Expr, clause: string): Scalar {
  if (s.type.kind === 'bool') return s
  if (s.type.kind === 'unknown') return coerce(st, s, BOOL, 'implicit', node)
  throw bindError('42804', `argument of ${clause} must be type boolean, not type ${typeText(s.type)}`, node)
}

export function bindLogic(st: Statement, node: Node<'and' | 'or'>, place: ExprPlace): Scalar {
  handled(node, ['args'])
  const args = node.args.map((a) => bindCondition(st, a, place, node.kind.toUpperCase()))
  return node.kind === 'and' ? conjunction(args) : { kind: 'or', args, type: BOOL }
}

export function bindNot(st: Statement, node: Node<'not'>, place: ExprPlace): Scalar {
  handled(node, ['operand'])
  return negate(bindCondition(st, node.operand, place, 'NOT'))
}

const negate = (s: Scalar): Scalar => (s.kind === 'not' ? s.arg : not(s))

export function bindIs(st: Statement, node: Node<'is'>, place: ExprPlace): Scalar {
  handled(node, ['operand', 'negated', 'test', 'form', 'uniqueKeys'])
  if (isJsonTest(node.test)) {
    const holds = bindIsJson(st, node, place)
    return node.negated ? not(holds) : holds
  }
  if (node.test === 'NULL') {
    if (node.operand.kind === 'row') return rowIsNull(st, node.operand, node.negated, place)
    const arg = st.bind.expr(st, node.operand, place)
    if (arg.type.kind === 'record') return recordIsNull(arg, node.negated)
    return isNull(arg.type.kind === 'unknown' ? coerce(st, arg, { kind: 'text' }, 'implicit', node) : arg, node.negated)
  }
  if (node.test === 'NORMALIZED') {
    const form: Scalar = { kind: 'const', value: node.form ?? 'NFC', type: TEXT }
    const normal = sqlFunction(st, 'is_normalized', [st.bind.expr(st, node.operand, place), form], node)
    return node.negated ? not(normal) : normal
  }
  if (node.test !== 'TRUE' && node.test !== 'FALSE' && node.test !== 'UNKNOWN')
    throw notSupported(`IS ${node.test}`, node.span)
  const arg = bindCondition(st, node.operand, place, `IS ${node.negated ? 'NOT ' : ''}${node.test}`)
  if (node.test === 'UNKNOWN') return isNull(arg, node.negated)
  const known: Scalar = { kind: 'coalesce', args: [arg, node.test === 'TRUE' ? FALSE : TRUE], type: BOOL }
  return (node.test === 'TRUE') === node.negated ? not(known) : known
}

/** A row IS NULL when all its fields are, IS NOT NULL when none is. */
function rowIsNull(st: Statement, row: Node<'row'>, negated: boolean, place: ExprPlace): Scalar {
  handled(row, ['fields', 'explicit'])
  return conjunction(row.fields.map((f) => isNull(st.bind.expr(st, f, place), negated)))
}

export function bindIsDistinct(st: Statement, node: Node<'isDistinct'>, place: ExprPlace): Scalar {
  handled(node, ['left', 'right', 'negated'])
  if (node.left.kind === 'row' && node.right.kind === 'row') {
    const [left, right] = rowFields(st, node.left, node.right, place, { span: node.opSpan })
    const args = left.map((l, i) => distinctFrom(st, [l, right[i]], false, node))
    const distinct: Scalar = args.length === 1 ? args[0] : { kind: 'or', args, type: BOOL }
    return node.negated ? not(distinct) : distinct
  }
  const sides = [node.left, node.right].map((n) => st.bind.expr(st, n, place))
  return distinctFrom(st, sides, node.negated, node)
}

function distinctFrom(st: Statement, sides: readonly Scalar[], negated: boolean, node: Node<'isDistinct'>): Scalar {
  // The comparison must exist for the types, as for =.
  const equal = callOperator(st, '=', sides, { span: node.opSpan })
  if (equal.kind !== 'call') throw notSupported('IS DISTINCT FROM of these operands', node.span)
  const [left, right] = equal.args
  if (JSON.stringify(left.type) !== JSON.stringify(right.type)) {
    const items = sides.map((scalar, i) => ({ scalar, at: i === 0 ? node.left : node.right }))
    const { scalars } = unify(st, items, 'IS DISTINCT FROM')
    return { kind: 'distinctFrom', left: scalars[0], right: scalars[1], negated, type: BOOL }
  }
  return { kind: 'distinctFrom', left, right, negated, type: BOOL }
}

export function bindBetween(st: Statement, node: Node<'between'>, place: ExprPlace): Scalar {
  handled(node, ['operand', 'low', 'high', 'negated', 'symmetric'])
  const at = { span: node.opSpan }
  const nodes = [node.operand, node.low, node.high]
  // Rows are compared field by field; other operands are bound once.
  const bound = nodes.some((n) => n.kind === 'row') ? null : nodes.map((n) => st.bind.expr(st, n, place))
  const compare = (op: string, a: number, b: number): Scalar =>
    bound ? callOperator(st, op, [bound[a], bound[b]], at) : bindComparison(st, op, nodes[a], nodes[b], place, at)
  const within = (from: number, to: number): Scalar => conjunction([compare('>=', 0, from), compare('<=', 0, to)])
  const inside: Scalar = node.symmetric ? { kind: 'or', args: [within(1, 2), within(2, 1)], type: BOOL } : within(1, 2)
  return node.negated ? not(inside) : inside
}

export function bindInList(st: Statement, node: Node<'inList'>, place: ExprPlace): Scalar {
  handled(node, ['operand', 'list', 'negated'])
  const at = { span: node.opSpan }
  const wrap = (s: Scalar): Scalar => (node.negated ? not(s) : s)
  if (node.operand.kind === 'row') {
    const left = node.operand
    const args = node.list.map((item) => {
      return bindComparison(st, '=', left, item, place, at)
    })
    return wrap(args.length === 1 ? args[0] : { kind: 'or', args, type: BOOL })
  }
  const items = [node.operand, ...node.list].map((n) => ({ scalar: st.bind.expr(st, n, place), at: n }))
  const [operand, ...list] = items
  // PostgreSQL's rule: several values without columns take one type, which the operand takes part in choosing, and the
  // operand as it is equals one of them; each of the others is compared by itself.
  const isFixed = (item: (typeof items)[number]) => columnsOf(item.scalar).size === 0
  const fixed = list.filter(isFixed)
  const common = fixed.length > 1 ? unify(st, [operand, ...fixed], 'IN', true) : undefined
  const alone = common ? list.filter((item) => !isFixed(item)) : list
  const equal = (value: Scalar): Scalar => callOperator(st, '=', [operand.scalar, value], at)
  const args = alone.map((item) => equal(item.scalar))
  if (common) args.unshift(...oneOf(common.scalars.slice(1).map(equal)))
  return wrap(args.length === 1 ? args[0] : { kind: 'or', args, type: BOOL })
}

/** Comparisons of one operand with constants are one look into their set. */
function oneOf(equal: readonly Scalar[]): readonly Scalar[] {
  const [first] = equal
  if (first.kind !== 'call') return equal
  const [arg] = first.args
  const values: Datum[] = []
  for (const s of equal) {
    if (s.kind !== 'call' || s.fn !== first.fn) return equal
    const [, value] = s.args
    if (value.kind !== 'const' || value.type.kind !== arg.type.kind) return equal
    values.push(value.value)
  }
  // A set tells values by their text, in which equal ones may differ: blanks at the end go, jsonb is compared one by one.
  if (arg.type.kind === 'jsonb' || arg.type.kind === 'array') return equal
  if (arg.type.kind !== 'bpchar') return [{ kind: 'inList', arg, values, type: BOOL }]
  const texts = values.map((value) => (value === null ? null : trimBlanks(value as string)))
  return [{ kind: 'inList', arg: sharedText(arg), values: texts, type: BOOL }]
}

export function bindLike(st: Statement, node: Node<'like'>, place: ExprPlace): Scalar {
  handled(node, ['op', 'operand', 'pattern', 'escape', 'negated'])
  const at = { span: node.opSpan }
  const operand = st.bind.expr(st, node.operand, place)
  let pattern = st.bind.expr(st, node.pattern, place)
  const escaped = node.escape && st.bind.expr(st, node.escape, place)
  if (node.op === 'SIMILAR TO') {
    pattern = callFunction(st, 'similar_to_escape', escaped ? [pattern, escaped] : [pattern], at)
    return callOperator(st, node.negated ? '!~' : '~', [operand, pattern], at)
  }
  if (escaped) pattern = callFunction(st, 'like_escape', [pattern, escaped], at)
  const op = node.op === 'LIKE' ? '~~' : '~~*'
  return callOperator(st, node.negated ? `!${op}` : op, [operand, pattern], at)
}
