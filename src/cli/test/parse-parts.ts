import { type Cursor, SltSyntaxError } from './cursor.ts'
import type { ErrorExpectation, Place, Retry } from './record.ts'

/** `retry 11 backoff 1s` at the end of a header. */
export function readRetry(header: string, place: Place): { rest: string; retry: Retry | null } {
  const match = /(^|\s)retry\s+(\d+)\s+backoff\s+(\S+)\s*$/.exec(header)
  if (!match) return { rest: header, retry: null }
  const retry = { times: Number(match[2]), backoffMs: readSleepMs(match[3], place) }
  return { rest: header.slice(0, match.index).trim(), retry }
}

const UNIT_MS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, m: 60_000, min: 60_000 }

export function readSleepMs(text: string, place: Place): number {
  const match = /^(\d+(?:\.\d+)?)(us|ms|s|m|min)$/.exec(text)
  if (!match) throw new SltSyntaxError(place, `"${text}" is no duration (500ms, 2s)`)
  return Number(match[1]) * UNIT_MS[match[2]]
}

/** `statement error <regex>`; nothing after it: any error. */
export function readErrorInline(text: string): ErrorExpectation {
  return { kind: 'pattern', pattern: text === '' ? null : text }
}

/** The text after `----`. */
export function readErrorText(cursor: Cursor): ErrorExpectation {
  return { kind: 'text', text: cursor.blockToDoubleBlank().join('\n') }
}

const CLOCK_UNITS: Readonly<Record<string, string>> = {
  ms: 'milliseconds',
  s: 'seconds',
  m: 'minutes',
  h: 'hours',
  d: 'days',
}

/** `clock +5m` or `clock 2026-01-01 00:00:00`: the statement that moves the clock. */
export function readClock(line: string, place: Place): string {
  const text = line.trim().slice('clock'.length).trim()
  const step = /^\+(\d+)(ms|s|m|h|d)$/.exec(text)
  if (step) return `ADVANCE CLOCK BY INTERVAL '${step[1]} ${CLOCK_UNITS[step[2]]}'`
  if (!/^\d{4}-\d{2}-\d{2}/.test(text)) throw new SltSyntaxError(place, 'clock needs +5m, or a time')
  return `ADVANCE CLOCK TO '${text}'`
}

/** `watermark NAME +1m` or `watermark NAME 2026-01-01 00:00:00`: the statement that moves the watermark of a relation. */
export function readWatermark(line: string, place: Place): string {
  const [, name, text] = /^\s*watermark\s+(\S+)\s+(.+?)\s*$/.exec(line) ?? []
  if (name === undefined) throw new SltSyntaxError(place, 'watermark needs a relation, and +1m or a time')
  const step = /^\+(\d+)(ms|s|m|h|d)$/.exec(text)
  if (step) return `ADVANCE WATERMARK FOR ${name} BY INTERVAL '${step[1]} ${CLOCK_UNITS[step[2]]}'`
  const number = /^-?\d+$/.test(text)
  return `ADVANCE WATERMARK FOR ${name} TO ${number ? text : `'${text}'`}`
}

/** `subscribe NAME relation`, `… SELECT …`, `… SUBSCRIBE …`; the statement may go on over the next lines. */
export function readSubscribe(cursor: Cursor, line: string): { name: string; sql: string } {
  const [, name, first] = /^\s*subscribe\s+(\S+)\s*(.*)$/.exec(line) ?? ['', '', '']
  const sql = [first, cursor.sql().sql].join('\n').trim()
  if (/^subscribe\s/i.test(sql)) return { name, sql }
  const query = /^(select|with|values|table)\b/i.test(sql)
  return { name, sql: `SUBSCRIBE TO ${query ? `(${sql})` : sql}` }
}
