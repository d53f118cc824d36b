import type pg from 'pg'
import { serialize } from 'pg-protocol/dist/serializer.js'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { pgClient, pgRows } from './testing/pg-client.ts'
import { RawClient } from './testing/raw-client.ts'
import { serveEngine } from './testing/serve-engine.ts'

/** Engine, planner, sessions and protocol together, as a driver sees them. */
let server: Awaited<ReturnType<typeof serveEngine>>
let a: pg.Client
let b: pg.Client
let schema = 0

beforeAll(async () => {
  server = await serveEngine()
  a = await pgClient(server.port)
  b = await pgClient(server.port)
})
afterAll(async () => {
  await a.end()
  await b.end()
  await server.close()
})
beforeEach(async () => {
  const name = `s${++schema}`
  await a.query(`CREATE SCHEMA ${name}`)
  for (const client of [a, b]) await client.query(`SET search_path = ${name}`)
  await a.query(
    "CREATE TABLE t (id int PRIMARY KEY, owner text NOT NULL, region text DEFAULT 'eu', amount numeric(12,2))",
  )
  await a.query("INSERT INTO t VALUES (1, 'ada', 'eu', 1.50), (2, 'bob', 'us', 2)")
})

describe('tables', () => {
  it('take writes with their tags and give rows back', async () => {
    const inserted = await a.query('INSERT INTO t (id, owner) VALUES ($1, $2) RETURNING *', [3, 'eve'])
    expect(inserted).toMatchObject({ command: 'INSERT', rowCount: 1 })
    expect(inserted.rows).toEqual([{ id: 3, owner: 'eve', region: 'eu', amount: null }])
    expect(await a.query("UPDATE t SET region = 'x' WHERE id = $1", [3])).toMatchObject({
      command: 'UPDATE',
      rowCount: 1,
    })
    expect(await a.query('DELETE FROM t WHERE region = $1', ['x'])).toMatchObject({ command: 'DELETE', rowCount: 1 })
    expect(await pgRows(b, 'SELECT id, amount FROM t ORDER BY id DESC')).toEqual([
      [2, '2.00'],
      [1, '1.50'],
    ])
  })

  it('report violated constraints by name', async () => {
    const there = { schema: `s${schema}`, table: 't' }
    await expect(a.query("INSERT INTO t VALUES (1, 'x')")).rejects.toMatchObject({
      ...there,
      code: '23505',
      constraint: 't_pkey',
    })
    const noOwner = { ...there, code: '23502', column: 'owner' }
    await expect(a.query('INSERT INTO t (id) VALUES (9)')).rejects.toMatchObject(noOwner)
    await a.query('BEGIN')
    await expect(a.query('UPDATE t SET owner = NULL')).rejects.toMatchObject(noOwner)
    await a.query('ROLLBACK')
  })

  it('say with what a number does not fit, wherever it comes from', async () => {
    const overflow = {
      code: '22003',
      message: 'numeric field overflow',
      detail: 'A field with precision 3, scale 1 must round to an absolute value less than 10^2.',
    }
    await a.query('CREATE TABLE narrow (n numeric(3,1))')
    for (const text of [
      'SELECT (id * 100)::numeric(3,1) FROM t',
      'SELECT id FROM t WHERE (amount * 1000)::numeric(3,1) > 0',
      'INSERT INTO narrow SELECT amount * 1000 FROM t',
      'INSERT INTO narrow VALUES (123)',
      'SELECT 123::numeric(3,1)',
    ])
      await expect(a.query(text), text).rejects.toMatchObject(overflow)
  })

  it.each([
    ['t, line 2: "5\t\\N\teu\t1"', '4\tx\teu\t1\n5\t\\N\teu\t1\n', { code: '23502', column: 'owner' }],
    ['t, line 1: "4\tx"', '4\tx\n5\ty\n4\tz\n', { code: '22P04' }],
    ['t, line 2', '4\tx\teu\t1\n4\ty\teu\t1\n6\t\\N\teu\t1\n', { code: '23505', constraint: 't_pkey' }],
    ['t, line 3', '4\tx\teu\t1\n5\ty\teu\t1\n1\tz\teu\t1\n7\tz\teu\t1\n', { code: '23505' }],
    ['t, line 5001', `${[...Array(5000).keys()].map((i) => `${i + 9}\tx\teu\t1\n`).join('')}77\tx\teu\t1\n`, {}],
    ['t, line 2, column id: ""', '4\tx\teu\t1\n\n', { code: '22P02' }],
    ['t, line 2: "5\ty\teu"', '4\tx\teu\t1\n5\ty\teu\n', { code: '22P04' }],
    ['t, line 2, column amount: "99999999999"', '4\tx\teu\t1\n5\ty\teu\t99999999999\n', { code: '22003' }],
  ])('name the line of COPY that they cannot hold: %s', async (where, data, fields) => {
    const client = await RawClient.ready(server.port)
    client.send(serialize.query(`COPY s${schema}.t FROM STDIN`))
    await client.until('copyInResponse')
    client.send(serialize.copyData(Buffer.from(data)), serialize.copyDone() as Buffer)
    const error = (await client.until('readyForQuery')).find((message) => message.name === 'error')
    client.end()
    expect(error).toMatchObject({ ...fields, where: `COPY ${where}` })
    expect(await pgRows(b, 'SELECT count(*) FROM t')).toEqual([['2']])
  })

  it('are made of queries with parameters', async () => {
    const made = await a.query('CREATE TABLE made AS SELECT id, $1::int AS n, $2 AS word FROM t WHERE id > $3', [
      7,
      'w',
      1,
    ])
    expect(made).toMatchObject({ command: 'SELECT', rowCount: 1 })
    expect(await pgRows(b, 'SELECT * FROM made')).toEqual([[2, 7, 'w']])
    await expect(a.query('CREATE TABLE other AS SELECT $1::int')).rejects.toMatchObject({ code: '42P02' })
  })

  it('give no views with parameters', async () => {
    await expect(a.query('CREATE MATERIALIZED VIEW v AS SELECT $1::int', [1])).rejects.toMatchObject({
      code: '0A000',
      message: 'materialized views may not be defined using bound parameters',
    })
    await expect(a.query('CREATE VIEW v AS SELECT $1::int', [1])).rejects.toMatchObject({ code: '42P02' })
    await expect(a.query('CREATE MATERIALIZED VIEW v AS SELECT $1::int')).rejects.toMatchObject({ code: '42P02' })
  })

  it('answer point lookups with parameters', async () => {
    for (const id of [1, 2, 3]) {
      const rows = await pgRows(b, 'SELECT owner FROM t WHERE id = $1', [id])
      expect(rows).toEqual(id === 3 ? [] : [[id === 1 ? 'ada' : 'bob']])
    }
  })
})

