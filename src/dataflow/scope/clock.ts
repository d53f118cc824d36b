import type { Batch } from '../../types/batch.ts'
import type { Fanout } from '../edge.ts'
import type { OperatorBase } from '../operator.ts'
import type { Iterations, Target } from '../operators/join.ts'

interface Appointment {
  readonly rows: { edge: Fanout; batch: Batch }[]
  readonly errors: { edge: Fanout; batch: Batch }[]
  readonly operators: Set<OperatorBase>
}

/** The iterations of a nested scope within one tick: which one runs, and what waits for a later one. */
export class IterationClock implements Iterations {
  current = 0
  private readonly waiting = new Map<number, Appointment>()

  /** Publishes on `edge` when the iteration comes. */
  later(edge: Fanout, iteration: number): Target {
    const appointment = this.at(iteration)
    return {
      pushRows: (batch) => appointment.rows.push({ edge, batch }),
      pushErrors: (batch) => appointment.errors.push({ edge, batch }),
    }
  }
  /** Steps the operator in that iteration even without input. */
  wakeAt(iteration: number, operator: OperatorBase): void {
    this.at(iteration).operators.add(operator)
  }
  /** The next iteration with something to do; undefined when the fixpoint is reached. */
  next(): number | undefined {
    let lowest: number | undefined
    for (const iteration of this.waiting.keys()) if (lowest === undefined || iteration < lowest) lowest = iteration
    return lowest
  }
  begin(iteration: number): void {
    this.current = iteration
    const appointment = this.waiting.get(iteration)
    if (appointment === undefined) return
    this.waiting.delete(iteration)
    for (const { edge, batch } of appointment.rows) edge.pushRows(batch)
    for (const { edge, batch } of appointment.errors) edge.pushErrors(batch)
    for (const operator of appointment.operators) operator.wake()
  }
  /** Forgets what lies beyond the last iteration that may run. */
  stop(): void {
    this.waiting.clear()
    this.current = 0
  }
  private at(iteration: number): Appointment {
    let appointment = this.waiting.get(iteration)
    if (appointment === undefined) {
      appointment = { rows: [], errors: [], operators: new Set() }
      this.waiting.set(iteration, appointment)
    }
    return appointment
  }
}
