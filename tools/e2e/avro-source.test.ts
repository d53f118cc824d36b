import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { encodeAvro, field } from '../../src/codec/avro/avro.testkit.ts'
import { framed } from '../../src/connectors/schema-registry/fake-registry.ts'
import { LocalSources } from './local-sources.ts'

/** Avro through a schema registry, from SQL to rows: Kafka and the registry are in memory, everything else is real. */

const ORDER = {
  type: 'record',
  name: 'Order',
  fields: [
    field('id', 'long'),
    field('amount', { type: 'bytes', logicalType: 'decimal', precision: 8, scale: 2 }),
    field('ts', { type: 'long', logicalType: 'timestamp-millis' }),
    field('note', ['null', 'string'], { default: null }),
  ],
}

let sources: LocalSources
beforeEach(async () => {
  sources = await LocalSources.open()
})
afterEach(() => sources.close())

const order = (id: number, cents: number, note: string | null = null) => ({
  id: BigInt(id),
  amount: Buffer.from([cents >> 8, cents & 255]),
  ts: 1709251200000n + BigInt(id),
  note: note === null ? null : { string: note },
})
/** Registers a schema for a subject and makes payloads of it. */
function writerOf(subject: string, schema: unknown) {
  const id = sources.registry.register(subject, schema)
  return (value: unknown) => framed(id, encodeAvro(schema, value))
}
const failure = (sql: string) =>
  sources.run(sql).then(
    () => null,
    (error: { sqlstate: string; message: string; fields: { hint?: string } }) => error,
  )

describe('a source whose columns come from the registry', () => {
  beforeEach(() => {
    const write = writerOf('orders-value', ORDER)
    sources.produce('orders', [{ value: write(order(1, 1234, 'a')) }, { value: write(order(2, 5)) }])
  })

  const rows = [
    ['1', '12.34', '2024-03-01 00:00:00.001+00', 'a'],
    ['2', '0.05', '2024-03-01 00:00:00.002+00', null],
  ]

  test.each([
    [
      'Materialize',
      "CREATE SOURCE o FROM KAFKA BROKER 'k:9092' TOPIC 'orders' FORMAT AVRO USING SCHEMA REGISTRY 'http://sr:8081'",
    ],
    [
      'Materialize, as it is spelt there',
      "CREATE SOURCE o FROM KAFKA BROKER 'k:9092' (TOPIC 'orders') FORMAT AVRO USING CONFLUENT SCHEMA REGISTRY 'http://sr:8081' ENVELOPE NONE",
    ],
    [
      'RisingWave',
      "CREATE SOURCE o WITH (connector = 'kafka', topic = 'orders', properties.bootstrap.server = 'k:9092') FORMAT PLAIN ENCODE AVRO (schema.registry = 'http://sr:8081')",
    ],
    [
      'RisingWave, all columns',
      "CREATE TABLE o (*) WITH (connector = 'kafka', topic = 'orders', properties.bootstrap.server = 'k:9092') FORMAT PLAIN ENCODE AVRO (schema.registry = 'http://sr:8081')",
    ],
    [
      'Flink',
      "CREATE TABLE o (id BIGINT, amount DECIMAL(8, 2), ts TIMESTAMP_LTZ(3), note STRING) WITH ('connector' = 'kafka', 'topic' = 'orders', 'properties.bootstrap.servers' = 'k:9092', 'format' = 'avro-confluent', 'avro-confluent.url' = 'http://sr:8081')",
    ],
  ])('%s', async (_, sql) => {
    await sources.run(sql)
    await sources.becomes('SELECT id, amount, ts, note FROM o ORDER BY id', rows)
  })

  test('a connection holds the address, and its password is nowhere to be read', async () => {
    await sources.run(`
      CREATE CONNECTION kc TO KAFKA (BROKER 'k:9092');
      CREATE CONNECTION sr TO CONFLUENT SCHEMA REGISTRY (URL 'http://sr:8081', USERNAME 'ann', PASSWORD 'geheim');
      CREATE SOURCE o FROM KAFKA CONNECTION kc (TOPIC 'orders') FORMAT AVRO USING CONFLUENT SCHEMA REGISTRY CONNECTION sr`)
    await sources.becomes('SELECT id, amount, ts, note FROM o ORDER BY id', rows)
    const texts = [...sources.local.engine.catalog().all()].map((entry) => entry.sql).join('\n')
    expect(texts).toContain("PASSWORD '***'")
    expect(texts).not.toContain('geheim')
    expect((await failure('DROP CONNECTION sr'))?.sqlstate).toBe('2BP01')
  })

  test('its types are those of the schema', async () => {
    await sources.run(
      "CREATE SOURCE o FROM KAFKA BROKER 'k:9092' TOPIC 'orders' FORMAT AVRO USING SCHEMA REGISTRY 'http://sr:8081' INCLUDE OFFSET",
    )
    expect(
      await sources.query(
        "SELECT column_name, data_type, is_nullable FROM information_schema.columns WHERE table_name = 'o' ORDER BY ordinal_position",
      ),
    ).toEqual([
      ['id', 'bigint', 'NO'],
      ['amount', 'numeric', 'NO'],
      ['ts', 'timestamp with time zone', 'NO'],
      ['note', 'text', 'YES'],
      ['offset', 'bigint', 'NO'],
    ])
  })
})

