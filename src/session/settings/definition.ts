import { SqlError } from '../../base/sql-error.ts'

/** One row of the table of session settings (table.ts). */
export interface SettingDefinition {
  /** As SHOW ALL and ParameterStatus spell it; looked up without regard to case. */
  readonly name: string
  readonly default: string
  readonly description: string
  /** Sent to the client as ParameterStatus at the start and when it changes. */
  readonly reported?: true
  /** May not be SET. */
  readonly readOnly?: true
  /** The canonical text of a value, or SqlError. */
  readonly parse: (value: string, name: string) => string
}

type Parse = SettingDefinition['parse']

export const text: Parse = (value) => value

export const bool: Parse = (value, name) => {
  const word = value.toLowerCase()
  if (word.length > 0) {
    if (['true', 'yes'].some((w) => w.startsWith(word)) || word === 'on' || word === '1') return 'on'
    if (['false', 'no'].some((w) => w.startsWith(word)) || word === 'off' || word === 'of' || word === '0') return 'off'
  }
  throw new SqlError('22023', `parameter "${name}" requires a Boolean value`)
}

export function int(min: number, max: number): Parse {
  return (value, name) => {
    if (!/^\s*[+-]?\d+\s*$/.test(value)) throw invalid(name, value)
    return inRange(Number(value), min, max, name, '')
  }
}

const MS_PER_UNIT: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/** Milliseconds, with PostgreSQL's units in and out: '1500', '2s', '1 min'. */
export const milliseconds: Parse = (value, name) => {
  const match = /^\s*([+-]?\d+(?:\.\d+)?)\s*(us|ms|s|min|h|d)?\s*$/.exec(value)
  if (match === null) {
    const hint = 'Valid units for this parameter are "us", "ms", "s", "min", "h", and "d".'
    throw new SqlError('22023', invalid(name, value).message, { hint })
  }
  const ms = Number(inRange(Math.round(Number(match[1]) * MS_PER_UNIT[match[2] ?? 'ms']), 0, 2147483647, name, ' ms'))
  if (ms === 0) return '0'
  for (const unit of ['d', 'h', 'min', 's']) {
    if (ms % MS_PER_UNIT[unit] === 0) return `${ms / MS_PER_UNIT[unit]}${unit}`
  }
  return `${ms}ms`
}

const BYTES_PER_UNIT: Readonly<Record<string, number>> = { B: 1, kB: 1024, MB: 1 << 20, GB: 1 << 30, TB: 2 ** 40 }

/** Bytes, in with PostgreSQL's units ('512MB'), out as a number. */
export function bytes(min: number, max: number): Parse {
  return (value, name) => {
    const match = /^\s*(\d+(?:\.\d+)?)\s*(B|kB|MB|GB|TB)?\s*$/.exec(value)
    if (match === null) {
      const hint = 'Valid units for this parameter are "B", "kB", "MB", "GB", and "TB".'
      throw new SqlError('22023', invalid(name, value).message, { hint })
    }
    return inRange(Math.round(Number(match[1]) * BYTES_PER_UNIT[match[2] ?? 'B']), min, max, name, ' B')
  }
}

/** Milliseconds of a canonical value of `milliseconds`. */
export function millisecondsOf(value: string): number {
  const match = /^(\d+)(ms|s|min|h|d)?$/.exec(value)
  return match === null ? 0 : Number(match[1]) * MS_PER_UNIT[match[2] ?? 'ms']
}

export function oneOf(...values: readonly string[]): Parse {
  return (value, name) => {
    const found = values.find((known) => known.toLowerCase() === value.toLowerCase())
    if (found !== undefined) return found
    throw new SqlError('22023', invalid(name, value).message, { hint: `Available values: ${values.join(', ')}.` })
  }
}

/** PostgreSQL knows other values; here only these are implemented, and the rest is refused rather than ignored. */
export function only(...values: readonly string[]): Parse {
  return (value, name) => {
    const found = values.find((known) => known.toLowerCase() === value.toLowerCase())
    if (found !== undefined) return found
    throw new SqlError('0A000', `value "${value}" of parameter "${name}" is not supported`, {
      hint: `Supported: ${values.join(', ')}.`,
    })
  }
}

export function invalid(name: string, value: string): SqlError {
  return new SqlError('22023', `invalid value for parameter "${name}": "${value}"`)
}

function inRange(value: number, min: number, max: number, name: string, unit: string): string {
  if (value < min || value > max) {
    throw new SqlError('22023', `${value}${unit} is outside the valid range for parameter "${name}" (${min} .. ${max})`)
  }
  return String(value)
}
