import { drain, type Pieces } from '../base/slices.ts'
import type { Arrangement, StateFactory, StateStructure } from '../state/contract.ts'
import type { Batch } from '../types/batch.ts'
import { batchFromRows } from '../types/batch-build.ts'
import { consolidate, consolidation } from './consolidate.ts'
import { ERROR_TYPES } from './contract.ts'
import { Fanout, type Pipe } from './edge.ts'
import { ErrorsHandedOn } from './errors-handed-on.ts'
import { OperatorBase, type OperatorIdentity } from './operator.ts'
import { TOO_OFTEN } from './too-often.ts'

export interface OutputSpec extends OperatorIdentity {
  /** Prefix of the state's names. */
  readonly stateId: string
  /** Columns that the result is arranged by. */
  readonly key: readonly number[]
  /** Another output that holds the same rows, and has them changed before this one runs: here they are only read. */
  readonly rowsOf?: OutputNode
  /** Its errors are its own: readers get none of them. */
  readonly divertsErrors?: boolean
}

/**
 * The result of a view (or the contents of a table): consolidates the delta of each tick, keeps the rows in an
 * arrangement to be read and pinned, and hands the consolidated delta on to dependants, with the errors that are theirs.
 * State: rows by key (unless another output holds them), errors. Cost per changed row: O(1). Retraction: counts.
 */
export class OutputNode extends OperatorBase {
  readonly name = 'output'
  readonly rows: Arrangement
  readonly errors: Arrangement
  readonly handedOn: ErrorsHandedOn
  /** All that is computed, all errors included: for views of an equal plan, which have their own say about errors. */
  readonly result: Fanout
  readonly #holdsRows: boolean
  /** A count of something that this result is made of was lost: it has an error that stays. */
  private lossy = false
  /** What feeds this feeds another output by now. */
  successor: OutputNode | null = null
  private lossToTell = false
  private runs = false
  private changedRows: Batch[] = []
  private changedErrors: Batch[] = []
  private readonly input: Pipe

  constructor(spec: OutputSpec, input: Pipe, states: StateFactory) {
    super(spec, [input], input.types)
    this.input = input
    this.#holdsRows = spec.rowsOf === undefined
    const overflowed = () => this.lose()
    this.rows =
      spec.rowsOf?.rows ??
      states.arrangement({ id: `${spec.stateId}/rows`, types: input.types, key: spec.key, overflowed })
    this.handedOn = new ErrorsHandedOn(spec.divertsErrors === true)
    this.result = new Fanout(input.types, this.rank)
    this.errors = states.arrangement({ id: `${spec.stateId}/errors`, types: ERROR_TYPES, key: [] })
  }

  step(): void {
    drain(this.pieces())
  }

  override *pieces(): Pieces {
    this.runs = true
    try {
      yield* this.consolidated()
    } finally {
      this.runs = false
    }
  }

  private *consolidated(): Pieces {
    const delta = this.input.take()
    for (const batch of yield* consolidation(delta.rows)) {
      if (this.#holdsRows) this.rows.apply(batch)
      this.changedRows.push(batch)
      this.output.pushRows(batch)
      this.result.pushRows(batch)
      yield
    }
    const lost = this.lossToTell ? [lossBatch()] : []
    this.lossToTell = false
    for (const batch of consolidate([...delta.errors, ...lost])) {
      this.errors.apply(batch)
      this.changedErrors.push(batch)
      this.result.pushErrors(batch)
      const theirs = this.handedOn.change(batch)
      if (theirs !== null) this.output.pushErrors(theirs)
    }
  }

  /**
   * A row occurs more often than its count can say, here or in what feeds this. What is lost does not come back with a
   * retraction: the error goes when the view is made anew.
   */
  lose(): void {
    if (this.successor !== null) this.successor.lose()
    if (this.lossy || this.successor !== null) return
    this.lossy = true
    this.lossToTell = true
    // Else it is about to tell.
    if (!this.runs) this.wake()
  }

  /** Readers lose the errors that there are; at the beginning of a tick, which carries that on. */
  setErrorsAside(): void {
    for (const batch of this.handedOn.setAside(this.errors.scan())) this.output.pushErrors(batch)
  }

  override runAfter(rank: number): void {
    super.runAfter(rank)
    // Not there yet while it is being made.
    this.result?.moveTo(this.rank)
  }

  /** The consolidated changes since the last call: of one tick, when taken after each. In no order: `sortBatches`. */
  takeChanges(): { rows: Batch[]; errors: Batch[] } {
    const changes = { rows: this.changedRows, errors: this.changedErrors }
    this.handedOn.settle()
    this.changedRows = []
    this.changedErrors = []
    return changes
  }

  override state(): readonly StateStructure[] {
    return this.#holdsRows ? [this.rows, this.errors] : [this.errors]
  }
}

const lossBatch = (): Batch => batchFromRows(ERROR_TYPES, [[TOO_OFTEN.sqlstate, TOO_OFTEN.message, 'output', 0, '']])