describe('after a crash', () => {
  test('a view of it goes on after a crash with the registry away: known columns, records of the journal', async () => {
    await sources.close()
    sources = await LocalSources.open({ durable: true })
    const write = writerOf('orders-value', ORDER)
    sources.produce('orders', [{ value: write(order(1, 1234)) }, { value: write(order(2, 5)) }])
    await sources.run(`
      CREATE SOURCE o FROM KAFKA BROKER 'k:9092' TOPIC 'orders' FORMAT AVRO USING SCHEMA REGISTRY 'http://sr:8081';
      CREATE MATERIALIZED VIEW total AS SELECT count(*) AS n, sum(amount) AS amount FROM o`)
    await sources.becomes('SELECT * FROM total', [['2', '12.39']])
    sources.registry.down = true
    await sources.restart()
    expect(await sources.query('SELECT * FROM total')).toEqual([['2', '12.39']])
    // The schema's id is not known to the new process: what comes waits, and says for what.
    sources.produce('orders', [{ value: framed(1, encodeAvro(ORDER, order(3, 100))) }])
    await sources.becomes("SELECT DISTINCT state, error FROM millrace.source_status WHERE source = 'o'", [
      ['stalled', 'could not reach schema registry "http://sr:8081": it is down'],
    ])
    sources.registry.down = false
    await sources.becomes('SELECT * FROM total', [['3', '13.39']])
  })
})

test('a renamed column keeps its place in the records, also after a restart', async () => {
  await sources.close()
  sources = await LocalSources.open({ durable: true })
  const write = writerOf('orders-value', ORDER)
  sources.produce('orders', [{ value: write(order(1, 100, 'a')) }])
  sources.produce('plain', [{ value: '{"n": 1}' }])
  await sources.run(`
    CREATE SOURCE o FROM KAFKA BROKER 'k:9092' TOPIC 'orders' FORMAT AVRO USING SCHEMA REGISTRY 'http://sr:8081';
    CREATE SOURCE p (n int) FROM KAFKA BROKER 'k:9092' TOPIC 'plain' FORMAT JSON;
    ALTER SOURCE o RENAME COLUMN note TO remark; ALTER SOURCE p RENAME COLUMN n TO m`)
  await sources.restart()
  expect(await sources.query('SELECT id, remark FROM o')).toEqual([['1', 'a']])
  expect(await sources.query('SELECT m FROM p')).toEqual([['1']])
})

