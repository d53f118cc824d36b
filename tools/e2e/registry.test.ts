import type pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { encodeAvro, field } from '../../src/codec/avro/avro.testkit.ts'
import { framed } from '../../src/connectors/schema-registry/fake-registry.ts'
import { type KafkaService, startKafka } from '../services/kafka.ts'
import { serviceMissing } from '../services/missing.ts'
import { type RegistryService, startRegistry } from '../services/registry.ts'
import { ServerProcess } from './server-process.ts'
import { Topics } from './topics.ts'
import { eventually } from './wait.ts'

/** A real Kafka that advertises kafka:9092, a real schema registry at sr:8081, neither of which this machine knows: --resolve. */

const missing = serviceMissing('registry')
if (missing !== null) process.stderr.write(`skipped: ${missing}\n`)
const onServices = test.skipIf(missing !== null)

let server: ServerProcess
let kafka: KafkaService
let registry: RegistryService
let topics: Topics
let client: pg.Client

beforeAll(async () => {
  if (missing !== null) return
  kafka = await startKafka({ outside: 'kafka:9092' })
  registry = await startRegistry()
  topics = await Topics.connect(kafka.brokers[0]!)
  const resolve = [
    '--resolve',
    `kafka:9092=127.0.0.1:${kafka.port + 2}`,
    '--resolve',
    `sr:8081=127.0.0.1:${registry.port}`,
  ]
  server = new ServerProcess([...resolve, '--connector-default', 'kafka.brokers=kafka:9092'])
  await server.start()
  client = await server.connect()
})
afterAll(async () => {
  await client?.end().catch(() => {})
  await server?.dispose()
  await topics?.close().catch(() => {})
  await registry?.stop()
  await kafka?.stop()
})

const ORDER = {
  type: 'record',
  name: 'Order',
  fields: [
    field('id', 'long'),
    field('amount', { type: 'bytes', logicalType: 'decimal', precision: 10, scale: 2 }),
    field('ts', { type: 'long', logicalType: 'timestamp-millis' }),
  ],
}
const SR = 'http://sr:8081/apis/ccompat/v7'
const rows = async (sql: string) => (await client.query({ text: sql, rowMode: 'array' })).rows as unknown[][]
const becomes = (sql: string, wanted: unknown[][]) =>
  eventually(
    () => rows(sql),
    (found) => JSON.stringify(found) === JSON.stringify(wanted),
  )
const order = (id: number, cents: number) => ({
  id: BigInt(id),
  amount: Buffer.from([cents >> 8, cents & 255]),
  ts: 1709251200000n,
})

onServices('Avro: columns of the registry, a schema that evolves, one that cannot be read', async () => {
  await topics.create('orders')
  const first = await registry.register('orders-value', JSON.stringify(ORDER))
  const send = (id: number, schema: unknown, value: unknown) =>
    topics.send('orders', [{ value: Buffer.from(framed(id, encodeAvro(schema, value))) }])
  await send(first, ORDER, order(1, 1234))
  await client.query(`
    CREATE SOURCE orders FROM KAFKA BROKER 'kafka:9092' TOPIC 'orders' FORMAT AVRO USING SCHEMA REGISTRY '${SR}';
    CREATE MATERIALIZED VIEW total AS SELECT count(*)::int AS n, sum(amount)::text AS amount, max(ts)::text AS ts FROM orders`)
  await becomes('SELECT * FROM total', [[1, '12.34', '2024-03-01 00:00:00+00']])

  const wider = { ...ORDER, fields: [...ORDER.fields, field('note', 'string', { default: '' })] }
  const second = await registry.register('orders-value', JSON.stringify(wider))
  expect(second).not.toBe(first)
  await send(second, wider, { ...order(2, 66), note: 'new' })
  await becomes('SELECT n, amount FROM total', [[2, '13.00']])

  const other = { ...ORDER, fields: [field('id', 'string'), ...ORDER.fields.slice(1)] }
  const third = await registry.register('other-value', JSON.stringify(other))
  await send(third, other, { ...order(3, 1), id: 'three' })
  const state = "SELECT DISTINCT state, error FROM millrace.source_status WHERE source = 'orders'"
  await becomes(state, [
    ['failed', `records written with schema ${third} cannot be read: field "id": string cannot be read as long`],
  ])
  expect(await rows('SELECT n FROM total')).toEqual([[2]])
})

onServices("`...` takes the broker of --connector-default, the table's name as topic, JSON", async () => {
  await topics.create('clicks')
  await topics.send('clicks', [{ value: '{"user_id":"ann"}' }])
  const notices: string[] = []
  client.on('notice', (notice) => notices.push(String(notice.message)))
  await client.query("CREATE TABLE clicks (user_id STRING) WITH ('connector' = 'kafka', ...)")
  expect(notices).toEqual([
    "\"...\" stands for 'topic' = 'clicks', 'properties.bootstrap.servers' = 'kafka:9092', 'scan.startup.mode' = 'earliest', 'format' = 'json'",
  ])
  expect(await rows('SELECT user_id FROM clicks')).toEqual([['ann']])
})

onServices('a missing subject and a registry that is not there fail in time and leave nothing', async () => {
  const create = (url: string) =>
    client.query(
      `CREATE SOURCE nothing FROM KAFKA BROKER 'kafka:9092' TOPIC 'clicks' FORMAT AVRO USING SCHEMA REGISTRY '${url}'`,
    )
  const start = performance.now()
  await expect(create(SR)).rejects.toMatchObject({
    code: '42704',
    message: `subject "clicks-value" does not exist in schema registry "${SR}"`,
  })
  await expect(create('http://sr:8082')).rejects.toMatchObject({ code: '08001' })
  expect(performance.now() - start).toBeLessThan(10_000)
  expect(await rows("SELECT count(*)::int FROM pg_class WHERE relname LIKE 'nothing%'")).toEqual([[0]])
})

onServices('the options are rows of pg_settings', async () => {
  expect(await rows("SELECT name, setting FROM pg_settings WHERE name = 'connector_default'")).toEqual([
    ['connector_default', 'kafka.brokers=kafka:9092'],
  ])
  expect(
    await rows("SELECT setting LIKE 'kafka:9092=127.0.0.1:%,sr:8081=%' FROM pg_settings WHERE name = 'resolve'"),
  ).toEqual([[true]])
})
