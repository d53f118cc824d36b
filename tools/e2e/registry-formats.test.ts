import protobufjs from 'protobufjs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { framed } from '../../src/connectors/schema-registry/fake-registry.ts'
import { LocalSources } from './local-sources.ts'

/** Protobuf and JSON Schema through a schema registry, from SQL to rows: Kafka and the registry are in memory. */

let sources: LocalSources
beforeEach(async () => {
  sources = await LocalSources.open()
})
afterEach(() => sources.close())

const source = (format: string) =>
  `CREATE SOURCE o FROM KAFKA BROKER 'k:9092' TOPIC 'orders' ${format} USING SCHEMA REGISTRY 'http://sr:8081'`
const failed = "SELECT DISTINCT state, error FROM millrace.source_status WHERE source = 'o'"

describe('Protobuf', () => {
  const ORDER = `syntax = "proto3"; package shop;
    message Order { int64 id = 1; string note = 2; optional int32 qty = 3; repeated string tags = 4; Address to = 5; }
    message Address { string city = 1; } message Other { int64 id = 1; }`

  /** A payload: the id of the schema, the path of the message, the message. */
  function payload(id: number, text: string, name: string, value: object, path: readonly number[] = [0]): Uint8Array {
    const body = protobufjs.parse(text, { keepCase: true }).root.lookupType(name).encode(value).finish()
    return framed(id, Buffer.concat([Uint8Array.from(path), body]))
  }
  const order = (id: number, value: object, text = ORDER) => payload(id, text, 'shop.Order', value)

  test.each([
    ['Materialize', source('FORMAT PROTOBUF')],
    [
      'RisingWave',
      "CREATE SOURCE o WITH (connector = 'kafka', topic = 'orders', properties.bootstrap.server = 'k:9092') FORMAT PLAIN ENCODE PROTOBUF (schema.registry = 'http://sr:8081', message = 'shop.Order')",
    ],
  ])('in the spelling of %s', async (_, sql) => {
    const id = sources.registry.register('orders-value', ORDER, 'PROTOBUF')
    sources.produce('orders', [
      { value: order(id, { id: 1, note: 'a', qty: 2, tags: ['x', 'y'], to: { city: 'Oslo' } }) },
      { value: order(id, { id: 2 }) },
      { value: payload(id, ORDER, 'shop.Other', { id: 3 }, [2, 4]) },
    ])
    await sources.run(sql)
    await sources.run('CREATE MATERIALIZED VIEW v AS SELECT * FROM o')
    await sources.becomes('SELECT * FROM v ORDER BY id', [
      ['1', 'a', '2', '{x,y}', '{"city": "Oslo"}'],
      ['2', '', null, '{}', null],
    ])
    expect(await sources.query('SELECT reason FROM o$errors')).toEqual([
      ['the payload is message "shop.Other", the source reads "shop.Order"'],
    ])
  })

  test('goes on with a schema that agrees, and ends with one that does not, naming the field', async () => {
    const first = sources.registry.register('orders-value', ORDER, 'PROTOBUF')
    sources.produce('orders', [{ value: order(first, { id: 1 }) }])
    await sources.run(`${source('FORMAT PROTOBUF')}; CREATE MATERIALIZED VIEW v AS SELECT id, note FROM o`)
    const wider = ORDER.replace('message Order {', 'message Order { double added = 9;')
    const second = sources.registry.register('orders-value', wider, 'PROTOBUF')
    sources.produce('orders', [{ value: order(second, { id: 2, added: 1.5, note: 'n' }, wider) }])
    await sources.becomes('SELECT * FROM v ORDER BY id', [
      ['1', ''],
      ['2', 'n'],
    ])
    const other = ORDER.replace('int64 id = 1; string note', 'string id = 1; string note')
    const third = sources.registry.register('orders-value', other, 'PROTOBUF')
    sources.produce('orders', [{ value: order(third, { id: 'three' }, other) }])
    await sources.becomes(failed, [
      ['failed', 'records written with schema 3 cannot be read: field "id": string cannot be read as int64'],
    ])
    expect(await sources.query('SELECT count(*) FROM v')).toEqual([['2']])
  })
})

describe('JSON Schema', () => {
  const SCHEMA = {
    type: 'object',
    properties: {
      id: { type: 'integer' },
      at: { type: 'string', format: 'date-time' },
      tags: { type: 'array', items: { type: 'string' } },
    },
    required: ['id'],
  }
  const json = (id: number, value: unknown) => ({ value: framed(id, Buffer.from(JSON.stringify(value))) })

  test.each([
    ['Materialize', source('FORMAT JSON')],
    [
      'RisingWave',
      "CREATE SOURCE o WITH (connector = 'kafka', topic = 'orders', properties.bootstrap.server = 'k:9092') FORMAT PLAIN ENCODE JSON (schema.registry = 'http://sr:8081')",
    ],
  ])('in the spelling of %s', async (_, sql) => {
    const id = sources.registry.register('orders-value', SCHEMA, 'JSON')
    sources.produce('orders', [
      json(id, { id: 1, at: '2024-03-01T00:00:00Z', tags: ['a'], more: true }),
      json(id, { id: null }),
      { value: '{"id": 2}' },
    ])
    await sources.run(sql)
    await sources.run('CREATE MATERIALIZED VIEW v AS SELECT * FROM o')
    await sources.becomes('SELECT * FROM v', [['1', '2024-03-01 00:00:00+00', '{a}']])
    expect(await sources.query('SELECT reason FROM o$errors ORDER BY "offset"')).toEqual([
      ['field "id" is null but declared NOT NULL'],
      ["a payload with a schema's id begins with byte 00, not 7b"],
    ])
  })

  test('a schema that does not agree ends the source, naming the field', async () => {
    const first = sources.registry.register('orders-value', SCHEMA, 'JSON')
    sources.produce('orders', [json(first, { id: 1 })])
    await sources.run(`${source('FORMAT JSON')}; CREATE MATERIALIZED VIEW v AS SELECT id FROM o`)
    await sources.becomes('SELECT * FROM v', [['1']])
    const second = sources.registry.register(
      'orders-value',
      { ...SCHEMA, properties: { id: { type: 'string' } } },
      'JSON',
    )
    sources.produce('orders', [json(second, { id: 'two' })])
    await sources.becomes(failed, [
      ['failed', 'records written with schema 2 cannot be read: field "id": text cannot be read as int8'],
    ])
  })

  test('keys by their schema', async () => {
    const value = sources.registry.register('orders-value', SCHEMA, 'JSON')
    const key = sources.registry.register(
      'orders-key',
      { type: 'object', properties: { k: { type: 'string' } } },
      'JSON',
    )
    const keyed = (k: string, id: number) => ({
      key: framed(key, Buffer.from(JSON.stringify({ k }))),
      ...json(value, { id }),
    })
    sources.produce('orders', [keyed('a', 1), keyed('b', 2), keyed('a', 3)])
    await sources.run(`${source('FORMAT JSON')} ENVELOPE UPSERT`)
    await sources.becomes('SELECT k, id FROM o ORDER BY k', [
      ['a', '3'],
      ['b', '2'],
    ])
  })
})
