import { SqlError } from '../../base/sql-error.ts'
import type { MaterializedViewEntry } from '../../catalog/entry.ts'
import { objectsOf } from '../../plan/objects-of.ts'
import type { PhysicalPlan } from '../../plan/physical.ts'
import type { CallContext } from '../api.ts'
import { planAnew } from '../replan.ts'
import { alone, beginnings, differingRows, droppedMeanwhile, makeTwin, removeTwin, takeOver } from '../twin.ts'
import type { ViewRuntime } from '../view.ts'
import type { World } from '../world.ts'
import type { DdlDeps } from './deps.ts'

/**
 * ALTER MATERIALIZED VIEW … REPLAN: plans the view anew, hydrates the new dataflow beside the old one, which goes on
 * being read, compares what they hold, and lets the new one take the old one's place between two ticks. The output with
 * its rows, history and followers stays. Until the checkpoint that ends the statement a crash leaves the old plan.
 */
export async function replan(deps: DdlDeps, { object }: { readonly object: number }, call: CallContext): Promise<void> {
  const { world } = deps
  const view = world.views.get(object)
  const entry = view?.entry
  if (view === undefined || entry == null) throw droppedMeanwhile()
  const { name } = entry
  if (view.replanning) throw new SqlError('55006', `materialized view "${name}" is being re-planned or merged into`)
  if (!view.ready) throw new SqlError('55000', `materialized view "${name}" is not hydrated yet`)
  if (view.resultOf !== null) {
    const other = world.catalog.byId(view.resultOf)?.name
    throw new SqlError(
      '55000',
      `materialized view "${name}" has no dataflow of its own: it shows the rows of another`,
      {
        hint: other === undefined ? undefined : `Re-plan "${other}".`,
      },
    )
  }
  const plan = newPlan(world, view, entry)
  if (plan.fingerprint === view.plan.fingerprint) {
    const message = `the plan of materialized view "${name}" is the newest already`
    call.notice({ severity: 'NOTICE', sqlstate: '00000', message })
    return
  }
  await alone(view, () => replaced(deps, view, plan, name, call))
}

async function replaced(
  deps: DdlDeps,
  view: ViewRuntime,
  plan: PhysicalPlan,
  name: string,
  call: CallContext,
): Promise<void> {
  const { world } = deps
  const starts = await beginnings(world, view, plan)
  if ('source' in starts) {
    const { source, partition, begin, firstLeft } = starts
    throw new SqlError('55000', `source "${source}" no longer holds what the view has read`, {
      detail: `The view began at offset ${begin} of partition ${partition}; the first that is left is ${firstLeft}.`,
      hint: 'The view goes on with the plan that it has.',
    })
  }
  const twin = await makeTwin(deps, view, plan, starts, call)
  try {
    const rows = await differingRows(world, twin, call)
    if (rows > 0) {
      throw new SqlError('55000', `the new plan of materialized view "${name}" gives other rows`, {
        detail: `${rows} rows differ; the view goes on with the plan that it has.`,
        hint: 'Drop the view and create it anew to have the new rows.',
      })
    }
    await world.exclusive.run(async () => {
      if (world.views.get(view.id) !== view || view.dropped) throw droppedMeanwhile()
      takeOver(world, twin)
      await deps.checkpoint()
    })
    world.log.info('re-planned', { view: name, fingerprint: plan.fingerprint })
  } finally {
    await removeTwin(deps, twin.next.id)
  }
}

function newPlan(world: World, view: ViewRuntime, entry: MaterializedViewEntry): PhysicalPlan {
  const planned = planAnew(world, entry)
  if (planned === null) throw new SqlError('55000', `materialized view "${entry.name}" cannot be planned anew`)
  const shape = (row: MaterializedViewEntry['rowType']) => JSON.stringify(row.map(({ type }) => type))
  const hint = 'Drop the view and create it anew.'
  if (shape(planned.rowType) !== shape(entry.rowType))
    throw new SqlError('55000', `planned anew, materialized view "${entry.name}" has columns of other types`, { hint })
  const read = new Set(objectsOf(view.plan))
  if (objectsOf(planned.plan).some((id) => !read.has(id)))
    throw new SqlError('55000', `planned anew, materialized view "${entry.name}" reads other relations`, { hint })
  return planned.plan
}
