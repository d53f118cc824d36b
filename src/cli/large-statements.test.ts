import { createConnection } from 'node:net'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { silentLog } from '../base/log.ts'
import { type RunningServer, startServer } from './server.ts'

/** A statement over many rows holds up nobody but who must wait for it, can be cancelled, and has a bound. */
let server: RunningServer
let one: pg.Client
let other: pg.Client
const ROWS = 60_000

beforeAll(async () => {
  server = await startServer(
    { host: '127.0.0.1', pgPort: 0, httpPort: null, dataDir: null, demo: false, settings: {} },
    silentLog,
  )
  one = await connect()
  other = await connect()
})
afterAll(async () => {
  await one.end()
  await other.end()
  await server.close()
})
beforeEach(async () => {
  await one.query('DROP TABLE IF EXISTS t CASCADE')
  await one.query('CREATE TABLE t (id int PRIMARY KEY, g int, v int)')
  await one.query('CREATE MATERIALIZED VIEW m AS SELECT g, count(*) AS n FROM t GROUP BY g')
})

async function connect(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: server.url })
  await client.connect()
  return client
}
/** A cancel request, as psql sends it on Ctrl-C. */
function cancel(client: pg.Client): Promise<void> {
  const { processID, secretKey } = client as unknown as { processID: number; secretKey: number }
  const request = Buffer.alloc(16)
  for (const [i, word] of [16, 80877102, processID, secretKey].entries()) request.writeInt32BE(word, i * 4)
  return new Promise((resolve, reject) => {
    const socket = createConnection(server.pgPort, '127.0.0.1', () => socket.end(request))
    socket.on('close', () => resolve()).on('error', reject)
  })
}
const count = async (client: pg.Client) =>
  Number((await client.query('SELECT (SELECT count(*) FROM t) AS n')).rows[0].n)
const insert = (rows: number) => `INSERT INTO t SELECT i, i % 100, i FROM generate_series(1, ${rows}) s(i)`

test('another session is answered while a large statement runs, and reads all of it or nothing', async () => {
  let running = true
  const statement = one.query(insert(ROWS)).finally(() => {
    running = false
  })
  let answered = 0
  while (running) {
    await other.query('SHOW server_version')
    answered++
    const { rows } = await other.query('SELECT (SELECT count(*) FROM t) AS t, (SELECT sum(n) FROM m) AS m')
    expect([0, ROWS]).toContain(Number(rows[0].t))
    expect(Number(rows[0].m ?? 0)).toBe(Number(rows[0].t))
  }
  await statement
  expect(answered).toBeGreaterThan(2)
  expect(await count(other)).toBe(ROWS)
})

test('a cancel request ends a statement that is being evaluated, and nothing of it stays', async () => {
  await one.query("SET statement_bytes_max = '1TB'")
  const statement = one.query(insert(8_000_000)).then(
    () => 'done',
    (error) => error.code,
  )
  await other.query('SHOW server_version')
  await cancel(one)
  expect(await statement).toBe('57014')
  await one.query('RESET statement_bytes_max')
  expect(await count(other)).toBe(0)
})

test('what one statement or transaction may change has a bound', async () => {
  await one.query(insert(3000))
  await one.query("SET statement_bytes_max = '64kB'")
  const refused = async (sql: string) => {
    const error = await one.query(sql).catch((e) => e)
    expect([sql, error.code]).toEqual([sql, '54000'])
    expect(error.hint).toContain('statement_bytes_max')
  }
  await refused(insert(100_000).replace('SELECT i,', 'SELECT i + 3000,'))
  await refused('UPDATE t SET v = v + 1')
  await refused(`INSERT INTO t SELECT i, 0, 0 FROM generate_series(1, 9000) s(i) ON CONFLICT DO NOTHING`)
  await one.query('BEGIN')
  for (let i = 1; i <= 2; i++)
    await one.query(`INSERT INTO t SELECT ${i * 5000} + i, 0, 0 FROM generate_series(1, 1000) s(i)`)
  await refused('INSERT INTO t SELECT 20000 + i, 0, 0 FROM generate_series(1, 1500) s(i)')
  await one.query('ROLLBACK')
  expect(await count(other)).toBe(3000)
  await one.query('RESET statement_bytes_max')
  expect((await one.query('UPDATE t SET v = v + 1')).rowCount).toBe(3000)
})
