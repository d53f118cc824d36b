import { SqlError } from '../../base/sql-error.ts'
import { typeName } from '../../types/pg-type.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { def, defEnv, type Options } from '../define.ts'
import type { ScalarFunction } from '../function.ts'

/** The session and its settings, randomness. */
const stable: Options = { volatility: 'stable' }

function setting(name: string, value: string | undefined, missingOk: boolean): string | null {
  if (value !== undefined) return value
  if (missingOk) return null
  throw new SqlError('42704', `unrecognized configuration parameter "${name}"`)
}

/** The one collation is C, under PostgreSQL's names for it. */
function collationOf(type: SqlType): string | null {
  const element = type.element ?? type
  if (element.kind === 'unknown') return null
  if (element.kind === 'name') return '"C"'
  if (element.kind === 'text' || element.kind === 'varchar' || element.kind === 'bpchar') return '"default"'
  throw new SqlError('42804', `collations are not supported by type ${typeName(type)}`)
}

/** Version 4: 122 random bits. */
function randomUuid(random: () => number): string {
  const bytes = Array.from({ length: 16 }, () => Math.floor(random() * 256))
  bytes[6] = (bytes[6] & 0x0f) | 0x40
  bytes[8] = (bytes[8] & 0x3f) | 0x80
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** Schemas that a session has for temporary tables come before all others, and are told where all are asked for. */
const isOwn = (schema: string): boolean => schema.startsWith('pg_temp_')
const named = (path: readonly string[]): readonly string[] => path.filter((schema) => !isOwn(schema))
const allSchemas = (path: readonly string[]): string[] => [...path.filter(isOwn), 'pg_catalog', ...named(path)]

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
  defEnv('current_schema() name', (_, env) => named(env.searchPath)[0] ?? null, {
    ...stable,
    example: ['current_schema()', 'public'],
  }),
  defEnv(
    'current_schemas(bool) text[]',
    ([implicit], env) => (implicit === true ? allSchemas(env.searchPath) : [...named(env.searchPath)]),
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
  defEnv('pg_typeof(any) regtype', (_, __, types) => typeName(types[0]), {
    ...stable,
    strict: false,
    example: ['pg_typeof(1.5)', 'numeric'],
  }),
  defEnv('pg_collation_for(any) text', (_, __, types) => collationOf(types[0]), {
    ...stable,
    strict: false,
    fallible: true,
    example: ["pg_collation_for('a'::text)", '"default"'],
  }),
  def('pg_my_temp_schema() oid', () => 0, { ...stable, example: ['pg_my_temp_schema()', '0'] }),
  def('pg_trigger_depth() int4', () => 0, { ...stable, example: ['pg_trigger_depth()', '0'] }),
  def('pg_jit_available() bool', () => false, { ...stable, example: ['pg_jit_available()', 'f'] }),
  def('pg_backend_pid() int4', () => 1, stable),
  def('txid_current() int8', () => 1, stable),
  def('pg_is_in_recovery() bool', () => false, { volatility: 'stable', example: ['pg_is_in_recovery()', 'f'] }),
  defEnv('random() float8', (_, env) => env.random(), { volatility: 'volatile', example: ['random()', '0.25'] }),
  defEnv('gen_random_uuid() uuid', (_, env) => randomUuid(() => env.random()), {
    volatility: 'volatile',
    example: ['gen_random_uuid()', '40404040-4040-4040-8040-404040404040'],
  }),
]
