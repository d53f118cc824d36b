import type { Batch } from '../types/batch.ts'
import { batchFromRows } from '../types/batch-build.ts'
import type { Column } from '../types/column.ts'
import { datumAt } from '../types/column-read.ts'
import type { SqlType } from '../types/sql-type.ts'
import { formatText } from '../types/text.ts'
import type { Datum } from '../types/value.ts'
import { ERROR_TYPES, type RowErrors } from './contract.ts'

interface RowError {
  readonly sqlstate: string
  readonly message: string
  readonly position: number
}

/** The errors of one batch, by row. Empty for nearly every batch: then it is one integer. */
export class RowErrorList implements RowErrors {
  count = 0
  private readonly byRow = new Map<number, RowError>()

  add(row: number, sqlstate: string, message: string, position: number): void {
    if (this.byRow.has(row)) return
    this.byRow.set(row, { sqlstate, message, position })
    this.count++
  }
  has(row: number): boolean {
    return this.count > 0 && this.byRow.has(row)
  }
  clear(): void {
    if (this.count === 0) return
    this.byRow.clear()
    this.count = 0
  }
  /** Row numbers ascending. */
  rows(): number[] {
    return [...this.byRow.keys()].sort((a, b) => a - b)
  }
  get(row: number): RowError | undefined {
    return this.byRow.get(row)
  }
}

/** Where the error rows of an operator say that they come from. */
export interface ErrorSite {
  readonly name: string
  readonly position: number
}

/** Rows of the error Z-set for the erring rows of a batch, each with its row's diff. */
export function errorBatch(
  errors: RowErrorList,
  site: ErrorSite,
  cols: readonly Column[],
  types: readonly SqlType[],
  diffs: ArrayLike<number>,
  places: readonly PlaceColumns[] = [],
): Batch {
  const rows: Datum[][] = []
  const counts: number[] = []
  for (const row of errors.rows()) {
    const error = errors.get(row)!
    const position = error.position >= 0 ? error.position : site.position
    rows.push([
      error.sqlstate,
      error.message,
      site.name,
      position + 1,
      rowText(cols, types, row) + placeText(places, cols, types, row),
    ])
    counts.push(diffs[row])
  }
  return batchFromRows(ERROR_TYPES, rows, counts)
}

/** Columns that say which record of a source a row comes from. */
export interface PlaceColumns {
  readonly source: string
  readonly partition: number | null
  readonly offset: number | null
}

/** ` orders partition 0 offset 17`, for each source that the row has a record of. */
function placeText(
  places: readonly PlaceColumns[],
  cols: readonly Column[],
  types: readonly SqlType[],
  row: number,
): string {
  let text = ''
  for (const { source, partition, offset } of places) {
    const said: string[] = []
    for (const [name, column] of [
      ['partition', partition],
      ['offset', offset],
    ] as const) {
      const value = column === null ? null : datumAt(cols[column], row, types[column])
      if (value !== null) said.push(`${name} ${value}`)
    }
    if (said.length > 0) text += ` ${source} ${said.join(' ')}`
  }
  return text
}

const CELL_CHARS_MAX = 200

/** A row for people: `(1,ada,NULL)`, long values cut. */
export function rowText(cols: readonly Column[], types: readonly SqlType[], row: number): string {
  const cells = types.map((type, c) => {
    const value = datumAt(cols[c], row, type)
    if (value === null) return 'NULL'
    const text = formatText(value, type)
    return text.length > CELL_CHARS_MAX ? `${text.slice(0, CELL_CHARS_MAX)}…` : text
  })
  return `(${cells.join(',')})`
}