describe('materialized views', () => {
  it('follow every write at once, for everybody', async () => {
    await a.query(
      'CREATE MATERIALIZED VIEW m AS SELECT region, count(*) AS n, sum(amount) AS total FROM t GROUP BY region',
    )
    for (let id = 10; id < 20; id++) {
      await a.query("INSERT INTO t VALUES ($1, 'x', 'eu', 1)", [id])
      expect(await pgRows(b, "SELECT n FROM m WHERE region = 'eu'")).toEqual([[String(id - 8)]])
    }
    expect(await pgRows(b, 'SELECT * FROM m ORDER BY region')).toEqual([
      ['eu', '11', '11.50'],
      ['us', '1', '2.00'],
    ])
  })

  it('can be subscribed to', async () => {
    await a.query('CREATE MATERIALIZED VIEW m AS SELECT region, count(*) AS n FROM t GROUP BY region')
    await b.query('BEGIN')
    await b.query('DECLARE c CURSOR FOR SUBSCRIBE TO m')
    const first = await pgRows(b, 'FETCH ALL FROM c')
    expect(first.map((row) => row.slice(1))).toEqual([
      ['1', 'eu', '1'],
      ['1', 'us', '1'],
    ])
    await a.query("INSERT INTO t VALUES (3, 'x')")
    const next = await pgRows(b, 'FETCH ALL FROM c')
    expect(next.map((row) => row.slice(1)).sort()).toEqual([
      ['-1', 'eu', '1'],
      ['1', 'eu', '2'],
    ])
    expect(Number(next[0][0])).toBeGreaterThan(Number(first[0][0]))
    await b.query('COMMIT')
  })
})

