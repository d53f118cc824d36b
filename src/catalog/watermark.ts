import type { RowType, SqlType } from '../types/sql-type.ts'
import type { CatalogEntry, TableEntry, WatermarkSpec } from './entry.ts'

/**
 * Relations with an event time carry one more column behind those that can be named: the watermark of the record's
 * partition just before it, NULL for the first. It is a function of the records before it, so that a view that reads
 * them later sees the same.
 */
export const WATERMARK_COLUMN = '$watermark'

/** Before it, where the event time is no column that can be named. */
export const EVENT_COLUMN = '$event'

/** What the relation of late rows is called, behind the name of its own. */
export const LATE = '$late'

/** The relation of late rows that comes with `owner`; a view that only has its name is the user's own. */
export const isLateOf = (entry: CatalogEntry, owner: CatalogEntry | undefined): boolean =>
  entry.kind === 'view' &&
  entry.name === `${owner?.name}${LATE}` &&
  (watermarkOf(owner) !== null || (owner?.kind === 'view' && owner.lateness !== undefined))

export function watermarkOf(entry: CatalogEntry | undefined): WatermarkSpec | null {
  return (entry?.kind === 'table' || entry?.kind === 'source' ? entry.watermark : null) ?? null
}

/** The event time that is a column of the relation. */
export function ownTime(entry: CatalogEntry | undefined): WatermarkSpec | null {
  const watermark = watermarkOf(entry)
  return watermark?.event === undefined ? watermark : null
}

/** Whether rows of the table are inserted only. */
export const growsOnly = (entry: TableEntry): boolean => entry.appendOnly === true || watermarkOf(entry) !== null

/** The row type with the columns of the event time that cannot be named. */
export function withWatermark(row: RowType, watermark: WatermarkSpec | null | undefined): RowType {
  if (watermark == null) return row
  const { event } = watermark
  const { kind } = event?.type ?? row[watermark.column]!.type
  const time = event === undefined ? [] : [{ name: EVENT_COLUMN, type: event.type, nullable: true }]
  return [...row, ...time, { name: WATERMARK_COLUMN, type: { kind }, nullable: true }]
}

/** What watermarks are made of, as numbers: µs of timestamps, days of dates, the integers themselves. */
export function isEventTime(type: SqlType): boolean {
  return ['timestamp', 'timestamptz', 'date', 'int2', 'int4', 'int8'].includes(type.kind)
}
