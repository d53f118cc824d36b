import type { SqlError } from '../base/sql-error.ts'
import { messageWithDetail } from '../base/told-detail.ts'
import type { TickContext } from '../dataflow/contract.ts'
import type { EvalEnv } from '../functions/function.ts'
import type { Row } from '../types/value.ts'

/** The parts of EvalEnv that a view has for good. */
export type FixedEnv = Omit<EvalEnv, 'nowMicros'>

export interface CompileContext {
  readonly env: FixedEnv
  /** Values of $1 …. */
  readonly params: Row
  /** Rows after which loops are generated; a default when left out (tests: 0 at once, Infinity never). */
  readonly hotRows?: number
}

/** What one row's evaluation may read and where it stands; one object, reused. */
export interface Frame {
  env: EvalEnv
  /** Position of the call being evaluated: where an error that it throws is reported. */
  position: number
}

/** Of a loop over rows. */
export interface LoopFrame extends Frame {
  at(tick: Pick<TickContext, 'nowMicros'>): void
  /** The message of an error that was thrown, as error rows carry it. */
  readonly told: (error: SqlError) => string
}

export function makeFrame(fixed: FixedEnv): LoopFrame {
  const env = { ...fixed, nowMicros: 0, setting: fixed.setting.bind(fixed), random: fixed.random.bind(fixed) }
  return {
    env,
    position: -1,
    told: fixed.maintained ? ({ message }) => message : messageWithDetail,
    at(tick) {
      env.nowMicros = tick.nowMicros
      this.position = -1
    },
  }
}
