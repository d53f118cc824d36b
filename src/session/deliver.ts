import type { RowType } from '../types/sql-type.ts'
import type { ResultField, ResultSink } from './contract.ts'
import { type FieldOrigin, NO_ORIGIN } from './planner.ts'
import { countRows, type RowSource } from './row-source.ts'

/** Result columns as the client sees them. */
export function resultFieldsOf(
  fields: RowType,
  origins: readonly FieldOrigin[] | null,
  formats: readonly (0 | 1)[],
): ResultField[] {
  return fields.map((field, i) => {
    const origin = origins?.[i] ?? NO_ORIGIN
    return {
      name: field.name,
      type: field.type,
      tableOid: origin.tableOid,
      columnNumber: origin.columnNumber,
      format: formats[i] ?? 0,
    }
  })
}

/** All rows of a source; those of a live one leave as soon as it runs dry. Returns how many there were. */
export async function deliverAll(
  source: RowSource,
  fields: readonly ResultField[],
  sink: ResultSink,
  signal: AbortSignal,
): Promise<number> {
  let rows = 0
  try {
    for (;;) {
      const batch = await source.poll()
      signal.throwIfAborted()
      if (batch === 'end') return rows
      if (batch === 'wait') {
        await sink.flush(signal)
        await source.wait(signal)
      } else {
        rows += countRows(batch)
        await sink.rows(batch, fields, source.shared, signal)
      }
    }
  } finally {
    source.close()
  }
}
