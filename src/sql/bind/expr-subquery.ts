import type { Expr, Query } from '../../../grammar/ast.ts'
import type { Logical } from '../../plan/logical.ts'
import { projectColumns } from '../../plan/logical-make.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { column, not } from '../../plan/scalar-walk.ts'
import { BOOL, type SqlType } from '../../types/sql-type.ts'
import { bindError, type Place } from './bind-error.ts'
import { coerce } from './coerce.ts'
import type { ExprPlace, Statement } from './context.ts'
import { handled } from './handled.ts'
import { orderKey } from './order.ts'
import { aggregateCall, callOperator } from './overload.ts'
import { compareLists } from './row-compare.ts'

type Node<K extends Expr['kind']> = Extract<Expr, { kind: K }>

export function bindExists(st: Statement, node: Node<'exists'>, place: ExprPlace): Scalar {
  handled(node, ['query'])
  const plan = bindSub(st, node.query, place)
  return st.slot(
    { kind: 'subquery', mode: 'exists', plan, compare: null, inColumn: false, oneRow: false },
    [],
    BOOL,
    node,
  )
}

export function bindScalarSubquery(st: Statement, node: Node<'subquery'>, place: ExprPlace): Scalar {
  handled(node, ['query'])
  const plan = bindSub(st, node.query, place)
  if (plan.rowType.length !== 1) throw bindError('42601', 'subquery must return only one column', node)
  const slot = {
    kind: 'subquery',
    mode: 'scalar',
    plan,
    compare: null,
    inColumn: false,
    oneRow: yieldsOneRow(plan),
  } as const
  return st.slot(slot, [], plan.rowType[0].type, node)
}

/** `(a, b) = (query)` of SET: each column of its only row, NULL without one. */
export function bindRowOfSubquery(st: Statement, node: Node<'subquery'>, place: ExprPlace): Scalar[] {
  handled(node, ['query'])
  const plan = bindSub(st, node.query, place)
  const oneRow = yieldsOneRow(plan)
  return plan.rowType.map((field, i) => {
    const slot = { kind: 'subquery', mode: 'scalar', plan: projectColumns(plan, [i]), compare: null } as const
    return st.slot({ ...slot, inColumn: false, oneRow }, [], field.type, node)
  })
}

export function bindInSubquery(st: Statement, node: Node<'inSubquery'>, place: ExprPlace): Scalar {
  handled(node, ['operand', 'query', 'negated'])
  const some = bindAny(st, node.operand, '=', node.query, place, { span: node.opSpan })
  return node.negated ? not(some) : some
}

/** `x op ANY (query)`; ALL is NOT ANY of the opposite comparison. */
export function bindQuantifiedQuery(st: Statement, node: Node<'quantified'>, op: string, place: ExprPlace): Scalar {
  handled(node, ['left', 'op', 'schema', 'quantifier', 'query', 'opSpan'])
  const query = node.query as Query
  if (node.quantifier === 'ANY') return bindAny(st, node.left, op, query, place, { span: node.opSpan })
  const opposite = OPPOSITE[op]
  if (opposite) return not(bindAny(st, node.left, opposite, query, place, { span: node.opSpan }))
  return not(bindAny(st, node.left, op, query, place, { span: node.opSpan }, true))
}

/** Exact complements where neither side is NULL; NULL stays NULL on both. */
const OPPOSITE: Readonly<Record<string, string>> = { '=': '<>', '<>': '=', '<': '>=', '<=': '>', '>': '<=', '>=': '<' }

function bindAny(
  st: Statement,
  operand: Expr,
  op: string,
  query: Query,
  place: ExprPlace,
  at: Place,
  negate = false,
): Scalar {
  const { plan, operands } = bindSides(st, operand, query, place, at)
  const k = operands.length
  const left = operands.map((o, i) => column(i, o.type))
  const right = plan.rowType.map((f, i) => column(k + i, f.type))
  const compare = k === 1 ? callOperator(st, op, [left[0], right[0]], at) : compareLists(st, op, left, right, at)
  if (compare.type.kind !== 'bool') throw bindError('42804', `operator ${op} must return type boolean`, at)
  const slot = {
    kind: 'subquery',
    mode: 'any',
    plan,
    compare: negate ? not(compare) : compare,
    inColumn: k === 1 && op === '=' && !negate,
    oneRow: false,
  } as const
  return st.slot(slot, operands, BOOL, at)
}

