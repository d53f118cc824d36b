import type { Expr } from '../../../grammar/ast.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { constant } from '../../plan/scalar-walk.ts'
import { BOOL, TEXT } from '../../types/sql-type.ts'
import { typeText } from '../type-text.ts'
import { bindError } from './bind-error.ts'
import { coerce } from './coerce.ts'
import type { ExprPlace, Statement } from './context.ts'
import { callFunction } from './overload.ts'
import { decoded } from './sql-json.ts'
import { isText } from './sql-json-make.ts'

type Node<K extends Expr['kind']> = Extract<Expr, { kind: K }>

const KINDS = { JSON: 'VALUE', 'JSON SCALAR': 'SCALAR', 'JSON ARRAY': 'ARRAY', 'JSON OBJECT': 'OBJECT' } as const

export const isJsonTest = (test: string): test is keyof typeof KINDS => Object.hasOwn(KINDS, test)

/** `x IS [NOT] JSON …` */
export function bindIsJson(st: Statement, node: Node<'is'>, place: ExprPlace): Scalar {
  const bound = decoded(st, st.bind.expr(st, node.operand, place), node)
  if (!isText(bound.type) && !['json', 'jsonb', 'unknown'].includes(bound.type.kind)) {
    throw bindError('42804', `cannot use type ${typeText(bound.type)} in IS JSON predicate`, undefined)
  }
  const text = coerce(st, bound, TEXT, 'explicit', node.operand)
  const kind = constant(KINDS[node.test as keyof typeof KINDS], TEXT)
  return callFunction(st, 'is_json', [text, kind, constant(node.uniqueKeys === true, BOOL)], node)
}
