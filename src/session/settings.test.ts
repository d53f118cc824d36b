import { describe, expect, it } from 'vitest'
import { searchPathOf } from './settings/search-path.ts'
import { harness } from './testing/harness.ts'

const value = async (sql: (text: string) => Promise<string[]>, name: string): Promise<string | undefined> =>
  (await sql(`SHOW ${name}`))[1]?.slice(4)

describe('SET and SHOW', () => {
  it.each([
    ["SET application_name = 'x'", 'application_name', 'x'],
    ['SET statement_timeout = 1500', 'statement_timeout', '1500ms'],
    ["SET statement_timeout = '2s'", 'statement_timeout', '2s'],
    ["SET statement_timeout TO '1 min'", 'statement_timeout', '1min'],
    ["SET statement_bytes_max = '64MB'", 'statement_bytes_max', '67108864'],
    ["SET TIME ZONE 'Europe/Berlin'", 'timezone', 'Europe/Berlin'],
    ['SET TIME ZONE 2', 'TimeZone', '<+02>-02'],
    ["SET TIME ZONE INTERVAL '-05:30' HOUR TO MINUTE", 'TimeZone', '<-05:30>+05:30'],
    ['SET TIME ZONE LOCAL', 'TimeZone', 'UTC'],
    ["SET NAMES 'utf-8'", 'client_encoding', 'UTF8'],
    ['SET search_path TO a, "B", c', 'search_path', 'a, "B", c'],
    ['SET default_transaction_read_only TO TRUE', 'default_transaction_read_only', 'on'],
    ['SET DateStyle = ISO, MDY', 'datestyle', 'ISO, MDY'],
    ['SET extra_float_digits = 3', 'extra_float_digits', '3'],
    ['SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY', 'default_transaction_read_only', 'on'],
  ])('%s', async (statement, name, expected) => {
    const { sql } = harness()
    expect((await sql(statement)).at(-1)).toBe('SET')
    expect(await value(sql, name)).toBe(expected)
  })

  it.each([
    ['SET nonsense = 1', '42704', 'unrecognized configuration parameter "nonsense"'],
    ['SHOW nonsense', '42704', 'unrecognized configuration parameter "nonsense"'],
    ["SET TimeZone = 'Mars/Olympus'", '22023', 'invalid value for parameter "TimeZone": "Mars/Olympus"'],
    ["SET statement_timeout = 'soon'", '22023', 'invalid value for parameter "statement_timeout": "soon"'],
    [
      'SET extra_float_digits = 9',
      '22023',
      '9 is outside the valid range for parameter "extra_float_digits" (-15 .. 3)',
    ],
    ['SET row_security = maybe', '22023', 'parameter "row_security" requires a Boolean value'],
    ['SET server_version = 9', '55P02', 'parameter "server_version" cannot be changed'],
    ["SET client_encoding = 'latin1'", '0A000', 'client encoding "latin1" is not supported'],
    ['SET DateStyle = German', '0A000', 'value "german" of parameter "DateStyle" is not supported'],
    ['SET ROLE nobody', '0A000', 'changing the user of a session is not supported'],
    ['SET data_dir = x', '55P02', 'parameter "data_dir" cannot be changed without restarting the server'],
  ])('%s is %s', async (statement, sqlstate, message) => {
    const { sql } = harness({ settings: { data_dir: '/d' } })
    expect(await sql(statement)).toEqual([`error ${sqlstate} ${message}`])
  })

  it.each([
    ['SET streaming_parallelism = 1', 'NOTICE parameter "streaming_parallelism" of RisingWave has no effect here'],
    [
      'SET RW_FORCE_TWO_PHASE_AGG TO true',
      'NOTICE parameter "rw_force_two_phase_agg" of RisingWave has no effect here',
    ],
    ['SET cluster = quickstart', 'NOTICE parameter "cluster" of Materialize has no effect here'],
    ["SET enable_seqscan = 'off'", 'NOTICE parameter "enable_seqscan" of PostgreSQL has no effect here'],
  ])('says of what neighbours know and cannot matter that it does not: %s', async (statement, notice) => {
    const { sql } = harness()
    expect(await sql(statement)).toEqual([notice, 'SET'])
  })

  it('shows and resets those, and keeps what could change a result unknown', async () => {
    const { sql } = harness()
    await sql('SET streaming_parallelism TO 4')
    expect(await value(sql, 'streaming_parallelism')).toBe('4')
    await sql('RESET streaming_parallelism')
    expect(await value(sql, 'streaming_parallelism')).toBe('default')
    for (const name of ['batch_expr_strict_mode', 'upsert_dml', 'backfill_rate_limit', 'database'])
      expect(await sql(`SET ${name} = x`)).toEqual([`error 42704 unrecognized configuration parameter "${name}"`])
    expect(await sql('SHOW ALL')).not.toContainEqual(expect.stringContaining('streaming_parallelism'))
  })

  it('tells the client what drivers follow, when it changes', async () => {
    const { session, sql } = harness()
    expect(await sql("SET TimeZone = 'Asia/Tokyo'")).toEqual(['TimeZone = Asia/Tokyo', 'SET'])
    expect(await sql("SET TimeZone = 'Asia/Tokyo'")).toEqual(['SET'])
    expect(session.textOptions().timeZone).toBe('Asia/Tokyo')
    expect(await sql('RESET TimeZone')).toEqual(['TimeZone = UTC', 'RESET'])
    expect(await sql('SET statement_timeout = 5')).toEqual(['SET'])
  })

  it('starts with what drivers ask for', () => {
    const reported = new Map(harness().session.reportedSettings())
    expect(reported.get('server_version')).toBe('15.8')
    for (const name of [
      'server_encoding',
      'client_encoding',
      'DateStyle',
      'TimeZone',
      'IntervalStyle',
      'integer_datetimes',
      'standard_conforming_strings',
      'application_name',
      'is_superuser',
    ]) {
      expect(reported.has(name)).toBe(true)
    }
    expect(reported.get('session_authorization')).toBe('millrace')
  })

  it('undoes SET with its transaction, and SET LOCAL in any case', async () => {
    const { sql } = harness()
    await sql('SET statement_timeout = 1')
    await sql('BEGIN')
    await sql('SET statement_timeout = 2')
    await sql("SET LOCAL TimeZone = 'Asia/Tokyo'")
    expect(await sql('ROLLBACK')).toEqual(['TimeZone = UTC', 'ROLLBACK'])
    expect(await value(sql, 'statement_timeout')).toBe('1ms')
    await sql('BEGIN')
    await sql('SET statement_timeout = 2')
    await sql('SET LOCAL extra_float_digits = 3')
    await sql('COMMIT')
    expect(await value(sql, 'statement_timeout')).toBe('2ms')
    expect(await value(sql, 'extra_float_digits')).toBe('1')
    expect(await sql('SET LOCAL statement_timeout = 9')).toEqual([
      'WARNING SET LOCAL can only be used in transaction blocks',
      'SET',
    ])
    expect(await value(sql, 'statement_timeout')).toBe('2ms')
  })

  it('resets to what the connection asked for', async () => {
    const { sql } = harness({ initialSettings: new Map([['application_name', 'psql']]) })
    await sql("SET application_name = 'other'; SET statement_timeout = 3")
    expect(await sql('RESET ALL')).toEqual(['application_name = psql', 'RESET'])
    expect(await value(sql, 'statement_timeout')).toBe('0')
  })

  it('takes server settings as defaults and shows the rest of them', async () => {
    const { sql } = harness({ settings: { statement_timeout: '3s', data_dir: '/data' } })
    expect(await value(sql, 'statement_timeout')).toBe('3s')
    expect(await value(sql, 'data_dir')).toBe('/data')
    const all = await sql('SHOW ALL')
    expect(all[0]).toBe('columns name setting description')
    expect(all).toContainEqual(expect.stringMatching(/^row data_dir \/data /))
    expect(all.at(-1)).toBe('SHOW')
  })

  it('refuses a connection that asks for an unknown setting', () => {
    expect(() => harness({ initialSettings: new Map([['nope', '1']]) })).toThrow(
      'unrecognized configuration parameter "nope"',
    )
  })

  it('DISCARD ALL makes the session as new', async () => {
    const { sql } = harness()
    await sql('PREPARE p AS SELECT 1')
    await sql("SET TimeZone = 'Asia/Tokyo'")
    expect(await sql('DISCARD ALL')).toEqual(['TimeZone = UTC', 'DISCARD ALL'])
    expect(await sql('EXECUTE p')).toEqual([expect.stringContaining('26000')])
  })
})

