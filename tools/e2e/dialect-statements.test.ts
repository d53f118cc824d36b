import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { encodeAvro, field } from '../../src/codec/avro/avro.testkit.ts'
import { framed } from '../../src/connectors/schema-registry/fake-registry.ts'
import { type KafkaService, startKafka } from '../services/kafka.ts'
import { serviceMissing } from '../services/missing.ts'
import { type RegistryService, startRegistry } from '../services/registry.ts'
import { type RegistryRoot, registryAtRoot } from '../services/registry-root.ts'
import { ServerProcess } from './server-process.ts'
import { Topics } from './topics.ts'
import { eventually } from './wait.ts'

/**
 * Two texts of other systems' users, sent as they stand: addresses that only --resolve knows, a real Kafka, a real schema
 * registry, and a clock that moves when told to.
 */

const MATERIALIZE = `CREATE SOURCE orders FROM KAFKA BROKER 'kafka:9092' TOPIC 'orders'
FORMAT AVRO USING SCHEMA REGISTRY 'http://sr:8081';
CREATE MATERIALIZED VIEW revenue_5min AS
SELECT
date_trunc('minute', ts) AS minute,
SUM(amount) AS revenue
FROM orders
WHERE ts > now() - INTERVAL '5 minutes'
GROUP BY 1;
-- Subscribe to changes
SUBSCRIBE TO revenue_5min;
`

const FLINK = `CREATE TABLE clicks (
user_id STRING, ts TIMESTAMP(3),
WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'kafka', ...);
SELECT
user_id,
TUMBLE_START(ts, INTERVAL '1' MINUTE) AS w_start,
COUNT(*) AS clicks
FROM clicks
GROUP BY user_id, TUMBLE(ts, INTERVAL '1' MINUTE);
`
const FLINK_SELECT = FLINK.slice(FLINK.indexOf('SELECT'), FLINK.lastIndexOf(';'))

const missing = serviceMissing('registry')
if (missing !== null) process.stderr.write(`skipped: ${missing}\n`)

let kafka: KafkaService
let registry: RegistryService
let root: RegistryRoot
let topics: Topics
let server: ServerProcess
let client: pg.Client

beforeAll(async () => {
  if (missing !== null) return
  kafka = await startKafka({ outside: 'kafka:9092' })
  registry = await startRegistry()
  root = await registryAtRoot(registry)
  topics = await Topics.connect(kafka.brokers[0]!)
  server = new ServerProcess([
    '--resolve',
    `kafka:9092=127.0.0.1:${kafka.port + 2}`,
    '--resolve',
    `sr:8081=127.0.0.1:${root.port}`,
    '--connector-default',
    'kafka.brokers=kafka:9092',
    '--clock',
    'manual',
  ])
  await server.start()
  client = await server.connect()
})
afterAll(async () => {
  await client?.end().catch(() => {})
  await server?.dispose()
  await topics?.close().catch(() => {})
  await root?.close()
  await registry?.stop()
  await kafka?.stop()
})

const rows = async (sql: string) => (await client.query({ text: sql, rowMode: 'array' })).rows as unknown[][]
const becomes = (sql: string, wanted: unknown[][]) =>
  eventually(
    () => rows(sql),
    (found) => JSON.stringify(found) === JSON.stringify(wanted),
  )

/** Sends a text that ends with a SUBSCRIBE, on a connection of its own, and hears its changes as `+ 1 a`. */
class Follower {
  readonly #client = new pg.Client({ connectionString: server.url })
  readonly #changes: string[] = []

  async start(sql: string): Promise<void> {
    this.#client.on('error', () => {})
    await this.#client.connect()
    const { connection } = this.#client as unknown as {
      connection: { on(event: 'dataRow', heard: (row: { fields: (Buffer | string | null)[] }) => void): void }
    }
    connection.on('dataRow', ({ fields }) => {
      const [, diff, ...row] = fields.map((value) => (value === null ? 'NULL' : String(value)))
      this.#changes.push(`${Number(diff) < 0 ? '-' : '+'} ${Math.abs(Number(diff))} ${row.join(' ')}`)
    })
    this.#client.query(sql).catch(() => {})
  }
  /** Everything since the last time is this, in any order; no more, no less. */
  async hears(...wanted: readonly string[]): Promise<void> {
    await eventually(
      () => this.#changes.length,
      (n) => n >= wanted.length,
    )
    expect(this.#changes.splice(0).sort()).toEqual([...wanted].sort())
  }
  async end(): Promise<void> {
    await this.#client.end().catch(() => {})
  }
}