describe('schemas that change', () => {
  beforeEach(async () => {
    const write = writerOf('orders-value', ORDER)
    sources.produce('orders', [{ value: write(order(1, 100)) }])
    await sources.run(`
      CREATE SOURCE o FROM KAFKA BROKER 'k:9092' TOPIC 'orders' FORMAT AVRO USING SCHEMA REGISTRY 'http://sr:8081';
      CREATE MATERIALIZED VIEW v AS SELECT id, amount, note FROM o`)
    await sources.becomes('SELECT * FROM v', [['1', '1.00', null]])
  })

  test('compatibly: the source goes on with the columns that it has', async () => {
    const [id, amount, ts] = ORDER.fields
    const write = writerOf('orders-value', {
      ...ORDER,
      fields: [field('extra', 'string'), ts, { ...id, type: 'int' }, amount],
    })
    const { note: _, ...rest } = order(2, 200)
    sources.produce('orders', [{ value: write({ ...rest, id: 2, extra: 'x' }) }])
    await sources.becomes('SELECT * FROM v ORDER BY id', [
      ['1', '1.00', null],
      ['2', '2.00', null],
    ])
    expect(sources.registry.asked.filter((path) => path.startsWith('/schemas'))).toEqual([
      '/schemas/ids/1',
      '/schemas/ids/2',
    ])
  })

  test('writers of several versions beside each other: every record once, in order, while schemas are asked for', async () => {
    const versions = ['a', 'b', 'c', 'd'].map((name) => {
      const fields = [...ORDER.fields, field(name, 'string', { default: '' })]
      const write = writerOf('orders-value', { ...ORDER, fields })
      return (id: number) => write({ ...order(id, id), [name]: 'x' })
    })
    const values = Array.from({ length: 40 }, (_, i) => ({ value: versions[i % 4]!(10 + i) }))
    sources.registry.down = true
    sources.produce('orders', values.slice(0, 20))
    await sources.becomes("SELECT DISTINCT state FROM millrace.source_status WHERE source = 'o'", [['stalled']])
    sources.registry.down = false
    sources.produce('orders', values.slice(20))
    await sources.becomes('SELECT count(*), count(DISTINCT id), min(id), max(id) FROM v WHERE id >= 10', [
      ['40', '40', '10', '49'],
    ])
  })

  test('incompatibly: the source ends with an error that names the field, and no record is left out', async () => {
    const [id, , ts, note] = ORDER.fields
    const write = writerOf('orders-value', { ...ORDER, fields: [id, field('amount', 'string'), ts, note] })
    const good = framed(1, encodeAvro(ORDER, order(2, 200)))
    sources.produce('orders', [
      { value: good },
      { value: write({ ...order(3, 300), amount: '3.00' }) },
      { value: good },
    ])
    await sources.becomes(
      "SELECT DISTINCT state, error, committed_offset FROM millrace.source_status WHERE source = 'o'",
      [
        [
          'failed',
          'records written with schema 2 cannot be read: field "amount": string cannot be read as bytes (decimal)',
          '2',
        ],
      ],
    )
    expect(await sources.query('SELECT count(*) FROM v')).toEqual([['2']])
    expect(await sources.query('SELECT count(*) FROM o$errors')).toEqual([['0']])
  })
})

describe('records that are no Avro of the registry', () => {
  test('are dead letters with their reason, and the source goes on', async () => {
    const write = writerOf('orders-value', ORDER)
    const good = write(order(1, 100))
    sources.registry.register('other', '{"type":"object"}', 'JSON')
    sources.produce('orders', [
      { value: '{"id":1}' },
      { value: Uint8Array.of(0, 0) },
      { value: framed(99, good.subarray(5)) },
      { value: framed(2, good.subarray(5)) },
      { value: good.subarray(0, good.length - 1) },
      { value: null },
      { value: good },
    ])
    await sources.run(`
      CREATE SOURCE o FROM KAFKA BROKER 'k:9092' TOPIC 'orders' FORMAT AVRO USING SCHEMA REGISTRY 'http://sr:8081';
      CREATE MATERIALIZED VIEW v AS SELECT id FROM o`)
    await sources.becomes('SELECT * FROM v', [['1']])
    expect(await sources.query('SELECT "offset", reason FROM o$errors ORDER BY 1')).toEqual([
      ['0', "a payload with a schema's id begins with byte 00, not 7b"],
      ['1', "2 bytes are too few for a payload with a schema's id"],
      ['2', 'the schema registry has no schema 99'],
      ['3', 'schema 2 is of kind json, the source reads avro'],
      ['4', 'field "note": the record ends too early'],
      ['5', 'the record has no value'],
    ])
  })
})

