import { unreachable } from '../../base/assert.ts'
import { SqlError } from '../../base/sql-error.ts'
import type { CatalogChange } from '../../catalog/catalog.ts'
import type { CheckConstraint, ForeignKeyEntry, IndexEntry, TableEntry } from '../../catalog/entry.ts'
import { uniqueKeyOf } from '../../catalog/unique-key.ts'
import type { DdlPlan, TableChange } from '../../plan/ddl.ts'
import type { CallContext } from '../api.ts'
import { evalEnv } from '../eval-env.ts'
import { linkForeignKeys } from '../link-foreign-keys.ts'
import type { TableRuntime } from '../table.ts'
import type { World } from '../world.ts'
import { RowRules } from '../write/row-rules.ts'
import type { DdlDeps } from './deps.ts'
import { checkForeignKey, foreignKeyEntries, referringAlong } from './foreign-key.ts'
import { changeOutOfUse, outOfUse, unchangedCheck } from './out-of-use.ts'
import { checkUnique, uniqueEntries } from './unique.ts'

/**
 * Changes what the rows of a table must fulfil, and its defaults; its rows stay as they are and are checked against what is
 * new. All changes of a statement, or none. Transactions that wrote to the table before are waited for; who wrote to it
 * meanwhile fails at COMMIT.
 */
export async function alterTable(
  deps: DdlDeps,
  plan: Extract<DdlPlan, { kind: 'alterTable' }>,
  call: CallContext,
): Promise<void> {
  const { world } = deps
  const others = plan.changes.flatMap((c) => (c.kind === 'addForeignKey' ? [c.foreignKey.references!] : []))
  const checkOthers = unchangedCheck(world, others)
  await outOfUse(world, others, call)
  await changeOutOfUse(world, plan.table, call, async () => {
    checkOthers()
    const table = world.tables.get(plan.table)!
    let entry = world.catalog.byId(plan.table) as TableEntry
    const changes: CatalogChange[] = []
    const made: IndexEntry[] = []
    const foreign: ForeignKeyEntry[] = []
    const dropped: number[] = []
    for (const change of plan.changes) {
      entry = changed(deps, table, entry, change, call)
      if (change.kind === 'addUnique') {
        const id = world.catalog.nextId + made.length + foreign.length
        const [index] = uniqueEntries(world, entry, [change.unique], id)
        if (made.some((other) => other.name === index!.name))
          throw new SqlError('42P07', `relation "${index!.name}" already exists`)
        checkUnique(table, uniqueKeyOf(index!))
        made.push(index!)
        changes.push({ kind: 'put', entry: index! })
      } else if (change.kind === 'addForeignKey') {
        const id = world.catalog.nextId + made.length + foreign.length
        const names = [...foreign, ...made].map((each) => each.name)
        const [fk] = foreignKeyEntries(world, { entry, uniques: made, names }, [change.foreignKey], id)
        foreign.push(fk!)
        changes.push({ kind: 'put', entry: fk! })
      } else if (change.kind === 'validate' && change.constraint !== null) {
        const { notValid: _, ...fk } = world.catalog.byId(change.constraint) as ForeignKeyEntry
        checkForeignKey(world, fk)
        changes.push({ kind: 'put', entry: fk })
      } else if (change.kind === 'dropConstraint' && change.index !== 0) {
        const along = referringAlong(world.catalog, entry, change.index, change, call)
        dropped.push(change.index)
        for (const id of [...along, change.index]) changes.push({ kind: 'remove', id })
      } else if (change.kind === 'renameConstraint' && change.index !== 0) {
        const constraint = world.catalog.byId(change.index) as IndexEntry | ForeignKeyEntry
        changes.push({ kind: 'put', entry: { ...constraint, name: change.newName } })
      }
    }
    const before = world.catalog
    world.catalog = before.apply([...changes, { kind: 'put', entry }])
    try {
      for (const index of made) deps.indexes.add(index, true)
      for (const fk of foreign) if (!fk.notValid) checkForeignKey(world, fk)
    } catch (error) {
      for (const index of made) deps.indexes.remove(index.id)
      world.catalog = before
      throw error
    }
    table.replaceRules(entry)
    for (const id of dropped) deps.indexes.remove(id)
    linkForeignKeys(world, true)
    for (const change of changes)
      if (change.kind === 'put' && change.entry.kind === 'index') table.replaceUnique(change.entry)
    await deps.checkpoint()
  })
}

