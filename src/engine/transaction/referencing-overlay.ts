import type { Pieces } from '../../base/slices.ts'
import type { ForeignKeyEntry } from '../../catalog/entry.ts'
import type { ArrangementPin } from '../../state/contract.ts'
import type { Row } from '../../types/value.ts'
import type { TableRuntime } from '../table.ts'
import { keyText, rowOfKey } from '../write/constraints.ts'
import { RowDeltas } from '../write/referential/row-deltas.ts'
import { rowText } from '../write/same-row.ts'
import { PIECE_ROWS, type RowChange } from '../write/writable.ts'

/**
 * The rows that refer by one foreign key, as a transaction sees them: those of its snapshot with its own changes over them.
 * Remembers which keys it asked for, for the check at commit. Cost per changed row: one entry.
 */
export class ReferencingOverlay {
  readonly fk: ForeignKeyEntry
  readonly #table: TableRuntime
  readonly #pin: ArrangementPin
  readonly #text: (row: Row) => string
  readonly #own: RowDeltas
  readonly #read = new Map<string, Row>()

  constructor(table: TableRuntime, fk: ForeignKeyEntry, pin: ArrangementPin) {
    this.fk = fk
    this.#table = table
    this.#pin = pin
    this.#text = keyText(table.entry, fk.columns)
    this.#own = new RowDeltas(this.#text)
  }

  rows(values: Row): Row[] {
    const row = rowOfKey(this.#table.entry, values, this.fk.columns)
    this.#read.set(this.#text(row), values)
    return this.#own.over(this.#atSnapshot(values), row)
  }
  apply({ old, next }: RowChange): void {
    if (old !== null) this.#own.add(old, -1)
    if (next !== null) this.#own.add(next, 1)
  }

  /** At commit: whether what was read has changed. */
  *changed(): Pieces<boolean> {
    const now = this.#table.referencing(this.fk)
    let n = 0
    for (const values of this.#read.values()) {
      if (n++ % PIECE_ROWS === 0) yield
      if (!sameRows(this.#atSnapshot(values), now.lookup(values))) return true
    }
    return false
  }

  #atSnapshot(values: Row): Row[] {
    const found = this.#pin.lookup(this.#table.referencing(this.fk).ordered(values))
    return found.flatMap(({ row, diff }) => new Array<Row>(Math.max(diff, 0)).fill(row))
  }
}

function sameRows(a: readonly Row[], b: readonly Row[]): boolean {
  if (a.length !== b.length) return false
  const sorted = (rows: readonly Row[]) => rows.map(rowText).sort()
  const other = sorted(b)
  return sorted(a).every((text, i) => text === other[i])
}