describe.skipIf(missing !== null)('a view over the last five minutes of an Avro topic (Materialize)', () => {
  const ORDER = {
    type: 'record',
    name: 'Order',
    fields: [
      field('id', 'long'),
      field('amount', { type: 'bytes', logicalType: 'decimal', precision: 10, scale: 2 }),
      field('ts', { type: 'long', logicalType: 'timestamp-millis' }),
    ],
  }
  let schema: number
  const send = (id: number, cents: number, at: string) => {
    const amount = Buffer.from([cents >> 8, cents & 255])
    const value = framed(schema, encodeAvro(ORDER, { id: BigInt(id), amount, ts: BigInt(Date.parse(at)) }))
    return topics.send('orders', [{ value: Buffer.from(value) }])
  }
  const changes = () => new Follower()

  test('rows come with messages and leave as time passes, each retracted once', async () => {
    await topics.create('orders')
    schema = await registry.register('orders-value', JSON.stringify(ORDER))
    await client.query("ADVANCE CLOCK TO '2030-01-01 12:00:00+00'")
    await send(1, 1050, '2030-01-01T11:56:10Z')
    await send(2, 300, '2030-01-01T11:56:40Z')
    await send(3, 25, '2030-01-01T11:58:00Z')
    await send(4, 9999, '2030-01-01T11:55:00Z')

    const follower = changes()
    try {
      await follower.start(MATERIALIZE)
      await follower.hears('+ 1 2030-01-01 11:56:00+00 13.50', '+ 1 2030-01-01 11:58:00+00 0.25')

      // No message arrives from here on but one.
      await client.query("ADVANCE CLOCK BY INTERVAL '1 minute 9.999 seconds'")
      expect(await rows('SELECT revenue FROM revenue_5min ORDER BY minute')).toEqual([['13.50'], ['0.25']])
      await client.query("ADVANCE CLOCK BY INTERVAL '0.001 seconds'")
      expect(await rows('SELECT revenue FROM revenue_5min ORDER BY minute')).toEqual([['3.00'], ['0.25']])
      await follower.hears('- 1 2030-01-01 11:56:00+00 13.50', '+ 1 2030-01-01 11:56:00+00 3.00')
      await client.query("ADVANCE CLOCK BY INTERVAL '30 seconds'")
      await follower.hears('- 1 2030-01-01 11:56:00+00 3.00')

      await send(5, 100, '2030-01-01T12:01:00Z')
      await follower.hears('+ 1 2030-01-01 12:01:00+00 1.00')
      await client.query("ADVANCE CLOCK TO '2030-01-01 12:03:00+00'")
      await follower.hears('- 1 2030-01-01 11:58:00+00 0.25')
      await client.query("ADVANCE CLOCK TO '2030-01-01 13:00:00+00'")
      await follower.hears('- 1 2030-01-01 12:01:00+00 1.00')
      expect(await rows('SELECT * FROM revenue_5min')).toEqual([])
      expect(await rows('SELECT count(*)::int FROM orders')).toEqual([[5]])
    } finally {
      await follower.end()
    }
  })

  test('after kill -9 the clock stands where it stood, and what had left stays away', async () => {
    await send(6, 700, '2030-01-01T12:58:30Z')
    await becomes('SELECT minute::text, revenue FROM revenue_5min', [['2030-01-01 12:58:00+00', '7.00']])
    await server.kill()
    await server.start()
    client = await server.connect()
    expect(await rows('SELECT minute::text, revenue FROM revenue_5min')).toEqual([['2030-01-01 12:58:00+00', '7.00']])
    await client.query("ADVANCE CLOCK TO '2030-01-01 13:03:30+00'")
    expect(await rows('SELECT * FROM revenue_5min')).toEqual([])
  })
})

