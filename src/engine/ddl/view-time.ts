import { SqlError } from '../../base/sql-error.ts'
import type { CatalogEntry, MaterializedViewEntry, SourceEntry, TableEntry, ViewEntry } from '../../catalog/entry.ts'
import { LATE } from '../../catalog/watermark.ts'
import type { DdlPlan } from '../../plan/ddl.ts'
import { ChangedMeanwhile } from '../changed-meanwhile.ts'
import { applyWatermark, sinceNow } from './alter-watermark.ts'
import type { DdlDeps } from './deps.ts'
import { lateRelation } from './late-relation.ts'

/** LATENESS v.c: the relation below gets the view's event time, which is hidden from whoever reads it otherwise. */
export async function viewTime(deps: DdlDeps, plan: Extract<DdlPlan, { kind: 'viewTime' }>): Promise<void> {
  const { world } = deps
  await world.exclusive.run(async () => {
    const view = world.catalog.byId(plan.view)
    const owner = world.catalog.byId(plan.object)
    const gone = (view?.kind !== 'view' && view?.kind !== 'materializedView') || owner === undefined
    if (gone || (owner.kind !== 'table' && owner.kind !== 'source')) throw new ChangedMeanwhile()
    if (owner.watermark) throw new SqlError('55006', `relation "${owner.name}" was altered meanwhile`)
    const below: SourceEntry | TableEntry = { ...owner, watermark: { ...plan.watermark, ...sinceNow(deps, owner) } }
    const entry: ViewEntry | MaterializedViewEntry = { ...view, lateness: { column: plan.column, object: plan.object } }
    const made: CatalogEntry[] = [below, entry]
    if (world.catalog.byName(view.schema, `${view.name}${LATE}`) === undefined)
      made.push(...lateRelation(world, entry, world.catalog.nextId))
    world.catalog = world.catalog.apply(made.map((e) => ({ kind: 'put' as const, entry: e })))
    const running = world.views.get(entry.id)
    if (running !== undefined && entry.kind === 'materializedView') running.entry = entry
    applyWatermark(world, below)
    await deps.checkpoint()
  })
}
