import type { RowType, SqlType } from '../types/sql-type.ts'
import type { CatalogEntry, WatermarkSpec } from './entry.ts'

/**
 * Relations with an event time carry one more column behind those that can be named: the watermark of the record's
 * partition just before it, NULL for the first. It is a function of the records before it, so that a view that reads
 * them later sees the same.
 */
export const WATERMARK_COLUMN = '$watermark'

/** What the relation of late rows is called, behind the name of its own. */
export const LATE = '$late'

export function watermarkOf(entry: CatalogEntry | undefined): WatermarkSpec | null {
  return (entry?.kind === 'table' || entry?.kind === 'source' ? entry.watermark : null) ?? null
}

/** The row type with the column of the watermark. */
export function withWatermark(row: RowType, watermark: WatermarkSpec | null | undefined): RowType {
  if (watermark == null) return row
  const { kind } = row[watermark.column]!.type
  return [...row, { name: WATERMARK_COLUMN, type: { kind }, nullable: true }]
}

/** What watermarks are made of, as numbers: µs of timestamps, days of dates, the integers themselves. */
export function isEventTime(type: SqlType): boolean {
  return ['timestamp', 'timestamptz', 'date', 'int2', 'int4', 'int8'].includes(type.kind)
}
