import type pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type KafkaService, startKafka } from '../services/kafka.ts'
import { serviceMissing } from '../services/missing.ts'
import { type BatchAnswer, kafkaClient, produceOrders } from './orders.ts'
import { ServerProcess } from './server-process.ts'

/**
 * JSON orders in four partitions through a join and group-by view, the server killed again and again while it runs: in
 * the middle of a journal record, a checkpoint, a compaction, a hydration, and at random. Nothing lost, nothing double,
 * each restart goes on from its own offsets. 100,000 records and 6 kills; the soak run has 1,000,000 and 20.
 */
const SOAK = process.env['MILLRACE_SOAK'] === '1'
const RECORDS = SOAK ? 1_000_000 : 100_000
const RANDOM_KILLS = SOAK ? 16 : 2

const missing = serviceMissing('kafka')
if (missing !== null) process.stderr.write(`skipped: ${missing}\n`)

const server = new ServerProcess(['--set', 'compact_bytes_min=100000'])
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
}, 240_000)
afterAll(async () => {
  await server.dispose()
  await kafka?.stop()
})

async function revenue(client: pg.Client): Promise<unknown[]> {
  return (await client.query('SELECT * FROM revenue ORDER BY region')).rows
}

/** Offsets that the server knows as ticked, by partition; fetched since it started. */
async function progress(client: pg.Client): Promise<{ readonly committed: number; readonly fetched: number }> {
  const { rows } = await client.query(
    `SELECT sum(committed_offset)::int8 AS committed, max(fetched) AS fetched FROM millrace.source_status WHERE source = 'orders'`,
  )
  return { committed: Number(rows[0]?.committed ?? 0), fetched: Number(rows[0]?.fetched ?? 0) }
}

async function waitUntilDead(): Promise<void> {
  for (let n = 0; n < 2400 && server.alive; n++) await new Promise((resolve) => setTimeout(resolve, 50))
  expect(server.alive, 'the server reached its crash point').toBe(false)
}

test.skipIf(missing !== null)(
  'killed at every kind of moment, the view is the batch answer in the end',
  async () => {
    await server.start()
    let client = await server.connect()
    await client.query(`CREATE TABLE accounts (id int PRIMARY KEY, owner text NOT NULL, region text DEFAULT 'eu')`)
    await client.query(
      `INSERT INTO accounts SELECT i, 'owner ' || i, CASE WHEN i % 3 = 0 THEN 'us' ELSE 'eu' END FROM generate_series(1, 1000) AS g(i)`,
    )
    await client.query(`CREATE SOURCE orders (id bigint, account int, amount numeric(12,2), ts timestamptz)
    FROM KAFKA BROKER '${kafka.brokers[0]}' TOPIC 'orders' FORMAT JSON INCLUDE PARTITION, OFFSET, TIMESTAMP AS kafka_ts`)
    await client.query(`CREATE MATERIALIZED VIEW revenue AS
    SELECT a.region, count(*) AS orders, sum(o.amount) AS total, max(o.ts) AS latest
    FROM orders o JOIN accounts a ON a.id = o.account GROUP BY a.region`)
    const hits = { journal: 0, checkpoint: 0, compaction: 0, hydration: 0, random: 0 }
    let before = await progress(client)
    const restart = async (settings: readonly string[]) => {
      await server.start(settings)
      client = await server.connect()
      const now = await progress(client)
      expect(now.committed, 'offsets never go back').toBeGreaterThanOrEqual(before.committed)
      expect(now.fetched, 'goes on from its own offsets').toBeLessThanOrEqual(RECORDS - before.committed)
      before = now
    }
    for (const moment of ['journal', 'checkpoint', 'compaction'] as const) {
      await server.kill()
      await restart(['--set', `crash_at=${moment}:${moment === 'compaction' ? 1 : 3}`])
      // The topic may be read to its end by now: writes keep the journal and the checkpoints going.
      const writing = writeUntilCut(client)
      await waitUntilDead()
      await writing
      hits[moment]++
      await restart([])
    }
    for (let kill = 0; kill < RANDOM_KILLS; kill++) {
      await new Promise((resolve) => setTimeout(resolve, 100 + Math.random() * 400))
      before = await progress(client)
      await server.kill()
      hits.random++
      await restart([])
    }
    // A second view reads the topic again from its start beside the live feed: killed in the middle of that, which takes
    // a feed of some slices.
    for (let n = 0; n < 1200 && (await progress(client)).committed < RECORDS / 2; n++)
      await new Promise((resolve) => setTimeout(resolve, 100))
    await server.kill()
    await restart(['--set', 'crash_at=hydration:2'])
    await client
      .query(
        `CREATE MATERIALIZED VIEW by_account AS SELECT account, count(*) AS n, sum(amount) AS total FROM orders GROUP BY account`,
      )
      .catch(() => {})
    await waitUntilDead()
    hits.hydration++
    await restart([])
    for (const [moment, n] of Object.entries(hits)) expect(n, `killed in a ${moment}`).toBeGreaterThan(0)

    for (let n = 0; n < 1200 && (await progress(client)).committed < RECORDS; n++)
      await new Promise((resolve) => setTimeout(resolve, 100))
    expect(await revenue(client)).toEqual(answer.revenue)
    const { rows } = await client.query('SELECT count(*) AS accounts, sum(n)::int8 AS orders FROM by_account')
    expect(rows).toEqual([{ accounts: String(answer.accounts), orders: String(RECORDS) }])
    await client.end()
  },
  600_000,
)

/** Inserts into a table of its own until the connection is cut. */
async function writeUntilCut(client: pg.Client): Promise<void> {
  try {
    await client.query('CREATE TABLE IF NOT EXISTS ballast (id int PRIMARY KEY, text text)')
    for (let i = 0; ; i++) {
      await client.query(
        `INSERT INTO ballast SELECT i, repeat('x', 200) FROM generate_series(1, 500) AS g(i) ON CONFLICT (id) DO UPDATE SET text = excluded.text || $1`,
        [String(i)],
      )
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  } catch {
    // That is what it waited for.
  }
}
