import { describe, expect, test } from 'vitest'
import type { ConnectorSpec } from '../catalog/entry.ts'
import { BYTEA, INT4, INT8, JSONB, NUMERIC, type RowType, TEXT } from '../types/sql-type.ts'
import { FakeCluster, type FakeRecord } from './kafka/fake-cluster.ts'
import { fakeWorld } from './kafka/fake-world.testkit.ts'
import { orderSpec, readAll, sourceOf } from './kafka/source.testkit.ts'

const field = (name: string, type = TEXT as RowType[number]['type']) => ({ name, type, nullable: true })

/** Rows with their deletes marks, and the reasons of dead letters. */
async function decode(spec: Partial<ConnectorSpec>, rowType: RowType, records: readonly FakeRecord[]) {
  const cluster = new FakeCluster()
  cluster.createTopic('t', 1)
  for (const record of records) cluster.produce('t', 0, [record])
  const world = fakeWorld(cluster)
  const source = sourceOf(world, { ...orderSpec(world, 't'), include: [], ...spec }, rowType)
  const taken = await readAll(source, rowType)
  await source.close()
  const deletes = taken.batches.flatMap((batch) => [...(batch.deletes ?? [])])
  return { rows: taken.rows(), deletes, reasons: taken.deadLetters.map(({ offset, reason }) => `${offset} ${reason}`) }
}

const json = { kind: 'json', options: {} }
const text = { kind: 'text', options: {} }
const bytes = { kind: 'bytes', options: {} }
const upsert = (...key: number[]) => ({ kind: 'upsert' as const, options: { key } })

describe('formats', () => {
  test('TEXT takes UTF-8 and nothing else', async () => {
    const decoded = await decode(
      { format: text },
      [field('line')],
      [{ value: 'grüße' }, { value: Uint8Array.of(0xc3, 0x28) }, { value: 'a\0b' }, { value: null }, { value: '' }],
    )
    expect(decoded).toEqual({
      rows: [['grüße'], [null], ['']],
      deletes: [],
      reasons: ['1 text is not valid UTF-8', '2 text holds a zero byte'],
    })
  })

  test('BYTES takes anything', async () => {
    const decoded = await decode(
      { format: bytes },
      [field('data', BYTEA)],
      [{ value: Uint8Array.of(0, 255) }, { value: null }],
    )
    expect(decoded.rows).toEqual([[Uint8Array.of(0, 255)], [null]])
  })

  test('JSON is exact, and a whole document can be one column', async () => {
    const values = [{ value: '{"n": 0.10, "id": 9007199254740993}' }]
    expect((await decode({ format: json }, [field('id', INT8), field('n', NUMERIC)], values)).rows).toEqual([
      [9007199254740993n, { mantissa: 10, scale: 2 }],
    ])
    const document = { kind: 'json', options: { document: true } }
    const decoded = await decode({ format: document }, [field('data', JSONB)], [...values, { value: '[1' }])
    expect(decoded.rows).toEqual([['{"n": 0.10, "id": 9007199254740993}']])
    expect(decoded.reasons).toEqual([expect.stringContaining('1 malformed JSON')])
  })

  test('columns that a format cannot fill are refused at once', () => {
    const world = fakeWorld(new FakeCluster())
    const make = (format: ConnectorSpec['format'], rowType: RowType) => () =>
      sourceOf(world, { ...orderSpec(world, 't'), include: [], format }, rowType)
    expect(make(text, [field('a', INT4)])).toThrow(
      'FORMAT TEXT fills one column of type text or varchar, but column "a" is int4',
    )
    expect(make(bytes, [field('a', BYTEA), field('b')])).toThrow(
      'FORMAT BYTES fills one column of type bytea, but 2 are declared',
    )
    expect(make({ kind: 'csv', options: {} }, [])).toThrow('FORMAT CSV is not supported')
    expect(make({ kind: 'avro', options: {} }, [])).toThrow('FORMAT AVRO needs a schema registry')
  })
})

