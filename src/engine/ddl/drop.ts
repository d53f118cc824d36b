import { SqlError } from '../../base/sql-error.ts'
import type { Catalog } from '../../catalog/catalog.ts'
import type { CatalogEntry } from '../../catalog/entry.ts'
import { LATE } from '../../catalog/watermark.ts'
import type { DdlPlan } from '../../plan/ddl.ts'
import type { CallContext } from '../api.ts'
import { removeView } from '../build-view.ts'
import { NO_FOREIGN_KEYS } from '../foreign-keys.ts'
import { linkForeignKeys } from '../link-foreign-keys.ts'
import { dropMerged } from '../merged-rows.ts'
import type { DdlDeps } from './deps.ts'
import { outOfUse, unchangedCheck } from './out-of-use.ts'
import { withoutSequences } from './sequence-uses.ts'

/**
 * Drops objects and, with CASCADE, whatever reads them; without it anything that reads them stops the statement. `told`: what
 * went before for their sake.
 */
export async function drop(
  deps: DdlDeps,
  plan: Extract<DdlPlan, { kind: 'drop' }>,
  call: CallContext,
  told: readonly string[] = [],
): Promise<void> {
  const { world } = deps
  const closing: Promise<void>[] = []
  const checkUnchanged = unchangedCheck(world, plan.objects)
  checkUnchanged()
  // Those that hydrate end that, and with it their turn of the lane.
  const first = affected(deps, plan)
  if (first.visible.length === 0 || plan.cascade) {
    const going = [...first.named, ...first.dependants]
    await outOfUse(world, [...going, ...hiddenSources(deps, going), ...referringTables(deps, going)], call)
    checkUnchanged()
    for (const id of [...first.named, ...first.dependants]) {
      const view = world.views.get(id)
      if (view !== undefined && !view.live) view.unwanted = true
    }
  }
  await world.exclusive.run(async () => {
    checkUnchanged()
    const { catalog } = world
    const { named, dependants, visible } = affected(deps, plan)
    if (visible.length > 0 && !plan.cascade) throw blocked(deps, plan)
    if (visible.length + told.length > 0) notices(catalog, visible, told, call)
    const going = [
      ...dependants,
      ...named.filter((id) => !dependants.includes(id)).sort((a, b) => b - a),
      ...hiddenSources(deps, [...dependants, ...named]),
    ]
    for (const id of named) refuseConstraintIndex(catalog, id, going)
    const tables = withoutSequences(catalog, new Set(going), plan.cascade, call)
    world.catalog = catalog.apply([
      ...going.map((id) => ({ kind: 'remove' as const, id })),
      ...tables.map((entry) => ({ kind: 'put' as const, entry })),
    ])
    for (const entry of tables) world.tables.get(entry.id)?.replaceEntry(entry)
    for (const id of going) {
      closing.push(...removeObject(deps, id))
      const entry = catalog.byId(id)
      if (entry?.kind === 'materializedView' && !world.views.has(id)) dropMerged(world, entry.merged)
    }
    linkForeignKeys(world, true)
    for (const source of world.sources.values())
      if (source.live && !source.hasReaders) closing.push(source.stop().then(() => source.forget()))
    await Promise.all(closing)
    await deps.checkpoint()
  }, call.signal)
}

/** The index of a constraint goes with the constraint. */
function refuseConstraintIndex(catalog: Catalog, id: number, going: readonly number[]): void {
  const entry = catalog.byId(id)
  if (entry?.kind !== 'index' || !entry.constraint || going.includes(entry.on)) return
  const constraint = `constraint ${entry.name} on table ${catalog.byId(entry.on)!.name}`
  throw new SqlError('2BP01', `cannot drop index ${entry.name} because ${constraint} requires it`, {
    hint: `You can drop ${constraint} instead.`,
  })
}

/** What a DROP names and what depends on that; `visible`: what its user must agree to. */
function affected(deps: DdlDeps, plan: { readonly objects: readonly number[] }) {
  const { catalog } = deps.world
  const named = plan.objects.filter((id) => catalog.byId(id) !== undefined)
  const inSchemas = [...catalog.all()].filter((e) => named.includes(e.schema)).map((e) => e.id)
  const dependants = [
    ...new Set([...catalog.allDependants([...named, ...inSchemas]), ...inSchemas.filter((id) => !named.includes(id))]),
  ].sort((a, b) => b - a)
  const goes = (e: CatalogEntry) =>
    comesWith(deps, e, named) || (e.kind === 'foreignKey' && (named.includes(e.on) || dependants.includes(e.on)))
  const visible = dependants.map((id) => catalog.byId(id)!).filter((e) => !goes(e))
  return { named, dependants, visible }
}