/** The entry after one change; throws where the rows that are there do not fulfil it. */
function changed(
  { world }: DdlDeps,
  table: TableRuntime,
  entry: TableEntry,
  change: TableChange,
  call: CallContext,
): TableEntry {
  switch (change.kind) {
    case 'addCheck': {
      checkRows(world, table, change.check, call)
      return { ...entry, checks: [...(entry.checks ?? []), change.check] }
    }
    case 'renameConstraint':
      if (change.index !== 0) return entry
      if (entry.primaryKey !== null && !entry.checks?.some((c) => c.name === change.name))
        return { ...entry, primaryKeyName: change.newName }
      return {
        ...entry,
        checks: entry.checks!.map((c) => (c.name === change.name ? { ...c, name: change.newName } : c)),
      }
    case 'dropConstraint': {
      if (change.index !== 0) return entry
      const { checks, ...rest } = entry
      const left = checks?.filter((c) => c.name !== change.name) ?? []
      return left.length === 0 ? rest : { ...rest, checks: left }
    }
    case 'default': {
      const columns = entry.columns.map((column, c) => {
        if (c !== change.column) return column
        const { sequence: _, ...rest } = column
        const { defaultSql, sequence } = change
        return { ...rest, defaultSql, ...(sequence !== undefined && { sequence }) }
      })
      return { ...entry, columns }
    }
    case 'notNull': {
      if (change.notNull) checkNoNulls(table, entry, change.column)
      else refuseBelowViews(world, entry, change.column)
      const columns = entry.columns.map((c, i) => (i === change.column ? { ...c, notNull: change.notNull } : c))
      return { ...entry, columns }
    }
    case 'addUnique':
    case 'addForeignKey':
    case 'validate':
      return entry
    default:
      return unreachable(change)
  }
}

function checkRows(world: World, table: TableRuntime, check: CheckConstraint, call: CallContext): void {
  const { entry, types } = table
  const columns = entry.columns.map((c) => ({ ...c, notNull: false }))
  const rules = new RowRules({ ...entry, columns, primaryKey: null, checks: [check] }, types, evalEnv(world, call))
  for (const batch of table.rows.scan()) {
    try {
      rules.check(batch)
    } catch (error) {
      if (!(error instanceof SqlError) || error.sqlstate !== '23514') throw error
      const message = `check constraint "${check.name}" of relation "${entry.name}" is violated by some row`
      throw new SqlError('23514', message, { table: entry.name, constraint: check.name })
    }
  }
}

function checkNoNulls(table: TableRuntime, entry: TableEntry, column: number): void {
  const { name } = entry.columns[column]!
  for (const batch of table.rows.scan()) {
    const nulls = batch.cols[column]!.nulls?.subarray(0, batch.n)
    if (nulls?.includes(1))
      throw new SqlError('23502', `column "${name}" of relation "${entry.name}" contains null values`, {
        table: entry.name,
        column: name,
      })
  }
}

/** Their plans may rely on it. */
function refuseBelowViews(world: World, entry: TableEntry, column: number): void {
  const { name, notNull } = entry.columns[column]!
  if (!notNull) return
  const views = world.catalog
    .allDependants([entry.id])
    .map((id) => world.catalog.byId(id))
    .filter((e) => e?.kind === 'materializedView')
  if (views.length === 0) return
  throw new SqlError(
    '2BP01',
    `cannot drop NOT NULL of column ${name} of table ${entry.name} because other objects depend on it`,
    {
      detail: views.map((v) => `materialized view ${v!.name} depends on table ${entry.name}`).join('\n'),
      hint: 'Drop these views first: their plans may rely on it.',
    },
  )
}
