import type { CatalogEntry, MaterializedViewEntry, SourceEntry, TableEntry, ViewEntry } from '../../catalog/entry.ts'
import { LATE } from '../../catalog/watermark.ts'
import { quoted } from '../../sql/ddl/canonical.ts'
import { type Field, type RowType, TIMESTAMPTZ } from '../../types/sql-type.ts'
import type { World } from '../world.ts'

/**
 * `"orders$late"`: the rows that came after their partition's watermark had passed their time, beside that watermark. A
 * plain view: what it shows is a property of the rows themselves.
 */
export function lateRelation(
  world: World,
  owner: SourceEntry | TableEntry | ViewEntry | MaterializedViewEntry,
  id: number,
): CatalogEntry[] {
  if (owner.kind === 'view' || owner.kind === 'materializedView') return lateOfView(world, owner, id)
  if (!owner.watermark) return []
  const { column, event } = owner.watermark
  if (event !== undefined && event.own === undefined) return []
  const stored = owner.kind === 'source' ? owner.rowType : columnsFor(owner)
  const behind = [
    ...(owner.computed ?? []),
    ...(owner.arrivals ?? []).map((each) => ({ name: each, type: TIMESTAMPTZ })),
  ]
  const columns = [...stored, ...behind.map((f) => ({ name: f.name, type: f.type, nullable: true }))]
  const time = columns[event?.own === undefined ? column : stored.length + event.own]!
  return [lateOf(world, owner, columns, time, id)]
}

/** The same of a view whose column LATENESS made its event time; what is stored of a materialized one has no watermarks. */
function lateOfView(world: World, owner: ViewEntry | MaterializedViewEntry, id: number): CatalogEntry[] {
  const { kind, lateness, rowType } = owner
  if (kind !== 'view' || lateness === undefined) return []
  return [lateOf(world, owner, rowType, rowType[lateness.column]!, id)]
}

function lateOf(world: World, owner: CatalogEntry, columns: RowType, time: Field, id: number): ViewEntry {
  const schema = quoted(world.catalog.byId(owner.schema)?.name ?? 'public')
  const taken = columns.some((c) => c.name === 'watermark')
  const name = taken ? 'late_watermark' : 'watermark'
  const current = `current_watermark(${quoted(time.name)})`
  return {
    kind: 'view',
    id,
    name: `${owner.name}${LATE}`,
    schema: owner.schema,
    sql: `CREATE VIEW ${schema}.${quoted(`${owner.name}${LATE}`)} AS SELECT *, ${current} AS ${name} FROM ${schema}.${quoted(owner.name)} WHERE ${quoted(time.name)} < ${current}`,
    dependsOn: [owner.id],
    rowType: [...columns, { name, type: { kind: time.type.kind }, nullable: true }],
  }
}

const columnsFor = (table: TableEntry) =>
  table.columns.map((c) => ({ name: c.name, type: c.type, nullable: !c.notNull }))