describe('subscribers of one view', () => {
  it('all get every change', async () => {
    const clients = await Promise.all([1, 2, 3].map(() => RawClient.ready(server.port)))
    for (const client of clients) client.send(serialize.query(`SUBSCRIBE TO s${schema}.t WITH (SNAPSHOT false)`))
    const idsOf = (client: RawClient): number[] =>
      client.received.filter((m) => m.name === 'dataRow').map((m) => Number((m['fields'] as string[])[2]))
    // A subscription has what is committed after it began: rows are added until each has three.
    for (let id = 100; id < 300 && clients.some((client) => idsOf(client).length < 3); id++) {
      await a.query("INSERT INTO t VALUES ($1, 'x')", [id])
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    for (const client of clients) {
      const ids = idsOf(client)
      expect(ids.length).toBeGreaterThanOrEqual(3)
      expect(ids).toEqual(ids.map((_, k) => ids[0] + k))
      client.end()
    }
  })
})

describe('transactions', () => {
  it('are invisible until COMMIT and gone after ROLLBACK', async () => {
    const count = async (client: pg.Client) => (await pgRows(client, 'SELECT count(*) FROM t'))[0][0]
    await a.query('BEGIN')
    await a.query("INSERT INTO t VALUES (5, 'x')")
    expect([await count(a), await count(b)]).toEqual(['3', '2'])
    await a.query('COMMIT')
    expect(await count(b)).toBe('3')
    await a.query('BEGIN')
    await a.query('DELETE FROM t')
    await a.query('ROLLBACK')
    expect(await count(a)).toBe('3')
  })

  it('that read what another changed fail with 40001', async () => {
    await a.query('BEGIN')
    await pgRows(a, 'SELECT sum(amount) FROM t')
    await b.query('UPDATE t SET amount = 9 WHERE id = 1')
    await a.query("INSERT INTO t VALUES (7, 'x')")
    await expect(a.query('COMMIT')).rejects.toMatchObject({ code: '40001' })
    expect(await pgRows(a, 'SELECT count(*) FROM t')).toEqual([['2']])
  })

  it('wait for a row that another has locked', async () => {
    await a.query('BEGIN')
    await a.query('SELECT * FROM t WHERE id = 1 FOR UPDATE')
    await b.query("SET statement_timeout = '700ms'")
    await b.query('BEGIN')
    await expect(b.query('SELECT * FROM t WHERE id = 1 FOR UPDATE')).rejects.toMatchObject({ code: '57014' })
    await b.query('ROLLBACK')
    await b.query('RESET statement_timeout')
    await b.query('BEGIN')
    const waiting = b.query('SELECT amount FROM t WHERE id = 1 FOR UPDATE')
    await a.query('COMMIT')
    expect((await waiting).rows).toEqual([{ amount: '1.50' }])
    await b.query('COMMIT')
  })

  it('of one text are one', async () => {
    await expect(a.query("INSERT INTO t VALUES (8, 'x'); INSERT INTO t VALUES (8, 'y')")).rejects.toMatchObject({
      code: '23505',
    })
    expect(await pgRows(a, 'SELECT count(*) FROM t')).toEqual([['2']])
  })
})

describe('schema changes that wait for a transaction', () => {
  const gone = { code: '42P01', message: 'relation "t" does not exist' }
  const droppedTwice = { code: '42P01', message: 'table "t" does not exist' }
  it.each([
    ['DROP TABLE t', 'DROP TABLE t', droppedTwice],
    ['DROP TABLE t', 'CREATE TABLE u (a int); DROP TABLE u, t', droppedTwice],
    ['DROP TABLE t', 'ALTER TABLE t RENAME TO t2', { ...gone, position: '13' }],
    ['DROP TABLE t', 'ALTER TABLE t RENAME amount TO x', { ...gone, position: '13' }],
    ['ALTER TABLE t RENAME TO t2', 'DROP TABLE t', droppedTwice],
    ['ALTER TABLE t RENAME TO t2', 'ALTER TABLE t RENAME amount TO x', { ...gone, position: '13' }],
    ['ALTER TABLE t RENAME amount TO x', 'ALTER TABLE t RENAME amount TO y', { code: '42703' }],
    ['ALTER TABLE t RENAME amount TO x', 'ALTER TABLE t RENAME owner TO x', { code: '42701' }],
    ['DROP TABLE t', 'DROP TABLE IF EXISTS t', 'table "t" does not exist, skipping'],
    ['DROP TABLE t', 'ALTER TABLE IF EXISTS t RENAME amount TO x', 'relation "t" does not exist, skipping'],
  ])('find after %s what is there then: %s', async (first, second, told) => {
    const third = await pgClient(server.port)
    const notices: (string | undefined)[] = []
    third.on('notice', ({ message }) => notices.push(message))
    await third.query(`SET search_path = s${schema}`)
    await a.query('BEGIN')
    await a.query('DELETE FROM t')
    const waiting = [b.query(first), third.query(second).catch((error: unknown) => error)]
    await new Promise((resolve) => setTimeout(resolve, 20))
    await a.query('COMMIT')
    const [, answer] = await Promise.all(waiting)
    await third.end()
    if (typeof told === 'string') expect(notices).toEqual([told])
    else expect(answer).toMatchObject(told)
  })
})

describe('the rest of the session', () => {
  it('cursors over queries and subscriptions with parameters', async () => {
    await b.query('BEGIN')
    await b.query('DECLARE c CURSOR FOR SELECT owner, $2 AS word FROM t WHERE id >= $1 ORDER BY id', [2, 'w'])
    await b.query({ name: 'd', text: 'DECLARE d CURSOR FOR SELECT id FROM t WHERE owner = $1', values: ['ada'] })
    await b.query('DECLARE s CURSOR FOR SUBSCRIBE TO (SELECT id FROM t WHERE id > $1)', [1])
    expect(await pgRows(b, 'FETCH ALL FROM c')).toEqual([['bob', 'w']])
    expect(await pgRows(b, 'FETCH ALL FROM d')).toEqual([[1]])
    expect((await pgRows(b, 'FETCH ALL FROM s')).map((row) => row.slice(1))).toEqual([['1', 2]])
    await b.query('CLOSE d')
    await a.query("INSERT INTO t VALUES (3, 'bob')")
    await b.query('COMMIT; BEGIN')
    // Planned anew when the catalog moved on, with the types that it had.
    await a.query('CREATE TABLE other (x int)')
    await b.query({ name: 'd', text: 'DECLARE d CURSOR FOR SELECT id FROM t WHERE owner = $1', values: ['bob'] })
    expect((await pgRows(b, 'FETCH ALL FROM d')).sort()).toEqual([[2], [3]])
    await expect(b.query('DECLARE e CURSOR FOR SELECT $1::int')).rejects.toMatchObject({ code: '42P02' })
    await b.query('ROLLBACK')
    await expect(b.query('DECLARE e CURSOR FOR SELECT * FROM nowhere')).rejects.toMatchObject({ code: '42P01' })
    await expect(b.query('DECLARE e CURSOR FOR SELECT $1::int', [1])).rejects.toMatchObject({ code: '25P01' })
  })

  it('PREPARE and EXECUTE with expressions', async () => {
    await a.query('PREPARE q (int) AS SELECT owner FROM t WHERE id = $1')
    expect((await a.query('EXECUTE q (1 + 1)')).rows).toEqual([{ owner: 'bob' }])
    await a.query('DEALLOCATE q')
  })

  it('the clock in LIMIT is read at each execution, "now" as a literal when its statement is prepared', async () => {
    const text = 'FROM generate_series(1, 1000) g LIMIT (extract(epoch from now()) * 1000)::bigint % 1000'
    await a.query('CREATE TABLE times (x timestamptz)')
    await a.query(`PREPARE p AS SELECT count(*) FROM (SELECT g ${text}) s`)
    await a.query("PREPARE word AS SELECT 'now'::timestamptz(3) AS x")
    const named = () => a.query({ name: 'n', text: `SELECT max(c) FROM (SELECT g AS c ${text}) s` })
    const seen = []
    for (let i = 0; i < 2; i++) {
      seen.push([await a.query('EXECUTE p'), await named(), await a.query('EXECUTE word')].map(({ rows }) => rows[0]))
      await a.query("INSERT INTO times VALUES ('now')")
      await new Promise((resolve) => setTimeout(resolve, 3))
      await a.query('DELETE FROM t')
    }
    const [first, second] = seen as [unknown[], unknown[]]
    expect(second[0]).not.toEqual(first[0])
    expect(second[1]).not.toEqual(first[1])
    expect(second[2]).toEqual(first[2])
    // Sent twice, the text means two times.
    expect(await pgRows(a, 'SELECT count(DISTINCT x) FROM times')).toEqual([['2']])
  })

  it('fractions have the digits that extra_float_digits leaves, in functions too, and not in views', async () => {
    const third = '1 / 3::float8'
    const texts = `SELECT (${third})::text, to_json(${third})::text, format('%s', ${third}),
      to_jsonb(2.6::float8)::text, ARRAY[${third}]::text, 'x' || t.id / 3::float8 FROM t WHERE id = 1`
    const exact = '0.3333333333333333'
    await a.query(`CREATE MATERIALIZED VIEW v AS SELECT (${third})::text AS t`)
    for (const [digits, text, whole] of [
      ['1', exact, '2.6'],
      ['0', exact.slice(0, -1), '2.6'],
      ['-15', '0.3', '3'],
    ]) {
      await a.query(`SET extra_float_digits = ${digits}`)
      const row = [text, text, text, whole, `{${text}}`, `x${text}`]
      expect(await pgRows(a, texts)).toEqual([row])
      expect(await pgRows(a, 'SELECT t FROM v')).toEqual([[exact]])
    }
  })

  it('EXPLAIN', async () => {
    const rows = await pgRows(a, 'EXPLAIN SELECT region FROM t WHERE amount > 1')
    expect(rows.length).toBeGreaterThan(1)
  })

  it('errors point at their place', async () => {
    await expect(a.query('SELECT nope FROM t')).rejects.toMatchObject({ code: '42703', position: '8' })
    await expect(a.query('SELEC 1')).rejects.toMatchObject({ code: '42601', position: '1' })
    await expect(a.query('SELECT 1/0')).rejects.toMatchObject({ code: '22012' })
  })

  it('SHOW', async () => {
    expect(await pgRows(a, 'SHOW TABLES')).toEqual([['t']])
    expect((await pgRows(a, 'SHOW COLUMNS FROM t'))[3]).toEqual(['amount', true, 'numeric(12,2)'])
  })
})
