import type { Expr } from '../../../grammar/ast.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { caseOf, constant, isNull } from '../../plan/scalar-walk.ts'
import { type TypeKind, UNKNOWN } from '../../types/sql-type.ts'
import { type Item, unify } from './coerce.ts'
import type { ExprPlace, Statement } from './context.ts'
import { bindCondition } from './expr-condition.ts'
import { handled } from './handled.ts'
import { callOperator } from './overload.ts'

type Node<K extends Expr['kind']> = Extract<Expr, { kind: K }>

export function bindCase(st: Statement, node: Node<'case'>, place: ExprPlace): Scalar {
  handled(node, ['operand', 'whens', 'else'])
  const operand = node.operand && st.bind.expr(st, node.operand, place)
  const whens = node.whens.map((w) => {
    if (!operand) return bindCondition(st, w.when, place, 'CASE/WHEN')
    return callOperator(st, '=', [operand, st.bind.expr(st, w.when, place)], w)
  })
  // PostgreSQL puts ELSE first when it looks for the common type.
  const thens = bindAll(
    st,
    node.whens.map((w) => w.then),
    place,
  )
  const none: Item = node.else
    ? { scalar: st.bind.expr(st, node.else, place), at: node.else }
    : { scalar: constant(null, UNKNOWN), at: node }
  const [otherwise, ...results] = unify(st, [none, ...thens], 'CASE').scalars
  return caseOf(
    whens.map((when, i) => [when, results[i]] as const),
    otherwise,
  )
}

export function bindCoalesce(st: Statement, node: Node<'coalesce'>, place: ExprPlace): Scalar {
  handled(node, ['args'])
  const { type, scalars } = unify(st, bindAll(st, node.args, place), 'COALESCE')
  return scalars.length === 1 ? scalars[0] : { kind: 'coalesce', args: scalars, type }
}

/** The largest or smallest argument that is not NULL. */
export function bindGreatest(st: Statement, node: Node<'greatest' | 'least'>, place: ExprPlace): Scalar {
  handled(node, ['args'])
  const { scalars } = unify(st, bindAll(st, node.args, place), node.kind.toUpperCase())
  const op = node.kind === 'greatest' ? '>=' : '<='
  return scalars.reduce((best, next) =>
    caseOf(
      [
        [isNull(next), best],
        [isNull(best), next],
        [callOperator(st, op, [best, next], node), best],
      ],
      next,
    ),
  )
}

/**
 * The result has the type of the left operand as the comparison sees it. Within these kinds PostgreSQL compares values of
 * two types as they are, where here one is cast to the other.
 */
const OWN_EQUALITY: readonly ReadonlySet<TypeKind>[] = [
  new Set(['int2', 'int4', 'int8']),
  new Set(['float4', 'float8']),
  new Set(['date', 'timestamp', 'timestamptz']),
  new Set(['name', 'text']),
]

export function bindNullIf(st: Statement, node: Node<'nullif'>, place: ExprPlace): Scalar {
  handled(node, ['left', 'right'])
  const [left, right] = [node.left, node.right].map((n) => st.bind.expr(st, n, place))
  const equal = callOperator(st, '=', [left, right], node)
  const seen = equal.kind === 'call' ? equal.args[0] : left
  const own = OWN_EQUALITY.some((kinds) => kinds.has(left.type.kind) && kinds.has(seen.type.kind))
  const result = own ? left : seen
  return caseOf([[equal, constant(null, result.type)]], result)
}

const bindAll = (st: Statement, nodes: readonly Expr[], place: ExprPlace) =>
  nodes.map((n) => ({ scalar: st.bind.expr(st, n, place), at: n }))