/** `(a, b) = (query)`: with its only row; NULL without one. */
export function bindRowSubquery(
  st: Statement,
  row: Node<'row'>,
  op: string,
  query: Query,
  place: ExprPlace,
  at: Place,
): Scalar {
  const { plan, operands } = bindSides(st, row, query, place, at)
  const k = operands.length
  const left = operands.map((o, i) => column(i, o.type))
  const right = plan.rowType.map((f, i) => column(k + i, f.type))
  const compare = compareLists(st, op, left, right, at)
  const slot = { kind: 'subquery', mode: 'row', plan, compare, inColumn: false, oneRow: yieldsOneRow(plan) } as const
  return st.slot(slot, operands, BOOL, at)
}

/** The columns of a query beside the operand, or the fields of the row, that they are compared with. */
function bindSides(
  st: Statement,
  operand: Expr,
  query: Query,
  place: ExprPlace,
  at: Place,
): { plan: Logical; operands: Scalar[] } {
  const plan = bindSub(st, query, place)
  const fields: readonly Expr[] = operand.kind === 'row' ? operand.fields : [operand]
  if (operand.kind === 'row') handled(operand, ['fields', 'explicit'])
  if (fields.length < plan.rowType.length) throw bindError('42601', 'subquery has too many columns', at)
  if (fields.length > plan.rowType.length) throw bindError('42601', 'subquery has too few columns', at)
  const operands = fields.map((f, i) => {
    const s = st.bind.expr(st, f, place)
    return s.type.kind === 'unknown' ? coerce(st, s, plan.rowType[i].type, 'implicit', f) : s
  })
  return { plan, operands }
}

export function bindArraySubquery(st: Statement, node: Node<'arraySubquery'>, place: ExprPlace): Scalar {
  handled(node, ['query'])
  const { plan, width, order } = st.within(place, () => st.bind.ordered(st, node.query, place.scope, place.ctes))
  if (width !== 1) throw bindError('42601', 'subquery must return only one column', node)
  const element = plan.rowType[0].type
  const type: SqlType = element.kind === 'array' ? element : { kind: 'array', element }
  const call = {
    ...aggregateCall(st, 'array_agg', [column(0, element)], node),
    distinct: false,
    filter: null,
    order: order.map((key) => orderKey(key, plan.rowType)),
  }
  const aggregated: Logical = {
    kind: 'aggregate',
    input: plan,
    keys: [],
    aggregates: [call],
    rowType: [{ name: 'array', type, nullable: true }],
    position: st.position(node),
  }
  // No rows give an empty array, not NULL.
  const value: Scalar = { kind: 'coalesce', args: [column(0, type), { kind: 'array', items: [], type }], type }
  const whole: Logical = {
    kind: 'project',
    input: aggregated,
    exprs: [value],
    rowType: [{ name: 'array', type, nullable: false }],
  }
  return st.slot(
    { kind: 'subquery', mode: 'scalar', plan: whole, compare: null, inColumn: false, oneRow: true },
    [],
    type,
    node,
  )
}

const bindSub = (st: Statement, query: Query, place: ExprPlace): Logical =>
  st.within(place, () => st.bind.query(st, query, place.scope, place.ctes))

/** An aggregate without GROUP BY or HAVING: exactly one row whatever the input. */
function yieldsOneRow(plan: Logical): boolean {
  if (plan.kind === 'project') return yieldsOneRow(plan.input)
  return (plan.kind === 'aggregate' && plan.keys.length === 0) || (plan.kind === 'constant' && plan.rows.length === 1)
}
