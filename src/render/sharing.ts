import type { Circuit } from '../dataflow/circuit.ts'
import { ArrangeOperator } from '../dataflow/operators/arrange.ts'
import type { GetOperator } from '../dataflow/operators/get.ts'
import type { Arrangement, StateFactory } from '../state/contract.ts'

interface Shared {
  readonly get: GetOperator
  readonly arrange: ArrangeOperator
  /** Ids of the views, one for each use. */
  readonly users: string[]
}

interface SharedName {
  readonly object: number
  readonly columns: readonly number[]
  readonly keys: readonly number[]
  /** A fact of the object, hence the same for all views. */
  readonly appendOnly: boolean
}

/**
 * Arrangements that views share: an object's columns under a key. Their state is named by what they hold, not by the
 * view that came first, so that it outlives that view and is found again after a restart in any order of rendering.
 *
 * A view that comes later finds the arrangement full, while its own operators have seen nothing: `catchUp` of the
 * rendered view gives them the contents. That must be pending in the first tick in which the view runs.
 */
export class SharedArrangements {
  private readonly entries = new Map<string, Shared>()

  get size(): number {
    return this.entries.size
  }

  /** What is shared, by whom; `spentMs`: charged to no view, as it is worked for all of them. */
  *list(): Iterable<{
    readonly object: number
    readonly arrangement: Arrangement
    readonly users: ReadonlySet<string>
    readonly spentMs: number
  }> {
    for (const { get, arrange, users } of this.entries.values())
      yield {
        object: get.object,
        arrangement: arrange.arrangement,
        users: new Set(users),
        spentMs: get.spentMs + arrange.spentMs,
      }
  }

  /** `makeGet` is called when nobody uses the arrangement yet: the caller then feeds and connects that get. */
  acquire(
    name: SharedName,
    user: string,
    circuit: Circuit,
    states: StateFactory,
    makeGet: () => GetOperator,
  ): { readonly arrange: ArrangeOperator; readonly fresh: boolean; release(): void } {
    const id = `shared/${name.object}/${name.columns.join('-')}/by-${name.keys.join('-')}`
    const known = this.entries.get(id)
    const shared = known ?? this.make(id, name, circuit, states, makeGet())
    shared.users.push(user)
    return {
      arrange: shared.arrange,
      fresh: known === undefined,
      release: () => {
        shared.users.splice(shared.users.indexOf(user), 1)
        if (shared.users.length > 0) return
        this.entries.delete(id)
        for (const operator of [shared.get, shared.arrange]) operator.circuit?.remove([operator])
        states.drop(id)
      },
    }
  }

  private make(id: string, name: SharedName, circuit: Circuit, states: StateFactory, get: GetOperator): Shared {
    const { keys, appendOnly } = name
    const arrangement = states.arrangement({ id, types: get.output.types, key: keys, appendOnly })
    const arrange = new ArrangeOperator({ id: -1, position: -1 }, get.output.pipe(), arrangement)
    circuit.add([get, arrange])
    const shared = { get, arrange, users: [] }
    this.entries.set(id, shared)
    return shared
  }
}
