import type { ColumnConstraint, ColumnDef, TableElement } from '../../../grammar/ast-table.ts'
import { deparseOperand } from '../../../grammar/deparse.ts'
import { notSupported } from '../../base/sql-error.ts'
import { scalarById } from '../../functions/lookup.ts'
import { readsClock } from '../../plan/clock-shape.ts'
import type { ColumnPlan } from '../../plan/ddl.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { columnsOf, someScalar } from '../../plan/scalar-walk.ts'
import { bindError } from '../bind/bind-error.ts'
import { coerce } from '../bind/coerce.ts'
import type { Statement } from '../bind/context.ts'
import { handled } from '../bind/handled.ts'
import { slotsIn } from '../bind/slot.ts'
import { typeText } from '../type-text.ts'
import { overColumns, withoutPositions } from './checks.ts'

type GeneratedNode = Extract<ColumnConstraint, { kind: 'generated' }>

/** GENERATED ALWAYS AS (…) STORED, which PostgreSQL has; `c AS expr` is Flink's. */
export const storedExpression = (node: ColumnDef): GeneratedNode | undefined =>
  node.constraints.find((c): c is GeneratedNode => c.kind === 'generated' && c.spelling === 'generated')

/** The columns of a new table with the expressions of those that are generated. */
export function bindGenerated(
  st: Statement,
  elements: readonly TableElement[],
  columns: readonly ColumnPlan[],
): readonly ColumnPlan[] {
  const nodes = new Map<string, GeneratedNode>()
  for (const element of elements) {
    const node = element.kind === 'column' ? storedExpression(element) : undefined
    if (element.kind === 'column' && node !== undefined) nodes.set(element.name.name, node)
  }
  if (nodes.size === 0) return columns
  return columns.map((column) => {
    const node = nodes.get(column.name)
    return node === undefined ? column : { ...column, generated: bindOne(st, node, column, columns, nodes) }
  })
}

function bindOne(
  st: Statement,
  node: GeneratedNode,
  column: ColumnPlan,
  columns: readonly ColumnPlan[],
  generated: ReadonlyMap<string, GeneratedNode>,
): NonNullable<ColumnPlan['generated']> {
  handled(node, ['expr', 'spelling', 'storage', 'timing', 'name'])
  if (node.storage === 'VIRTUAL') throw notSupported('a VIRTUAL generated column', node.span)
  const bound = overColumns(columns, 'column generation expressions', (place) => {
    const s = st.bind.expr(st, node.expr, place)
    try {
      return coerce(st, s, column.type, 'assignment', node.expr)
    } catch (e) {
      if ((e as { sqlstate?: string }).sqlstate !== '42804') throw e
      throw bindError(
        '42804',
        `column "${column.name}" is of type ${typeText(column.type)} but default expression is of type ${typeText(s.type)}`,
        undefined,
        { hint: 'You will need to rewrite or cast the expression.' },
      )
    }
  })
  if (slotsIn(bound).size > 0)
    throw bindError('0A000', 'cannot use subquery in column generation expression', node.expr)
  for (const c of columnsOf(bound)) {
    const { name } = columns[c]!
    if (generated.has(name))
      throw bindError('42P17', `cannot use generated column "${name}" in column generation expression`, node.expr, {
        detail: 'A generated column cannot reference another generated column.',
      })
  }
  const changing = someScalar(bound, isChanging)
  if (changing || readsClock(bound)) throw bindError('42P17', 'generation expression is not immutable', undefined)
  return { sql: deparseOperand(node.expr), expr: withoutPositions(bound) }
}

/** Texts of these depend on settings. */
const BY_SETTING: ReadonlySet<string> = new Set([
  'date',
  'time',
  'timestamp',
  'timestamptz',
  'interval',
  'array',
  'range',
  'multirange',
])

function isChanging(s: Scalar): boolean {
  if (s.kind !== 'call' && s.kind !== 'anyAll') return false
  // PostgreSQL looks into them, and finds a cast to text that is immutable or not.
  if (s.kind === 'call' && /^(textanycat|anytextcat)\(/.test(s.fn))
    return s.args.some((a) => BY_SETTING.has(a.type.kind))
  return scalarById(s.fn)?.volatility !== 'immutable'
}
