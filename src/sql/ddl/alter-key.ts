import type { Alter } from '../../../grammar/ast-ddl.ts'
import { notSupported } from '../../base/sql-error.ts'
import type { CatalogEntry, TableEntry } from '../../catalog/entry.ts'
import { primaryKeyName } from '../../catalog/unique-key.ts'
import type { CheckPlan, ColumnPlan, DdlPlan } from '../../plan/ddl.ts'
import { column } from '../../plan/scalar-walk.ts'
import { bindError } from '../bind/bind-error.ts'
import { handled } from '../bind/handled.ts'

type Action = Alter['actions'][number]
type Plan = Extract<DdlPlan, { kind: 'alterColumns' }>

/** Whether all that an ALTER asks for is a primary key, or none any more: the rows are kept by it, and are made anew. */
export function changesKey(entry: CatalogEntry, actions: readonly Action[]): boolean {
  const [action] = actions
  if (entry.kind !== 'table' || entry.fedBy !== null || actions.length > 1 || action === undefined) return false
  if (action.kind === 'addConstraint') return action.constraint.kind === 'tablePrimaryKey'
  return (
    action.kind === 'dropConstraint' && entry.primaryKey !== null && action.constraint.name === primaryKeyName(entry)
  )
}

/** ALTER TABLE … ADD PRIMARY KEY, DROP CONSTRAINT of one. Its columns stay NOT NULL. */
export function planAlterKey(entry: CatalogEntry, action: Action): Plan {
  const table = entry as TableEntry
  if (table.watermark || table.computed || table.arrivals || table.ttlMicros != null)
    throw notSupported('ALTER of the primary key of a table with event time, computed columns or TTL', action.span)
  const own = table.columns as readonly ColumnPlan[]
  const as = {
    kind: 'alterColumns',
    table: table.id,
    moved: own.map((_, c) => c),
    values: own.map((c, i) => column(i, c.type)),
    checks: (table.checks ?? []) as readonly CheckPlan[],
    uniques: [],
    foreignKeys: [],
  } as const
  if (action.kind === 'dropConstraint') {
    handled(action, ['ifExists', 'constraint', 'behavior'])
    const columns = own.map((c, i) => (table.primaryKey?.includes(i) ? { ...c, notNull: true } : c))
    const key = { name: action.constraint.name, cascade: action.behavior === 'CASCADE' }
    return { ...as, columns, primaryKey: null, droppedKey: key }
  }
  const constraint = action.kind === 'addConstraint' ? action.constraint : undefined
  if (constraint?.kind !== 'tablePrimaryKey') throw notSupported('such a primary key', action.span)
  handled(constraint, ['name', 'columns', 'timing'])
  handled({ kind: 'timing', span: constraint.span, ...constraint.timing }, [])
  if (table.primaryKey !== null)
    throw bindError('42P16', `multiple primary keys for table "${table.name}" are not allowed`, undefined)
  const key = constraint.columns.map(({ name }) => {
    const at = own.findIndex((c) => c.name === name)
    if (at < 0) throw bindError('42703', `column "${name}" of relation "${table.name}" does not exist`, undefined)
    return at
  })
  const twice = key.find((c, i) => key.indexOf(c) < i)
  if (twice !== undefined)
    throw bindError('42701', `column "${own[twice]!.name}" appears twice in primary key constraint`, constraint)
  const columns = own.map((c, i) => (key.includes(i) ? { ...c, notNull: true } : c))
  return {
    ...as,
    columns,
    primaryKey: key,
    ...(constraint.name !== undefined && { primaryKeyName: constraint.name.name }),
  }
}