/** Part of another object: its errors relation, an index, the source inside a table that is fed. */
function comesWith(deps: DdlDeps, entry: CatalogEntry, named: readonly number[]): boolean {
  if (entry.kind === 'system' || entry.kind === 'index') return true
  if (entry.kind === 'sequence' && entry.ownedBy !== null) return true
  if (entry.kind === 'view' && entry.name.endsWith(LATE)) return true
  return entry.name.endsWith('$source') && deps.world.catalog.dependants(entry.id).some((id) => named.includes(id))
}

/** Tables that stay, and lose a foreign key. */
function referringTables({ world: { catalog } }: DdlDeps, going: readonly number[]): number[] {
  const entries = going.map((id) => catalog.byId(id))
  return entries.flatMap((e) => (e?.kind === 'foreignKey' && !going.includes(e.on) ? [e.on] : []))
}

function hiddenSources({ world }: DdlDeps, going: readonly number[]): number[] {
  const hidden: number[] = []
  for (const id of going) {
    const entry = world.catalog.byId(id)
    if (entry?.kind !== 'table' || entry.fedBy === null || going.includes(entry.fedBy)) continue
    const source = world.catalog.byId(entry.fedBy)
    if (source === undefined || source.name !== `${entry.name}$source`) continue
    hidden.push(...world.catalog.dependants(source.id).filter((d) => !going.includes(d)), source.id)
  }
  return hidden
}

/** Ends what runs of an object that has left the catalog. */
export function removeObject(deps: DdlDeps, id: number): Promise<void>[] {
  const { world, indexes } = deps
  indexes.remove(id)
  world.sequences.drop(id)
  const view = world.views.get(id)
  if (view !== undefined) removeView(world, view)
  world.watermarks.delete(id)
  const table = world.tables.get(id)
  if (table !== undefined) {
    if (table.eventTime !== null) world.states.drop(table.eventTime.rows.id)
    world.circuit.remove([table.input])
    table.setForeignKeys(NO_FOREIGN_KEYS, world.states, false)
    world.states.drop(table.rows.id)
    for (const { id: structure } of table.life?.state() ?? []) world.states.drop(structure)
    world.tables.delete(id)
    world.mortal.delete(id)
    const log = world.tableLogs.get(id)
    world.tableLogs.delete(id)
    log?.notify()
  }
  const source = world.sources.get(id)
  if (source === undefined) return []
  world.sources.delete(id)
  world.circuit.remove([source.input])
  for (const structure of [...source.input.state(), source.deadLetters]) world.states.drop(structure.id)
  return [source.stop().then(() => source.connector.close())]
}

const WORDS: Readonly<Record<CatalogEntry['kind'], string>> = {
  schema: 'schema',
  table: 'table',
  source: 'source',
  view: 'view',
  materializedView: 'materialized view',
  index: 'index',
  foreignKey: 'constraint',
  sequence: 'sequence',
  type: 'type',
  connection: 'connection',
  function: 'function',
  system: 'relation',
}

export const label = (catalog: Catalog, entry: CatalogEntry): string => {
  const on = entry.kind === 'foreignKey' ? ` on table ${catalog.byId(entry.on)!.name}` : ''
  return `${WORDS[entry.kind]} ${entry.name}${on}`
}

/** `own`: lines that stand in the place of the objects that they are of. */
export function blocked(
  deps: DdlDeps,
  plan: { readonly objects: readonly number[] },
  own: { readonly lines: readonly string[]; readonly of: ReadonlySet<number> } = { lines: [], of: new Set() },
): SqlError {
  const { named, visible } = affected(deps, plan)
  const { catalog } = deps.world
  const first = catalog.byId(named[0]!)!
  const others = [...visible].reverse().filter((e) => !own.of.has(e.id))
  const otherLines = others.map((e) => {
    const on = e.dependsOn
      .map((id) => catalog.byId(id))
      .find((d) => d !== undefined && (named.includes(d.id) || visible.includes(d)))
    return `${label(catalog, e)} depends on ${on === undefined ? label(catalog, first) : label(catalog, on)}`
  })
  const lines = [...own.lines, ...otherLines]
  const hint = 'Use DROP ... CASCADE to drop the dependent objects too.'
  if (named.length > 1)
    return new SqlError('2BP01', 'cannot drop desired object(s) because other objects depend on them', {
      detail: lines.join('\n'),
      hint,
    })
  return new SqlError('2BP01', `cannot drop ${label(catalog, first)} because other objects depend on it`, {
    detail: lines.join('\n'),
    hint,
  })
}

function notices(catalog: Catalog, visible: readonly CatalogEntry[], told: readonly string[], call: CallContext): void {
  const lines = [...told, ...[...visible].reverse().map((e) => `drop cascades to ${label(catalog, e)}`)]
  const one = lines.length === 1
  call.notice({
    severity: 'NOTICE',
    sqlstate: '00000',
    message: one ? lines[0]! : `drop cascades to ${lines.length} other objects`,
    detail: one ? undefined : lines.join('\n'),
  })
}
