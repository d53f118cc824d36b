import type { Expr } from '../../../grammar/ast.ts'
import { notSupported } from '../../base/sql-error.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { conjunction } from '../../plan/scalar-walk.ts'
import { BOOL } from '../../types/sql-type.ts'
import { bindError, type Place } from './bind-error.ts'
import type { ExprPlace, Statement } from './context.ts'
import { handled } from './handled.ts'
import { callOperator } from './overload.ts'

export type RowNode = Extract<Expr, { kind: 'row' }>

/** The fields of two rows that stand beside each other. */
export function rowFields(
  st: Statement,
  left: RowNode,
  right: RowNode,
  place: ExprPlace,
  at: Place,
): [left: Scalar[], right: Scalar[]] {
  handled(left, ['fields', 'explicit'])
  handled(right, ['fields', 'explicit'])
  if (left.fields.length !== right.fields.length)
    throw bindError('42601', 'unequal number of entries in row expressions', at)
  return [left.fields.map((f) => st.bind.expr(st, f, place)), right.fields.map((f) => st.bind.expr(st, f, place))]
}

/** `(a, b) < (c, d)`: equality of all, or the first difference decides. */
export function compareLists(st: Statement, op: string, l: readonly Scalar[], r: readonly Scalar[], at: Place): Scalar {
  const pair = (o: string, i: number): Scalar => callOperator(st, o, [l[i], r[i]], at)
  const all = l.map((_, i) => i)
  switch (op) {
    case '=':
      return conjunction(all.map((i) => pair('=', i)))
    case '<>': {
      const args = all.map((i) => pair('<>', i))
      return args.length === 1 ? args[0] : { kind: 'or', args, type: BOOL }
    }
    case '<':
    case '<=':
    case '>':
    case '>=': {
      const strict = op[0]
      const arms: Scalar[] = all.map((i) => {
        const last = i === l.length - 1
        return conjunction([...all.slice(0, i).map((j) => pair('=', j)), pair(last ? op : strict, i)])
      })
      return arms.length === 1 ? arms[0] : { kind: 'or', args: arms, type: BOOL }
    }
    default:
      throw notSupported(`operator ${op} between rows`, at.span)
  }
}
