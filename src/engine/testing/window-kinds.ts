import { TIMESTAMPTZ } from '../../types/sql-type.ts'
import { formatText } from '../../types/text.ts'

/**
 * Every kind of window in SQL, and beside it what it means, worked out by hand: from sorted lists and calendars of the
 * JavaScript engine, nothing of what the server computes with.
 */

export const MINUTE = 60_000_000
const HOUR = 60 * MINUTE
const ZONE = 'America/New_York'
/** The day before the clocks of ZONE go forward. */
export const BEGIN = Date.UTC(2024, 2, 9) * 1000

export interface Event {
  readonly key: string
  readonly value: number
  /** µs. */
  readonly time: number
  /** Of its own partition, just before it; -Infinity: none yet. */
  readonly watermark: number
}

interface Window {
  readonly start: number
  readonly end: number
}

/** Windows of fixed times, or sessions of a key that end so long after their last row. */
type Shape = { readonly of: (time: number) => readonly Window[] } | { readonly gap: number }

export interface WindowKind {
  readonly sql: string
  readonly shape: Shape
  /** What the view shows of a window. */
  readonly shown: 'bounds' | 'start'
}

const tvf = (from: string): string =>
  `SELECT k, window_start, window_end, count(*) AS n, sum(v) AS total FROM ${from} GROUP BY k, window_start, window_end`
const plain = (start: string): string =>
  `SELECT k, ${start} AS b, count(*) AS n, sum(v) AS total FROM s GROUP BY k, ${start}`

const floor = (time: number, size: number, offset = 0): number => Math.floor((time - offset) / size) * size + offset
const fixed = (size: number, offset = 0): Shape => ({
  of: (time) => [{ start: floor(time, size, offset), end: floor(time, size, offset) + size }],
})
const hops = (slide: number, size: number, offset = 0): Shape => ({
  of(time) {
    const windows: Window[] = []
    for (let start = floor(time, slide, offset); start > time - size; start -= slide)
      windows.push({ start, end: start + size })
    return windows
  },
})
const steps = (step: number, size: number): Shape => ({
  of(time) {
    const start = floor(time, size)
    const windows: Window[] = []
    for (let end = start + step; end <= start + size; end += step) if (end > time) windows.push({ start, end })
    return windows
  },
})

const dates = new Intl.DateTimeFormat('en-CA', { timeZone: ZONE, dateStyle: 'short' })
const dateOf = (time: number): string => dates.format(time / 1000)

/** The day of the zone that holds an instant: found hour by hour. */
function day(time: number): Window {
  let start = floor(time, HOUR)
  while (dateOf(start - HOUR) === dateOf(time)) start -= HOUR
  let end = floor(time, HOUR) + HOUR
  while (dateOf(end) === dateOf(time)) end += HOUR
  return { start, end }
}
const days: Shape = { of: (time) => [day(time)] }
const pairsOfDays: Shape = {
  of(time) {
    const today = day(time)
    const before = day(today.start - 1)
    return [
      { start: today.start, end: day(today.end).end },
      { start: before.start, end: today.end },
    ]
  },
}

export const WINDOW_KINDS: Readonly<Record<string, WindowKind>> = {
  tumble: { sql: tvf(`TUMBLE(s, ts, INTERVAL '2 hours')`), shape: fixed(2 * HOUR), shown: 'bounds' },
  tumble_offset: {
    sql: tvf(`TABLE(TUMBLE(TABLE s, DESCRIPTOR(ts), INTERVAL '3' HOURS, INTERVAL '1' HOUR))`),
    shape: fixed(3 * HOUR, HOUR),
    shown: 'bounds',
  },
  tumble_zone: { sql: tvf(`TUMBLE(s, ts, INTERVAL '1 day', TIME ZONE '${ZONE}')`), shape: days, shown: 'bounds' },
  hop: {
    sql: tvf(`HOP(s, ts, INTERVAL '2 hours', INTERVAL '6 hours')`),
    shape: hops(2 * HOUR, 6 * HOUR),
    shown: 'bounds',
  },
  hop_offset: {
    sql: tvf(`TABLE(HOP(TABLE s, DESCRIPTOR(ts), INTERVAL '2' HOURS, INTERVAL '5' HOURS, INTERVAL '30' MINUTES))`),
    shape: hops(2 * HOUR, 5 * HOUR, 30 * MINUTE),
    shown: 'bounds',
  },
  hop_zone: {
    sql: tvf(`HOP(s, ts, INTERVAL '1 day', INTERVAL '2 days', TIME ZONE '${ZONE}')`),
    shape: pairsOfDays,
    shown: 'bounds',
  },
  cumulate: {
    sql: tvf(`TABLE(CUMULATE(TABLE s, DESCRIPTOR(ts), INTERVAL '2' HOURS, INTERVAL '6' HOURS))`),
    shape: steps(2 * HOUR, 6 * HOUR),
    shown: 'bounds',
  },
  session: {
    sql: tvf(`TABLE(SESSION(TABLE s PARTITION BY k, DESCRIPTOR(ts), INTERVAL '3' HOURS))`),
    shape: { gap: 3 * HOUR },
    shown: 'bounds',
  },
  trunc: { sql: plain(`date_trunc('hour', ts)`), shape: fixed(HOUR), shown: 'start' },
  trunc_zone: { sql: plain(`date_trunc('day', ts, '${ZONE}')`), shape: days, shown: 'start' },
  bin: {
    sql: plain(`date_bin('4 hours', ts, '2024-01-01 01:00+00')`),
    shape: fixed(4 * HOUR, HOUR),
    shown: 'start',
  },
}

