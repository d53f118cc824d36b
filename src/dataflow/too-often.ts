import type { Arrangement, StateFactory } from '../state/contract.ts'
import { COUNT_MAX } from '../types/copies.ts'

/** What stands in the error of a row that occurs more often than its count can say. */
export const TOO_OFTEN = { sqlstate: '54000', message: `a row occurs more than ${COUNT_MAX} times` } as const

/** Structures that tell when a count has left 32 bits: from then on what is built on them is not right any more. */
export function watched(states: StateFactory, overflowed: () => void): StateFactory {
  return {
    arrangement: (spec): Arrangement => states.arrangement({ ...spec, overflowed }),
    keyedTable: (spec) => states.keyedTable(spec),
    drop: (id) => states.drop(id),
  }
}
