import type { Assignment, Expr } from '../../../grammar/ast.ts'
import type { TableEntry } from '../../catalog/entry.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { bindError } from '../bind/bind-error.ts'
import type { ExprPlace, Statement } from '../bind/context.ts'
import { bindRowOfSubquery } from '../bind/expr-subquery.ts'
import { handled } from '../bind/handled.ts'
import { assignPart } from './assign-part.ts'
import { assign, assignedColumn, defaultValue } from './target-table.ts'

/** SET a = x, (b, c) = (y, z), d[1] = w: column → value, as the columns store it. `own`: the columns of the row as it is. */
export function bindAssignments(
  st: Statement,
  entry: TableEntry,
  set: readonly Assignment[],
  place: ExprPlace,
  own: readonly Scalar[],
): Map<number, Scalar> {
  const values = new Map<number, Scalar>()
  const inParts = new Set<number>()
  for (const node of set) {
    handled(node, ['targets', 'multiple', 'value'])
    const sources = assignedValues(st, node, place)
    node.targets.forEach((target, i) => {
      const at = assignedColumn(entry, target)
      const part = target.path.length > 0
      if (values.has(at) && !(part && inParts.has(at))) {
        throw bindError('42601', `multiple assignments to same column "${entry.columns[at].name}"`, target)
      }
      const source = sources[i]
      const { identity, generated, name } = entry.columns[at]
      if ((identity === 'always' || generated !== undefined) && source.kind !== 'default') {
        const what = generated === undefined ? 'an identity column defined as GENERATED ALWAYS' : 'a generated column'
        throw bindError('428C9', `column "${name}" can only be updated to DEFAULT`, undefined, {
          detail: `Column "${name}" is ${what}.`,
        })
      }
      if (part && source.kind === 'default') throw bindError('0A000', 'cannot set an array element to DEFAULT', target)
      const value = assignedScalar(st, entry, at, source, place)
      if (part) {
        inParts.add(at)
        values.set(at, assignPart(st, target, values.get(at) ?? own[at], value, source, place))
      } else values.set(at, assign(st, entry, at, value, source))
    })
  }
  return values
}

type AssignedValue = Expr | { readonly kind: 'bound'; readonly scalar: Scalar; readonly span: Expr['span'] }

function assignedScalar(st: Statement, entry: TableEntry, at: number, source: AssignedValue, place: ExprPlace): Scalar {
  if (source.kind === 'bound') return source.scalar
  return source.kind === 'default' ? defaultValue(st, entry, at) : st.bind.expr(st, source, place)
}

/** What stands right of `a =` or `(a, b) =`: one value for each column. */
function assignedValues(st: Statement, node: Assignment, place: ExprPlace): readonly AssignedValue[] {
  const { value, targets } = node
  if (!node.multiple) return [value]
  const values = rowOfValues(st, value, place)
  if (values.length !== targets.length) {
    throw bindError('42601', 'number of columns does not match number of values', value)
  }
  return values
}

function rowOfValues(st: Statement, value: Expr, place: ExprPlace): readonly AssignedValue[] {
  if (value.kind === 'row') {
    handled(value, ['fields', 'explicit'])
    return value.fields
  }
  if (value.kind === 'subquery') {
    return bindRowOfSubquery(st, value, place).map((scalar) => ({ kind: 'bound', scalar, span: value.span }))
  }
  throw bindError('0A000', 'source for a multiple-column UPDATE item must be a sub-SELECT or ROW() expression', value)
}