describe.skipIf(missing !== null)('clicks by user and minute of a table with "..." among its options (Flink)', () => {
  const click = (user_id: string, ts: string) => ({ value: JSON.stringify({ user_id, ts }) })
  const notices: string[] = []
  const byUser = `SELECT user_id, w_start::text, clicks::int FROM (${FLINK_SELECT}) v ORDER BY 1, 2`
  const answer = [
    ['ann', '2030-01-01 12:00:00', 2],
    ['ann', '2030-01-01 12:01:00', 1],
    ['bob', '2030-01-01 12:00:00', 1],
  ]

  beforeEach(() => {
    notices.length = 0
    client.on('notice', (notice) => notices.push(String(notice.message)))
  })

  test('creates the table, says what it filled in, and answers', async () => {
    await topics.create('clicks')
    await topics.send('clicks', [
      click('ann', '2030-01-01 12:00:01'),
      click('bob', '2030-01-01 12:00:30'),
      click('ann', '2030-01-01 12:00:59.999'),
      click('ann', '2030-01-01 12:01:05'),
      // The watermark is 12:01:00 by now: its minute is closed.
      click('bob', '2030-01-01 12:00:31'),
    ])
    const results = (await client.query({ text: FLINK, rowMode: 'array' })) as unknown as pg.QueryResult[]
    expect(results.map((result) => result.command)).toEqual(['CREATE', 'SELECT'])
    expect(results[1]!.fields.map((column) => column.name)).toEqual(['user_id', 'w_start', 'clicks'])
    expect(results[1]!.rows).toHaveLength(3)
    expect(notices).toContain(
      "\"...\" stands for 'topic' = 'clicks', 'properties.bootstrap.servers' = 'kafka:9092', 'scan.startup.mode' = 'earliest', 'format' = 'json'",
    )
    expect(await rows(byUser)).toEqual(answer)
  })

  test('the same SELECT as a subscription and as a view is the push', async () => {
    const follower = new Follower()
    try {
      await follower.start(`SUBSCRIBE TO (${FLINK_SELECT});`)
      await follower.hears(
        '+ 1 ann 2030-01-01 12:00:00 2',
        '+ 1 ann 2030-01-01 12:01:00 1',
        '+ 1 bob 2030-01-01 12:00:00 1',
      )
      await client.query(`CREATE MATERIALIZED VIEW clicks_1min AS ${FLINK_SELECT}`)
      expect(await rows('SELECT user_id, w_start::text, clicks::int FROM clicks_1min ORDER BY 1, 2')).toEqual(answer)
      await topics.send('clicks', [click('bob', '2030-01-01 12:01:07')])
      await follower.hears('+ 1 bob 2030-01-01 12:01:00 1')
      await topics.send('clicks', [click('ann', '2030-01-01 12:01:58')])
      await follower.hears('- 1 ann 2030-01-01 12:01:00 1', '+ 1 ann 2030-01-01 12:01:00 2')
      await becomes('SELECT user_id, w_start::text, clicks::int FROM clicks_1min ORDER BY 1, 2', [
        ['ann', '2030-01-01 12:00:00', 2],
        ['ann', '2030-01-01 12:01:00', 2],
        ['bob', '2030-01-01 12:00:00', 1],
        ['bob', '2030-01-01 12:01:00', 1],
      ])
      // One text, pulled, is what was pushed.
      expect(
        await rows(
          `(TABLE clicks_1min EXCEPT ALL ${FLINK_SELECT}) UNION ALL (${FLINK_SELECT} EXCEPT ALL TABLE clicks_1min)`,
        ),
      ).toEqual([])
    } finally {
      await follower.end()
    }
  })

  test('the watermark follows the clicks; what came later than it is a relation', async () => {
    expect(await rows("SELECT watermark, late_rows::int FROM millrace.watermarks WHERE source = 'clicks'")).toEqual([
      ['2030-01-01 12:01:53', 1],
    ])
    expect(await rows('SELECT user_id, ts::text FROM "clicks$late"')).toEqual([['bob', '2030-01-01 12:00:31']])
  })
})

describe('"..." without --connector-default', () => {
  test('looks for Kafka on this machine', async () => {
    const alone = new ServerProcess()
    await alone.start()
    const local = await alone.connect()
    const notices: string[] = []
    local.on('notice', (notice) => notices.push(String(notice.message)))
    try {
      // Whether or not a Kafka runs here, the notice comes first.
      await local.query(FLINK.slice(0, FLINK.indexOf('SELECT'))).catch(() => {})
      expect(notices[0]).toContain("'properties.bootstrap.servers' = 'localhost:9092'")
    } finally {
      await local.end().catch(() => {})
      await alone.dispose()
    }
  })
})
