import { SqlError } from '../../base/sql-error.ts'
import type { CatalogEntry, MaterializedViewEntry, SourceEntry, TableEntry, ViewEntry } from '../../catalog/entry.ts'
import { primaryKeyName } from '../../catalog/unique-key.ts'
import { isLateOf } from '../../catalog/watermark.ts'
import type { DdlPlan } from '../../plan/ddl.ts'
import { quoted } from '../../sql/ddl/canonical.ts'
import { pinColumns } from '../../sql/ddl/pin-columns.ts'
import { renameInExpression } from '../../sql/ddl/rename-in-expression.ts'
import type { CallContext } from '../api.ts'
import type { DdlDeps } from './deps.ts'
import { lateRelation } from './late-relation.ts'
import { changeOutOfUse } from './out-of-use.ts'

/**
 * Renames an object. Whoever reads it is kept as text in which every object stands as `"schema"."name"`: there the name
 * is put right. The relations that come with it (`"x$errors"`, `"x$late"`) are renamed along.
 */
export async function rename(
  deps: DdlDeps,
  plan: Extract<DdlPlan, { kind: 'rename' }>,
  call: CallContext,
): Promise<void> {
  const { world } = deps
  await changeOutOfUse(world, plan.object, call, async () => {
    const entry = world.catalog.byId(plan.object)!
    if (world.isBuiltIn(entry)) throw new SqlError('42501', `permission denied: "${entry.name}" is part of the system`)
    if (world.catalog.byName(entry.schema, plan.newName) !== undefined) {
      throw new SqlError(
        entry.kind === 'schema' ? '42P06' : '42P07',
        `${entry.kind === 'schema' ? 'schema' : 'relation'} "${plan.newName}" already exists`,
      )
    }
    const parts = world.catalog
      .dependants(entry.id)
      .map((id) => world.catalog.byId(id)!)
      .filter((e) => e.kind === 'system' || isLateOf(e, entry))
    const named = new Map([[entry.id, plan.newName]])
    for (const { id, name } of parts)
      named.set(
        id,
        name.replace(entry.name, () => plan.newName),
      )
    const texts =
      entry.kind === 'schema'
        ? [[`${quoted(entry.name)}.`, `${quoted(plan.newName)}.`] as const]
        : [entry, ...parts].map((e) => inSchema(deps, e, named.get(e.id)!))
    const changed = [...world.catalog.all()].flatMap((e): CatalogEntry[] => {
      const name = named.get(e.id) ?? e.name
      const retold = (told: string) => texts.reduce((text, [from, to]) => text.replaceAll(from, () => to), told)
      const sql = e.id === entry.id ? e.sql : retold(e.sql)
      if (name === e.name && sql === e.sql) return []
      if (e.kind === 'function') return [{ ...e, sql, body: retold(e.body) }]
      // A constraint keeps the name that it was given with the table.
      const key = e.kind === 'table' && e.primaryKey !== null ? { primaryKeyName: primaryKeyName(e) } : {}
      return [{ ...e, name, sql, ...key }]
    })
    replaceEntries(deps, changed)
    await deps.checkpoint()
  })
}

export async function renameColumn(
  deps: DdlDeps,
  plan: Extract<DdlPlan, { kind: 'renameColumn' }>,
  call: CallContext,
): Promise<void> {
  const { world } = deps
  await changeOutOfUse(world, plan.object, call, async () => {
    const entry = world.catalog.byId(plan.object)!
    refuseInFunctions(deps, entry)
    const named = <T extends { readonly name: string }>(columns: readonly T[]): T[] => {
      if (columns.some((c) => c.name === plan.newName)) {
        throw new SqlError('42701', `column "${plan.newName}" of relation "${entry.name}" already exists`)
      }
      return columns.map((c, i) => (i === plan.column ? { ...c, name: plan.newName } : c))
    }
    if (entry.kind === 'table') {
      const from = entry.columns[plan.column]!.name
      const checks = entry.checks?.map((c) => ({ ...c, sql: renameInExpression(c.sql, from, plan.newName) }))
      const columns = named(entry.columns).map((c) =>
        c.generated === undefined
          ? c
          : { ...c, generated: { ...c.generated, sql: renameInExpression(c.generated.sql, from, plan.newName) } },
      )
      renamed(deps, entry, { ...entry, columns, ...(checks && { checks }) })
    } else if (entry.kind === 'source' || entry.kind === 'view' || entry.kind === 'materializedView') {
      renamed(deps, entry, { ...entry, rowType: named(entry.rowType) })
    } else throw new SqlError('42809', `"${entry.name}" has no columns that can be renamed`)
    await deps.checkpoint()
  })
}

/** The columns that a function reads are known when it is bound only. */
function refuseInFunctions({ world: { catalog } }: DdlDeps, entry: CatalogEntry): void {
  const reader = catalog
    .dependants(entry.id)
    .map((id) => catalog.byId(id)!)
    .find((e) => e.kind === 'function')
  if (reader === undefined) return
  throw new SqlError('0A000', `renaming a column of "${entry.name}", which a function reads, is not supported`, {
    detail: `function ${reader.name} depends on it`,
    hint: 'Drop the function first, and make it again with the new name.',
  })
}

function inSchema({ world }: DdlDeps, entry: CatalogEntry, newName: string): readonly [from: string, to: string] {
  const schema = world.catalog.byId(entry.schema)!.name
  return [`${quoted(schema)}.${quoted(entry.name)}`, `${quoted(schema)}.${quoted(newName)}`]
}

/** Its late rows are told by the new names; those that read either go on with the names that they know. */
function renamed(deps: DdlDeps, old: Columned, entry: Columned): void {
  const { world } = deps
  const { catalog } = world
  const texts = new Map<number, ViewEntry | MaterializedViewEntry>()
  const late = readersOf(deps, old).find((e) => isLateOf(e, old))
  for (const of of late === undefined ? [old] : [old, late]) {
    const schema = catalog.byId(of.schema)!.name
    const names = (of.kind === 'table' ? of.columns : of.rowType).map((c) => c.name)
    for (const reader of readersOf(deps, of)) {
      const { sql } = texts.get(reader.id) ?? reader
      texts.set(reader.id, { ...reader, sql: pinColumns(sql, schema, of.name, names) })
    }
  }
  if (late !== undefined) texts.delete(late.id)
  replaceEntries(deps, [entry, ...texts.values(), ...(late === undefined ? [] : lateRelation(world, entry, late.id))])
}

type Columned = TableEntry | SourceEntry | ViewEntry | MaterializedViewEntry

const readersOf = ({ world: { catalog } }: DdlDeps, entry: CatalogEntry) =>
  catalog
    .dependants(entry.id)
    .map((id) => catalog.byId(id)!)
    .filter((e) => e.kind === 'view' || e.kind === 'materializedView')

/** Entries of objects that run on as they are. */
export function replaceEntries({ world }: DdlDeps, entries: readonly CatalogEntry[]): void {
  world.catalog = world.catalog.apply(entries.map((entry) => ({ kind: 'put' as const, entry })))
  for (const entry of entries) {
    if (entry.kind === 'table') world.tables.get(entry.id)?.replaceEntry(entry)
    else if (entry.kind === 'index') world.tables.get(entry.on)?.replaceUnique(entry)
    else if (entry.kind === 'source') world.sources.get(entry.id)?.replaceEntry(entry)
    else if (entry.kind === 'materializedView') {
      const view = world.views.get(entry.id)
      if (view !== undefined) view.entry = entry
    }
  }
}
