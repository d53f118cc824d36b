import { drain, type Pieces } from '../../base/slices.ts'
import type { Arrangement, StateFactory, StateStructure } from '../../state/contract.ts'
import type { Batch } from '../../types/batch.ts'
import { batchFromRows } from '../../types/batch-build.ts'
import type { SqlType } from '../../types/sql-type.ts'
import type { Circuit } from '../circuit.ts'
import { consolidate } from '../consolidate.ts'
import { ERROR_TYPES, type TickContext } from '../contract.ts'
import type { Pipe } from '../edge.ts'
import type { InputNode } from '../input.ts'
import { OperatorBase, type OperatorIdentity } from '../operator.ts'
import type { IterationClock } from './clock.ts'

export interface ScopeSpec extends OperatorIdentity {
  readonly stateId: string
  readonly types: readonly SqlType[]
  readonly imports: readonly Pipe[]
  readonly clock: IterationClock
  readonly circuit: Circuit
  /** Inside: one node per import, one per variable, one pipe per variable's result. */
  readonly importNodes: readonly InputNode[]
  readonly variableNodes: readonly InputNode[]
  readonly results: readonly Pipe[]
  /** Which variable is the output. */
  readonly output: number
  readonly limit: { readonly rounds: number; readonly onLimit: 'return' | 'error' } | null
}

/**
 * scope: recursion. Variables start empty; iteration i computes every result from the variables, which take the
 * results of iteration i-1. Inside, all changes are differences in (tick, iteration), so that a tick redoes only what
 * its changes touch, deletes included. Iterations beyond the limit do not run; with `error` one more is looked at, and
 * while it would still change something there is one error.
 * State: that of the operators inside, and the changes of the iteration beyond the limit. Cost: the derivations touched.
 */
export class ScopeOperator extends OperatorBase {
  readonly name = 'scope'
  private readonly spec: ScopeSpec
  private readonly beyond: readonly Arrangement[]

  constructor(spec: ScopeSpec, states: StateFactory) {
    super(spec, spec.imports, spec.types)
    this.spec = spec
    this.beyond = spec.results.map((result, v) =>
      states.arrangement({ id: `${spec.stateId}/beyond${v}`, types: result.types, key: [] }),
    )
  }

  override get startsBusy(): boolean {
    return this.spec.circuit.busy
  }

  step(tick: TickContext): void {
    drain(this.pieces(tick))
  }

  override *pieces(tick: TickContext): Pieces {
    const { clock, circuit, limit, importNodes } = this.spec
    const rounds = limit?.rounds ?? tick.recursionRoundsMax
    const last = limit?.onLimit === 'return' ? rounds - 1 : rounds
    const wasOpen = this.isOpen()
    this.inputs.forEach((pipe, i) => {
      const delta = pipe.take()
      for (const batch of delta.rows) importNodes[i].pushRows(batch)
      for (const batch of delta.errors) importNodes[i].pushErrors(batch)
    })
    let iteration: number | undefined = 0
    while (iteration !== undefined && iteration <= last) {
      clock.begin(iteration)
      yield* circuit.pieces(tick)
      this.takeResults(iteration, iteration < rounds)
      iteration = clock.next()
    }
    clock.stop()
    const isOpen = this.isOpen()
    if (isOpen !== wasOpen) this.output.pushErrors(this.limitError(rounds, isOpen ? 1 : -1))
  }

  private takeResults(iteration: number, within: boolean): void {
    const { clock, results, variableNodes, output } = this.spec
    results.forEach((pipe, v) => {
      const delta = pipe.take()
      for (const batch of consolidate(delta.rows)) {
        if (!within) {
          this.beyond[v].apply(batch)
          continue
        }
        if (v === output) this.output.pushRows(batch)
        clock.later(variableNodes[v].output, iteration + 1).pushRows(batch)
      }
      // Errors leave the scope at once: fed back they would multiply.
      if (within) this.forwardErrors(delta.errors)
    })
  }

  /** The results still change beyond the last iteration that counts. */
  private isOpen(): boolean {
    return this.beyond.some((changes) => changes.rows > 0)
  }

  private limitError(rounds: number, diff: number): Batch {
    const message = `recursion did not reach a fixpoint within ${rounds} rounds`
    return batchFromRows(ERROR_TYPES, [['54001', message, this.name, this.position + 1, '']], [diff])
  }

  override state(): readonly StateStructure[] {
    return [...this.beyond, ...[...this.spec.circuit.operators].flatMap((operator) => operator.state())]
  }
}
