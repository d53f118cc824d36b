import { Slices } from '../../base/slices.ts'
import { SqlError } from '../../base/sql-error.ts'
import type { CatalogChange } from '../../catalog/catalog.ts'
import type { ForeignKeyEntry, IndexEntry, SequenceEntry, TableEntry } from '../../catalog/entry.ts'
import { primaryKeyOf, uniqueKeyOf } from '../../catalog/unique-key.ts'
import { RowErrorList } from '../../dataflow/row-errors.ts'
import type { DdlPlan } from '../../plan/ddl.ts'
import { objectsOf } from '../../plan/objects-of.ts'
import { closureKernel } from '../../render/closure.ts'
import type { Batch } from '../../types/batch.ts'
import { splitBatch } from '../../types/batch-build.ts'
import type { Column } from '../../types/column.ts'
import { buildColumn } from '../../types/column-build.ts'
import type { CallContext } from '../api.ts'
import { evalEnv } from '../eval-env.ts'
import { linkForeignKeys } from '../link-foreign-keys.ts'
import { settleSequences } from '../sequence-calls.ts'
import type { World } from '../world.ts'
import { expanded } from '../write/fill.ts'
import { GeneratedColumns } from '../write/generated.ts'
import { RowRules } from '../write/row-rules.ts'
import { startTable } from './create-table.ts'
import type { DdlDeps } from './deps.ts'
import { removeObject } from './drop.ts'
import { foreignKeyEntries, referringAlong } from './foreign-key.ts'
import { changeOutOfUse } from './out-of-use.ts'
import { ownSequences } from './sequence.ts'
import { typesOfColumns } from './type-uses.ts'
import { checkUnique, uniqueEntries } from './unique.ts'

type Plan = Extract<DdlPlan, { kind: 'alterColumns' }>

/**
 * Makes a table with other columns of one that is there, under its name and another id: whatever was planned with the old
 * columns finds no table any more, instead of other columns under the same numbers. Its rows are made column by column,
 * checked before anything changes, and durable with the checkpoint that has the new catalog. Its indexes and sequences come
 * along; nothing else may read it.
 */
export async function alterColumns(deps: DdlDeps, plan: Plan, call: CallContext): Promise<void> {
  const { world } = deps
  await changeOutOfUse(world, plan.table, call, async () => {
    const before = world.catalog.byId(plan.table) as TableEntry
    refuseReaders(world, before)
    if (plan.droppedKey !== undefined) referringAlong(world.catalog, before, 0, plan.droppedKey, call)
    const id = world.catalog.nextId
    const { columns, sequences } = ownSequences(world, { ...before, id }, plan.columns, id + 1)
    const { checks: _, primaryKeyName: keyName = plan.primaryKeyName, comments, ...rest } = before
    const told = movedComments(comments, plan.moved)
    const entry: TableEntry = {
      ...rest,
      id,
      columns,
      dependsOn: dependsOn(before, columns, plan.types ?? []),
      primaryKey: plan.primaryKey,
      ...(plan.primaryKey !== null && keyName !== undefined && { primaryKeyName: keyName }),
      ...(plan.checks.length > 0 && { checks: plan.checks }),
      ...(told.length > 0 && { comments: told }),
    }
    const rows = await newRows(world, plan, entry, sequences, call)
    const along = comingAlong(world, before, entry, plan, id + 1 + sequences.length)
    const others = { ...entry, id: -1 }
    const added = uniqueEntries(world, others, plan.uniques, id + 1 + sequences.length + along.indexes.length)
    const indexes = [...along.indexes, ...added.map((e): IndexEntry => ({ ...e, on: id, dependsOn: [id] }))]
    const firstId = id + 1 + sequences.length + indexes.length
    const foreignKeys = foreignKeysAlong(world, before, entry, plan, along, indexes, firstId)
    world.catalog = world.catalog.apply([
      ...along.gone.map((gone): CatalogChange => ({ kind: 'remove', id: gone })),
      { kind: 'remove', id: before.id },
      ...[entry, ...sequences, ...along.sequences, ...indexes, ...foreignKeys].map(
        (e): CatalogChange => ({ kind: 'put', entry: e }),
      ),
    ])
    const table = startTable(deps, entry)
    for (const batch of rows) table.rows.apply(batch)
    try {
      if (before.primaryKey === null && entry.primaryKey !== null) checkUnique(table, primaryKeyOf(entry)!)
      for (const index of added) checkUnique(table, uniqueKeyOf(index))
    } catch (error) {
      // Only what was added can be repeated: all is as it was.
      removeObject(deps, id)
      world.catalog = world.catalog.apply([
        ...[entry, ...sequences, ...indexes, ...foreignKeys].map((e): CatalogChange => ({ kind: 'remove', id: e.id })),
        ...along.before.map((e): CatalogChange => ({ kind: 'put', entry: e })),
      ])
      throw error
    }
    for (const gone of [...along.gone, before.id]) removeObject(deps, gone)
    for (const index of indexes) deps.indexes.add(index, true)
    linkForeignKeys(world, true)
    await settleSequences(world)
    await deps.checkpoint()
  })
}

