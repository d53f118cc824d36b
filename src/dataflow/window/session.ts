import { compareFor } from '../../types/compare.ts'
import type { Datum } from '../../types/value.ts'
import { argumentAt, type Fold } from './fold.ts'
import type { WindowCall } from './spec.ts'

type Time = NonNullable<Datum>

/** A run of rows in the order of their times: its first and its last session, which may go on beyond it. */
export interface Sessions {
  readonly first: Time
  /** Up to when a row behind belongs to the last session. */
  readonly limit: Time
  /** The whole run is one session. */
  readonly one: boolean
  /** Where the last session starts, where the first one ends. */
  readonly lastStart: Time
  readonly firstEnd: Time
  /** Places of both. */
  readonly lastPlaces: number
  readonly firstPlaces: number
}

/**
 * Sessions: rows follow each other while the next one's time does not lie beyond the limit of the one before. The fold
 * over the places up to a row tells where its session starts, that over the places from it where it ends.
 */
export function sessionFold(call: WindowCall): Fold<Sessions> {
  const compare = compareFor(call.argTypes[0])
  const start = call.fn === 'session_start'
  return {
    own: (cols, row) => {
      const first = argumentAt(call, 0, cols, row) as Time
      const limit = argumentAt(call, 1, cols, row) as Time
      return { first, limit, one: true, lastStart: first, firstEnd: limit, lastPlaces: 1, firstPlaces: 1 }
    },
    merge: (a, b) => {
      const linked = compare(b.first, a.limit) <= 0
      return {
        first: a.first,
        limit: b.limit,
        one: a.one && b.one && linked,
        lastStart: b.one && linked ? a.lastStart : b.lastStart,
        lastPlaces: b.lastPlaces + (b.one && linked ? a.lastPlaces : 0),
        firstEnd: a.one && linked ? b.firstEnd : a.firstEnd,
        firstPlaces: a.firstPlaces + (a.one && linked ? b.firstPlaces : 0),
      }
    },
    result: (partial) => (partial === null ? null : start ? partial.lastStart : partial.firstEnd),
  }
}
