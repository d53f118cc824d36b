import { zoneByName } from '../../types/time-zone.ts'
import type { Interval } from '../../types/value.ts'
import { calendarEnd, calendarStart } from '../calendar-window.ts'
import { def } from '../define.ts'
import type { ScalarFunction } from '../function.ts'

/** Bounds of tumbling windows on the calendar: (instant, size, offset, zone); windows of fixed length are date_bin's. */
type Stamp = number | bigint

const zoned = (zone: string) => zoneByName(zone)
const fallible = { fallible: true }

export const windowBoundFunctions: readonly ScalarFunction[] = [
  def(
    'window_start(timestamp,interval,interval) timestamp',
    (t: Stamp, size: Interval, offset: Interval) => calendarStart(t, size, offset, null),
    { ...fallible, example: ["window_start('2024-02-29 12:00'::timestamp, '1 month', '0')", '2024-02-01 00:00:00'] },
  ),
  def(
    'window_start(timestamptz,interval,interval,text) timestamptz',
    (t: Stamp, size: Interval, offset: Interval, zone: string) => calendarStart(t, size, offset, zoned(zone)),
    {
      ...fallible,
      example: [
        "window_start('2024-03-10 14:15:16+00'::timestamptz, '1 day', '0', 'Asia/Seoul')",
        '2024-03-09 15:00:00+00',
      ],
    },
  ),
  def(
    'window_end(timestamp,interval,interval) timestamp',
    (t: Stamp, size: Interval, offset: Interval) => calendarEnd(t, size, offset, null),
    { ...fallible, example: ["window_end('2024-02-01'::timestamp, '1 month', '0')", '2024-03-01 00:00:00'] },
  ),
  def(
    'window_end(timestamptz,interval,interval,text) timestamptz',
    (t: Stamp, size: Interval, offset: Interval, zone: string) => calendarEnd(t, size, offset, zoned(zone)),
    {
      ...fallible,
      example: [
        "window_end('2024-03-09 15:00:00+00'::timestamptz, '1 day', '0', 'Asia/Seoul')",
        '2024-03-10 15:00:00+00',
      ],
    },
  ),
]
