import type { AssignTarget } from '../../../grammar/ast.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { constant } from '../../plan/scalar-walk.ts'
import { JSONB, TEXT } from '../../types/sql-type.ts'
import { bindError, type Place } from '../bind/bind-error.ts'
import { canCoerce, coerce } from '../bind/coerce.ts'
import type { ExprPlace, Statement } from '../bind/context.ts'
import { jsonbStep } from '../bind/expr-array.ts'
import { callFunction } from '../bind/overload.ts'
import { typeText } from '../type-text.ts'

/** `SET j['a'][0] = value`: the whole column with the part changed. `current`: what it holds before. */
export function assignMember(
  st: Statement,
  target: AssignTarget,
  current: Scalar,
  value: Scalar,
  at: Place,
  place: ExprPlace,
): Scalar {
  if (!canCoerce(value.type, JSONB, 'assignment') || value.type.kind === 'text') {
    throw bindError(
      '42804',
      `subscripted assignment to "${target.column.name}" requires type jsonb but expression is of type ${typeText(value.type)}`,
      target,
      { hint: 'You will need to rewrite or cast the expression.' },
    )
  }
  const indexes = target.path.map((step) => {
    if (!('index' in step)) throw bindError('42804', 'jsonb subscript does not support slices', target)
    return { bound: st.bind.expr(st, step.index, place), node: step.index }
  })
  const steps = indexes.map(({ bound, node }) => jsonbStep(st, bound, node))
  // A column that is NULL becomes an array when the first step is an integer.
  const first = indexes[0].bound.type.kind
  const made = constant(
    first !== 'unknown' && canCoerce(indexes[0].bound.type, { kind: 'int4' }, 'implicit') ? 'array' : 'object',
    TEXT,
  )
  const given = coerce(st, value, JSONB, 'assignment', at)
  return callFunction(st, 'jsonb_assign', [current, given, made, ...steps], target)
}
