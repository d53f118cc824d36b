import { SqlError } from '../../base/sql-error.ts'
import { formatType, typeByOid } from '../../types/pg-type.ts'
import { def, defEnv, type Options } from '../define.ts'
import type { ScalarFunction } from '../function.ts'

/** Session and catalog information, randomness; what drivers and psql call on their way. */
const stable: Options = { volatility: 'stable' }

function setting(name: string, value: string | undefined, missingOk: boolean): string | null {
  if (value !== undefined) return value
  if (missingOk) return null
  throw new SqlError('42704', `unrecognized configuration parameter "${name}"`)
}

function typeText(oid: number | null, typmod: number | null): string | null {
  if (oid === null) return null
  const type = typeByOid(oid, typmod ?? -1)
  return type === undefined ? '???' : formatType(type)
}

/** Version 4: 122 random bits. */
function randomUuid(random: () => number): string {
  const bytes = Array.from({ length: 16 }, () => Math.floor(random() * 256))
  bytes[6] = (bytes[6] & 0x0f) | 0x40
  bytes[8] = (bytes[8] & 0x3f) | 0x80
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

const ENCODINGS: Readonly<Record<number, string>> = { 0: 'SQL_ASCII', 6: 'UTF8' }

function always(names: string, answer: boolean): ScalarFunction[] {
  return names.split(' ').map((signature) => def(`${signature} bool`, () => answer, stable))
}

const PRIVILEGES = ['table', 'schema', 'database', 'function', 'type', 'sequence', 'any_column']
  .flatMap((what) => [
    `has_${what}_privilege(text,text)`,
    `has_${what}_privilege(oid,text)`,
    `has_${what}_privilege(text,text,text)`,
    `has_${what}_privilege(name,oid,text)`,
  ])
  .join(' ')

function size(bytes: number | bigint): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB']
  let value = Number(bytes)
  let unit = 0
  while (Math.abs(value) >= 10240 && unit < units.length - 1) {
    value /= 1024
    unit++
  }
  return `${Math.round(value)} ${units[unit]}`
}

export const systemFunctions: readonly ScalarFunction[] = [
  defEnv('version() text', (_, env) => `PostgreSQL ${env.setting('server_version') ?? '15.0'} (Millrace)`, {
    ...stable,
    example: ['version()', 'PostgreSQL 15.0 (Millrace)'],
  }),
  ...['current_user', 'session_user', 'user', 'current_role'].map((name) =>
    defEnv(`${name}() name`, (_, env) => env.user, { ...stable, example: [`${name}()`, 'millrace'] }),
  ),
  ...['current_database', 'current_catalog'].map((name) =>
    defEnv(`${name}() name`, (_, env) => env.database, { ...stable, example: [`${name}()`, 'millrace'] }),
  ),
  defEnv('current_schema() name', (_, env) => env.searchPath[0] ?? null, {
    ...stable,
    example: ['current_schema()', 'public'],
  }),
  defEnv(
    'current_schemas(bool) text[]',
    ([implicit], env) => (implicit === true ? ['pg_catalog', ...env.searchPath] : [...env.searchPath]),
    { ...stable, example: ['current_schemas(true)', '{pg_catalog,public}'] },
  ),
  defEnv('current_setting(text) text', ([name], env) => setting(name as string, env.setting(name as string), false), {
    ...stable,
    fallible: true,
    example: ["current_setting('server_version')", '15.0'],
  }),
  defEnv(
    'current_setting(text,bool) text',
    ([name, ok], env) => setting(name as string, env.setting(name as string), ok === true),
    { ...stable, fallible: true, example: ["current_setting('no.such', true)", null] },
  ),
  defEnv(
    'pg_typeof(any) regtype',
    (_, __, types) => formatType({ kind: types[0].kind, ...(types[0].element ? { element: types[0].element } : {}) }),
    { ...stable, strict: false, example: ['pg_typeof(1.5)', 'numeric'] },
  ),
  def('format_type(oid,int4) text', typeText, {
    ...stable,
    strict: false,
    example: ['format_type(1700::oid, 655366)', 'numeric(10,2)'],
  }),
  def('pg_backend_pid() int4', () => 1, stable),
  def('txid_current() int8', () => 1, stable),
  def('pg_is_in_recovery() bool', () => false, { volatility: 'stable', example: ['pg_is_in_recovery()', 'f'] }),
  def('obj_description(oid,name) text', () => null, stable),
  def('obj_description(oid) text', () => null, stable),
  def('col_description(oid,int4) text', () => null, stable),
  def('shobj_description(oid,name) text', () => null, stable),
  defEnv('pg_get_userbyid(oid) name', (_, env) => env.user, {
    ...stable,
    example: ['pg_get_userbyid(10::oid)', 'millrace'],
  }),
  def('pg_encoding_to_char(int4) name', (n: number) => ENCODINGS[n] ?? '', {
    ...stable,
    example: ['pg_encoding_to_char(6)', 'UTF8'],
  }),
  def('pg_char_to_encoding(name) int4', (name: string) => (/^utf-?8$/i.test(name) ? 6 : -1), {
    ...stable,
    example: ["pg_char_to_encoding('UTF8')", '6'],
  }),
  def('pg_client_encoding() name', () => 'UTF8', stable),
  def('getdatabaseencoding() name', () => 'UTF8', stable),
  def('pg_size_pretty(int8) text', size, { example: ['pg_size_pretty(1048576::int8)', '1024 kB'] }),
  ...always(
    'pg_table_is_visible(oid) pg_type_is_visible(oid) pg_function_is_visible(oid) pg_operator_is_visible(oid)',
    true,
  ),
  ...always('pg_is_other_temp_schema(oid) pg_relation_is_publishable(oid)', false),
  ...always(PRIVILEGES, true),
  defEnv('random() float8', (_, env) => env.random(), { volatility: 'volatile', example: ['random()', '0.25'] }),
  defEnv('gen_random_uuid() uuid', (_, env) => randomUuid(() => env.random()), {
    volatility: 'volatile',
    example: ['gen_random_uuid()', '40404040-4040-4040-8040-404040404040'],
  }),
]
