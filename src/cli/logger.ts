import type { Log } from '../base/log.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'
const SEVERITY = { debug: 0, info: 1, warn: 2, error: 3 } satisfies Record<LogLevel, number>
const COLOUR = { debug: 90, info: 36, warn: 33, error: 31 } satisfies Record<LogLevel, number>

export interface LogTarget {
  readonly pretty: boolean
  readonly level: LogLevel
  write(line: string): void
  now(): Date
}

/** A line a message: for people on a terminal, JSON otherwise. */
export function createLog(target: LogTarget): Log {
  const emit = (level: LogLevel, message: string, fields: Record<string, unknown> = {}): void => {
    if (SEVERITY[level] < SEVERITY[target.level]) return
    target.write(
      target.pretty ? prettyLine(level, message, fields, target.now()) : jsonLine(level, message, fields, target.now()),
    )
  }
  return {
    debug: (message, fields) => emit('debug', message, fields),
    info: (message, fields) => emit('info', message, fields),
    warn: (message, fields) => emit('warn', message, fields),
    error: (message, fields) => emit('error', message, fields),
  }
}

/** Errors have no enumerable fields and bigints no JSON form: both would be lost or throw. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof Error) return value.stack ?? value.message
  return value
}

function jsonLine(level: LogLevel, message: string, fields: Record<string, unknown>, at: Date): string {
  return `${JSON.stringify({ time: at.toISOString(), level, message, ...fields }, (_key, value) => plain(value))}\n`
}

function prettyLine(level: LogLevel, message: string, fields: Record<string, unknown>, at: Date): string {
  const rest = Object.entries(fields)
    .map(([name, value]) => {
      const v = plain(value)
      return ` \u001b[90m${name}=\u001b[0m${typeof v === 'string' ? v : JSON.stringify(v, (_key, inner) => plain(inner))}`
    })
    .join('')
  const time = at.toTimeString().slice(0, 8)
  return `\u001b[90m${time}\u001b[0m \u001b[${COLOUR[level]}m${level.padEnd(5)}\u001b[0m ${message}${rest}\n`
}

/** Logs of this process go to stderr: stdout belongs to the `ready:` line and to results. */
export function stderrLog(level: LogLevel): Log {
  return createLog({
    pretty: process.stderr.isTTY === true,
    level,
    write: (line) => process.stderr.write(line),
    now: () => new Date(),
  })
}
