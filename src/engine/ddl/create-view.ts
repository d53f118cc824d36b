import { SqlError } from '../../base/sql-error.ts'
import type { IndexEntry, MaterializedViewEntry, ViewEntry } from '../../catalog/entry.ts'
import { uniqueKeyOf } from '../../catalog/unique-key.ts'
import type { DdlPlan } from '../../plan/ddl.ts'
import { withMerged } from '../../plan/merged.ts'
import { objectsOf } from '../../plan/objects-of.ts'
import { checkConstantCalls } from '../../render/expand.ts'
import type { Row } from '../../types/value.ts'
import type { CallContext } from '../api.ts'
import { buildView, removeView } from '../build-view.ts'
import { dropMerged, mergedIds, startMerged } from '../merged-rows.ts'
import { sharedPlan } from '../result-sharing.ts'
import { changeOrNothing, checkStillThere, type DdlDeps, errorsRelation, exists } from './deps.ts'
import { outOfUse } from './out-of-use.ts'
import { checkUnique } from './unique.ts'

type Plan<K extends DdlPlan['kind']> = Extract<DdlPlan, { kind: K }>

/** A view is its text: whoever reads it binds it anew. */
export async function createView(deps: DdlDeps, plan: Plan<'createView'>, call: CallContext): Promise<void> {
  const { world } = deps
  await world.exclusive.run(async () => {
    const { name, schema, sql, dependsOn, rowType } = plan
    checkStillThere(deps, [schema, ...dependsOn])
    const old = world.catalog.byName(schema, name)
    const replaces = plan.orReplace && old?.kind === 'view'
    if (plan.orReplace && old !== undefined && !replaces) throw new SqlError('42809', `"${name}" is not a view`)
    if (!replaces && exists(deps, plan, call)) return
    if (replaces) checkReplacement(old, plan)
    const entry: ViewEntry = {
      kind: 'view',
      id: replaces ? old.id : world.catalog.nextId,
      name,
      schema,
      sql,
      dependsOn,
      rowType,
      ...(replaces && old.comments && { comments: old.comments }),
    }
    world.catalog = world.catalog.apply([{ kind: 'put', entry }])
    await deps.checkpoint()
  })
}

/** PostgreSQL's rule: columns may only be added at the end. */
function checkReplacement(old: ViewEntry, plan: Plan<'createView'>): void {
  if (plan.rowType.length < old.rowType.length) throw new SqlError('42P16', 'cannot drop columns from view')
  old.rowType.forEach((field, i) => {
    const next = plan.rowType[i]!
    if (next.name !== field.name)
      throw new SqlError('42P16', `cannot change name of view column "${field.name}" to "${next.name}"`)
    if (next.type.kind !== field.type.kind)
      throw new SqlError('42P16', `cannot change data type of view column "${field.name}"`)
  })
}

export async function createMaterializedView(
  deps: DdlDeps,
  plan: Plan<'createMaterializedView'>,
  call: CallContext,
): Promise<void> {
  const { world } = deps
  if (exists(deps, plan, call)) return
  checkConstantCalls(plan.plan.nodes)
  const objects = objectsOf(plan.plan).filter((id) => id > 0)
  for (const object of objects) {
    const entry = world.catalog.byId(object)
    if (entry?.kind === 'system' || entry?.kind === 'sequence') {
      const what = entry.kind === 'system' ? 'system relation' : 'sequence'
      throw new SqlError('0A000', `materialized view over ${what} "${entry.name}" is not supported`, {
        detail: 'System relations are computed when they are read.',
      })
    }
  }
  const starts = await deps.hydration.prepare(objects, call)
  await world.exclusive.run(async () => {
    if (exists(deps, plan, call)) return
    const { name, schema, sql, dependsOn, rowType, onError, bounds, written } = plan
    checkStillThere(deps, [schema, ...dependsOn, ...objects])
    const id = world.catalog.nextId
    const merged = mergedIds(plan.plan, id + 1)
    const own = withMerged(plan.plan, merged)
    const entry: MaterializedViewEntry = {
      kind: 'materializedView',
      id,
      name,
      schema,
      sql,
      dependsOn,
      rowType,
      onError,
      ...(written && { written }),
      ...(bounds && bounds.length > 0 && { bounds }),
      ...(merged.length > 0 && { merged }),
    }
    const errors = errorsRelation(deps, entry, id + 1 + merged.length)
    await deps.hydration.upToNow(plan.plan)
    const next = world.catalog.apply([entry, errors].map((e) => ({ kind: 'put' as const, entry: e })))
    startMerged(world, merged)
    const shared = sharedPlan(world, own, starts)
    const running = shared?.plan ?? own
    const resultOf = shared?.resultOf ?? null
    const shares = resultOf === null && deps.hydration.canShare(objectsOf(running))
    const start = async () => {
      const state = { kind: 'hydrating', done: 0, total: null } as const
      const view = buildView(world, { id, entry, plan: own, running, resultOf, onError, shares, state })
      if (resultOf !== null) await deps.hydration.take(view, world.views.get(resultOf)!)
      else if (shares) await deps.hydration.fill(view, call.signal)
      else await deps.hydration.begin(view, starts, call.signal)
      const beyond = view.ready ? view.beyondLimits() : null
      if (beyond !== null) throw hopeless(beyond)
    }
    await changeOrNothing(deps, next, start, async () => {
      const view = world.views.get(id)
      if (view !== undefined) removeView(world, view)
      dropMerged(world, merged)
      await deps.hydration.stopUnread()
    })
    await deps.checkpoint()
  }, call.signal)
}

/** The view would fail as it stands, whoever reads it. */
function hopeless([sqlstate, message, , position]: Row): SqlError {
  return new SqlError(sqlstate as string, message as string, { position: (position as number) || undefined })
}

export async function createIndex(deps: DdlDeps, plan: Plan<'createIndex'>, call: CallContext): Promise<void> {
  const { world } = deps
  if (plan.unique && world.tables.has(plan.on)) await outOfUse(world, [plan.on], call)
  await world.exclusive.run(async () => {
    if (exists(deps, plan, call)) return
    const { name, schema, sql, dependsOn, on, columns, orders, unique, nullsNotDistinct, constraint } = plan
    checkStillThere(deps, [schema, ...dependsOn, on])
    if (!world.tables.has(on) && !world.views.has(on)) {
      throw new SqlError('42809', 'an index can be made on a table or a materialized view only')
    }
    const entry: IndexEntry = {
      kind: 'index',
      id: world.catalog.nextId,
      name,
      schema,
      sql,
      dependsOn,
      on,
      columns,
      ...(orders && { orders }),
      unique,
      ...(constraint && { constraint }),
      ...(nullsNotDistinct && { nullsNotDistinct }),
    }
    if (unique) {
      const table = world.tables.get(on)
      if (table === undefined) throw new SqlError('0A000', 'a unique index on a materialized view is not supported')
      checkUnique(table, uniqueKeyOf(entry))
    }
    world.catalog = world.catalog.apply([{ kind: 'put', entry }])
    deps.indexes.add(entry, true)
    await deps.checkpoint()
  })
}
