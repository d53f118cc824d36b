import { zoneByName } from '../types/time-zone.ts'
import type { Datum, Interval, Row } from '../types/value.ts'
import { calendarHops, calendarSteps } from './calendar-window.ts'
import { parseSignature } from './define.ts'
import type { TableFunction } from './table-function.ts'

/** Hopping and cumulating windows on the calendar that hold an instant: (instant, step, size, offset, zone) → start, end. */
function windows(signature: string, list: typeof calendarHops): TableFunction {
  const { id, name, args } = parseSignature(signature)
  return {
    id,
    name,
    args,
    columns: ([type]) => [
      { name: 'window_start', type: { kind: type.kind }, nullable: false },
      { name: 'window_end', type: { kind: type.kind }, nullable: false },
    ],
    oid: 0,
    volatility: 'immutable',
    strict: true,
    fallible: true,
    *eval([at, step, size, offset, zone]: readonly Datum[]): Generator<Row, void, void> {
      const clock = zone === undefined ? null : zoneByName(zone as string)
      yield* list(at as number | bigint, step as Interval, size as Interval, offset as Interval, clock)
    },
  }
}

export const WINDOW_TABLES: readonly TableFunction[] = [
  windows('window_hops(timestamp,interval,interval,interval) record', calendarHops),
  windows('window_hops(timestamptz,interval,interval,interval,text) record', calendarHops),
  windows('window_steps(timestamp,interval,interval,interval) record', calendarSteps),
  windows('window_steps(timestamptz,interval,interval,interval,text) record', calendarSteps),
]
