import type { Column } from '../../types/column.ts'
import { datumAt } from '../../types/column-read.ts'
import type { SqlType } from '../../types/sql-type.ts'
import type { Judged, RecordBytes } from '../contract.ts'
import type { RecordWalk } from './record-walk.ts'

/** The bytes of the record that a walk stands at. */
export function bytesAt(walk: Place): RecordBytes {
  const part = (start: number, length: number) =>
    length < 0 ? null : Uint8Array.from(walk.bytes.subarray(start, start + length))
  return { key: part(walk.keyStart, walk.keyLength), value: part(walk.valueStart, walk.valueLength) }
}

type Place = Pick<RecordWalk, 'bytes' | 'keyStart' | 'keyLength' | 'valueStart' | 'valueLength'>

/** Where the records of one batch's rows lie, until it is known which of them may be put aside for their time. */
export class RowRecords {
  readonly #judged: Judged
  #places: Place[] = []

  constructor(judged: Judged) {
    this.#judged = judged
  }

  add({ bytes, keyStart, keyLength, valueStart, valueLength }: RecordWalk): void {
    if (this.#judged.columns.length === 0) return
    this.#places.push({ bytes, keyStart, keyLength, valueStart, valueLength })
  }

  /** Those of the rows that may be, by offset; the next batch begins. */
  finish(
    cols: readonly Column[],
    types: readonly SqlType[],
    offsets: Float64Array,
  ): ReadonlyMap<number, RecordBytes> | null {
    const places = this.#places
    this.#places = []
    const { columns, above } = this.#judged
    const found = new Map<number, RecordBytes>()
    for (const c of columns) {
      for (let i = 0; i < places.length; i++) {
        const value = datumAt(cols[c], i, types[c])
        if (typeof value === 'number' && Number.isSafeInteger(value) && value <= above) continue
        if (!found.has(offsets[i])) found.set(offsets[i], bytesAt(places[i]))
      }
    }
    return found.size === 0 ? null : found
  }
}
