import type { WatermarkSpec } from '../catalog/entry.ts'
import type { Scalar } from '../plan/scalar.ts'
import { compileRow } from '../render/closure.ts'
import { makeFrame } from '../render/compile-context.ts'
import type { Batch } from '../types/batch.ts'
import type { Column } from '../types/column.ts'
import { buildColumn } from '../types/column-build.ts'
import type { SqlType } from '../types/sql-type.ts'
import type { Datum } from '../types/value.ts'
import { FIXED_ENV } from './fixed-env.ts'

type OfRows = (rows: Batch) => Column

/**
 * What is computed of a record for its event time: the time itself where it is that of a view, the watermark that it
 * allows where that is any function of it. A record for which that fails has no time, or allows nothing: whoever reads the
 * failing column gets the error.
 */
export class EventTimeMade {
  readonly #event: OfRows | null
  readonly #allowed: OfRows | null

  constructor({ event, allows }: WatermarkSpec, type: SqlType) {
    this.#event = event === undefined ? null : compiled(event.expr as Scalar, event.type)
    this.#allowed = allows === undefined ? null : compiled(allows as Scalar, { kind: type.kind } as SqlType)
  }

  timed(rows: Batch): Batch {
    return this.#event === null ? rows : { ...rows, cols: [...rows.cols, this.#event(rows)] }
  }
  allowed(rows: Batch): Column | null {
    return this.#allowed === null ? null : this.#allowed(rows)
  }
}

function compiled(scalar: Scalar, type: SqlType): OfRows {
  const run = compileRow(scalar, { env: FIXED_ENV, params: [] })
  const frame = makeFrame(FIXED_ENV)
  return ({ cols, n }) => {
    const values: Datum[] = []
    for (let i = 0; i < n; i++) {
      try {
        values.push(run(cols, i, frame))
      } catch {
        values.push(null)
      }
    }
    return buildColumn(type, values)
  }
}
