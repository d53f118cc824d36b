import type { CatalogEntry } from '../../catalog/entry.ts'
import type { DdlPlan } from '../../plan/ddl.ts'
import type { DdlDeps } from './deps.ts'
import { unchangedCheck } from './out-of-use.ts'
import { replaceEntries } from './rename.ts'

/** COMMENT ON: part of the object's entry, gone with it. */
export async function comment(deps: DdlDeps, plan: Extract<DdlPlan, { kind: 'comment' }>): Promise<void> {
  const { world } = deps
  const checkUnchanged = unchangedCheck(world, [plan.object])
  await world.exclusive.run(async () => {
    checkUnchanged()
    const { comments, ...entry } = world.catalog.byId(plan.object)!
    const left = (comments ?? []).filter(([column]) => column !== plan.column)
    const all = plan.comment === null ? left : [...left, [plan.column, plan.comment] as const]
    const next = { ...entry, ...(all.length > 0 && { comments: all }) } as CatalogEntry
    replaceEntries(deps, [next])
    await deps.checkpoint()
  })
}
