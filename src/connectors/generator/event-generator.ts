import type { Column } from '../../types/column.ts'
import type { RowType } from '../../types/sql-type.ts'

/**
 * A load generator: event number → row, by a pure function of the options, so that any range of events can be made
 * again. Laws: `generate` depends on its arguments and the options alone; a range made at once or in pieces has the
 * same rows.
 */
export interface EventGenerator {
  readonly rowType: RowType
  /** Column numbers of the key when rows replace each other, else null. */
  readonly upsertKey: readonly number[] | null
  /** How many events there are; null: no end. */
  readonly count: number | null
  /** Events [from, to); not every event need be a row. Columns outside `columns` may be left undefined. */
  generate(from: number, to: number, columns: ReadonlySet<number> | null): GeneratedRows
}

export interface GeneratedRows {
  readonly n: number
  readonly cols: (Column | undefined)[]
  /** Event number of each row. */
  readonly offsets: Float64Array
}

/** Offsets of a generator whose every event is a row. */
export function everyEvent(from: number, to: number): Float64Array {
  const offsets = new Float64Array(to - from)
  for (let i = 0; i < offsets.length; i++) offsets[i] = from + i
  return offsets
}

export function numberColumn(n: number, value: (i: number) => number): Column {
  const data = new Float64Array(n)
  for (let i = 0; i < n; i++) data[i] = value(i)
  return { kind: 'f64', data, nulls: null }
}
