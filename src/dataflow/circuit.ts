import { assert } from '../base/assert.ts'
import { drain, type Pieces } from '../base/slices.ts'
import type { TickContext } from './contract.ts'
import type { OperatorBase, Scheduler } from './operator.ts'

/** Rows that a join makes before the operators behind it take them: bounds what waits between two operators. */
const ROUND_ROWS = 1 << 17

/**
 * A graph of operators that runs tick by tick. Operators come and go while it runs (between ticks). A tick runs the
 * operators with pending input, each once, by rank: what a tick does not touch costs nothing.
 */
export class Circuit implements Scheduler {
  private readonly members = new Set<OperatorBase>()
  /** Those that may emit because time passed. */
  private readonly timed = new Set<OperatorBase>()
  /** dirty[r]: operators of rank r that have something to do. */
  private readonly dirty: OperatorBase[][] = []
  private waiting = 0
  private runningRank = -1
  /** Monotonic ms: set, the runs of each operator are timed, with one reading a run (a piece, of a large one). */
  clock: (() => number) | null = null
  private active: OperatorBase | null = null

  get operators(): Iterable<OperatorBase> {
    return this.members
  }
  get size(): number {
    return this.members.size
  }
  /** True when the next tick has work even without new input. */
  get busy(): boolean {
    return this.waiting > 0
  }

  add(operators: Iterable<OperatorBase>): void {
    for (const operator of operators) {
      assert(!this.members.has(operator), 'an operator is added once')
      this.members.add(operator)
      if (operator.timeDriven) this.timed.add(operator)
      operator.enter(this)
    }
  }

  /** Takes over all operators of another circuit, with their pending input. */
  adopt(other: Circuit): void {
    const operators = [...other.members]
    other.remove(operators, false)
    this.add(operators)
  }

  /** Operators leave; with `cut` their inputs are disconnected for good. */
  remove(operators: Iterable<OperatorBase>, cut = true): void {
    assert(this.runningRank < 0, 'operators leave between ticks')
    for (const operator of operators) {
      if (!this.members.delete(operator)) continue
      this.timed.delete(operator)
      if (operator.dirty) this.waiting--
      operator.leave()
      if (cut) for (const pipe of operator.inputs) pipe.disconnect()
    }
    for (const bucket of this.dirty) {
      let kept = 0
      for (const operator of bucket) if (this.members.has(operator)) bucket[kept++] = operator
      bucket.length = kept
    }
  }

  schedule(operator: OperatorBase): void {
    assert(operator.rank > this.runningRank, 'an operator runs after its producers')
    this.waiting++
    this.enqueue(operator)
  }

  /**
   * One tick: every operator with pending input runs once, producers first. Those `held` keep their input for a later
   * call (one-shot runs, between slices of a snapshot).
   */
  runTick(tick: TickContext, held: ReadonlySet<OperatorBase> | null = null): void {
    drain(this.pieces(tick, held))
  }

  /** The same tick in pieces. Nobody else may touch the circuit before it is through, or given up. */
  *pieces(tick: TickContext, held: ReadonlySet<OperatorBase> | null = null): Pieces {
    for (const operator of this.timed) if (operator.frontier() <= tick.nowMicros) operator.wake()
    try {
      yield* this.ranks(0, tick, held, false)
      this.active = null
    } finally {
      this.runningRank = -1
    }
  }

  /**
   * The operators from a rank on. What a join makes may be far more than fits: after ROUND_ROWS of it the operators
   * behind it run on that part (`partly`), as if it were a tick of its own, and then the join goes on. Those that must
   * see a tick whole keep their input until the end, summed up.
   */
  private *ranks(from: number, tick: TickContext, held: ReadonlySet<OperatorBase> | null, partly: boolean): Pieces {
    const { clock } = this
    let sinceMs = clock?.() ?? 0
    for (let rank = from; rank < this.dirty.length && this.waiting > 0; rank++) {
      this.runningRank = rank
      const bucket = this.dirty[rank]
      let stay = 0
      for (let i = 0; i < bucket.length; i++) {
        const operator = bucket[i]
        // What a tick that was given up left behind.
        if (!operator.dirty) continue
        if (operator.rank !== rank) {
          this.enqueue(operator) // moved down since it was queued
          continue
        }
        if (held?.has(operator) || (partly && !operator.runsInParts)) {
          bucket[stay++] = operator
          if (partly) for (const pipe of operator.inputs) yield* pipe.compact()
          continue
        }
        operator.dirty = false
        this.waiting--
        this.active = operator
        let handedOn = operator.output.pushed
        for (const pieces = operator.pieces(tick); ; ) {
          const { done } = pieces.next()
          if (clock !== null) {
            const nowMs = clock()
            operator.spentMs += nowMs - sinceMs
            sinceMs = nowMs
          }
          if (done) break
          if (operator.handsOnParts && operator.output.pushed - handedOn >= ROUND_ROWS) {
            yield* this.ranks(rank + 1, tick, held, true)
            this.runningRank = rank
            this.active = operator
            handedOn = operator.output.pushed
          }
          yield
          // Others may have run meanwhile.
          if (clock !== null) sinceMs = clock()
        }
      }
      bucket.length = stay
    }
  }

  /** The operator that runs, or in which the newest tick ended by an exception. */
  get running(): OperatorBase | null {
    return this.active
  }

  /** Lowest now() at which something may be emitted without input; Infinity: never. */
  frontier(): number {
    let lowest = Number.POSITIVE_INFINITY
    for (const operator of this.timed) lowest = Math.min(lowest, operator.frontier())
    return lowest
  }

  bytes(): number {
    let sum = 0
    for (const operator of this.members) sum += operator.bytes()
    return sum
  }

  private enqueue(operator: OperatorBase): void {
    while (this.dirty.length <= operator.rank) this.dirty.push([])
    this.dirty[operator.rank].push(operator)
  }
}
