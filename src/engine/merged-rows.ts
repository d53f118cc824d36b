import type { MaterializedViewEntry, TableEntry } from '../catalog/entry.ts'
import { columnsOf } from '../catalog/pg-relations.ts'
import { watermarkOf, withWatermark } from '../catalog/watermark.ts'
import { mergedOf } from '../plan/merged.ts'
import type { PhysicalPlan } from '../plan/physical.ts'
import { TableRuntime } from './table.ts'
import type { World } from './world.ts'

/**
 * The late rows that were merged into a view: a stored relation beside each that the view leaves late rows of, with its
 * columns and the watermarks that the rows carry. It has an id and no name: the catalog knows it by its view alone.
 */
export interface MergedRows {
  readonly relation: number
  readonly id: number
}

/** Ids for what a new view's plan reads of merged rows. */
export const mergedIds = (plan: PhysicalPlan, from: number): MergedRows[] =>
  mergedOf(plan).map((relation, i) => ({ relation, id: from + i }))

/** Puts them into the circuit, before the view that reads them; recovery does so too. */
export function startMerged(world: World, merged: readonly MergedRows[]): void {
  for (const { relation, id } of merged) {
    const table = new TableRuntime(storedAs(world, relation, id), world.states)
    world.circuit.add([table.input])
    world.tables.set(id, table)
  }
}

/** The view is dropped, and they with it. */
export function dropMerged(world: World, merged: readonly MergedRows[] = []): void {
  for (const { id } of merged) {
    const table = world.tables.get(id)
    if (table === undefined) continue
    world.circuit.remove([table.input])
    world.states.drop(table.rows.id)
    world.tables.delete(id)
    world.tableLogs.delete(id)
  }
}

export const mergedOfView = (entry: MaterializedViewEntry, relation: number): number | null =>
  entry.merged?.find((m) => m.relation === relation)?.id ?? null

function storedAs(world: World, relation: number, id: number): TableEntry {
  const row = withWatermark(columnsOf(world.catalog, relation), watermarkOf(world.catalog.byId(relation)))
  return {
    kind: 'table',
    id,
    name: '$merged',
    schema: 0,
    sql: '',
    dependsOn: [],
    columns: row.map(({ name, type }) => ({ name, type, notNull: false, defaultSql: null })),
    primaryKey: null,
    fedBy: null,
  }
}
