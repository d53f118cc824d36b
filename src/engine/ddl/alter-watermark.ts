import { SqlError } from '../../base/sql-error.ts'
import type { CatalogEntry, MaterializedViewEntry, SourceEntry, TableEntry, ViewEntry } from '../../catalog/entry.ts'
import { LATE } from '../../catalog/watermark.ts'
import type { DdlPlan } from '../../plan/ddl.ts'
import type { CallContext } from '../api.ts'
import { ChangedMeanwhile } from '../changed-meanwhile.ts'
import type { World } from '../world.ts'
import type { DdlDeps } from './deps.ts'
import { lateRelation } from './late-relation.ts'
import { changeOutOfUse } from './out-of-use.ts'

type Plan = Extract<DdlPlan, { kind: 'addWatermark' | 'dropWatermark' }>

/**
 * ALTER … ADD WATERMARK, DROP WATERMARK. Views that are there go on as they are: they do not read the column that comes or
 * goes. What came before an ADD carries no watermark, so that it is never late, and allows none: a view that comes later and
 * reads it again sees the same.
 */
export async function alterWatermark(deps: DdlDeps, plan: Plan, call: CallContext): Promise<void> {
  const { world } = deps
  await changeOutOfUse(world, plan.object, call, async () => {
    const old = world.catalog.byId(plan.object)
    if (old?.kind !== 'table' && old?.kind !== 'source') throw new ChangedMeanwhile()
    const adds = plan.kind === 'addWatermark'
    if (adds === (old.watermark != null)) throw new SqlError('55006', `relation "${old.name}" was altered meanwhile`)
    const { watermark: _, ...rest } = { ...old, sql: plan.sql }
    const entry: SourceEntry | TableEntry = adds
      ? { ...rest, watermark: { ...plan.watermark, ...sinceNow(deps, old) } }
      : rest
    const late = adds ? lateRelation(world, entry, world.catalog.nextId) : []
    const gone = adds ? [] : [old, ...timedBy(world, old)].flatMap((each) => lateRelations(world, each))
    if (!adds) refuseReaders(world, old, gone)
    for (const { name, schema } of late) {
      if (world.catalog.byName(schema, name) !== undefined)
        throw new SqlError('42P07', `relation "${name}" already exists`)
    }
    world.catalog = world.catalog.apply([
      ...gone.map(({ id }) => ({ kind: 'remove' as const, id })),
      ...[entry, ...late, ...(adds ? [] : untimed(world, old))].map((e) => ({ kind: 'put' as const, entry: e })),
    ])
    applyWatermark(world, entry)
    await deps.checkpoint()
  })
}

/** The running relation follows its entry. */
export function applyWatermark(world: World, entry: SourceEntry | TableEntry): void {
  const source = world.sources.get(entry.id)
  const table = world.tables.get(entry.id)
  if (entry.kind === 'source') source?.setWatermark(entry, world.clock.nowMicros)
  else table?.setWatermark(entry, world.states)
  const watermarks = source?.watermarks ?? table?.eventTime?.watermarks
  if (watermarks == null) world.watermarks.delete(entry.id)
  else world.watermarks.set(entry.id, watermarks)
}

/** Where its partitions stand, behind what waits for its tick. */
export function sinceNow(
  { world, ticker }: DdlDeps,
  { id, kind }: SourceEntry | TableEntry,
): Pick<NonNullable<SourceEntry['watermark']>, 'since'> {
  if (kind === 'table') return {}
  const awaited = ticker.awaited(id)
  const positions = [...(world.sources.get(id)?.positions ?? [])]
  if (positions.length === 0) return {}
  return { since: positions.map(([partition, next]) => [partition, Math.max(next, awaited.get(partition) ?? 0)]) }
}

/** Views whose event time it was. */
function untimed(world: World, owner: CatalogEntry): CatalogEntry[] {
  return timedBy(world, owner).map(({ lateness: _, ...rest }) => {
    const running = world.views.get(rest.id)
    if (running !== undefined && rest.kind === 'materializedView') running.entry = rest
    return rest
  })
}

const timedBy = ({ catalog }: World, owner: CatalogEntry) =>
  [...catalog.all()].filter(
    (e): e is ViewEntry | MaterializedViewEntry =>
      (e.kind === 'view' || e.kind === 'materializedView') && e.lateness?.object === owner.id,
  )

const lateRelations = ({ catalog }: World, owner: CatalogEntry): CatalogEntry[] =>
  catalog
    .dependants(owner.id)
    .map((id) => catalog.byId(id)!)
    .filter((e) => e.kind === 'view' && e.name === `${owner.name}${LATE}`)

/** Views that were planned with the event time, or with rows that only come, hold what they could not hold without. */
function refuseReaders(world: World, owner: SourceEntry | TableEntry, gone: readonly CatalogEntry[]): void {
  const { catalog } = world
  const width = owner.kind === 'table' ? owner.columns.length : owner.rowType.length
  const readers = new Set(gone.flatMap(({ id }) => catalog.dependants(id).map((d) => catalog.byId(d)!.name)))
  for (const id of catalog.dependants(owner.id)) {
    const entry = catalog.byId(id)!
    if (entry.kind === 'view' && !gone.includes(entry) && /current_watermark/i.test(entry.sql)) readers.add(entry.name)
  }
  for (const view of world.views.values()) {
    const relies = view.plan.nodes.some(
      (n) =>
        n.op === 'get' &&
        n.object === owner.id &&
        (n.columns.some((c) => c >= width) || (n.appendOnly && owner.kind === 'table' && !owner.appendOnly)),
    )
    if (relies) readers.add(view.entry?.name ?? 'a subscription')
  }
  if (readers.size === 0) return
  throw new SqlError('2BP01', `cannot drop the WATERMARK of "${owner.name}" because other objects depend on it`, {
    detail: [...readers].map((name) => `${name} depends on it`).join('\n'),
    hint: 'Drop them first.',
  })
}
