import { afterAll, beforeAll, expect, test } from 'vitest'
import { type KafkaService, startKafka } from '../services/kafka.ts'
import { serviceMissing } from '../services/missing.ts'
import { type BatchAnswer, kafkaClient, produceOrders } from './orders.ts'
import { ServerProcess } from './server-process.ts'
import { eventually } from './wait.ts'

/**
 * A view that reads a topic again beside its live feed, killed in the middle: it goes on from the offsets of its
 * checkpoint, and needs no record twice. And a row that cannot be worked on names its record.
 */
const RECORDS = process.env['MILLRACE_SOAK'] === '1' ? 1_000_000 : 100_000

const missing = serviceMissing('kafka')
if (missing !== null) process.stderr.write(`skipped: ${missing}\n`)

const server = new ServerProcess(['--set', 'checkpoint_interval_ms=1'])
let kafka: KafkaService
let answer: BatchAnswer

beforeAll(async () => {
  if (missing !== null) return
  kafka = await startKafka()
  const admin = kafkaClient(kafka.brokers[0]!).admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic: 'orders', numPartitions: 4 }] })
  await admin.disconnect()
  answer = await produceOrders(kafka.brokers[0]!, 'orders', RECORDS)
})
afterAll(async () => {
  await server.dispose()
  await kafka?.stop()
})

test.skipIf(missing !== null)(
  'killed while a view hydrates beside a live feed: it reads on',
  async () => {
    await server.start()
    let client = await server.connect()
    const rows = async (sql: string) => (await client.query(sql)).rows
    await client.query(`CREATE SOURCE orders (id bigint, account int, amount numeric(12,2), ts timestamptz)
      FROM KAFKA BROKER '${kafka.brokers[0]}' TOPIC 'orders' FORMAT JSON INCLUDE PARTITION, OFFSET`)
    await client.query('CREATE MATERIALIZED VIEW live AS SELECT count(*) AS n FROM orders')
    expect(await rows('SELECT * FROM live')).toEqual([{ n: String(RECORDS) }])
    await server.kill()

    let held = 0
    for (const [kill, moment] of ['hydration:4', 'hydration:2'].entries()) {
      await server.start(['--set', `crash_at=${moment}`])
      client = await server.connect().catch(() => client)
      if (kill === 0)
        await client
          .query('CREATE MATERIALIZED VIEW by_account AS SELECT account, count(*) AS n FROM orders GROUP BY account')
          .catch(() => {})
      await eventually(
        async () => server.alive,
        (alive) => !alive,
      )
    }
    await server.start()
    client = await server.connect()
    const [total] = await rows('SELECT count(*) AS accounts, sum(n)::int8 AS orders FROM by_account')
    expect(total).toEqual({ accounts: String(answer.accounts), orders: String(RECORDS) })
    const [status] = await rows(`SELECT fetched FROM millrace.hydration WHERE view = 'by_account'`)
    held = RECORDS - Number(status.fetched)
    expect(held, 'what the checkpoints held is not read again').toBeGreaterThan(0)
    const [live] = await rows(`SELECT max(fetched) AS fetched FROM millrace.source_status WHERE source = 'orders'`)
    expect(Number(live.fetched), 'nor by the live feed').toBe(0)

    // An equal view costs no reading at all.
    await client.query('CREATE MATERIALIZED VIEW again AS SELECT account, count(*) AS n FROM orders GROUP BY account')
    expect(await rows('SELECT count(*) AS n FROM again')).toEqual([{ n: String(answer.accounts) }])
    expect(await rows(`SELECT fetched FROM millrace.hydration WHERE view = 'again'`)).toEqual([{ fetched: '0' }])
    await client.end()
  },
  300_000,
)

test.skipIf(missing !== null)(
  'a row error names partition and offset of its record, through a join and below an aggregate',
  async () => {
    const client = await server.connect()
    await client.query(`CREATE TABLE accounts (id int PRIMARY KEY, owner text)`)
    await client.query(`INSERT INTO accounts SELECT i, 'owner ' || i FROM generate_series(1, 1000) AS g(i)`)
    const {
      rows: [poison],
    } = await client.query('SELECT id, account, "partition", "offset" FROM orders WHERE account > 0 AND id > 5 LIMIT 1')
    await client.query(`CREATE MATERIALIZED VIEW shares WITH (on_error = 'divert') AS
      SELECT a.owner, sum(100 / (o.id - ${poison.id})) AS share FROM orders o JOIN accounts a ON a.id = o.account GROUP BY a.owner`)
    await client.query('SELECT count(*) FROM shares')
    const { rows } = await client.query('SELECT sqlstate, operator, position, source_row FROM "shares$errors"')
    expect(rows).toEqual([
      {
        sqlstate: '22012',
        operator: 'map',
        position: expect.any(Number),
        source_row: expect.stringMatching(
          new RegExp(`^\\(.*\\) orders partition ${poison.partition} offset ${poison.offset}$`),
        ),
      },
    ])
    await client.end()
  },
  120_000,
)