it('reads search paths as PostgreSQL does', () => {
  expect(searchPathOf('"$user", public', 'ada')).toEqual(['ada', 'public'])
  expect(searchPathOf('A, "B""c" ,d', 'x')).toEqual(['a', 'B"c', 'd'])
  expect(searchPathOf('', 'x')).toEqual([])
})

describe('SHOW of objects', () => {
  it('lists tables, columns and schemas', async () => {
    const { sql } = harness()
    expect(await sql('SHOW TABLES')).toEqual(['columns name', 'row t', 'SHOW'])
    expect(await sql("SHOW TABLES LIKE 'x%'")).toEqual(['columns name', 'SHOW'])
    expect(await sql('SHOW TABLES FROM nowhere')).toEqual(['error 3F000 schema "nowhere" does not exist'])
    expect(await sql('SHOW COLUMNS FROM t')).toEqual([
      'columns name nullable type',
      'row id false integer',
      'row label true text',
      'SHOW',
    ])
    expect(await sql('SHOW SCHEMAS')).toEqual(['columns name', 'row public', 'SHOW'])
    expect(await sql('SHOW OBJECTS')).toEqual(['columns name type', 'row t table', 'SHOW'])
    expect(await sql('SHOW CREATE VIEW t')).toEqual(['error 42809 "t" is not a view'])
    expect(await sql('SHOW COLUMNS FROM nowhere')).toEqual(['error 42P01 relation "nowhere" does not exist'])
  })
})
