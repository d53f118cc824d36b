import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { encodeAvro, field } from '../../src/codec/avro/avro.testkit.ts'
import { framed } from '../../src/connectors/schema-registry/fake-registry.ts'
import { LocalSources } from './local-sources.ts'
import { eventually } from './wait.ts'

/** ENVELOPE DEBEZIUM from SQL to rows: messages as a connector for PostgreSQL sent them, Kafka in memory. */

interface Message {
  readonly key: string | null
  readonly value: string | null
}
const messages = (name: string): Message[] =>
  readFileSync(new URL(`./debezium/${name}.jsonl`, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Message)

let sources: LocalSources
beforeEach(async () => {
  sources = await LocalSources.open()
})
afterEach(() => sources.close())

const failure = (sql: string) =>
  sources.run(sql).then(
    () => null,
    (error: { sqlstate: string; message: string }) => error,
  )

const COLUMNS = `id int, customer_id int, status text, amount numeric(10, 2), qty int, price float8, note text, meta jsonb,
  tags text[], created_at timestamp, updated_at timestamptz, d date, paid bool, u uuid`
const KAFKA = "FROM KAFKA BROKER 'k:9092' TOPIC 'orders'"
const PRECISE = "FORMAT JSON ENVELOPE DEBEZIUM (DECIMAL HANDLING MODE 'precise')"

describe('recorded messages', () => {
  test('become the table: snapshot, insert, update, delete, a new key, values that were not sent, truncation', async () => {
    const all = messages('plain')
    sources.produce('orders', all.slice(0, 2))
    await sources.run(`
      CREATE SOURCE o (${COLUMNS}, PRIMARY KEY (id)) ${KAFKA} ${PRECISE};
      CREATE MATERIALIZED VIEW v AS SELECT * FROM o`)
    await sources.becomes('SELECT * FROM v ORDER BY id', [
      [
        '1',
        '10',
        'new',
        '12.34',
        '2',
        '6.17',
        'snapshot row',
        '{"a": 1}',
        '{x,y}',
        '2024-01-02 03:04:05.678901',
        '2024-01-02 03:04:05.678901+00',
        '2024-01-02',
        'f',
        '5f0b3c1e-8a2d-4f7e-9c3b-1a2b3c4d5e6f',
      ],
      ['2', '11', 'new', ...Array(11).fill(null)],
    ])
    sources.produce('orders', all.slice(2, 4))
    await sources.becomes('SELECT id, status, amount, meta FROM v WHERE id = 3', [
      ['3', 'paid', '99.90', '{"k": [1, 2]}'],
    ])
    sources.produce('orders', all.slice(4, 6))
    await sources.becomes('SELECT id FROM v ORDER BY id', [['1'], ['3']])
    sources.produce('orders', all.slice(6, 9))
    await sources.becomes('SELECT id, status FROM v ORDER BY id', [
      ['1', 'new'],
      ['30', 'paid'],
    ])
    sources.produce('orders', all.slice(9, 11))
    await sources.becomes('SELECT status, note FROM v WHERE id = 4', [
      ['toast-unchanged', 'c4ca4238a0b923820dcc509a6f75849b'],
    ])
    sources.produce('orders', all.slice(11, 12))
    await sources.becomes('SELECT status FROM v WHERE id = 1', [['full-identity']])
    sources.produce('orders', all.slice(12, 20))
    await sources.becomes('SELECT id, amount FROM v ORDER BY id', [
      ['4', null],
      ['5', null],
      ['6', null],
      ['7', '2.25'],
      ['8', null],
      ['9', null],
      ['30', '99.90'],
    ])
    sources.produce('orders', all.slice(20))
    await sources.becomes('SELECT count(*) FROM v', [['0']])
    expect(await sources.query('SELECT count(*) FROM o$errors')).toEqual([['0']])
  })

  test('in one go they come to the same, for a view and for a SELECT of the source', async () => {
    sources.produce('orders', messages('plain').slice(0, 20))
    await sources.run(`CREATE SOURCE o (${COLUMNS}, PRIMARY KEY (id)) ${KAFKA} ${PRECISE}`)
    const rows = [['4'], ['5'], ['6'], ['7'], ['8'], ['9'], ['30']]
    expect(await sources.query('SELECT id FROM o ORDER BY id')).toEqual(rows)
    expect(await sources.query('SELECT note FROM o WHERE id = 4')).toEqual([['c4ca4238a0b923820dcc509a6f75849b']])
    await sources.run('CREATE MATERIALIZED VIEW v AS SELECT id FROM o')
    await sources.becomes('SELECT id FROM v ORDER BY id', rows)
  })

  test("with Kafka Connect's schema around them, which says what the values mean", async () => {
    sources.produce('orders', messages('with-schema'))
    await sources.run(`
      CREATE SOURCE o (id int, amount numeric, meta jsonb, created_at timestamp, d date, PRIMARY KEY (id)) ${KAFKA}
      FORMAT JSON ENVELOPE DEBEZIUM`)
    await sources.becomes('SELECT id, amount, created_at, d FROM o ORDER BY id', [
      ['7', '2.25', '2024-01-02 03:04:05.678901', '2024-01-02'],
      ['8', null, null, null],
      ['9', null, null, null],
    ])
  })

  test('messages about transactions say nothing of rows', async () => {
    sources.produce('orders', [...messages('transactions'), ...messages('with-schema')])
    await sources.run(`CREATE SOURCE o (id int PRIMARY KEY) ${KAFKA} FORMAT JSON ENVELOPE DEBEZIUM`)
    await sources.becomes('SELECT id FROM o ORDER BY id', [['7'], ['8'], ['9']])
    expect(await sources.query('SELECT reason FROM o$errors')).toEqual([])
  })
})

describe('the same in other spellings', () => {
  test.each([
    [
      'RisingWave',
      `CREATE TABLE o (id int, status text, amount numeric(10, 2), PRIMARY KEY (id)) WITH (connector = 'kafka', topic = 'orders', properties.bootstrap.server = 'k:9092') FORMAT DEBEZIUM ENCODE JSON (decimal.handling.mode = 'precise')`,
    ],
    [
      'Flink',
      `CREATE TABLE o (id INT, status STRING, amount STRING, PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'kafka', 'topic' = 'orders', 'properties.bootstrap.servers' = 'k:9092', 'format' = 'debezium-json')`,
    ],
  ])('%s', async (_, sql) => {
    sources.produce('orders', messages('plain').slice(0, 4))
    await sources.run(sql)
    await sources.becomes('SELECT id, status FROM o ORDER BY id', [
      ['1', 'new'],
      ['2', 'new'],
      ['3', 'paid'],
    ])
  })
})

/** A change as PostgreSQL's connector has it. */
function change(op: string, id: number, at: [number | null, number] | null, more: object = {}): Message {
  const row = { id, v: 'x', ...more }
  const source =
    at === null
      ? { connector: 'mysql' }
      : {
          connector: 'postgresql',
          snapshot: op === 'r' ? 'true' : 'false',
          sequence: JSON.stringify(at.map((n) => (n === null ? null : String(n)))),
        }
  const value = { op, before: op === 'd' ? { id, v: null } : null, after: op === 'd' ? null : row, source }
  return { key: JSON.stringify({ id }), value: JSON.stringify(value) }
}
const tombstone = (id: number): Message => ({ key: JSON.stringify({ id }), value: null })

describe('what comes again after a restart of the connector', () => {
  const first = [
    change('c', 1, [null, 100]),
    change('u', 1, [110, 120], { v: 'second' }),
    change('d', 1, [130, 140]),
    tombstone(1),
    change('c', 1, [150, 160], { v: 'again' }),
  ]

  beforeEach(async () => {
    sources.produce('orders', first)
    await sources.run(`
      CREATE SOURCE o (id int PRIMARY KEY, v text) ${KAFKA} FORMAT JSON ENVELOPE DEBEZIUM;
      CREATE MATERIALIZED VIEW v AS SELECT * FROM o`)
    await sources.becomes('SELECT * FROM v', [['1', 'again']])
  })

  test('is left out by its place in the source, tombstones with the deletion before them', async () => {
    const seen: string[] = []
    const watcher = sources.local.session()
    const following = watcher.follow('SUBSCRIBE TO v', (row) => seen.push(row.slice(1).join(' ')))
    const told = (rows: number) =>
      eventually(
        async () => seen.length,
        (count) => count >= rows,
      )
    await told(1)
    sources.produce('orders', [...first.slice(1, 4), ...first.slice(4), change('u', 1, [170, 180], { v: 'new' })])
    await sources.becomes('SELECT * FROM v', [['1', 'new']])
    await told(3)
    watcher.cancel()
    await following
    expect(seen.sort()).toEqual(['-1 1 again', '1 1 again', '1 1 new'])
    expect(await sources.query("SELECT duplicates FROM millrace.source_status WHERE source = 'o'")).toEqual([['3']])
  })

  test('a snapshot begins anew, wherever the source stands', async () => {
    sources.produce('orders', [change('r', 1, [null, 50], { v: 'restored' }), change('u', 1, [60, 70], { v: 'after' })])
    await sources.becomes('SELECT * FROM v', [['1', 'after']])
  })

  test('without a place that can be relied on every change is taken', async () => {
    sources.produce('orders', [change('u', 1, null, { v: 'a' }), change('u', 1, null, { v: 'b' })])
    await sources.becomes('SELECT * FROM v', [['1', 'b']])
  })

  test('a deletion of the database and one of compaction: a tombstone alone deletes too', async () => {
    sources.produce('orders', [tombstone(1)])
    await sources.becomes('SELECT count(*) FROM v', [['0']])
  })
})

test('the highest place is known after a crash', async () => {
  await sources.close()
  sources = await LocalSources.open({ durable: true })
  sources.produce('orders', [change('c', 1, [10, 20]), change('u', 1, [30, 40], { v: 'new' })])
  await sources.run(`
    CREATE SOURCE o (id int PRIMARY KEY, v text) ${KAFKA} FORMAT JSON ENVELOPE DEBEZIUM;
    CREATE MATERIALIZED VIEW v AS SELECT * FROM o`)
  await sources.becomes('SELECT * FROM v', [['1', 'new']])
  await sources.restart()
  sources.produce('orders', [change('c', 1, [10, 20]), change('c', 2, [50, 60])])
  await sources.becomes('SELECT * FROM v ORDER BY id', [
    ['1', 'new'],
    ['2', 'x'],
  ])
})

describe('what cannot be taken', () => {
  test('is a dead letter with its reason', async () => {
    const message = (value: unknown, key: unknown = null): Message => ({
      key: key === null ? null : JSON.stringify(key),
      value: typeof value === 'string' ? value : JSON.stringify(value),
    })
    sources.produce('orders', [
      message({ id: 1 }),
      message({ op: 'x', after: { id: 1 } }),
      message({ op: 'c', after: null }),
      message({ op: 'c', after: { id: 'one' } }),
      message({ op: 'd', before: null }),
      message('{"op": "c", "after": {'),
      message({ op: 'u', before: null, after: { id: 9, v: '__debezium_unavailable_value' } }),
      { key: null, value: null },
      message({ op: 'c', after: { id: 2, v: 'good' } }),
      message({ op: 'm', message: {} }),
      message({ op: 'd', before: null }, { id: 2 }),
      message({ op: 'c', after: { id: 3, v: 'good' } }),
    ])
    await sources.run(`
      CREATE SOURCE o (id int PRIMARY KEY, v text) ${KAFKA} FORMAT JSON ENVELOPE DEBEZIUM;
      CREATE MATERIALIZED VIEW v AS SELECT * FROM o`)
    await sources.becomes('SELECT * FROM v', [['3', 'good']])
    expect(await sources.query('SELECT "offset", reason FROM o$errors ORDER BY 1')).toEqual([
      ['0', 'it is no change event of Debezium: it has no "op"'],
      ['1', '"x" is no operation of Debezium'],
      ['2', 'operation "c" without the row after it'],
      ['3', 'field "id": invalid input syntax for type integer: "one"'],
      ['4', 'a deletion with neither the row before it nor a key'],
      ['5', expect.stringContaining('malformed JSON')],
      ['6', 'a value that did not change was not sent, and the row that has it is not known'],
      ['7', 'the record has neither a key nor a value'],
    ])
  })

  test.each([
    [
      `CREATE SOURCE o ${KAFKA} FORMAT JSON ENVELOPE DEBEZIUM`,
      '42601',
      'ENVELOPE DEBEZIUM with FORMAT JSON needs columns',
    ],
    [`CREATE SOURCE o (id int) ${KAFKA} FORMAT JSON ENVELOPE DEBEZIUM`, '42601', 'ENVELOPE DEBEZIUM needs a key'],
    [
      `CREATE SOURCE o (t text PRIMARY KEY) ${KAFKA} FORMAT TEXT ENVELOPE DEBEZIUM`,
      '0A000',
      'ENVELOPE DEBEZIUM with FORMAT TEXT',
    ],
    [
      `CREATE SOURCE o (id int PRIMARY KEY) ${KAFKA} FORMAT JSON ENVELOPE DEBEZIUM (TRANSACTION 'x')`,
      '42601',
      'has no option transaction',
    ],
    [
      `CREATE SOURCE o (id int PRIMARY KEY) ${KAFKA} FORMAT JSON ENVELOPE DEBEZIUM (DECIMAL HANDLING MODE 'odd')`,
      '22023',
      "takes string, precise, double, not 'odd'",
    ],
    [
      `CREATE SOURCE o (id int PRIMARY KEY) ${KAFKA} FORMAT JSON INCLUDE KEY AS k ENVELOPE DEBEZIUM`,
      '0A000',
      'INCLUDE KEY with ENVELOPE DEBEZIUM',
    ],
  ])('%s', async (sql, sqlstate, message) => {
    sources.cluster.createTopic('orders', 1)
    expect(await failure(sql)).toMatchObject({ sqlstate, message: expect.stringContaining(message) })
  })
})

describe('in Avro', () => {
  const ROW = {
    type: 'record',
    name: 'Value',
    fields: [
      field('id', 'int'),
      field('amount', ['null', { type: 'bytes', logicalType: 'decimal', precision: 10, scale: 2 }], { default: null }),
      field('at', ['null', { type: 'long', 'connect.name': 'io.debezium.time.MicroTimestamp' }], { default: null }),
      field('doc', ['null', { type: 'string', 'connect.name': 'io.debezium.data.Json' }], { default: null }),
    ],
  }
  const SOURCE = {
    type: 'record',
    name: 'Source',
    fields: [
      field('connector', 'string'),
      field('ts_ms', 'long'),
      field('snapshot', ['null', 'string']),
      field('sequence', ['null', 'string']),
    ],
  }
  const ENVELOPE = {
    type: 'record',
    name: 'Envelope',
    fields: [
      field('before', ['null', ROW], { default: null }),
      field('after', ['null', 'Value'], { default: null }),
      field('source', SOURCE),
      field('op', 'string'),
      field('ts_ms', ['null', 'long'], { default: null }),
    ],
  }
  const KEY = { type: 'record', name: 'Key', fields: [field('id', 'int')] }

  const row = (id: number, cents: number | null, doc: string | null = null) => ({
    Value: {
      id,
      amount: cents === null ? null : { bytes: Buffer.from([cents >> 8, cents & 255]) },
      at: { long: 1709251200000000n },
      doc: doc === null ? null : { string: doc },
    },
  })
  let valueId = 0
  let keyId = 0
  const message = (op: string, before: object | null, after: object | null, at: [number, number], id: number) => ({
    key: framed(keyId, encodeAvro(KEY, { id })),
    value: framed(
      valueId,
      encodeAvro(ENVELOPE, {
        before,
        after,
        source: {
          connector: 'postgresql',
          ts_ms: 1n,
          snapshot: { string: 'false' },
          sequence: { string: JSON.stringify(at.map(String)) },
        },
        op,
        ts_ms: null,
      }),
    ),
  })

  beforeEach(() => {
    valueId = sources.registry.register('orders-value', ENVELOPE)
    keyId = sources.registry.register('orders-key', KEY)
    sources.produce('orders', [
      message('c', null, row(1, 1234, '{"a": 1}'), [1, 2], 1),
      message('c', null, row(2, 5), [3, 4], 2),
      message('u', null, row(1, 999, '__debezium_unavailable_value'), [5, 6], 1),
      message('d', row(2, null), null, [7, 8], 2),
      { key: framed(keyId, encodeAvro(KEY, { id: 2 })), value: null },
      message('c', null, row(2, 5), [3, 4], 2),
      message('u', row(1, 999), row(3, 1), [9, 10], 3),
      message('c', null, row(1, 1), [11, 12], 1),
      message('u', null, row(1, 2, '__debezium_unavailable_value'), [13, 14], 1),
    ])
  })

  const rows = [
    ['1', '0.02', '2024-03-01 00:00:00', null],
    ['3', '0.01', '2024-03-01 00:00:00', null],
  ]

  test.each([
    [
      'columns and key of the registry',
      "CREATE SOURCE o FROM KAFKA BROKER 'k:9092' TOPIC 'orders' FORMAT AVRO USING SCHEMA REGISTRY 'http://sr:8081' ENVELOPE DEBEZIUM",
    ],
    [
      'RisingWave',
      "CREATE TABLE o (PRIMARY KEY (id)) WITH (connector = 'kafka', topic = 'orders', properties.bootstrap.server = 'k:9092') FORMAT DEBEZIUM ENCODE AVRO (schema.registry = 'http://sr:8081')",
    ],
    [
      'Flink',
      "CREATE TABLE o (id INT, amount DECIMAL(10, 2), at TIMESTAMP, doc jsonb, PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'kafka', 'topic' = 'orders', 'properties.bootstrap.servers' = 'k:9092', 'format' = 'debezium-avro-confluent', 'debezium-avro-confluent.url' = 'http://sr:8081')",
    ],
  ])('%s', async (_, sql) => {
    await sources.run(sql)
    await sources.becomes('SELECT id, amount, at, doc FROM o ORDER BY id', rows)
    await sources.run('CREATE MATERIALIZED VIEW v AS SELECT id, amount, at, doc FROM o')
    await sources.becomes('SELECT * FROM v ORDER BY id', rows)
  })

  test('values that were not sent are those of the row before', async () => {
    await sources.run(
      "CREATE SOURCE o FROM KAFKA BROKER 'k:9092' TOPIC 'orders' FORMAT AVRO USING SCHEMA REGISTRY 'http://sr:8081' ENVELOPE DEBEZIUM; CREATE MATERIALIZED VIEW v AS SELECT * FROM o",
    )
    await sources.becomes('SELECT id FROM v ORDER BY id', [['1'], ['3']])
    sources.produce('orders', [
      message('u', null, row(1, 7, '{"b": 2}'), [15, 16], 1),
      message('u', null, row(1, 8, '__debezium_unavailable_value'), [17, 18], 1),
    ])
    await sources.becomes('SELECT amount, doc FROM v WHERE id = 1', [['0.08', '{"b": 2}']])
  })

  test('a schema that is no change event is refused', async () => {
    sources.registry.register('orders-value', KEY)
    expect(
      await failure(
        "CREATE SOURCE o FROM KAFKA BROKER 'k:9092' TOPIC 'orders' FORMAT AVRO USING SCHEMA REGISTRY 'http://sr:8081' ENVELOPE DEBEZIUM",
      ),
    ).toMatchObject({ sqlstate: '22023', message: expect.stringContaining('none of Debezium') })
  })
})
