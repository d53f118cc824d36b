import type { Expr } from '../../../grammar/ast.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { caseOf, conjunction, constant, isNull } from '../../plan/scalar-walk.ts'
import { BOOL, type Field, INT4, type RowType, type SqlType } from '../../types/sql-type.ts'
import { typeText } from '../type-text.ts'
import { bindError, type Place } from './bind-error.ts'
import { settleUnknown } from './coerce.ts'
import type { ExprPlace, Statement } from './context.ts'
import { handled } from './handled.ts'
import { findTable, type ScopeColumn, type ScopeTable } from './scope.ts'

type Node<K extends Expr['kind']> = Extract<Expr, { kind: K }>

/** ROW(a, b), and (a, b): a record of fields f1, f2. `t.*` among them stands for all columns of t. */
export function bindRow(st: Statement, node: Node<'row'>, place: ExprPlace): Scalar {
  handled(node, ['fields', 'explicit'])
  const written = node.fields.flatMap((field) => rowFields(st, field, place))
  const items = written.map((item) => settleUnknown(st, item))
  const row = rowOf(
    items,
    items.map((_, i) => `f${i + 1}`),
  )
  st.rows.set(row, written)
  return row
}

/** `t.*` and (c).* stand for all their columns. */
function rowFields(st: Statement, field: Expr, place: ExprPlace): readonly Scalar[] {
  if (field.kind === 'fieldStar') return recordStar(st, field, place).map((each) => each.scalar)
  if (field.kind === 'star' && field.qualifier.length > 0 && field.except.length === 0) {
    const [name, schema] = field.qualifier.map((q) => q.name).reverse()
    const { scope, table } = findTable(place.scope, schema ?? null, name!, field)
    if (scope === place.scope) return table.columns.map((c) => c.expr)
  }
  return [st.bind.expr(st, field, place)]
}

export function rowOf(items: readonly Scalar[], names: readonly string[]): Scalar {
  const fields = items.map((item, i): Field => ({ name: names[i]!, type: item.type, nullable: true }))
  return { kind: 'row', items, type: { kind: 'record', fields } }
}

/** A table's name as a value: its row. What an outer join adds has none. */
export function wholeRow(table: ScopeTable, value: (column: ScopeColumn) => Scalar): Scalar {
  const columns = table.columns.filter((c) => !c.hidden)
  const items = columns.map(value)
  const row = rowOf(
    items,
    columns.map((c) => c.name),
  )
  if (!columns.every((c) => c.nullable)) return row
  return caseOf([[conjunction(items.map((item) => isNull(item))), constant(null, row.type)]], row)
}

/** (c).f */
export function bindField(st: Statement, node: Node<'field'>, place: ExprPlace): Scalar {
  handled(node, ['operand', 'field'])
  const operand = st.bind.expr(st, node.operand, place)
  const { name } = node.field
  const fields = fieldsOf(operand.type, name, node)
  const at = fields.findIndex((field) => field.name === name)
  if (at < 0) {
    if (operand.type.user === undefined)
      throw bindError('42703', `could not identify column "${name}" in record data type`, node)
    throw bindError('42703', `column "${name}" not found in data type ${typeText(operand.type)}`, node)
  }
  return fieldAt(operand, fields, at)
}

/** (c).*: each of its fields. */
export function recordStar(
  st: Statement,
  node: Node<'fieldStar'>,
  place: ExprPlace,
): readonly { readonly name: string; readonly scalar: Scalar }[] {
  handled(node, ['operand'])
  const operand = st.bind.expr(st, node.operand, place)
  if (operand.type.kind !== 'record')
    throw bindError('42809', `type ${typeText(operand.type)} is not composite`, node.operand)
  const fields = fieldsOf(operand.type, '*', node)
  return fields.map((field, i) => ({ name: field.name, scalar: fieldAt(operand, fields, i) }))
}

function fieldsOf(type: SqlType, name: string, node: Place): RowType {
  if (type.kind === 'record' && type.fields !== undefined) return type.fields
  if (type.kind === 'record') throw bindError('42703', `could not identify column "${name}" in record data type`, node)
  throw bindError(
    '42809',
    `column notation .${name} applied to type ${typeText(type)}, which is not a composite type`,
    node,
  )
}

export function fieldAt(record: Scalar, fields: RowType, at: number): Scalar {
  if (record.kind === 'row') return record.items[at]!
  return {
    kind: 'call',
    fn: 'record_field(record,int4)',
    args: [record, constant(at, INT4)],
    type: fields[at]!.type,
    position: -1,
  }
}

/** A record IS [NOT] NULL by its fields. */
export function recordIsNull(record: Scalar, negated: boolean): Scalar {
  if (record.kind === 'row') return conjunction(record.items.map((item) => isNull(item, negated)))
  const fn = negated ? 'record_is_not_null(record)' : 'record_is_null(record)'
  return { kind: 'call', fn, args: [record], type: BOOL, position: -1 }
}
