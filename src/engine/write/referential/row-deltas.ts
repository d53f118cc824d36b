import type { Row } from '../../../types/value.ts'
import { rowText } from '../same-row.ts'

interface Delta {
  readonly row: Row
  n: number
}

/** Changes of a table's rows by some of its columns: what they add to the rows of a key, and take from them. */
export class RowDeltas {
  readonly #key: (row: Row) => string
  readonly #byKey = new Map<string, Map<string, Delta>>()

  /** `key`: of a row with these columns. */
  constructor(key: (row: Row) => string) {
    this.#key = key
  }

  add(row: Row, n: number): void {
    const key = this.#key(row)
    let deltas = this.#byKey.get(key)
    if (deltas === undefined) {
      deltas = new Map()
      this.#byKey.set(key, deltas)
    }
    const text = rowText(row)
    const known = deltas.get(text)
    if (known === undefined) deltas.set(text, { row, n })
    else if (known.n + n === 0) deltas.delete(text)
    else known.n += n
    if (deltas.size === 0) this.#byKey.delete(key)
  }

  /** The rows of a row's key, where `before` are those without the changes. */
  over(before: readonly Row[], row: Row): Row[] {
    const deltas = this.#byKey.get(this.#key(row))
    if (deltas === undefined) return [...before]
    const left = new Map([...deltas].map(([text, { n }]) => [text, n]))
    const rows = before.filter((each) => {
      const text = rowText(each)
      const n = left.get(text) ?? 0
      if (n < 0) left.set(text, n + 1)
      return n >= 0
    })
    for (const [text, { row: added }] of deltas) for (let n = left.get(text)!; n > 0; n--) rows.push(added)
    return rows
  }
}
