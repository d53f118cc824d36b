import type { Judged } from '../connectors/contract.ts'
import type { Scalar } from '../plan/scalar.ts'
import { columnsOf } from '../plan/scalar-walk.ts'
import type { Watermarks } from './watermarks.ts'

interface OfSource {
  readonly watermarks: Watermarks | null
  readonly judged: Judged
}

/** The last event time that MAX FUTURE lets through; null: any. */
export function latestAllowed({ spec, type }: Watermarks, nowMicros: number): number | null {
  if (spec.maxFuture === null) return null
  const now = type.kind === 'date' ? Math.floor(nowMicros / 86_400_000_000) : nowMicros
  return now + spec.maxFuture
}

/**
 * What a reader must know, so that it has the bytes of the records that are put aside: the column of the time, or those
 * that it is computed of. Numbers give a time whenever they are there; of others only their row tells.
 */
export function judgedBy(watermarks: Watermarks | null, judged: Judged): void {
  const { column, event } = watermarks?.spec ?? { column: -1 }
  const none = watermarks === null || (event !== undefined && event.own === undefined)
  const of = event === undefined ? [column] : [...columnsOf(event.expr as Scalar)]
  judged.columns = none ? [] : of
  judged.above = Number.POSITIVE_INFINITY
}

/** By now. A time that is computed is compared by nobody but its own computation. */
export function judgeFrom({ watermarks, judged }: OfSource, nowMicros: number): void {
  const latest = watermarks === null ? null : latestAllowed(watermarks, nowMicros)
  if (latest !== null) judged.above = watermarks?.spec.event === undefined ? latest : Number.NEGATIVE_INFINITY
}
