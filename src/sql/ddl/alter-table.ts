import type { Alter } from '../../../grammar/ast-ddl.ts'
import { notSupported } from '../../base/sql-error.ts'
import type { CatalogEntry, TableEntry } from '../../catalog/entry.ts'
import { constraintsOf } from '../../catalog/pg-constraints.ts'
import type { ColumnPlan, DdlPlan, TableChange } from '../../plan/ddl.ts'
import { newStatement } from '../bind/bind.ts'
import { bindError } from '../bind/bind-error.ts'
import type { Statement } from '../bind/context.ts'
import { handled } from '../bind/handled.ts'
import type { PlanningContext } from '../planned.ts'
import { bindEnv } from '../statement/env.ts'
import { bindCheck } from './checks.ts'
import { bindDefaultClause } from './default-clause.ts'
import { asReferenced, bindForeignKey } from './foreign-keys.ts'
import { bindUnique } from './uniques.ts'

type Action = Alter['actions'][number]

const KINDS: ReadonlySet<Action['kind']> = new Set<Action['kind']>([
  'addConstraint',
  'dropConstraint',
  'renameConstraint',
  'validateConstraint',
  'setDefault',
  'dropDefault',
  'setNotNull',
  'dropNotNull',
])

/** Whether all that an ALTER asks for are changes of a table's rules: they are made together. */
export const changesRules = (actions: readonly Action[]): boolean => actions.every(({ kind }) => KINDS.has(kind))

/** ALTER TABLE … ADD | DROP | RENAME CONSTRAINT, ALTER COLUMN … SET | DROP DEFAULT | NOT NULL. */
export function planAlterTable(entry: CatalogEntry, actions: readonly Action[], context: PlanningContext): DdlPlan {
  if (entry.kind !== 'table' || entry.fedBy !== null)
    throw notSupported(`ALTER … ${words(actions[0]!.kind)} of what is no table of its own`, actions[0]!.span)
  const st = newStatement(bindEnv(context))
  const changes: TableChange[] = []
  for (const action of actions) {
    const change = bindAction(st, entry, action, context, changes)
    if (change !== null) changes.push(change)
  }
  return { kind: 'alterTable', table: entry.id, changes }
}

/** `addConstraint` → ADD CONSTRAINT. */
const words = (kind: string): string => kind.replace(/([A-Z])/g, ' $1').toUpperCase()

