import { SqlError } from '../../base/sql-error.ts'
import type { CatalogEntry } from '../../catalog/entry.ts'
import type { DdlPlan } from '../../plan/ddl.ts'
import type { DdlDeps } from './ddl.ts'

/**
 * Renames an object. Views are kept as text that names what they read, so an object that others read keeps its name:
 * 2BP01 says which. The relations that come with it (`"x$errors"`) are renamed along.
 */
export async function rename(deps: DdlDeps, plan: Extract<DdlPlan, { kind: 'rename' }>): Promise<void> {
  const { world } = deps
  await world.exclusive.run(async () => {
    const entry = world.catalog.byId(plan.object)
    if (entry === undefined) throw new SqlError('42704', 'the object was dropped')
    checkUnread(deps, entry)
    if (world.catalog.byName(entry.schema, plan.newName) !== undefined) {
      throw new SqlError(entry.kind === 'schema' ? '42P06' : '42P07', `${entry.kind === 'schema' ? 'schema' : 'relation'} "${plan.newName}" already exists`)
    }
    const parts = world.catalog.dependants(entry.id).map((id) => world.catalog.byId(id)!).filter((e) => e.kind === 'system')
    const renamed = parts.map((e): CatalogEntry => ({ ...e, name: e.name.replace(entry.name, plan.newName) }))
    replace(deps, [{ ...entry, name: plan.newName }, ...renamed])
    await deps.checkpoint()
  })
}

export async function renameColumn(deps: DdlDeps, plan: Extract<DdlPlan, { kind: 'renameColumn' }>): Promise<void> {
  const { world } = deps
  await world.exclusive.run(async () => {
    const entry = world.catalog.byId(plan.object)
    if (entry === undefined) throw new SqlError('42704', 'the object was dropped')
    checkUnread(deps, entry)
    const named = <T extends { readonly name: string }>(columns: readonly T[]): T[] => {
      if (columns.some((c) => c.name === plan.newName)) {
        throw new SqlError('42701', `column "${plan.newName}" of relation "${entry.name}" already exists`)
      }
      return columns.map((c, i) => (i === plan.column ? { ...c, name: plan.newName } : c))
    }
    if (entry.kind === 'table') replace(deps, [{ ...entry, columns: named(entry.columns) }])
    else if (entry.kind === 'source' || entry.kind === 'view' || entry.kind === 'materializedView') replace(deps, [{ ...entry, rowType: named(entry.rowType) }])
    else throw new SqlError('42809', `"${entry.name}" has no columns that can be renamed`)
    await deps.checkpoint()
  })
}

function checkUnread(deps: DdlDeps, entry: CatalogEntry): void {
  const { catalog } = deps.world
  const readers = catalog.dependants(entry.id).map((id) => catalog.byId(id)!).filter((e) => e.kind !== 'system' && e.kind !== 'index')
  const inside = entry.kind === 'schema' ? [...catalog.all()].filter((e) => e.schema === entry.id && e.kind !== 'system' && e.dependsOn.length > 0) : []
  const blocking = [...readers, ...inside][0]
  if (blocking === undefined) return
  throw new SqlError('2BP01', `cannot rename "${entry.name}" because "${blocking.name}" reads it by name`, {
    hint: 'Drop the objects that read it first.',
  })
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
