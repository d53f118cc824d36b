import { execFileSync } from 'node:child_process'
import type pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serviceMissing } from '../services/missing.ts'
import { ServerProcess } from './server-process.ts'

/** Tables → join and group-by view → kill -9 → SELECT and SUBSCRIBE right, through the wire. */

const server = new ServerProcess()
let client: pg.Client

beforeAll(async () => {
  await server.start()
  client = await server.connect()
  await client.query(`CREATE TABLE accounts (id int PRIMARY KEY, owner text NOT NULL, region text DEFAULT 'eu')`)
  await client.query('CREATE TABLE orders (id bigint PRIMARY KEY, account int, amount numeric(12,2))')
  await client.query(`INSERT INTO accounts VALUES (1,'ada','eu'), (2,'bob','us')`)
  await client.query(`CREATE MATERIALIZED VIEW revenue AS
    SELECT a.region, count(*) AS orders, sum(o.amount) AS total
    FROM orders o JOIN accounts a ON a.id = o.account GROUP BY a.region`)
})
afterAll(() => server.dispose())

const revenue = async () => (await client.query('SELECT * FROM revenue ORDER BY region')).rows

test('the view follows its tables', async () => {
  await client.query(`INSERT INTO orders VALUES (1, 1, 10.50), (2, 2, 3.00), (3, 1, 0.25)`)
  expect(await revenue()).toEqual([
    { region: 'eu', orders: '2', total: '10.75' },
    { region: 'us', orders: '1', total: '3.00' },
  ])
  await client.query(`UPDATE accounts SET region = 'us' WHERE id = 1`)
  expect(await revenue()).toEqual([{ region: 'us', orders: '3', total: '13.75' }])
  await client.query(`UPDATE accounts SET region = DEFAULT WHERE id = 1`)
  await client.query('DELETE FROM orders WHERE id = 3')
  expect(await revenue()).toEqual([
    { region: 'eu', orders: '1', total: '10.50' },
    { region: 'us', orders: '1', total: '3.00' },
  ])
})

test('everything is as it was after kill -9', async () => {
  await client.query('INSERT INTO orders VALUES (4, 2, 1.00)')
  await server.kill()
  await server.start()
  client = await server.connect()
  expect(await revenue()).toEqual([
    { region: 'eu', orders: '1', total: '10.50' },
    { region: 'us', orders: '2', total: '4.00' },
  ])
  await client.query('INSERT INTO orders VALUES (5, 1, 1.00)')
  expect((await revenue())[0]).toEqual({ region: 'eu', orders: '2', total: '11.50' })
})

test('a subscription shows the snapshot, then each change once', async () => {
  await client.query('BEGIN')
  await client.query('DECLARE c CURSOR FOR SUBSCRIBE TO revenue WITH (SNAPSHOT)')
  const first = await client.query(`FETCH ALL FROM c WITH (timeout = '0s')`)
  expect(first.rows.map((r) => [r.mz_diff, r.region, r.orders])).toEqual([
    ['1', 'eu', '2'],
    ['1', 'us', '2'],
  ])
  const other = await server.connect()
  await other.query('INSERT INTO orders VALUES (6, 2, 2.00)')
  const next = await client.query(`FETCH ALL FROM c WITH (timeout = '1s')`)
  expect(next.rows.map((r) => [r.mz_diff, r.region, r.orders, r.total])).toEqual([
    ['-1', 'us', '2', '4.00'],
    ['1', 'us', '3', '6.00'],
  ])
  await client.query('COMMIT')
  await other.end()
})

test.skipIf(serviceMissing('psql') !== null)('psql shows the same, and describes it', () => {
  const psql = (sql: string) =>
    execFileSync(
      'psql',
      ['-h', '127.0.0.1', '-p', String(server.port), '-U', 'millrace', '-X', '-A', '-t', '-c', sql, 'millrace'],
      { encoding: 'utf8' },
    )
  expect(psql('SELECT * FROM revenue ORDER BY region')).toBe('eu|2|11.50\nus|3|6.00\n')
  expect(psql('\\dt')).toContain('accounts')
  expect(psql('\\dm')).toContain('revenue')
  expect(psql('\\d accounts')).toContain('owner')
})

test('SIGTERM drains and exits with 0; a stopped directory needs no replay', async () => {
  await client.end()
  expect(await server.stop()).toBe(0)
  await server.start()
  client = await server.connect()
  const { rows } = await client.query(`SELECT value FROM millrace.storage WHERE name = 'replayed_ticks'`)
  expect(rows).toEqual([{ value: '0' }])
  expect(await revenue()).toHaveLength(2)
})
