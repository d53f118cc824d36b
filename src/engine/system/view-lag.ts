import { INT8, TEXT } from '../../types/sql-type.ts'
import type { World } from '../world.ts'
import { column } from './columns.ts'
import type { SystemRelation } from './relation.ts'

export interface Lag {
  readonly rows: number
  readonly ms: number
}

/** What the view's ticks miss of each source below it, other views between them or not. */
export function lagsOf(world: World, view: number, found: Map<number, Lag> = new Map()): Map<number, Lag> {
  for (const object of world.views.get(view)?.reads ?? []) {
    const source = world.sources.get(object)
    if (source === undefined) lagsOf(world, object, found)
    else if (!found.has(object)) {
      const ms = Math.round(source.lag.ms(world.runtime.monotonicMs(), source.positions))
      found.set(object, { rows: source.lag.rows(source.positions), ms })
    }
  }
  return found
}

/** millrace.view_lag: `lag_rows` and `lag_ms` of millrace.view_status, source by source. */
export const VIEW_LAG: SystemRelation = {
  schema: 'millrace',
  name: 'view_lag',
  rowType: [column('view', TEXT), column('source', TEXT), column('lag_rows', INT8), column('lag_ms', INT8)],
  *rows({ world }) {
    for (const view of world.views.values()) {
      if (view.entry === null) continue
      for (const [source, { rows, ms }] of lagsOf(world, view.id))
        yield [view.entry.name, world.sources.get(source)!.entry.name, rows, ms]
    }
  },
}