/** The types of its columns, as they are now. */
function dependsOn(before: TableEntry, columns: TableEntry['columns'], named: readonly number[]): number[] {
  const old = typesOfColumns(before.columns)
  const kept = before.dependsOn.filter((id) => !old.includes(id))
  return [...new Set([...kept, ...named, ...typesOfColumns(columns)])]
}

function movedComments(comments: TableEntry['comments'], moved: readonly number[]) {
  return (comments ?? []).flatMap(([column, text]) => {
    const to = column === 0 ? 0 : moved[column - 1]! + 1
    return column > 0 && to === 0 ? [] : [[to, text] as const]
  })
}

/** Views know its columns by their numbers. */
function refuseReaders(world: World, { id, name }: TableEntry): void {
  const readers = world.catalog
    .allDependants([id])
    .map((reader) => world.catalog.byId(reader)!)
    .filter((e) => e.kind !== 'index' && e.kind !== 'sequence' && e.kind !== 'system' && e.kind !== 'foreignKey')
  if (readers.length > 0)
    throw new SqlError('2BP01', `cannot alter columns of table ${name} because other objects depend on it`, {
      detail: readers
        .map(
          (e) => `${e.kind === 'materializedView' ? 'materialized view' : e.kind} ${e.name} depends on table ${name}`,
        )
        .reverse()
        .join('\n'),
      hint: 'Drop them first, and make them again afterwards.',
    })
  for (const view of world.views.values())
    if (objectsOf(view.plan).includes(id))
      throw new SqlError('55006', `cannot alter columns of table ${name} because a subscription reads it`)
}

/** Indexes of columns that stay, under new ids, and sequences; `gone`: what has no place any more. */
function comingAlong(world: World, before: TableEntry, entry: TableEntry, { moved }: Plan, firstId: number) {
  const indexes: IndexEntry[] = []
  /** Index of now → then. */
  const moves = new Map<number, number>()
  const sequences: SequenceEntry[] = []
  const gone: number[] = []
  const of = world.catalog.dependants(before.id).map((id) => world.catalog.byId(id)!)
  for (const e of of) {
    if (e.kind === 'index') {
      gone.push(e.id)
      const columns = e.columns.map((c) => moved[c]!)
      if (columns.includes(-1)) continue
      moves.set(e.id, firstId + indexes.length)
      indexes.push({ ...e, id: firstId + indexes.length, on: entry.id, columns, dependsOn: [entry.id] })
    } else if (e.kind === 'sequence') {
      const column = e.ownedBy === null ? -1 : moved[e.ownedBy.column]!
      if (column < 0) gone.push(e.id)
      else sequences.push({ ...e, ownedBy: { table: entry.id, column }, dependsOn: [entry.id] })
    } else if (e.kind === 'foreignKey') gone.push(e.id)
  }
  return { indexes, sequences, gone, moves, before: [before, ...of] }
}

