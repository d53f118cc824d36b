import { node, planOf } from '../../render/testing/random-plan.ts'
import { ZSet } from '../../render/testing/zset.ts'
import type { SqlType } from '../../types/sql-type.ts'
import type { LiveEngine } from '../engine.ts'
import { call } from './plans.ts'

/** Readers of a simulation: each answer must be what its relation held at the tick that the answer names. */
export class Readers {
  answered = 0
  /** Answers that came while somebody held the exclusive lane. */
  beside = 0
  #answers: { readonly tick: number; readonly object: number; readonly text: string }[] = []
  readonly #held = new Map<string, string>()
  #life = 0
  #failure: unknown = null

  read(engine: LiveEngine, object: number, types: readonly SqlType[]): void {
    const columns = types.map((_, c) => c)
    const plan = planOf([node({ op: 'get', object, columns }, types)])
    const fields = types.map((type, c) => ({ name: `c${c}`, type, nullable: true }))
    const finishing = { order: [], limit: null, offset: 0, project: columns }
    const life = this.#life
    const asked = engine.world.exclusive.busy
    engine.read({ plan, finishing, fields, lookup: null, params: [] }, call()).then(
      ({ tick, batches }) => {
        if (life !== this.#life) return
        this.answered++
        if (asked && engine.world.exclusive.busy) this.beside++
        const text = new ZSet().addBatches(batches as Iterable<never>, types).text()
        this.#answers.push({ tick, object, text })
      },
      (error: unknown) => {
        // The machine lost its power, or the view was dropped.
        if (life === this.#life && (error as { sqlstate?: string }).sqlstate !== '42P01') this.#failure = error
      },
    )
  }

  /** What a relation holds at a tick, seen between ticks. */
  held(tick: number, object: number, text: string): void {
    this.#held.set(`${tick}/${object}`, text)
  }

  /** Throws for a wrong answer. Ticks that nobody looked at while they were the newest are not checked. */
  check(failed: (message: string) => Error): void {
    if (this.#failure !== null) throw failed(`a read failed: ${String(this.#failure)}`)
    for (const { tick, object, text } of this.#answers) {
      const held = this.#held.get(`${tick}/${object}`)
      if (held !== undefined && held !== text)
        throw failed(`a read of ${object} at tick ${tick} gave\n${text}\nbut it held\n${held}`)
    }
    this.#answers = []
  }

  /** After a crash: ticks that were not durable come again with other contents. */
  lose(): void {
    this.#life++
    this.#answers = []
    this.#held.clear()
    this.#failure = null
  }
}
