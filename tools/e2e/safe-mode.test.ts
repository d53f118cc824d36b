import { type AddressInfo, createServer } from 'node:net'
import type pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ServerProcess } from './server-process.ts'

/** A tick that breaks an invariant of one view: the server must neither crash for ever nor lose anything. */

const FAIL = ['--set', 'fail_view=bad']
let server: ServerProcess
let httpPort: number
let client: pg.Client

beforeAll(async () => {
  httpPort = await freePort()
  server = new ServerProcess(['--http-port', String(httpPort)])
  await server.start()
  client = await server.connect()
  for (const sql of [
    'CREATE TABLE t (id int PRIMARY KEY, g int)',
    'INSERT INTO t SELECT i, i % 3 FROM generate_series(1, 30) i',
    'CREATE MATERIALIZED VIEW good AS SELECT g, count(*) AS n FROM t GROUP BY g',
    'CREATE MATERIALIZED VIEW bad AS SELECT g, sum(id) AS total FROM t GROUP BY g',
    'CREATE MATERIALIZED VIEW above AS SELECT total FROM bad WHERE g = 0',
  ])
    await client.query(sql)
  await client.end()
  await server.kill()
})
afterAll(() => server.dispose())

const freePort = () =>
  new Promise<number>((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => resolve(port))
    })
  })
const rows = async (sql: string) => (await client.query({ text: sql, rowMode: 'array' })).rows
const http = async (path: string): Promise<[number, string]> => {
  const response = await fetch(`http://127.0.0.1:${httpPort}${path}`)
  return [response.status, await response.text()]
}

test('a live tick that breaks an invariant ends the server, the next start names it, the one after is in safe mode', async () => {
  await server.start(FAIL)
  client = await server.connect()
  const insert = client.query('INSERT INTO t VALUES (31, 0)')
  await expect(insert).rejects.toThrow()
  await server.ended()
  await expect(server.start(FAIL)).rejects.toThrow(
    /tick \d+ cannot be run in output .* of materialized view \\?"bad\\?": AssertionError: .*fault injected/,
  )
  await server.start(FAIL)
  client = await server.connect()
  expect(server.log).toContain('safe mode')
})

test('reads answer as of the last good tick', async () => {
  expect(await rows('SELECT * FROM good ORDER BY g')).toEqual([
    [0, '10'],
    [1, '10'],
    [2, '10'],
  ])
  expect(await rows('SELECT count(*) FROM t')).toEqual([['30']])
  expect(await rows('SELECT total FROM bad WHERE g = 0')).toEqual([['165']])
})

test('whatever would change something is refused, with the reason and the ways out', async () => {
  const refused = {
    code: '55000',
    message: 'the server is in safe mode: its dataflows are paused',
    detail: expect.stringMatching(
      /^tick \d+ cannot be run in output .*"bad".*Reads answer as of tick \d+, the last good one\.$/,
    ),
    hint: expect.stringContaining('DROP MATERIALIZED VIEW bad'),
  }
  for (const sql of ['INSERT INTO t VALUES (40, 1)', 'CREATE TABLE u (a int)', 'COPY (SUBSCRIBE TO good) TO STDOUT'])
    await expect(client.query(sql)).rejects.toMatchObject(refused)
  await client.query('BEGIN')
  expect(await rows('SELECT count(*) FROM t')).toEqual([['30']])
  await expect(client.query('DELETE FROM t')).rejects.toMatchObject(refused)
  await client.query('ROLLBACK')
})

test('the state is shown: relations, /readyz, /healthz, /metrics', async () => {
  expect(await rows('SELECT state, view, error FROM millrace.server_status')).toEqual([
    ['safe mode', 'bad', expect.stringContaining('fault injected')],
  ])
  expect(await rows('SELECT view, state, last_error IS NOT NULL FROM millrace.view_status ORDER BY view')).toEqual([
    ['above', 'paused', false],
    ['bad', 'paused', true],
    ['good', 'paused', false],
  ])
  expect(await http('/healthz')).toEqual([200, 'ok\n'])
  expect(await http('/readyz')).toEqual([503, expect.stringMatching(/^safe mode, .*"bad"/)])
  expect((await http('/metrics'))[1]).toContain('\nmillrace_safe_mode 1\n')
})

test('a stop and a start leave it as it was', async () => {
  await client.end()
  expect(await server.stop()).toBe(0)
  await server.start(FAIL)
  client = await server.connect()
  expect(await rows('SELECT state FROM millrace.server_status')).toEqual([['safe mode']])
  expect(await rows('SELECT count(*) FROM t')).toEqual([['30']])
})

test('dropping the view lets everything else go on at once, with what was acknowledged or journaled', async () => {
  await expect(client.query('DROP MATERIALIZED VIEW bad')).rejects.toMatchObject({ code: '2BP01' })
  await client.query('DROP MATERIALIZED VIEW bad CASCADE')
  expect(await rows('SELECT state, failed_tick FROM millrace.server_status')).toEqual([['running', null]])
  expect(await http('/readyz')).toEqual([200, 'ready\n'])
  expect(await rows('SELECT * FROM good WHERE g = 0')).toEqual([[0, '11']])
  await client.query('INSERT INTO t VALUES (50, 1)')
  expect(await rows('SELECT n FROM good WHERE g = 1')).toEqual([['11']])
  await client.end()
  await server.kill()
  await server.start(FAIL)
  client = await server.connect()
  expect(await rows('SELECT g, n FROM good ORDER BY g')).toEqual([
    [0, '11'],
    [1, '11'],
    [2, '10'],
  ])
})

test('a build in which it is mended goes on with everything', async () => {
  await client.query('CREATE MATERIALIZED VIEW bad2 AS SELECT max(id) AS top FROM t')
  await client.end()
  await server.kill()
  const fail = ['--set', 'fail_view=bad2']
  await server.start(fail)
  client = await server.connect()
  await expect(client.query('INSERT INTO t VALUES (60, 2)')).rejects.toThrow()
  await server.ended()
  await expect(server.start(fail)).rejects.toThrow(/cannot be run/)
  await server.start(fail)
  await server.stop()
  await server.start()
  client = await server.connect()
  expect(await rows('SELECT top FROM bad2')).toEqual([[60]])
  expect(await rows('SELECT state FROM millrace.server_status')).toEqual([['running']])
  await client.end()
})
