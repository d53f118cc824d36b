import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { silentLog } from '../src/base/log.ts'
import { type RunningServer, startServer } from '../src/cli/server.ts'
import { serviceMissing } from './services/missing.ts'

/**
 * The real psql, and the catalog queries of drivers. What psql prints lies in `goldens/psql`; `UPDATE_GOLDENS=1` writes
 * it anew, and what changed is then read in the diff.
 */
const GOLDENS = join(import.meta.dirname, 'goldens/psql')
const update = process.env['UPDATE_GOLDENS'] === '1'
const missing = serviceMissing('psql')
const run = promisify(execFile)

const SCHEMA = [
  `CREATE TABLE accounts (id int PRIMARY KEY, owner varchar(40) NOT NULL, region text DEFAULT 'eu', balance numeric(12,2))`,
  'CREATE TABLE transfers (source int, target int, amount numeric(12,2), at timestamptz, PRIMARY KEY (source, target))',
  'CREATE TABLE "Odd Name" ("A b" text)',
  'CREATE SCHEMA shop',
  'CREATE TABLE shop.accounts (id bigint)',
  'CREATE VIEW european AS SELECT id, owner FROM accounts WHERE region = $$eu$$',
  'CREATE MATERIALIZED VIEW regions AS SELECT region, count(*) AS accounts, sum(balance) AS balance FROM accounts GROUP BY region',
  'CREATE INDEX regions_by_count ON regions (accounts, region)',
  `CREATE SOURCE bids FROM LOAD GENERATOR AUCTION (TABLE 'bids', TICK INTERVAL '1 hour')`,
]

let server: RunningServer
let client: pg.Client

beforeAll(async () => {
  const settings = { host: '127.0.0.1', pgPort: 0, httpPort: null, dataDir: null, demo: false, settings: {} }
  server = await startServer(settings, silentLog)
  client = new pg.Client({ connectionString: server.url })
  await client.connect()
  for (const statement of SCHEMA) await client.query(statement)
})
afterAll(async () => {
  await client.end()
  await server.close()
})

async function psql(...commands: readonly string[]): Promise<string> {
  const flags = commands.flatMap((command) => ['-c', command])
  const url = new URL(server.url)
  const place = ['-h', url.hostname, '-p', url.port, '-U', 'millrace', 'millrace']
  const env = { ...process.env, LC_ALL: 'C.UTF-8', PGCLIENTENCODING: 'UTF8', PSQL_PAGER: '' }
  const { stdout, stderr } = await run('psql', ['-X', ...place, ...flags], { env }).catch((e) => e)
  return `${stdout}${stderr}`.replaceAll(url.port, '<port>')
}

