import type { AssignTarget, Expr } from '../../../grammar/ast.ts'
import { notSupported } from '../../base/sql-error.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { constant } from '../../plan/scalar-walk.ts'
import { INT4, type SqlType, TEXT } from '../../types/sql-type.ts'
import { bindError, type Place } from '../bind/bind-error.ts'
import { coerce } from '../bind/coerce.ts'
import type { ExprPlace, Statement } from '../bind/context.ts'
import { checkCount, noSubscripts, sliceBounds, subscript } from '../bind/expr-array.ts'
import { fieldAt } from '../bind/expr-record.ts'
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
  if (target.path.some((part) => 'field' in part)) return assignField(st, target, current, value, at)
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

/** `SET c.f = x`, `SET c.f.g = x`: the record with another value of that field. */
function assignField(st: Statement, target: AssignTarget, current: Scalar, value: Scalar, at: Place): Scalar {
  const names = target.path.map((part) => {
    if (!('field' in part)) throw notSupported('assignment to fields and elements at once', target.span)
    return part.field.name
  })
  const within = (record: Scalar, path: readonly string[]): Scalar => {
    const { type } = record
    const what = `cannot assign to field "${path[0]}" of column "${target.column.name}" because`
    if (type.kind !== 'record' || type.fields === undefined)
      throw bindError('42804', `${what} its type ${typeText(type)} is not a composite type`, target)
    const { fields } = type
    const i = fields.findIndex((field) => field.name === path[0])
    if (i < 0) throw bindError('42703', `${what} there is no such column in data type ${typeText(type)}`, target)
    const stored =
      path.length > 1
        ? within(fieldAt(record, fields, i), path.slice(1))
        : converted(st, target.column.name, fields[i]!.type, value, at, path[0])
    const args = [record, stored, constant(i, INT4), constant(fields.length, INT4)]
    return { kind: 'call', fn: 'record_with(record,any,int4,int4)', args, type, position: -1 }
  }
  return within(current, names)
}

function converted(st: Statement, column: string, type: SqlType, value: Scalar, at: Place, field?: string): Scalar {
  try {
    return coerce(st, value, type, 'assignment', at)
  } catch (e) {
    if ((e as { sqlstate?: string }).sqlstate !== '42804') throw e
    throw bindError(
      '42804',
      field !== undefined
        ? `subfield "${field}" is of type ${typeText(type)} but expression is of type ${typeText(value.type)}`
        : `subscripted assignment to "${column}" requires type ${typeText(type)} but expression is of type ${typeText(value.type)}`,
      at,
      { hint: 'You will need to rewrite or cast the expression.' },
    )
  }
}
