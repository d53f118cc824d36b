import { SqlError } from '../../base/sql-error.ts'
import { batchBytes } from '../../serve/batch-bytes.ts'
import type { Batch } from '../../types/batch.ts'
import type { CallContext, WriteResult } from '../api.ts'
import type { TableDelta } from '../tick-record.ts'

/** What a statement or a commit is going to change; nothing is changed yet. */
export interface Evaluated {
  readonly result: Omit<WriteResult, 'tick'>
  /** In batches of at most BATCH_ROWS_MAX, in the order in which they apply. */
  readonly changes: readonly TableDelta[]
}

/** Setting: what one statement or transaction may change at most; bytes. */
export const STATEMENT_BYTES_MAX = 'statement_bytes_max'
/** Where the setting is not there (tests without a session). */
const STATEMENT_BYTES_MAX_DEFAULT = 512 << 20

/**
 * Bounds what one statement changes: all of it is held in memory at once, journaled as one record, and its tick holds
 * up readers. Beyond the bound the statement fails with 54000 before anything is changed.
 */
export class StatementBound {
  readonly #bytesMax: number
  #bytes = 0

  constructor(call: Pick<CallContext, 'setting'>) {
    const set = Number(call.setting(STATEMENT_BYTES_MAX) ?? Number.NaN)
    this.#bytesMax = Number.isFinite(set) ? set : STATEMENT_BYTES_MAX_DEFAULT
  }
  get bytes(): number {
    return this.#bytes
  }
  /** Changes were undone. */
  backTo(bytes: number): void {
    this.#bytes = bytes
  }
  add(batch: Batch): void {
    this.addBytes(batchBytes(batch))
  }
  addBytes(bytes: number): void {
    this.#bytes += bytes
    if (this.#bytes <= this.#bytesMax) return
    throw new SqlError('54000', `the statement changes more than ${this.#bytesMax} bytes of rows`, {
      detail:
        'A statement, or a transaction as a whole, is one tick: its changes are held in memory and journaled at once.',
      hint: `Change fewer rows at a time (COPY in parts, UPDATE by ranges of a key), or raise "${STATEMENT_BYTES_MAX}".`,
    })
  }
}