/** A golden's file name, and the commands whose output it holds. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  d: ['\\d'],
  'd-table': ['\\d accounts', '\\d transfers', '\\d "Odd Name"', '\\d shop.accounts'],
  'd-table-plus': ['\\d+ accounts'],
  'd-view': ['\\d european', '\\d+ european'],
  'd-materialized-view': ['\\d regions', '\\d+ regions'],
  'd-index': ['\\d regions_by_count', '\\d+ accounts_pkey'],
  'd-source': ['\\d bids', '\\d+ bids'],
  'd-errors': ['\\d "regions$errors"', '\\d "bids$errors"'],
  'd-missing': ['\\d nosuch', '\\dt demo.*'],
  lists: ['\\dt', '\\dv', '\\dm', '\\di', '\\ds', '\\dt shop.*', '\\dt *.accounts', '\\dp'],
  schemas: ['\\dn', '\\dn+'],
  databases: ['\\l', '\\l+', '\\db'],
  roles: ['\\du', '\\du+', '\\drds'],
  functions: ['\\df', '\\df lower', '\\df sum', '\\df generate_series', '\\df+ now', '\\da max'],
  types: ['\\dT', '\\dT int4', '\\dT+ numeric', '\\dD'],
  operators: ['\\do', '\\do ||'],
  casts: ['\\dC bool', '\\dC date'],
  definitions: ['\\sf lower', '\\sf nosuch', '\\sv european'],
  nothing: ['\\dx', '\\des', '\\dP', '\\dRp', '\\dy', '\\dew', '\\ddp'],
  'nothing-else': [
    ...['\\dL', '\\dF', '\\dFd', '\\dFp', '\\dFt', '\\dO', '\\dD+', '\\dc', '\\dX', '\\dl', '\\deu'],
    ...['\\dRs', '\\dP+', '\\dew+', '\\dAf', '\\dAp', '\\dx+', '\\dd'],
  ],
  settings: ['\\dconfig statement_timeout', '\\dconfig *isolation', 'SHOW http_port'],
  session: ['\\conninfo', '\\encoding', 'SHOW search_path', '\\echo :SERVER_VERSION_NAME'],
}

const named = missing === null ? 'psql' : `psql (skipped: ${missing})`
describe.skipIf(missing !== null)(named, () => {
  test.each(Object.keys(COMMANDS))('%s', async (name) => {
    const parts: string[] = []
    for (const command of COMMANDS[name]!) {
      const output = await psql(command)
      // Backslash commands may come back empty or refused, never broken.
      expect(output).not.toMatch(/internal error|syntax error|cannot cast|LINE \d/)
      parts.push(`> ${command}\n${output}`)
    }
    const text = `${parts.join('\n').trimEnd()}\n`
    const file = join(GOLDENS, `${name}.golden`)
    if (update) {
      mkdirSync(GOLDENS, { recursive: true })
      writeFileSync(file, text)
    }
    expect(text).toBe(readFileSync(file, 'utf8'))
  })

  test('sizes are of the state', async () => {
    const before = await psql('\\a', '\\t', '\\dt+ accounts')
    expect(before).toMatch(/public\|accounts\|table\|millrace\|permanent\|heap\|\d+ (bytes|kB)\|/)
  })
})

describe('drivers', () => {
  const rows = async (sql: string, values: unknown[] = []) =>
    (await client.query({ text: sql, values, rowMode: 'array' })).rows

  test('the names of types by oid, and of oids by name', async () => {
    const sql = 'SELECT typname, oid FROM pg_type WHERE typname = ANY($1) ORDER BY oid'
    expect(await rows(sql, [['int4', 'text', '_text', 'jsonb', 'regions']])).toEqual([
      ['int4', 23],
      ['text', 25],
      ['_text', 1009],
      ['jsonb', 3802],
      ['regions', expect.any(Number)],
    ])
    expect(await rows("SELECT 'int8'::regtype::oid, 1700::oid::regtype::text")).toEqual([[20, 'numeric']])
  })

  test('a name stands for a relation along the search path', async () => {
    const [[own, other]] = await rows(`SELECT 'accounts'::regclass::oid, 'shop.accounts'::regclass::oid`)
    expect(own).not.toBe(other)
    const names = `SELECT oid::regclass::text FROM pg_class WHERE relname = 'accounts' AND relkind = 'r' ORDER BY oid`
    expect(await rows(names)).toEqual([['accounts'], ['shop.accounts']])
    expect(await rows(`SELECT '"Odd Name"'::regclass::text, to_regclass('nosuch')`)).toEqual([['"Odd Name"', null]])
    await expect(client.query(`SELECT 'nosuch'::regclass`)).rejects.toMatchObject({ code: '42P01' })
  })

  test('columns of a primary key, as query builders ask for them', async () => {
    const sql = `SELECT a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_index i
      JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)
      WHERE i.indrelid = $1::regclass AND i.indisprimary ORDER BY a.attnum`
    expect(await rows(sql, ['transfers'])).toEqual([
      ['source', 'integer'],
      ['target', 'integer'],
    ])
  })

  test('definitions by oid', async () => {
    const sql = `SELECT conname, pg_get_constraintdef(oid), array_to_string(conkey, ',') FROM pg_constraint
      WHERE conrelid = 'transfers'::regclass`
    expect(await rows(sql)).toEqual([['transfers_pkey', 'PRIMARY KEY (source, target)', '1,2']])
    expect(await rows(`SELECT pg_get_indexdef('regions_by_count'::regclass)`)).toEqual([
      ['CREATE INDEX regions_by_count ON public.regions USING btree (accounts, region)'],
    ])
    const columns = `SELECT column_name, column_default FROM information_schema.columns
      WHERE table_schema = 'public' AND table_name = 'accounts' AND column_default IS NOT NULL`
    expect(await rows(columns)).toEqual([['region', "'eu'"]])
  })

  test('pg_settings shows the options of the server and what the session itself has set', async () => {
    const sql = `SELECT setting, boot_val, context FROM pg_settings WHERE name = $1`
    await client.query("SET application_name = 'psql test'")
    expect(await rows(sql, ['application_name'])).toEqual([['psql test', '', 'user']])
    expect(await rows(sql, ['host'])).toEqual([['127.0.0.1', '127.0.0.1', 'postmaster']])
    expect(await rows('SELECT count(*) - count(DISTINCT name) FROM pg_settings')).toEqual([['0']])
  })

  test('every function has one oid, and calls that psql makes resolve', async () => {
    expect(await rows('SELECT count(*) - count(DISTINCT oid) FROM pg_proc')).toEqual([['0']])
    expect(await rows(`SELECT pg_get_function_result(oid) FROM pg_proc WHERE proname = 'now'`)).toEqual([
      ['timestamp with time zone'],
    ])
    expect(await rows(`SELECT castcontext FROM pg_cast WHERE castsource = 23 AND casttarget = 20`)).toEqual([['i']])
  })
})
