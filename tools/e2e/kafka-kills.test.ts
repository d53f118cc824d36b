import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type KafkaService, startKafka } from '../services/kafka.ts'
import { serviceMissing } from '../services/missing.ts'
import { kafkaClient, type Pace, produceOrders } from './orders.ts'
import { ServerProcess } from './server-process.ts'

/**
 * JSON orders in four partitions through a join and group-by view, the server killed again and again while it runs: in
 * the middle of a journal record, a checkpoint, a compaction, a hydration, and at random, with orders still coming.
 * Nothing lost, nothing double, each restart goes on from its own offsets. 100,000 records and 10 kills; the soak run has
 * 1,000,000 and 24.
 */
const SOAK = process.env['MILLRACE_SOAK'] === '1'
const RECORDS = SOAK ? 1_000_000 : 100_000
const RANDOM_KILLS = SOAK ? 16 : 2

const missing = serviceMissing('kafka')
if (missing !== null) process.stderr.write(`skipped: ${missing}\n`)

const server = new ServerProcess(['--set', 'compact_bytes_min=100000'])
let kafka: KafkaService

/** Orders trickle in until `released`, a thousandth of the rest at a time; then they come as fast as they can. */
const trickle = { released: false, handed: 0 }
const pace: Pace = {
  slice: () => (trickle.released ? 20_000 : Math.max(1, Math.floor((RECORDS - trickle.handed) / 1000))),
  async before(handed) {
    if (!trickle.released) await sleep(25)
    trickle.handed = handed
  },
}

beforeAll(async () => {
  if (missing !== null) return
  kafka = await startKafka()
  const admin = kafkaClient(kafka.brokers[0]!).admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic: 'orders', numPartitions: 4 }] })
  await admin.disconnect()
})
afterAll(async () => {
  await server.dispose()
  await kafka?.stop()
})

async function revenue(client: pg.Client): Promise<unknown[]> {
  return (await client.query('SELECT * FROM revenue ORDER BY region')).rows
}

interface Progress {
  readonly committed: number
  readonly fetched: number
}

/** Offsets that the server knows as ticked, summed over partitions; records fetched since it started. */
async function progress(client: pg.Client): Promise<Progress> {
  const { rows } = await client.query(
    `SELECT sum(committed_offset)::int8 AS committed, max(fetched) AS fetched FROM millrace.source_status WHERE source = 'orders'`,
  )
  return { committed: Number(rows[0]?.committed ?? 0), fetched: Number(rows[0]?.fetched ?? 0) }
}

/** The last progress that the server told of before it died by itself. */
async function progressUntilDead(start: Progress): Promise<Progress> {
  let last = start
  const client = await server.connect().catch(() => null)
  for (let n = 0; n < 2400 && server.alive; n++) {
    last = (client === null ? null : await progress(client).catch(() => null)) ?? last
    await sleep(50)
  }
  expect(server.alive, 'the server reached its crash point').toBe(false)
  return last
}

test.skipIf(missing !== null)(
  'killed at every kind of moment, the view is the batch answer in the end',
  async () => {
    const producing = produceOrders(kafka.brokers[0]!, 'orders', RECORDS, pace)
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
    let born = await progress(client)
    /** What a life fetched is what was new to it: a restart that read the topic again would fetch more. */
    const fetchedOnlyNew = (last: Progress) => {
      expect(last.fetched, 'goes on from its own offsets').toBeLessThanOrEqual(trickle.handed - born.committed)
      expect(last.committed, 'offsets never go back').toBeGreaterThanOrEqual(born.committed)
    }
    const restart = async (last: Progress, settings: readonly string[] = []) => {
      fetchedOnlyNew(last)
      await server.start(settings)
      client = await server.connect()
      born = await progress(client)
      expect(born.committed, 'nothing that was ticked is forgotten').toBeGreaterThanOrEqual(last.committed)
    }
    /** Orders were ingested in this life, or it has ended. */
    const ingesting = async (): Promise<Progress> => {
      let last = born
      for (let n = 0; n < 600 && server.alive && last.committed === born.committed; n++) {
        last = (await progress(client).catch(() => null)) ?? last
        await sleep(50)
      }
      return last
    }
    const kill = async (): Promise<Progress> => {
      const last = await progress(client)
      await server.kill()
      return last
    }
    for (const moment of ['journal', 'checkpoint', 'compaction'] as const) {
      await ingesting()
      await restart(await kill(), ['--set', `crash_at=${moment}:${moment === 'compaction' ? 1 : 3}`])
      const { committed } = born
      const dying = progressUntilDead(born)
      // Tables are written as well, once orders come: the journal grows to the size that is compacted.
      await ingesting()
      if (moment !== 'journal') await writeUntilCut(client)
      const last = await dying
      expect(trickle.handed, `orders were still to come when a ${moment} was cut`).toBeLessThan(RECORDS)
      hits[moment]++
      await restart(last)
      expect(born.committed, `orders were ingested before a ${moment} was cut`).toBeGreaterThan(committed)
    }
    trickle.released = true
    for (let n = 0; n < RANDOM_KILLS; n++) {
      await sleep(100 + Math.random() * 400)
      hits.random++
      await restart(await kill())
    }
    const answer = await producing
    // A second view reads the topic again from its start beside the live feed: killed in the middle of that, which takes
    // a feed of some slices.
    for (let n = 0; n < 1200 && (await progress(client)).committed < RECORDS / 2; n++) await sleep(100)
    await restart(await kill(), ['--set', 'crash_at=hydration:2'])
    const dying = progressUntilDead(born)
    await client
      .query(
        `CREATE MATERIALIZED VIEW by_account AS SELECT account, count(*) AS n, sum(amount) AS total FROM orders GROUP BY account`,
      )
      .catch(() => {})
    const last = await dying
    hits.hydration++
    await restart(last)
    for (const [moment, n] of Object.entries(hits)) expect(n, `killed in a ${moment}`).toBeGreaterThan(0)

    for (let n = 0; n < 1200 && (await progress(client)).committed < RECORDS; n++) await sleep(100)
    fetchedOnlyNew(await progress(client))
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
      await sleep(50)
    }
  } catch {
    // That is what it waited for.
  }
}