function bindAction(
  st: Statement,
  entry: TableEntry,
  action: Action,
  context: PlanningContext,
  before: readonly TableChange[],
): TableChange | null {
  const names = [...constraintsOf(context.catalog, entry)].map((c) => c.name)
  for (const change of before) {
    if (change.kind === 'addCheck') names.push(change.check.name)
    if (change.kind === 'addUnique' && change.unique.name !== null) names.push(change.unique.name)
    if (change.kind === 'addForeignKey' && change.foreignKey.name !== null) names.push(change.foreignKey.name)
  }
  const taken = (name: string) => names.includes(name)
  switch (action.kind) {
    case 'addConstraint': {
      handled(action, ['constraint'])
      const { constraint } = action
      const name = constraint.name?.name
      if (name !== undefined && taken(name))
        throw bindError('42710', `constraint "${name}" for relation "${entry.name}" already exists`, undefined)
      const columns = entry.columns as readonly ColumnPlan[]
      if (constraint.kind === 'tableCheck')
        return { kind: 'addCheck', check: bindCheck(st, entry.name, constraint, columns, taken) }
      if (constraint.kind === 'tableUnique') return { kind: 'addUnique', unique: bindUnique(constraint, columns) }
      if (constraint.kind === 'foreignKey') {
        const own = asReferenced(context.catalog, entry)
        return { kind: 'addForeignKey', foreignKey: bindForeignKey(st, constraint, own) }
      }
      throw notSupported('ALTER TABLE … ADD PRIMARY KEY beside other changes', action.span)
    }
    case 'validateConstraint': {
      const { name } = action.constraint
      const found = [...constraintsOf(context.catalog, entry)].find((c) => c.name === name)
      if (found === undefined)
        throw bindError('42704', `constraint "${name}" of relation "${entry.name}" does not exist`, undefined)
      if (found.type !== 'f' && found.type !== 'c')
        throw bindError(
          '42809',
          `constraint "${name}" of relation "${entry.name}" is not a foreign key or check constraint`,
          undefined,
        )
      return { kind: 'validate', constraint: found.type === 'f' ? found.entry : null }
    }
    case 'dropConstraint': {
      handled(action, ['ifExists', 'constraint', 'behavior'])
      const { name } = action.constraint
      const found = [...constraintsOf(context.catalog, entry)].find((c) => c.name === name)
      if (found?.type === 'p')
        throw notSupported('ALTER TABLE … DROP CONSTRAINT of a primary key beside other changes', action.span)
      if (found !== undefined)
        return { kind: 'dropConstraint', name, index: found.entry, cascade: action.behavior === 'CASCADE' }
      const missing = `constraint "${name}" of relation "${entry.name}" does not exist`
      if (!action.ifExists) throw bindError('42704', missing, undefined)
      context.notice({ severity: 'NOTICE', sqlstate: '00000', message: `${missing}, skipping` })
      return null
    }
    case 'renameConstraint': {
      const { name } = action.constraint
      const found = [...constraintsOf(context.catalog, entry)].find((c) => c.name === name)
      if (found === undefined)
        throw bindError('42704', `constraint "${name}" for table "${entry.name}" does not exist`, undefined)
      const newName = action.name.name
      if (taken(newName))
        throw bindError('42710', `constraint "${newName}" for relation "${entry.name}" already exists`, undefined)
      return { kind: 'renameConstraint', name, newName, index: found.entry }
    }
    case 'setDefault': {
      const column = columnOf(entry, action.column.name)
      const { name, type, identity, generated } = entry.columns[column]!
      if (identity !== undefined) throw special(entry, name, 'an identity column')
      if (generated !== undefined) throw special(entry, name, 'a generated column')
      return { kind: 'default', column, ...bindDefaultClause(st, { name, type }, action.expr, context.sql) }
    }
    case 'dropDefault': {
      const column = columnOf(entry, action.column.name)
      const { name, identity, generated } = entry.columns[column]!
      if (identity !== undefined)
        throw special(entry, name, 'an identity column', 'Use ALTER TABLE ... ALTER COLUMN ... DROP IDENTITY instead.')
      if (generated !== undefined)
        throw special(
          entry,
          name,
          'a generated column',
          'Use ALTER TABLE ... ALTER COLUMN ... DROP EXPRESSION instead.',
        )
      return { kind: 'default', column, defaultSql: null }
    }
    case 'setNotNull':
      return { kind: 'notNull', column: columnOf(entry, action.column.name), notNull: true }
    case 'dropNotNull': {
      const column = columnOf(entry, action.column.name)
      const { name, identity } = entry.columns[column]!
      if (entry.primaryKey?.includes(column))
        throw bindError('42P16', `column "${name}" is in a primary key`, undefined)
      if (identity !== undefined) throw special(entry, name, 'an identity column')
      return { kind: 'notNull', column, notNull: false }
    }
    default:
      throw notSupported(`ALTER TABLE … ${words(action.kind)}`, action.span)
  }
}

function columnOf(entry: TableEntry, name: string): number {
  const at = entry.columns.findIndex((c) => c.name === name)
  if (at < 0) throw bindError('42703', `column "${name}" of relation "${entry.name}" does not exist`, undefined)
  return at
}

const special = (entry: TableEntry, name: string, what: string, hint?: string) =>
  bindError(
    '42601',
    `column "${name}" of relation "${entry.name}" is ${what}`,
    undefined,
    hint === undefined ? {} : { hint },
  )
