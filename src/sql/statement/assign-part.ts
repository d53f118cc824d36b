import type { AssignTarget, Expr } from '../../../grammar/ast.ts'
import { notSupported } from '../../base/sql-error.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { constant } from '../../plan/scalar-walk.ts'
import { INT4, type SqlType, TEXT } from '../../types/sql-type.ts'
import { bindError, type Place } from '../bind/bind-error.ts'
import { coerce } from '../bind/coerce.ts'
import type { ExprPlace, Statement } from '../bind/context.ts'
import { checkCount, noSubscripts, sliceBounds, subscript } from '../bind/expr-array.ts'
import { callFunction } from '../bind/overload.ts'
import { typeText } from '../type-text.ts'
import { assignMember } from './assign-member.ts'

type Subscripts = Exclude<AssignTarget['path'][number], { field: unknown }>

/** `SET a[i] = x`, `SET a[m:n] = x`: the value of the column with that part replaced; `current`: what it holds before. */
export function assignPart(
  st: Statement,
  target: AssignTarget,
  current: Scalar,
  value: Scalar,
  at: Place,
  place: ExprPlace,
): Scalar {
  if (target.path.some((part) => 'field' in part)) throw notSupported('assignment to a field of a column', target.span)
  const parts = target.path as Subscripts[]
  const { type } = current
  if (type.kind === 'jsonb') return assignMember(st, target, current, value, at, place)
  if (type.kind !== 'array') throw noSubscripts(type, target)
  checkCount(parts.length)
  const isSlice = parts.some((part) => 'slice' in part)
  const stored = converted(st, target.column.name, isSlice ? type : (type.element ?? TEXT), value, at)
  if (!isSlice) {
    const subscripts = parts.map((part) => subscript(st, (part as { index: Expr }).index, place))
    return { ...callFunction(st, 'array_with', [current, stored, ...subscripts], target), type } as Scalar
  }
  const bounds = parts.flatMap((part) => sliceBounds(st, part, place))
  const written = constant(bounds.map((bound) => (bound === undefined ? 'o' : 'b')).join(''), TEXT)
  const given = bounds.map((bound) => bound ?? constant(0, INT4))
  return { ...callFunction(st, 'array_with_slice', [current, stored, written, ...given], target), type } as Scalar
}

function converted(st: Statement, column: string, type: SqlType, value: Scalar, at: Place): Scalar {
  try {
    return coerce(st, value, type, 'assignment', at)
  } catch (e) {
    if ((e as { sqlstate?: string }).sqlstate !== '42804') throw e
    throw bindError(
      '42804',
      `subscripted assignment to "${column}" requires type ${typeText(type)} but expression is of type ${typeText(value.type)}`,
      at,
      { hint: 'You will need to rewrite or cast the expression.' },
    )
  }
}