/** How a view tells what it finds. */
export interface EmissionMode {
  readonly sql: string
  /** Windows are held open so much longer for rows that come late, µs. */
  readonly allowed: number
  readonly finalOnly: boolean
  readonly periodic: boolean
}

const PERIOD = `'5 seconds'`
export const EMISSION_MODES: Readonly<Record<string, EmissionMode>> = {
  changes: { sql: '', allowed: 0, finalOnly: false, periodic: false },
  changes_late: {
    sql: `EMIT CHANGES ALLOWED LATENESS '2 hours'`,
    allowed: 2 * HOUR,
    finalOnly: false,
    periodic: false,
  },
  close: { sql: 'EMIT ON WINDOW CLOSE', allowed: 0, finalOnly: true, periodic: false },
  close_late: {
    sql: `EMIT ON WINDOW CLOSE ALLOWED LATENESS '90 minutes'`,
    allowed: 90 * MINUTE,
    finalOnly: true,
    periodic: false,
  },
  periodic: { sql: `EMIT PERIODIC ${PERIOD}`, allowed: 0, finalOnly: false, periodic: true },
}

/** What a view must show: of the rows that count, by the relation's watermark where only what is closed leaves. */
export function batchResult(
  kind: WindowKind,
  mode: EmissionMode,
  events: readonly Event[],
  watermark: number,
): string[] {
  const groups = 'gap' in kind.shape ? sessions(kind.shape.gap, mode, events) : windows(kind.shape.of, mode, events)
  return groups
    .filter(({ window }) => !mode.finalOnly || window.end + mode.allowed <= watermark)
    .map(({ window, events: of }) => {
      const total = of.reduce((sum, { value }) => sum + value, 0)
      const bounds = kind.shown === 'start' ? [window.start] : [window.start, window.end]
      return [of[0]!.key, ...bounds.map((t) => formatText(t, TIMESTAMPTZ)), of.length, total].join(' ')
    })
    .sort()
}

interface Group {
  readonly window: Window
  readonly events: Event[]
}

/** A row counts in a window that was still held open when it came. */
function windows(
  of: (time: number) => readonly Window[],
  { allowed }: EmissionMode,
  events: readonly Event[],
): Group[] {
  const groups = new Map<string, Group>()
  for (const event of events) {
    for (const window of of(event.time)) {
      if (window.end + allowed <= event.watermark) continue
      const name = `${event.key} ${window.start} ${window.end}`
      const group = groups.get(name)
      if (group === undefined) groups.set(name, { window, events: [event] })
      else group.events.push(event)
    }
  }
  return [...groups.values()]
}

/**
 * Sessions reach a gap beyond their rows. A row counts when the session that it would be alone was still held open; where
 * sessions come out once, when it is not below the watermark: otherwise it could reach one that is out.
 */
function sessions(gap: number, { allowed, finalOnly }: EmissionMode, events: readonly Event[]): Group[] {
  const counted = events.filter(({ time, watermark }) =>
    finalOnly ? time + allowed >= watermark : time + gap + allowed > watermark,
  )
  const groups: Group[] = []
  for (const key of new Set(counted.map((event) => event.key))) {
    let last: { window: { start: number; end: number }; events: Event[] } | null = null
    for (const event of counted.filter((e) => e.key === key).sort((a, b) => a.time - b.time)) {
      if (last === null || event.time > last.window.end) {
        last = { window: { start: event.time, end: event.time + gap }, events: [] }
        groups.push(last)
      }
      last.window.end = event.time + gap
      last.events.push(event)
    }
  }
  return groups
}
