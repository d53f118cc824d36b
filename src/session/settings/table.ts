import { SqlError } from '../../base/sql-error.ts'
import { findZone } from '../../types/time-zone.ts'
import { bool, bytes, int, invalid, milliseconds, oneOf, only, type SettingDefinition, text } from './definition.ts'

/** The PostgreSQL version that drivers are told; they choose their catalog queries by it. */
const SERVER_VERSION = '15.8'
const SERVER_VERSION_NUM = '150008'

const ISOLATION = oneOf('serializable', 'repeatable read', 'read committed', 'read uncommitted', 'strict serializable')

/**
 * Every setting that means something here. SET knows those of neighbours that cannot matter besides (without-effect.ts),
 * and says so; any other is 42704: nothing is silently ignored.
 */
export const SETTINGS: readonly SettingDefinition[] = [
  {
    name: 'application_name',
    default: '',
    reported: true,
    description: 'Sets the application name to be reported in statistics and logs.',
    parse: (value) => value.replace(/[^\x20-\x7e]/g, '?').slice(0, 63),
  },
  {
    name: 'rw_implicit_flush',
    default: 'on',
    description: 'RisingWave: a write is visible once it is acknowledged. Always so here.',
    parse: bool,
  },
  {
    name: 'bytea_output',
    default: 'hex',
    description: 'Sets the output format for bytea.',
    parse: only('hex'),
  },
  {
    name: 'check_function_bodies',
    default: 'on',
    description: 'Check routine bodies during CREATE FUNCTION; there are none.',
    parse: bool,
  },
  {
    name: 'unbounded_state',
    default: 'notice',
    description: 'Whether a view over streams whose state grows without bound is told of, or refused: notice, error.',
    parse: oneOf('notice', 'error'),
  },
  {
    name: 'client_encoding',
    default: 'UTF8',
    reported: true,
    description: "Sets the client's character set encoding.",
    parse: clientEncoding,
  },
  {
    name: 'client_min_messages',
    default: 'notice',
    description: 'Sets the message levels that are sent to the client.',
    parse: oneOf('debug5', 'debug4', 'debug3', 'debug2', 'debug1', 'log', 'notice', 'warning', 'error'),
  },
  {
    name: 'DateStyle',
    default: 'ISO, MDY',
    reported: true,
    description: 'Sets the display format for date and time values.',
    parse: dateStyle,
  },
  {
    name: 'default_transaction_isolation',
    default: 'serializable',
    description: 'Sets the transaction isolation level of each new transaction; all are strictly serializable.',
    parse: ISOLATION,
  },
  {
    name: 'default_transaction_read_only',
    default: 'off',
    reported: true,
    description: 'Sets the default read-only status of new transactions.',
    parse: bool,
  },
  {
    name: 'extra_float_digits',
    default: '1',
    description: 'Sets the number of digits displayed for floating-point values; above 0 as many as they need.',
    parse: int(-15, 3),
  },
  {
    name: 'idle_in_transaction_session_timeout',
    default: '0',
    description: 'Idle transactions are not ended.',
    parse: only('0'),
  },
  {
    name: 'in_hot_standby',
    default: 'off',
    reported: true,
    readOnly: true,
    description: 'Shows whether hot standby is active; never.',
    parse: text,
  },
  {
    name: 'integer_datetimes',
    default: 'on',
    reported: true,
    readOnly: true,
    description: 'Datetimes are integer based.',
    parse: text,
  },
  {
    name: 'IntervalStyle',
    default: 'postgres',
    reported: true,
    description: 'Sets the display format for interval values.',
    parse: only('postgres'),
  },
  {
    name: 'is_superuser',
    default: 'on',
    reported: true,
    readOnly: true,
    description: 'Shows whether the current user is a superuser.',
    parse: text,
  },
  {
    name: 'lc_messages',
    default: 'C',
    description: 'Sets the language in which messages are displayed.',
    parse: only('C', 'C.UTF-8', 'en_US.UTF-8'),
  },
  {
    name: 'lock_timeout',
    default: '0',
    description: 'Sets the maximum allowed duration of any wait for a lock.',
    parse: milliseconds,
  },
  {
    name: 'max_identifier_length',
    default: '63',
    readOnly: true,
    description: 'Shows the maximum identifier length.',
    parse: text,
  },
  {
    name: 'real_time_recency',
    default: 'off',
    description: "Whether reads wait until sources have ingested what their broker holds at the read's start.",
    parse: only('off'),
  },
  {
    name: 'row_security',
    default: 'on',
    description: 'Row security; there are no policies.',
    parse: bool,
  },
  {
    name: 'search_path',
    // Without PostgreSQL's "$user": the usual user's name is that of the server's own schema.
    default: 'public',
    description: 'Sets the schema search order for names that are not schema-qualified.',
    parse: text,
  },
  {
    name: 'server_encoding',
    default: 'UTF8',
    reported: true,
    readOnly: true,
    description: 'Shows the server (database) character set encoding.',
    parse: text,
  },
  {
    name: 'server_version',
    default: SERVER_VERSION,
    reported: true,
    readOnly: true,
    description: 'Shows the PostgreSQL version whose protocol and catalogs are followed.',
    parse: text,
  },
  {
    name: 'server_version_num',
    default: SERVER_VERSION_NUM,
    readOnly: true,
    description: 'Shows the server version as an integer.',
    parse: text,
  },
  {
    name: 'session_authorization',
    default: '',
    reported: true,
    readOnly: true,
    description: 'Shows the session user name.',
    parse: text,
  },
  {
    name: 'standard_conforming_strings',
    default: 'on',
    reported: true,
    description: "Causes '...' strings to treat backslashes literally.",
    parse: only('on'),
  },
  {
    name: 'statement_bytes_max',
    default: String(512 << 20),
    description: 'Sets how much one statement or transaction may change, in bytes of rows; beyond it fails with 54000.',
    parse: bytes(1024, 2 ** 40),
  },
  {
    name: 'statement_timeout',
    default: '0',
    description: 'Sets the maximum allowed duration of any statement; SUBSCRIBE apart.',
    parse: milliseconds,
  },
  {
    name: 'synchronous_commit',
    default: 'on',
    description: 'Every commit is durable before it is acknowledged.',
    parse: only('on'),
  },
  {
    name: 'TimeZone',
    default: 'UTC',
    reported: true,
    description: 'Sets the time zone for displaying and interpreting time stamps.',
    parse: timeZone,
  },
  {
    name: 'transaction_isolation',
    default: 'serializable',
    description: "Sets the current transaction's isolation level; all are strictly serializable.",
    parse: ISOLATION,
  },
  {
    name: 'transaction_read_only',
    default: 'off',
    description: "Sets the current transaction's read-only status.",
    parse: bool,
  },
  {
    name: 'xmloption',
    default: 'content',
    description: 'There is no XML type.',
    parse: oneOf('content', 'document'),
  },
]

