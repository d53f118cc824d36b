import type { ResultField } from '../session/contract.ts'
import type { Batch } from '../types/batch.ts'
import type { TextOptions } from '../types/text.ts'
import type { ByteWriter } from './byte-writer.ts'
import { type CellWriter, cellWriter } from './cell.ts'

/**
 * DataRow messages straight from the columns of a batch. One of these serves one batch: `writeRow(i)` appends row i.
 */
export class RowEncoder {
  private readonly out: ByteWriter
  private readonly cells: readonly CellWriter[]
  private readonly nulls: readonly (Uint8Array | null)[]

  constructor(out: ByteWriter, batch: Batch, fields: readonly ResultField[], options: TextOptions) {
    this.out = out
    this.cells = fields.map((field, c) => cellWriter(batch.cols[c], field.type, field.format, options))
    this.nulls = fields.map((_, c) => batch.cols[c].nulls)
  }

  writeRow(i: number): void {
    const { out, cells, nulls } = this
    const n = cells.length
    const message = out.begin('D')
    out.int16(n)
    for (let c = 0; c < n; c++) {
      const marks = nulls[c]
      if (marks !== null && marks[i] === 1) {
        out.int32(-1)
        continue
      }
      out.ensure(4)
      const lengthAt = out.at
      out.at += 4
      cells[c](out, i)
      out.putInt32At(lengthAt, out.at - lengthAt - 4)
    }
    out.end(message)
  }
}