/** Foreign keys of the table and to it, under new ids, and new ones. Those of columns that go are gone with them. */
function foreignKeysAlong(
  world: World,
  before: TableEntry,
  entry: TableEntry,
  { moved, foreignKeys, droppedKey }: Plan,
  { gone, moves }: ReturnType<typeof comingAlong>,
  indexes: readonly IndexEntry[],
  firstId: number,
): ForeignKeyEntry[] {
  const entries: ForeignKeyEntry[] = []
  for (const fk of gone.map((id) => world.catalog.byId(id)!)) {
    if (fk.kind !== 'foreignKey') continue
    const own = fk.on === before.id
    const to = fk.references === before.id
    const columns = own ? fk.columns.map((c) => moved[c]!) : fk.columns
    const referenced = to ? fk.referenced.map((c) => moved[c]!) : fk.referenced
    const key = to && fk.key !== 0 ? moves.get(fk.key) : fk.key
    if (columns.includes(-1)) continue
    // It may go along: that was asked before.
    if (to && fk.key === 0 && droppedKey !== undefined) continue
    if (referenced.includes(-1) || key === undefined) {
      if (own) continue
      throw referredTo(world, before, fk, before.columns[fk.referenced.find((c) => moved[c] === -1)!]!.name)
    }
    const set = fk.setColumns?.map((c) => (own ? moved[c]! : c))
    const on = own ? entry.id : fk.on
    const references = to ? entry.id : fk.references
    const dependsOn = [...new Set([on, references, ...(key === 0 ? [] : [key])])]
    const made = { ...fk, id: firstId + entries.length, on, columns, references, referenced, key, dependsOn }
    entries.push(set === undefined ? made : { ...made, setColumns: set })
  }
  const names = [...entries, ...indexes].map((e) => e.name)
  const plans = foreignKeys.map((fk) => (fk.references === before.id ? { ...fk, references: null } : fk))
  return [...entries, ...foreignKeyEntries(world, { entry, uniques: indexes, names }, plans, firstId + entries.length)]
}

function referredTo(world: World, { name }: TableEntry, fk: ForeignKeyEntry, column: string): SqlError {
  const on = world.catalog.byId(fk.on)!.name
  return new SqlError('2BP01', `cannot drop column ${column} of table ${name} because other objects depend on it`, {
    detail: `constraint ${fk.name} on table ${on} depends on column ${column} of table ${name}`,
    hint: 'Use DROP ... CASCADE to drop the dependent objects too.',
  })
}

async function newRows(
  world: World,
  plan: Plan,
  entry: TableEntry,
  sequences: readonly SequenceEntry[],
  call: CallContext,
): Promise<Batch[]> {
  const env = evalEnv(world, call)
  const types = entry.columns.map((c) => c.type)
  const tick = { tick: 0, timestampMs: 0, nowMicros: env.nowMicros, recursionRoundsMax: 0 }
  const kernels = plan.values.map((value) => closureKernel(value, { env, params: [] }))
  const generated = new GeneratedColumns(entry, types, env)
  const rules = new RowRules({ ...entry, primaryKey: null }, types, env)
  const slices = new Slices(world.runtime)
  const rows: Batch[] = []
  for (const all of world.tables.get(plan.table)!.rows.scan()) {
    for (const batch of splitBatch(expanded(all))) {
      const cols = kernels.map((kernel, c): Column => {
        const own = sequences.find((s) => s.ownedBy?.column === c)
        if (own !== undefined) {
          const values = Array.from({ length: batch.n }, () => Number(world.sequences.next(own)))
          return buildColumn(types[c]!, values)
        }
        const errors = new RowErrorList()
        const made = kernel(batch.cols, batch.n, errors, tick)
        if (errors.count === 0) return made
        const { sqlstate, message } = errors.get(errors.rows()[0]!)!
        throw new SqlError(sqlstate, message)
      })
      const made = generated.batch({ ...batch, cols })
      try {
        rules.check(made)
      } catch (error) {
        throw ofRowsThere(error, entry)
      }
      rows.push(made)
      if (slices.due) await slices.next()
    }
  }
  return rows
}

/** As PostgreSQL tells it of rows that are there, not of new ones. */
function ofRowsThere(error: unknown, { name }: TableEntry): unknown {
  if (!(error instanceof SqlError)) return error
  const { table, column, constraint } = error.fields
  if (error.sqlstate === '23502')
    return new SqlError('23502', `column "${column}" of relation "${name}" contains null values`, { table, column })
  if (error.sqlstate === '23514')
    return new SqlError('23514', `check constraint "${constraint}" of relation "${name}" is violated by some row`, {
      table,
      constraint,
    })
  return error
}