describe('keys', () => {
  const KEY = { type: 'record', name: 'Key', fields: [field('id', 'long')] }
  const VALUE = { type: 'record', name: 'Value', fields: [field('name', 'string')] }

  beforeEach(() => {
    const key = writerOf('users-key', KEY)
    const value = writerOf('users-value', VALUE)
    const of = (id: number) => Buffer.from(key({ id: BigInt(id) }))
    sources.produce('users', [
      { key: of(1), value: value({ name: 'a' }) },
      { key: of(2), value: value({ name: 'b' }) },
      { key: of(1), value: value({ name: 'c' }) },
      { key: of(2), value: null },
      { key: null, value: value({ name: 'no key' }) },
    ])
  })

  test('ENVELOPE UPSERT takes the columns of the key from its schema', async () => {
    await sources.run(`
      CREATE SOURCE u FROM KAFKA BROKER 'k:9092' TOPIC 'users' FORMAT AVRO USING SCHEMA REGISTRY 'http://sr:8081' ENVELOPE UPSERT;
      CREATE MATERIALIZED VIEW v AS SELECT * FROM u`)
    await sources.becomes('SELECT id, name FROM v', [['1', 'c']])
    expect(await sources.query('SELECT reason FROM u$errors')).toEqual([
      ['the record has no key, which ENVELOPE UPSERT needs'],
    ])
  })

  test('INCLUDE KEY is the whole key', async () => {
    await sources.run(`
      CREATE SOURCE u FROM KAFKA BROKER 'k:9092' TOPIC 'users' FORMAT AVRO USING SCHEMA REGISTRY 'http://sr:8081' INCLUDE KEY AS k ENVELOPE UPSERT`)
    await sources.becomes('SELECT k, name FROM u', [['{"id": 1}', 'c']])
  })

  test("RisingWave's table of an upsert topic", async () => {
    await sources.run(`
      CREATE TABLE u (PRIMARY KEY (rw_key)) INCLUDE KEY AS rw_key
      WITH (connector = 'kafka', topic = 'users', properties.bootstrap.server = 'k:9092')
      FORMAT UPSERT ENCODE AVRO (schema.registry = 'http://sr:8081')`)
    await sources.becomes('SELECT rw_key, name FROM u', [['{"id": 1}', 'c']])
  })

  test('a key of another format is read by its own', async () => {
    sources.registry.register('plain-value', VALUE)
    const value = framed(3, encodeAvro(VALUE, { name: 'a' }))
    sources.produce('plain', [{ key: 'k1', value }])
    await sources.run(`
      CREATE SOURCE u FROM KAFKA BROKER 'k:9092' TOPIC 'plain' KEY FORMAT TEXT VALUE FORMAT AVRO USING SCHEMA REGISTRY 'http://sr:8081' INCLUDE KEY AS k ENVELOPE UPSERT`)
    await sources.becomes('SELECT k, name FROM u', [['k1', 'a']])
  })
})

describe('what fails leaves nothing', () => {
  const create =
    "CREATE SOURCE o FROM KAFKA BROKER 'k:9092' TOPIC 'orders' FORMAT AVRO USING SCHEMA REGISTRY 'http://sr:8081'"

  test.each([
    [
      'a subject that does not exist',
      create,
      '42704',
      'subject "orders-value" does not exist in schema registry "http://sr:8081"',
    ],
    ['a key without a subject', `${create} ENVELOPE UPSERT`, '42704', 'subject "orders-key" does not exist'],
    ['a column twice', `${create} INCLUDE OFFSET AS id`, '42701', 'column "id" specified more than once'],
  ])('%s', async (what, sql, sqlstate, message) => {
    sources.cluster.createTopic('orders', 1)
    if (!what.startsWith('a subject')) writerOf('orders-value', ORDER)
    expect(await failure(sql)).toMatchObject({ sqlstate, message: expect.stringContaining(message) })
    expect(await sources.query("SELECT count(*) FROM pg_class WHERE relname LIKE 'o' OR relname LIKE 'o$%'")).toEqual([
      ['0'],
    ])
  })

  test('a registry that is away', async () => {
    sources.registry.down = true
    expect(await failure(create)).toMatchObject({ sqlstate: '08001', message: expect.stringContaining('it is down') })
  })

  test('a schema of another kind', async () => {
    sources.registry.register('orders-value', '{"type":"object"}', 'JSON')
    expect(await failure(create)).toMatchObject({ sqlstate: '42809' })
  })

  test.each([
    ['FORMAT AVRO', '42601', 'FORMAT AVRO needs a schema registry'],
    ["FORMAT AVRO USING SCHEMA '{}'", '0A000', 'schema'],
    ["FORMAT TEXT USING SCHEMA REGISTRY 'http://sr:8081'", '0A000', 'FORMAT TEXT USING SCHEMA REGISTRY'],
    ["FORMAT AVRO USING SCHEMA REGISTRY 'http://sr:8081' (SEED 'x')", '0A000', 'option SEED'],
    [
      "FORMAT AVRO USING SCHEMA REGISTRY 'http://sr:8081' (SSL CERTIFICATE AUTHORITY '/etc/ca')",
      '22023',
      'takes a PEM text',
    ],
    ["FORMAT AVRO USING SCHEMA REGISTRY 'sr:8081'", '22023', '"sr:8081" is not the address of a schema registry'],
  ])('%s', async (clause, sqlstate, message) => {
    expect(await failure(`CREATE SOURCE o FROM KAFKA BROKER 'k:9092' TOPIC 'orders' ${clause}`)).toMatchObject({
      sqlstate,
      message: expect.stringContaining(message),
    })
  })
})
