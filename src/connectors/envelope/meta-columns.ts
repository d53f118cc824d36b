import type { SourceEntry } from '../../catalog/entry.ts'
import type { Column } from '../../types/column.ts'
import { type ColumnBuilder, columnBuilder } from '../../types/column-build.ts'
import { JsonObject } from '../../types/json-tree.ts'
import { formatJsonb } from '../../types/jsonb.ts'
import { BYTEA, INT4, INT8, JSONB, type RowType, type SqlType, TIMESTAMPTZ } from '../../types/sql-type.ts'
import type { Datum } from '../../types/value.ts'
import type { RecordWalk } from '../kafka/record-walk.ts'

export type IncludeWhat = SourceEntry['connector']['include'][number]['what']
type Meta = Exclude<IncludeWhat, 'key'>

/** The type that INCLUDE gives a column whose type is not declared. The key's depends on its format. */
export const INCLUDE_TYPES = {
  partition: INT4,
  offset: INT8,
  timestamp: TIMESTAMPTZ,
  headers: JSONB,
} as const satisfies Record<Meta, SqlType>

/** INCLUDE PARTITION, OFFSET, TIMESTAMP, HEADERS: what the record says about itself. */
export class MetaColumns {
  private readonly columns: readonly { what: Meta; column: number; type: SqlType; builder: ColumnBuilder }[]

  constructor(include: SourceEntry['connector']['include'], rowType: RowType) {
    this.columns = include.flatMap(({ what, column }) =>
      what === 'key'
        ? []
        : [{ what, column, type: rowType[column].type, builder: columnBuilder(rowType[column].type, 64) }],
    )
  }

  append(record: RecordWalk, partition: number): void {
    for (const { what, type, builder } of this.columns) {
      switch (what) {
        case 'partition':
          builder.append(partition)
          break
        case 'offset':
          builder.append(record.offset)
          break
        case 'timestamp':
          builder.append(timestampOf(record.timestampMs, type))
          break
        case 'headers':
          builder.append(headersOf(record, type))
          break
      }
    }
  }

  /** Puts its columns in their places. */
  finishInto(cols: Column[]): void {
    for (const { column, builder } of this.columns) cols[column] = builder.finish()
  }
}

/** -1 is Kafka's "no timestamp". */
function timestampOf(ms: number, type: SqlType): Datum {
  if (ms < 0) return null
  return type.kind === 'timestamptz' || type.kind === 'timestamp' ? ms * 1000 : ms
}

/** bytea[]: name, value, name, value …; anything else: JSON, values as text (invalid UTF-8 replaced). */
function headersOf(record: RecordWalk, type: SqlType): Datum {
  const headers = record.headers()
  if (type.kind === 'array' && type.element?.kind === BYTEA.kind) {
    return headers.flatMap(([name, value]) => [
      Uint8Array.from(Buffer.from(name)),
      value === null ? null : Uint8Array.from(value),
    ])
  }
  const nodes = headers.map(
    ([name, value]) =>
      new JsonObject([
        ['key', clean(name)],
        ['value', value === null ? null : clean(Buffer.from(value).toString('utf8'))],
      ]),
  )
  return formatJsonb(nodes)
}

/** No JSON text of SQL holds U+0000. */
function clean(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '\ufffd') : text
}