const BY_NAME = new Map(SETTINGS.map((setting) => [setting.name.toLowerCase(), setting]))

export function findSetting(name: string): SettingDefinition | undefined {
  return BY_NAME.get(name.toLowerCase())
}

function clientEncoding(value: string): string {
  const name = value.toUpperCase().replace(/[^A-Z0-9]/g, '')
  if (name === 'UTF8' || name === 'UNICODE') return 'UTF8'
  // "No conversion": what is valid UTF-8 passes, as everywhere.
  if (name === 'SQLASCII') return 'SQL_ASCII'
  throw new SqlError('0A000', `client encoding "${value}" is not supported`, { hint: 'Use UTF8.' })
}

/** Output is always ISO; the order of ambiguous input is MDY. */
function dateStyle(value: string, name: string): string {
  for (const word of value.split(',')) {
    const part = word.trim().toUpperCase()
    if (['SQL', 'POSTGRES', 'GERMAN', 'YMD', 'DMY', 'EURO', 'EUROPEAN'].includes(part)) {
      throw new SqlError('0A000', `value "${value}" of parameter "${name}" is not supported`, {
        hint: 'Supported: ISO, MDY.',
      })
    }
    if (!['ISO', 'MDY', 'US', 'NONEURO', 'NONEUROPEAN', 'DEFAULT'].includes(part)) throw invalid(name, value)
  }
  return 'ISO, MDY'
}

/** A bare number is hours east of Greenwich; everything else a zone's name, an abbreviation or a POSIX zone. */
function timeZone(value: string, name: string): string {
  const hours = Number(value)
  if (value.trim() !== '' && Math.abs(hours) <= 15) return offsetZone(hours)
  if (/^(local|default)$/i.test(value)) return 'UTC'
  if (findZone(value) === undefined) throw invalid(name, value)
  return value.trim()
}

/** PostgreSQL's spelling, in which POSIX counts the other way: 2 → <+02>-02. */
function offsetZone(hours: number): string {
  const minutes = Math.round(Math.abs(hours) * 60)
  const pair = (n: number): string => String(n).padStart(2, '0')
  const text = pair(Math.floor(minutes / 60)) + (minutes % 60 === 0 ? '' : `:${pair(minutes % 60)}`)
  return hours < 0 ? `<-${text}>+${text}` : `<+${text}>-${text}`
}
