import { parseConnectorDefaults } from '../catalog/connector-defaults.ts'
import { parseResolve } from '../connectors/resolve.ts'

/**
 * The options of `millrace serve`: one row each. The row gives the flag (`--pg-port`), the environment variable
 * (`MILLRACE_PG_PORT`), the key of millrace.json (`pg_port`) and the row of pg_settings (`pg_port`), its help text and
 * its validation. Where an option is given twice the flag wins, then the variable, then the file. A list takes entries
 * separated by commas; its flag may be repeated, and the file may hold an array.
 */
export type OptionType = 'string' | 'int' | 'bool' | 'choice' | 'list'

export interface Option {
  /** snake_case: key of millrace.json and name in pg_settings; flag and variable follow from it. */
  readonly name: string
  readonly type: OptionType
  /** As text; null means unset. */
  readonly default: string | null
  readonly unit?: string
  readonly min?: number
  readonly max?: number
  readonly choices?: readonly string[]
  /** list: how one entry is written, and what is wrong with a text of several (it throws). */
  readonly entry?: string
  readonly parse?: (text: string) => unknown
  readonly description: string
}

export const OPTIONS: readonly Option[] = [
  {
    name: 'host',
    type: 'string',
    default: '127.0.0.1',
    description: 'Address to listen on; only loopback addresses are accepted',
  },
  {
    name: 'pg_port',
    type: 'int',
    default: '6875',
    min: 0,
    max: 65535,
    description: 'Port of the PostgreSQL protocol; 0 picks a free one',
  },
  {
    name: 'http_port',
    type: 'int',
    default: '6876',
    min: 0,
    max: 65535,
    description: 'Port of /healthz, /readyz and /metrics; 0 picks a free one',
  },
  { name: 'data_dir', type: 'string', default: './millrace-data', description: 'Folder of everything that is kept' },
  { name: 'memory', type: 'bool', default: 'off', description: 'Keep everything in memory; gone at exit' },
  {
    name: 'clock',
    type: 'choice',
    default: 'system',
    choices: ['system', 'manual'],
    description: 'manual: time stands still but for ADVANCE CLOCK, for tests of views over time',
  },
  {
    name: 'demo',
    type: 'bool',
    default: 'off',
    description: 'Create schema "demo" (a generator and three views) in a fresh data directory',
  },
  {
    name: 'log_level',
    type: 'choice',
    default: 'info',
    choices: ['debug', 'info', 'warn', 'error'],
    description: 'Least severity that is logged on stderr',
  },
  {
    name: 'resolve',
    type: 'list',
    default: null,
    entry: 'host:port=address:port',
    parse: parseResolve,
    description:
      'Connect to this address where a source names that one, or a broker advertises it; may be given several times',
  },
  {
    name: 'connector_default',
    type: 'list',
    default: null,
    entry: 'name=value',
    parse: parseConnectorDefaults,
    description: 'What sources use that leave it open: kafka.brokers=<host:port>; may be given several times',
  },
]

export const flagOf = (name: string): string => `--${name.replaceAll('_', '-')}`
export const variableOf = (name: string): string => `MILLRACE_${name.toUpperCase()}`

export class OptionError extends Error {}

/** The canonical text of a value, or an OptionError that names the option as the user wrote it. */
export function checkOption(option: Option, text: string, writtenAs: string): string {
  switch (option.type) {
    case 'string':
      if (text === '') throw new OptionError(`${writtenAs} needs a value`)
      return text
    case 'int': {
      const value = Number(text)
      const min = option.min ?? Number.MIN_SAFE_INTEGER
      const max = option.max ?? Number.MAX_SAFE_INTEGER
      if (text.trim() === '' || !Number.isInteger(value) || value < min || value > max) {
        throw new OptionError(`${writtenAs} must be a whole number from ${min} to ${max}, not "${text}"`)
      }
      return String(value)
    }
    case 'bool': {
      const value = text.toLowerCase()
      if (['on', 'true', 'yes', '1'].includes(value)) return 'on'
      if (['off', 'false', 'no', '0'].includes(value)) return 'off'
      throw new OptionError(`${writtenAs} must be on or off, not "${text}"`)
    }
    case 'list':
      try {
        option.parse?.(text)
      } catch (error) {
        throw new OptionError(`${writtenAs}: ${(error as Error).message}`)
      }
      return text
    case 'choice':
      if (option.choices?.includes(text)) return text
      throw new OptionError(`${writtenAs} must be one of ${option.choices?.join(', ')}, not "${text}"`)
  }
}

/** The lines of --help: flag, default, description. */
export function describeOptions(): string {
  const rows = OPTIONS.map((o) => {
    const argument =
      o.type === 'bool' ? '' : o.type === 'choice' ? ` ${o.choices?.join('|')}` : ` <${o.entry ?? o.type}>`
    const unit = o.unit ? ` ${o.unit}` : ''
    const preset = o.default === null || o.type === 'bool' ? '' : ` (${o.default}${unit})`
    return [`  ${flagOf(o.name)}${argument}`, `${o.description}${preset}`] as const
  })
  rows.push(['  --set <name>=<value>', 'Any other setting of pg_settings, for all sessions'])
  rows.push(['  --config <file>', 'Read options from this file instead of ./millrace.json'])
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `${left.padEnd(width)}  ${right}`).join('\n')
}
