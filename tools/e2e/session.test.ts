import { execFileSync, spawn } from 'node:child_process'
import type pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { root } from '../processes.ts'
import { type KafkaService, startKafka } from '../services/kafka.ts'
import { serviceMissing } from '../services/missing.ts'
import { freePort } from '../services/ports.ts'
import { ServerProcess } from './server-process.ts'
import { Topics } from './topics.ts'
import { eventually, sleep } from './wait.ts'

/** The session of the README, statement by statement, on a real Kafka, with psql and with the pg driver. */

const missing = serviceMissing('kafka') ?? serviceMissing('psql')
if (missing !== null) process.stderr.write(`skipped: ${missing}\n`)
const onKafka = test.skipIf(missing !== null)

const server = new ServerProcess()
let kafka: KafkaService
let broker = ''
let topics: Topics
let client: pg.Client

beforeAll(async () => {
  if (missing !== null) return
  kafka = await startKafka()
  broker = kafka.brokers[0]!
  topics = await Topics.connect(broker)
  await topics.create('orders', 4)
  await server.start()
  client = await server.connect()
})
afterAll(async () => {
  await client?.end().catch(() => {})
  await server.dispose()
  await topics?.close().catch(() => {})
  await kafka?.stop()
})

const args = () => [
  '-h',
  '127.0.0.1',
  '-p',
  String(server.port),
  '-U',
  'millrace',
  '-X',
  '-A',
  '-t',
  '-v',
  'ON_ERROR_STOP=1',
]
const psql = (sql: string): string => execFileSync('psql', [...args(), '-c', sql, 'millrace'], { encoding: 'utf8' })

let nextId = 1
const totals = { eu: { n: 0, cents: 0 }, us: { n: 0, cents: 0 } }
/** `count` orders of accounts 1 (eu) and 2 (us) in turn. */
async function produce(count: number): Promise<void> {
  const records = []
  for (let n = 0; n < count; n++) {
    const id = nextId++
    const region = id % 2 === 1 ? 'eu' : 'us'
    const cents = 100 + (id % 900)
    totals[region].n++
    totals[region].cents += cents
    const at = new Date(Date.UTC(2026, 0, 1) + id * 1000).toISOString()
    records.push({
      partition: id % 4,
      value: `{"id":${id},"account":${2 - (id % 2)},"amount":${cents / 100},"ts":"${at}"}`,
    })
  }
  await topics.send('orders', records)
}
const wanted = (): string =>
  (['eu', 'us'] as const).map((r) => `${r}|${totals[r].n}|${(totals[r].cents / 100).toFixed(2)}\n`).join('')
const revenue = () => psql('SELECT region, orders, total FROM revenue ORDER BY region')
const settles = (ms?: number) => eventually(revenue, (text) => text === wanted(), ms)

onKafka('the statements of the session, with records before and after the view', async () => {
  await produce(100)
  psql(`CREATE TABLE accounts (id int PRIMARY KEY, owner text NOT NULL, region text DEFAULT 'eu')`)
  expect(psql(`INSERT INTO accounts VALUES (1,'ada','eu'), (2,'bob','us')`)).toBe('INSERT 0 2\n')
  psql(`CREATE SOURCE orders (id bigint, account int, amount numeric(12,2), ts timestamptz)
    FROM KAFKA BROKER '${broker}' TOPIC 'orders' FORMAT JSON INCLUDE PARTITION, OFFSET, TIMESTAMP AS kafka_ts`)
  expect(psql('SELECT count(*) FROM orders'), 'a source is read without a view').toBe('100\n')
  expect(psql('SELECT id FROM orders LIMIT 3').trim().split('\n')).toHaveLength(3)
  psql(`CREATE MATERIALIZED VIEW revenue AS
    SELECT a.region, count(*) AS orders, sum(o.amount) AS total, max(o.ts) AS latest
    FROM orders o JOIN accounts a ON a.id = o.account GROUP BY a.region`)
  expect(revenue(), 'a view holds at once what the topic held').toBe(wanted())
  await produce(100)
  await settles()
  const { rows } = await client.query('SELECT * FROM revenue ORDER BY region')
  expect(rows.map((r) => r.latest.toISOString())).toEqual(['2026-01-01T00:03:19.000Z', '2026-01-01T00:03:20.000Z'])
})

onKafka('INCLUDE columns say where a record came from', async () => {
  const { rows } = await client.query('SELECT id, partition, "offset", kafka_ts FROM orders WHERE id <= 8 ORDER BY id')
  expect(rows.map((r) => [Number(r.id), r.partition, Number(r.offset)])).toEqual(
    [1, 2, 3, 4, 5, 6, 7, 8].map((id) => [id, id % 4, Math.floor((id - (id % 4 === 0 ? 1 : 0)) / 4)]),
  )
  expect(Math.abs(rows[0].kafka_ts.getTime() - Date.now())).toBeLessThan(300_000)
})

