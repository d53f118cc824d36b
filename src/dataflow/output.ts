import { drain, type Pieces } from '../base/slices.ts'
import type { Arrangement, StateFactory, StateStructure } from '../state/contract.ts'
import type { Batch } from '../types/batch.ts'
import { consolidate, consolidation } from './consolidate.ts'
import { ERROR_TYPES } from './contract.ts'
import type { Pipe } from './edge.ts'
import { OperatorBase, type OperatorIdentity } from './operator.ts'

export interface OutputSpec extends OperatorIdentity {
  /** Prefix of the state's names. */
  readonly stateId: string
  /** Columns that the result is arranged by. */
  readonly key: readonly number[]
  /** Another output that holds the same rows, and has them changed before this one runs: here they are only read. */
  readonly rowsOf?: OutputNode
}

/**
 * The result of a view (or the contents of a table): consolidates the delta of each tick, keeps the rows in an
 * arrangement to be read and pinned, and hands the consolidated delta on to dependants.
 * State: rows by key (unless another output holds them), errors. Cost per changed row: O(1). Retraction: counts.
 */
export class OutputNode extends OperatorBase {
  readonly name = 'output'
  readonly rows: Arrangement
  readonly errors: Arrangement
  readonly #holdsRows: boolean
  private changedRows: Batch[] = []
  private changedErrors: Batch[] = []
  private readonly input: Pipe

  constructor(spec: OutputSpec, input: Pipe, states: StateFactory) {
    super(spec, [input], input.types)
    this.input = input
    this.#holdsRows = spec.rowsOf === undefined
    this.rows =
      spec.rowsOf?.rows ?? states.arrangement({ id: `${spec.stateId}/rows`, types: input.types, key: spec.key })
    this.errors = states.arrangement({ id: `${spec.stateId}/errors`, types: ERROR_TYPES, key: [] })
  }

  step(): void {
    drain(this.pieces())
  }

  override *pieces(): Pieces {
    const delta = this.input.take()
    for (const batch of yield* consolidation(delta.rows)) {
      if (this.#holdsRows) this.rows.apply(batch)
      this.changedRows.push(batch)
      this.output.pushRows(batch)
      yield
    }
    for (const batch of consolidate(delta.errors)) {
      this.errors.apply(batch)
      this.changedErrors.push(batch)
      this.output.pushErrors(batch)
    }
  }

  /** The consolidated changes since the last call: of one tick, when taken after each. In no order: `sortBatches`. */
  takeChanges(): { rows: Batch[]; errors: Batch[] } {
    const changes = { rows: this.changedRows, errors: this.changedErrors }
    this.changedRows = []
    this.changedErrors = []
    return changes
  }

  override state(): readonly StateStructure[] {
    return this.#holdsRows ? [this.rows, this.errors] : [this.errors]
  }
}
