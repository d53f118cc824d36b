import { relationName } from '../catalog/relation-name.ts'
import type { Held } from '../sql/estimate.ts'
import type { RunningState } from '../sql/explain-state.ts'
import type { World } from './world.ts'

/** What a materialized view holds, by the nodes of the plan that runs; null: no view runs under that id. */
export function runningState(world: World, object: number): RunningState | null {
  const view = world.views.get(object)
  if (view === undefined || view.entry === null) return null
  const nodes = new Map<number, Held>()
  let result: Held = { rows: 0, bytes: 0 }
  for (const structure of view.structures()) {
    const { id, rows } = structure
    // <object>/<node>/…, or <object>/result/…
    const place = id.split('/')[1]
    const held = { rows, bytes: structure.bytes() }
    if (place === 'result') result = sum(result, held)
    else nodes.set(Number(place), sum(nodes.get(Number(place)), held))
  }
  const nameOf = (id: number) => relationName(world.catalog, id)
  return {
    plan: view.running,
    node: (number) => nodes.get(number) ?? null,
    did: (number) => view.rendered.measured(number),
    result: view.resultOf === null ? { ...result, of: null } : { ...result, of: nameOf(view.resultOf) },
    shared: [...world.sharing.list()]
      .filter(({ users }) => [...users].some((user) => Number.parseInt(user, 10) === object))
      .map(({ object: relation, arrangement }) => {
        return { relation: nameOf(relation), rows: arrangement.rows, bytes: arrangement.bytes() }
      }),
  }
}

const sum = (a: Held | undefined, b: Held): Held => ({
  rows: (a?.rows ?? 0) + b.rows,
  bytes: (a?.bytes ?? 0) + b.bytes,
})

/** How many rows a table or a materialized view has; null: the relation is not stored. */
export function storedRows(world: World, object: number): number | null {
  return world.tables.get(object)?.rows.rows ?? world.views.get(object)?.output.rows.rows ?? null
}
