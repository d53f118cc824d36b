import { SqlError } from '../../base/sql-error.ts'
import type { CatalogEntry } from '../../catalog/entry.ts'
import type { DdlPlan } from '../../plan/ddl.ts'
import { pinColumns } from '../../sql/ddl/pin-columns.ts'
import type { DdlDeps } from './deps.ts'

/**
 * Renames an object. Whoever reads it is kept as text in which every object stands as `"schema"."name"`: there the name
 * is put right. The relations that come with it (`"x$errors"`) are renamed along.
 */
export async function rename(deps: DdlDeps, plan: Extract<DdlPlan, { kind: 'rename' }>): Promise<void> {
  const { world } = deps
  await world.exclusive.run(async () => {
    const entry = world.catalog.byId(plan.object)
    if (entry === undefined) throw new SqlError('42704', 'the object was dropped')
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
      .filter((e) => e.kind === 'system')
    const renamed = parts.map((e): CatalogEntry => ({ ...e, name: e.name.replace(entry.name, plan.newName) }))
    const text =
      entry.kind === 'schema'
        ? [`${quoted(entry.name)}.`, `${quoted(plan.newName)}.`]
        : inSchema(deps, entry, plan.newName)
    const readers = [...world.catalog.all()].filter(
      (e) => e.id !== entry.id && e.sql.includes(text[0]!) && !renamed.some((r) => r.id === e.id),
    )
    const reworded = readers.map((e): CatalogEntry => ({ ...e, sql: e.sql.replaceAll(text[0]!, text[1]!) }))
    replace(deps, [{ ...entry, name: plan.newName }, ...renamed, ...reworded])
    await deps.checkpoint()
  })
}

export async function renameColumn(deps: DdlDeps, plan: Extract<DdlPlan, { kind: 'renameColumn' }>): Promise<void> {
  const { world } = deps
  await world.exclusive.run(async () => {
    const entry = world.catalog.byId(plan.object)
    if (entry === undefined) throw new SqlError('42704', 'the object was dropped')
    const named = <T extends { readonly name: string }>(columns: readonly T[]): T[] => {
      if (columns.some((c) => c.name === plan.newName)) {
        throw new SqlError('42701', `column "${plan.newName}" of relation "${entry.name}" already exists`)
      }
      return columns.map((c, i) => (i === plan.column ? { ...c, name: plan.newName } : c))
    }
    if (entry.kind === 'table') {
      replace(deps, [{ ...entry, columns: named(entry.columns) }, ...pinned(deps, entry, entry.columns)])
    } else if (entry.kind === 'source' || entry.kind === 'view' || entry.kind === 'materializedView') {
      replace(deps, [{ ...entry, rowType: named(entry.rowType) }, ...pinned(deps, entry, entry.rowType)])
    } else throw new SqlError('42809', `"${entry.name}" has no columns that can be renamed`)
    await deps.checkpoint()
  })
}

function inSchema({ world }: DdlDeps, entry: CatalogEntry, newName: string): string[] {
  const schema = world.catalog.byId(entry.schema)!.name
  return [`${quoted(schema)}.${quoted(entry.name)}`, `${quoted(schema)}.${quoted(newName)}`]
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** Those that read the object by the names of its columns go on with the names that they know. */
function pinned(
  { world }: DdlDeps,
  entry: CatalogEntry,
  columns: readonly { readonly name: string }[],
): CatalogEntry[] {
  const { catalog } = world
  const schema = catalog.byId(entry.schema)!.name
  const names = columns.map((c) => c.name)
  return catalog
    .dependants(entry.id)
    .map((id) => catalog.byId(id)!)
    .filter((e) => e.kind === 'view' || e.kind === 'materializedView')
    .map((e) => ({ ...e, sql: pinColumns(e.sql, schema, entry.name, names) }))
}

function replace({ world }: DdlDeps, entries: readonly CatalogEntry[]): void {
  world.catalog = world.catalog.apply(entries.map((entry) => ({ kind: 'put' as const, entry })))
  for (const entry of entries) {
    if (entry.kind === 'table') world.tables.get(entry.id)?.replaceEntry(entry)
    else if (entry.kind === 'source') world.sources.get(entry.id)?.replaceEntry(entry)
    else if (entry.kind === 'materializedView') {
      const view = world.views.get(entry.id)
      if (view !== undefined) view.entry = entry
    }
  }
}