onKafka('COPY of a subscription through psql: the snapshot, then changes as they happen', async () => {
  // psql keeps what it copies to a pipe until the copy ends: stdbuf shows it line by line, as a terminal would.
  const child = spawn('stdbuf', [
    '-oL',
    'psql',
    ...args(),
    '-c',
    'COPY (SUBSCRIBE TO revenue WITH (SNAPSHOT, PROGRESS)) TO STDOUT',
    'millrace',
  ])
  let out = ''
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString()
  })
  const lines = () =>
    out
      .split('\n')
      .filter((l) => l !== '')
      .map((l) => l.split('\t'))
  const changes = () => lines().filter((l) => l[1] === 'f')
  await eventually(changes, (c) => c.length >= 2)
  const [first] = lines()
  expect(first!.slice(1), 'the first message is progress to the AS OF time').toEqual([
    't',
    '\\N',
    '\\N',
    '\\N',
    '\\N',
    '\\N',
  ])
  expect(changes().every((l) => l[0] === first![0] && l[2] === '1')).toBe(true)
  await produce(2)
  await eventually(changes, (c) => c.length >= 6)
  await sleep(1200)
  child.kill('SIGINT')
  await new Promise((resolve) => child.once('exit', resolve))
  const folded = new Map<string, number>()
  for (const [, , diff, ...data] of changes()) {
    const row = data.slice(0, 3).join('|')
    const count = (folded.get(row) ?? 0) + Number(diff)
    if (count === 0) folded.delete(row)
    else folded.set(row, count)
  }
  expect(`${[...folded.keys()].sort().join('\n')}\n`).toBe(wanted())
  const times = lines().map((l) => Number(l[0]))
  expect(times).toEqual([...times].sort((a, b) => a - b))
  expect(lines().at(-1)![1], 'progress while nothing changes').toBe('t')
})

onKafka('EXPLAIN shows the plan of a view, as text and as JSON', async () => {
  expect(psql('EXPLAIN MATERIALIZED VIEW revenue')).toMatch(/join/i)
  for (const stage of ['RAW', 'OPTIMIZED', 'PHYSICAL'])
    expect(psql(`EXPLAIN ${stage} PLAN FOR MATERIALIZED VIEW revenue`).length).toBeGreaterThan(20)
  expect(JSON.parse(psql('EXPLAIN (FORMAT JSON) PHYSICAL PLAN FOR MATERIALIZED VIEW revenue'))).toBeTruthy()
})

onKafka('kill -9 and start: everything as it was, and no replay of the topic', async () => {
  for (let kill = 0; kill < 2; kill++) {
    await produce(40)
    await server.kill()
    await produce(40)
    await server.start()
    await settles()
  }
  client = await server.connect()
  const { rows } = await client.query(`SELECT state, lag, fetched FROM millrace.source_status WHERE source = 'orders'`)
  expect(rows).toHaveLength(4)
  for (const row of rows) {
    expect(row.state).toBe('running')
    expect(Number(row.fetched), 'fetched since the start: what was new').toBeLessThanOrEqual(80)
  }
  expect(psql('\\d revenue')).toContain('total')
})

onKafka('records that cannot be decoded are dead letters, once, and stop nothing', async () => {
  await topics.send('orders', [
    { partition: 2, value: 'no JSON' },
    { partition: 2, value: '{"id":"x","account":1,"amount":1,"ts":null}' },
    { partition: 3, value: null },
  ])
  await produce(4)
  await settles()
  const read = () =>
    client.query(`SELECT topic, partition, "offset", reason, value FROM "orders$errors" ORDER BY partition, "offset"`)
  const letters = (await eventually(read, ({ rows }) => rows.length >= 3)).rows
  expect(letters).toHaveLength(3)
  expect(letters.map((l) => [l.topic, l.partition])).toEqual([
    ['orders', 2],
    ['orders', 2],
    ['orders', 3],
  ])
  expect(letters[0].reason).toMatch(/malformed JSON/)
  expect(letters[0].value.toString()).toBe('no JSON')
  expect(letters[1].reason).toMatch(/id/)
  expect(letters[2].reason).toMatch(/no value/)
  await server.kill()
  await server.start()
  client = await server.connect()
  expect((await read()).rows).toEqual(letters)
})

