import fc from 'fast-check'
import { batchFromRows, rowsOf } from '../types/batch-build.ts'
import { compareValueRows } from '../types/compare.ts'
import type { SqlType } from '../types/sql-type.ts'
import { FLOAT8, INT8, NUMERIC, TEXT } from '../types/sql-type.ts'
import type { Row } from '../types/value.ts'
import type { Arrangement, ArrangementPin } from './contract.ts'

/** Rows whose values often meet, and often differ only in their representation: what state must keep apart or together. */
export const rowTypes: readonly SqlType[] = [INT8, TEXT, NUMERIC, FLOAT8]
export const anyRow: fc.Arbitrary<Row> = fc.tuple(
  fc.constantFrom(null, 0, 1, 2, 2n ** 60n),
  fc.constantFrom(null, '', 'a', 'ä longer text than most'),
  fc.constantFrom(null, { mantissa: 1, scale: 0 }, { mantissa: 100, scale: 2 }, { mantissa: 10n ** 20n, scale: 3 }),
  fc.constantFrom(null, 0, -0, NaN, 1.5, Infinity),
)
export const anyDelta = fc.array(fc.tuple(anyRow, fc.constantFrom(-2, -1, 1, 1, 1, 3)), { maxLength: 12 })

/** The naive model: distinct rows with their counts. */
export class Multiset {
  private readonly types: readonly SqlType[]
  rows: { row: Row; diff: number }[] = []

  constructor(types: readonly SqlType[]) {
    this.types = types
  }
  apply(delta: readonly (readonly [Row, number])[]): void {
    for (const [row, diff] of delta) {
      const known = this.rows.find((entry) => compareValueRows(this.types, entry.row, row) === 0)
      if (known === undefined) this.rows.push({ row, diff })
      else known.diff += diff
      this.rows = this.rows.filter((entry) => entry.diff !== 0)
    }
  }
  sorted(): { row: Row; diff: number }[] {
    return sortRows(this.types, this.rows)
  }
  copy(): Multiset {
    const copy = new Multiset(this.types)
    copy.rows = this.rows.map((entry) => ({ ...entry }))
    return copy
  }
}

export function sortRows(types: readonly SqlType[], rows: readonly { row: Row; diff: number }[]) {
  return rows.map(({ row, diff }) => ({ row, diff })).sort((a, b) => compareValueRows(types, a.row, b.row))
}

export function contents(from: Arrangement | ArrangementPin, types: readonly SqlType[] = rowTypes) {
  const rows: { row: Row; diff: number }[] = []
  for (const batch of from.scan()) {
    rowsOf(batch, types).forEach((row, i) => {
      rows.push({ row, diff: batch.diffs[i] })
    })
  }
  return sortRows(types, rows)
}

export function deltaBatch(delta: readonly (readonly [Row, number])[], types: readonly SqlType[] = rowTypes) {
  return batchFromRows(
    types,
    delta.map(([row]) => row),
    delta.map(([, diff]) => diff),
  )
}