describe('envelopes', () => {
  test('UPSERT by a JSON key of several columns; no value deletes; the key wins over the value', async () => {
    const rowType = [field('a', INT4), field('b'), field('v')]
    const decoded = await decode({ format: json, keyFormat: json, envelope: upsert(0, 1) }, rowType, [
      { key: '{"a":1,"b":"x"}', value: '{"v":"new","a":99}' },
      { key: '{"a":1,"b":"x"}', value: null },
      { key: null, value: '{"v":"lost"}' },
      { key: '{"a":"?"}', value: '{"v":"lost"}' },
      { key: '{"a":2,"b":"y"}', value: 'poison' },
      { key: '{"a":3,"b":"z"}', value: '{}' },
    ])
    expect(decoded).toEqual({
      rows: [
        [1, 'x', 'new'],
        [1, 'x', null],
        [3, 'z', null],
      ],
      deletes: [0, 1, 0],
      reasons: [
        '2 the record has no key, which ENVELOPE UPSERT needs',
        expect.stringMatching(/^3 key: field "a"/),
        expect.stringMatching(/^4 malformed JSON/),
      ],
    })
  })

  test('UPSERT by a single key column: bare JSON or an object, or text', async () => {
    const rowType = [field('id', INT8), field('v')]
    const decoded = await decode({ format: json, keyFormat: json, envelope: upsert(0) }, rowType, [
      { key: '17', value: '{"v":"a"}' },
      { key: ' {"id":18}', value: '{"v":"b"}' },
      { key: '"x"', value: '{"v":"c"}' },
    ])
    expect(decoded.rows).toEqual([
      [17, 'a'],
      [18, 'b'],
    ])
    expect(decoded.reasons).toEqual([expect.stringMatching(/^2 key: .*"x"/)])
    const plain = await decode(
      { format: json, envelope: upsert(0) },
      [field('id'), field('v')],
      [{ key: 'k', value: '{"v":"a"}' }],
    )
    expect(plain.rows).toEqual([['k', 'a']])
  })

  test('INCLUDE KEY and HEADERS', async () => {
    const include = [
      { what: 'headers' as const, column: 0 },
      { what: 'key' as const, column: 2 },
    ]
    const rowType = [field('h', JSONB), field('v'), field('k', BYTEA)]
    const headers = [
      ['trace', Buffer.from('a"b')],
      ['none', null],
    ] as const
    const decoded = await decode({ format: text, include }, rowType, [
      { key: Uint8Array.of(0xff), value: 'v', headers },
      { key: null, value: 'w' },
    ])
    expect(decoded.rows).toEqual([
      ['[{"key": "trace", "value": "a\\"b"}, {"key": "none", "value": null}]', 'v', Uint8Array.of(0xff)],
      ['[]', 'w', null],
    ])
  })

  test('columns that nobody reads come as NULLs, and records are still judged by them', async () => {
    const cluster = new FakeCluster()
    cluster.createTopic('t', 1)
    cluster.produce('t', 0, [{ value: '{"a":1,"b":2}' }, { value: '{"a":"bad","b":3}' }])
    const world = fakeWorld(cluster)
    const rowType = [field('a', INT4), field('b', INT4)]
    const source = sourceOf(world, { ...orderSpec(world, 't'), include: [] }, rowType)
    const rows: unknown[] = []
    await new Promise<void>((onEnd) => {
      source.open({
        from: new Map([[0, 0]]),
        until: new Map([[0, 2]]),
        columns: [1],
        onBatch: async (batch) => {
          rows.push([batch.rows.n, batch.rows.cols[0].nulls, batch.deadLetters.length])
        },
        onStatus: () => {},
        onEnd,
      })
    })
    expect(rows).toEqual([[1, Uint8Array.of(1), 1]])
    await source.close()
  })
})