onKafka(
  'a missing topic, an unreachable broker: CREATE fails in 10 s, names them, leaves nothing',
  async () => {
    const before = (await client.query('SELECT count(*) FROM pg_class')).rows
    const attempt = async (at: string, topic: string) => {
      const began = performance.now()
      const error = await client
        .query(`CREATE SOURCE nope (a int) FROM KAFKA BROKER '${at}' TOPIC '${topic}' FORMAT JSON`)
        .then(
          () => null,
          (e: Error) => e,
        )
      expect(performance.now() - began).toBeLessThan(10_000)
      return error!.message
    }
    expect(await attempt(broker, 'missing')).toMatch(/topic "missing" does not exist/)
    const closed = `127.0.0.1:${await freePort()}`
    expect(await attempt(closed, 'orders')).toContain(closed)
    await expect(client.query('SELECT * FROM nope')).rejects.toMatchObject({ code: '42P01' })
    expect((await client.query('SELECT count(*) FROM pg_class')).rows).toEqual(before)
  },
  60_000,
)

onKafka('ENVELOPE UPSERT: the newest value of each key, tombstones delete', async () => {
  await topics.create('people', 2)
  const put = (key: number, name: string | null) =>
    topics.send('people', [
      { partition: key % 2, key: `{"id":${key}}`, value: name === null ? null : JSON.stringify({ name }) },
    ])
  await put(1, 'ada')
  await put(2, 'bob')
  await put(1, 'ada lovelace')
  await client.query(`CREATE SOURCE people (id int, name text, PRIMARY KEY (id))
    FROM KAFKA BROKER '${broker}' TOPIC 'people' KEY FORMAT JSON VALUE FORMAT JSON ENVELOPE UPSERT`)
  const people = async (from: string) =>
    (await client.query(`SELECT id, name FROM ${from} ORDER BY id`)).rows.map((r) => `${r.id} ${r.name}`)
  expect(await people('people')).toEqual(['1 ada lovelace', '2 bob'])
  await client.query('CREATE MATERIALIZED VIEW named AS SELECT id, name FROM people')
  expect(await people('named')).toEqual(['1 ada lovelace', '2 bob'])
  await put(2, null)
  await put(3, 'cleo')
  await eventually(
    () => people('named'),
    (rows) => rows.join() === '1 ada lovelace,3 cleo',
  )
  await server.kill()
  await put(3, 'cleopatra')
  await put(1, null)
  await put(1, 'ada again')
  await server.start()
  client = await server.connect()
  await eventually(
    () => people('named'),
    (rows) => rows.join() === '1 ada again,3 cleopatra',
  )
  expect(await people('people')).toEqual(['1 ada again', '3 cleopatra'])
})

onKafka(
  'START OFFSET and START TIMESTAMP; a second view reads from there too',
  async () => {
    await topics.create('numbers', 2)
    const at = Date.UTC(2026, 0, 1)
    for (const partition of [0, 1])
      await topics.send(
        'numbers',
        [0, 1, 2, 3, 4].map((n) => ({
          partition,
          value: `{"n":${partition * 10 + n}}`,
          timestamp: String(at + n * 1000),
        })),
      )
    const source = (name: string, options: string) =>
      client.query(
        `CREATE SOURCE ${name} (n int) FROM KAFKA BROKER '${broker}' TOPIC 'numbers' (${options}) FORMAT JSON`,
      )
    const numbers = async (from: string) =>
      (await client.query(`SELECT n FROM ${from} ORDER BY n`)).rows.map((r) => r.n)
    await source('by_offset', 'START OFFSET (3, 1)')
    expect(await numbers('by_offset')).toEqual([3, 4, 11, 12, 13, 14])
    await source('by_time', `START TIMESTAMP ${at + 2500}`)
    expect(await numbers('by_time')).toEqual([3, 4, 13, 14])
    await client.query('CREATE MATERIALIZED VIEW offset_view AS SELECT n FROM by_offset')
    await topics.send('numbers', [{ partition: 0, value: '{"n":5}' }])
    await eventually(
      () => numbers('offset_view'),
      (rows) => rows.length === 7,
    )
    await client.query('CREATE MATERIALIZED VIEW offset_view2 AS SELECT n FROM by_offset')
    expect(await numbers('offset_view2')).toEqual([3, 4, 5, 11, 12, 13, 14])
    await expect(source('beyond', 'START OFFSET (99)')).rejects.toMatchObject({ code: '22023' })
    await topics.addPartitions('numbers', 3)
    // A producer that does not know the partition yet drops the record without a word: a new one knows it.
    await topics.close()
    topics = await Topics.connect(broker)
    await topics.send('numbers', [{ partition: 2, value: '{"n":20}' }])
    await eventually(
      () => numbers('offset_view'),
      (rows) => rows.includes(20),
      30_000,
    )
  },
  90_000,
)

