import type { MaterializedViewEntry } from '../catalog/entry.ts'
import type { DdlPlan } from '../plan/ddl.ts'
import { withMerged } from '../plan/merged.ts'
import { parseSql, planStatement } from '../sql/plan-statement.ts'
import { statistics } from './statistics.ts'
import type { World } from './world.ts'

/** A view as this build would make it today, from the text that it was made of. */
export function planAnew(
  world: World,
  entry: MaterializedViewEntry,
): Extract<DdlPlan, { kind: 'createMaterializedView' }> | null {
  const statement = parseSql(entry.sql)[0]
  if (statement === undefined) return null
  const planned = planStatement(statement, {
    sql: entry.sql,
    catalog: world.catalog,
    user: 'millrace',
    database: 'millrace',
    searchPath: ['public'],
    timeZone: 'UTC',
    nowMicros: world.clock.nowMicros,
    setting: () => undefined,
    paramTypes: [],
    notice() {},
    statistics: (object) => statistics(world, object),
    ...(world.rules === undefined ? {} : { rules: world.rules }),
  })
  if (planned.kind !== 'ddl' || planned.statement?.kind !== 'createMaterializedView') return null
  return { ...planned.statement, plan: withMerged(planned.statement.plan, entry.merged) }
}

/**
 * The fingerprint of the plan that this build would make for a view, beside the one that runs: a restart renders the
 * stored plan, whatever a newer planner would choose. Null when this build cannot plan the text any more.
 */
export function newestFingerprint(world: World, entry: MaterializedViewEntry): string | null {
  try {
    return planAnew(world, entry)?.plan.fingerprint ?? null
  } catch {
    return null
  }
}