onKafka('the same source in the words of RisingWave and of Flink', async () => {
  const count = async (name: string) => Number((await client.query(`SELECT count(*) AS n FROM ${name}`)).rows[0].n)
  const orders = Number((await client.query('SELECT count(*) AS n FROM orders')).rows[0].n)
  await client.query(`CREATE SOURCE rw (id bigint, account int, amount numeric(12,2), ts timestamptz) INCLUDE partition AS p
    WITH (connector='kafka', topic='orders', properties.bootstrap.server='${broker}', scan.startup.mode='earliest') FORMAT PLAIN ENCODE JSON`)
  expect(await count('rw')).toBe(orders)
  await client.query(`CREATE TABLE rwt (id bigint, account int)
    WITH (connector='kafka', topic='orders', properties.bootstrap.server='${broker}') FORMAT PLAIN ENCODE JSON`)
  await eventually(
    () => count('rwt'),
    (n) => n >= orders,
  )
  await client.query(`CREATE TABLE fl (id BIGINT, account INT, ts TIMESTAMP(3))
    WITH ('connector' = 'kafka', 'topic' = 'orders', 'properties.bootstrap.servers' = '${broker}', 'scan.startup.mode' = 'earliest-offset', 'format' = 'json')`)
  expect(await count('fl')).toBeGreaterThan(0)
  await client.query('CREATE TABLE stored FROM SOURCE orders')
  await eventually(
    () => count('stored'),
    (n) => n === orders,
  )
  await client.query(`CREATE CONNECTION conn TO KAFKA (BROKER '${broker}')`)
  await client.query(
    `CREATE SOURCE mz (id bigint, account int) FROM KAFKA CONNECTION conn (TOPIC 'orders') FORMAT JSON`,
  )
  expect(await count('mz')).toBeGreaterThanOrEqual(orders)
})

onKafka(
  'the broker dies and comes back: the source stalls, then goes on; nothing is lost',
  async () => {
    const state = async () =>
      (await client.query(`SELECT DISTINCT state, error FROM millrace.source_status WHERE source = 'orders'`)).rows
    await kafka.kill()
    const stalled = await eventually(state, (rows) => rows.length === 1 && rows[0].state === 'stalled', 120_000)
    expect(stalled[0].error).toBeTruthy()
    expect(revenue(), 'what was read is served').toBe(wanted())
    // A question about the topic itself cannot be answered now; it waits no longer than it may.
    await client.query(`SET statement_timeout = '2s'`)
    const began = performance.now()
    await expect(client.query('SELECT count(*) FROM orders')).rejects.toMatchObject({
      code: expect.stringMatching(/57014|58000|08001/),
    })
    expect(performance.now() - began).toBeLessThan(9000)
    await client.query('RESET statement_timeout')
    // A restart while the broker is away needs it for nothing.
    await server.kill()
    await server.start()
    client = await server.connect()
    expect(revenue()).toBe(wanted())
    await kafka.restart()
    await topics.close().catch(() => {})
    topics = await Topics.connect(broker)
    await produce(40)
    await settles(60_000)
    await eventually(state, (rows) => rows.length === 1 && rows[0].state === 'running', 120_000)
  },
  180_000,
)

onKafka(
  'a topic that is made anew is a visible error of its source, never a silent reset',
  async () => {
    const { rows: before } = await client.query('SELECT n FROM offset_view ORDER BY n')
    await topics.drop('numbers')
    const state = async () =>
      (await client.query(`SELECT DISTINCT state, error FROM millrace.source_status WHERE source = 'by_offset'`)).rows
    await sleep(500)
    await topics.create('numbers', 3)
    const [{ error }] = await eventually(state, (rows) => rows.length === 1 && rows[0].state === 'failed', 120_000)
    expect(error).toMatch(/numbers/)
    expect((await client.query('SELECT n FROM offset_view ORDER BY n')).rows, 'what was read stays').toEqual(before)
  },
  60_000,
)

onKafka('the examples, as they stand: their broker is at its usual address', async () => {
  const other = new ServerProcess(['--resolve', `127.0.0.1:9092=${broker}`])
  try {
    await other.start()
    const node = (...run: string[]) => execFileSync(process.execPath, run, { cwd: root, encoding: 'utf8' })
    const shown = node('bin/millrace.cjs', 'sql', '--url', other.url, '-f', 'examples/orders.sql')
    expect(shown).toMatch(/region.*orders.*total.*latest/)
    const follower = spawn(process.execPath, ['examples/follow.mjs', 'revenue', other.url], { cwd: root })
    let out = ''
    follower.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString()
    })
    const rows = (sign: string) => out.split('\n').filter((line) => line.split(' ')[1] === sign).length
    await eventually(
      () => rows('+'),
      (n) => n >= 2,
    )
    await produce(2)
    await eventually(
      () => rows('-'),
      (n) => n >= 2,
    )
    follower.kill('SIGINT')
    expect(await new Promise((done) => follower.once('exit', done))).toBe(0)
  } finally {
    await other.dispose()
  }
})
