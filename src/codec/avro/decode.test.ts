import { describe, expect, test } from 'vitest'
import { formatText } from '../../types/text.ts'
import type { Value } from '../../types/value.ts'
import { decodeAvro, encodeAvro, field, record, roundTrip } from './avro.testkit.ts'
import type { AvroRecord } from './schema.ts'
import { parseAvroSchema } from './schema-parse.ts'
import { avroRowType, sqlTypeOf } from './sql-type.ts'
import { defaultDatum } from './value.ts'

/** The value as SQL prints it. */
function shown(type: unknown, value: unknown, reader: unknown = type): string | null {
  const datum = roundTrip(type, value, reader)
  if (datum === null) return null
  return formatText(datum as Value, sqlTypeOf(parseAvroSchema(JSON.stringify(reader))))
}

const bytes = (...values: number[]) => Buffer.from(values)
const logical = (type: string, logicalType: string, more: object = {}) => ({ type, logicalType, ...more })
const decimal = (precision: number, scale: number) => logical('bytes', 'decimal', { precision, scale })

describe('values of every type', () => {
  test.each([
    ['boolean', true, 't'],
    ['int', -2147483648, '-2147483648'],
    ['int', 2147483647, '2147483647'],
    ['long', 9007199254740993n, '9007199254740993'],
    ['long', -(2n ** 63n), '-9223372036854775808'],
    ['long', 2n ** 63n - 1n, '9223372036854775807'],
    ['long', 2n ** 48n, '281474976710656'],
    ['long', -(2n ** 34n), '-17179869184'],
    ['float', 1.5, '1.5'],
    ['double', 0.1, '0.1'],
    ['double', Number.NaN, 'NaN'],
    ['string', 'naïve €', 'naïve €'],
    ['string', '', ''],
    ['bytes', bytes(0, 255), '\\x00ff'],
    [{ type: 'fixed', name: 'F', size: 3 }, bytes(1, 2, 3), '\\x010203'],
    [{ type: 'enum', name: 'E', symbols: ['A', 'B'] }, 'B', 'B'],
    ['null', null, null],
    [decimal(6, 2), bytes(0x04, 0xd2), '12.34'],
    [decimal(6, 2), bytes(0xff), '-0.01'],
    [decimal(6, 2), bytes(0xff, 0xff, 0x85), '-1.23'],
    [decimal(30, 3), bytes(0x7f, 255, 255, 255, 255, 255, 255, 255, 255), '2361183241434822606.847'],
    [
      { type: 'fixed', name: 'D', size: 9, logicalType: 'decimal', precision: 20, scale: 0 },
      bytes(255, 255, 255, 255, 255, 255, 255, 255, 254),
      '-2',
    ],
    [logical('int', 'date'), 19783, '2024-03-01'],
    [logical('int', 'date'), -1, '1969-12-31'],
    [logical('int', 'time-millis'), 3_723_004, '01:02:03.004'],
    [logical('long', 'time-micros'), 3_723_000_005n, '01:02:03.000005'],
    [logical('long', 'timestamp-millis'), 1709251200123n, '2024-03-01 00:00:00.123+00'],
    [logical('long', 'timestamp-micros'), 1709251200123456n, '2024-03-01 00:00:00.123456+00'],
    [logical('long', 'timestamp-nanos'), -1n, '1969-12-31 23:59:59.999999+00'],
    [logical('long', 'local-timestamp-millis'), -1n, '1969-12-31 23:59:59.999'],
    [logical('long', 'local-timestamp-micros'), 0n, '1970-01-01 00:00:00'],
    [logical('long', 'local-timestamp-nanos'), 1_999n, '1970-01-01 00:00:00.000001'],
    [logical('string', 'uuid'), '5F0B3C1E-8A2D-4F7E-9C3B-1A2B3C4D5E6F', '5f0b3c1e-8a2d-4f7e-9c3b-1a2b3c4d5e6f'],
    [
      { type: 'fixed', name: 'U', size: 16, logicalType: 'uuid' },
      Buffer.alloc(16, 0xab),
      'abababab-abab-abab-abab-abababababab',
    ],
    [
      { type: 'fixed', name: 'P', size: 12, logicalType: 'duration' },
      bytes(14, 0, 0, 0, 3, 0, 0, 0, 0xdc, 5, 0, 0),
      '1 year 2 mons 3 days 00:00:01.5',
    ],
    [{ type: 'array', items: 'int' }, [1, 2], '{1,2}'],
    [{ type: 'array', items: ['null', 'string'] }, [{ string: 'a' }, null], '{a,NULL}'],
    [{ type: 'array', items: 'string' }, [], '{}'],
    [{ type: 'array', items: { type: 'array', items: 'int' } }, [[1], []], '[[1], []]'],
    [{ type: 'map', values: 'int' }, { b: 1, a: 2 }, '{"a": 2, "b": 1}'],
    [
      record(field('n', 'long'), field('t', ['null', 'string'])),
      { n: 9007199254740993n, t: null },
      '{"n": 9007199254740993, "t": null}',
    ],
    [
      record(field('at', logical('long', 'timestamp-millis')), field('d', decimal(5, 2))),
      { at: 0n, d: bytes(100) },
      '{"d": 1.00, "at": "1970-01-01T00:00:00+00:00"}',
    ],
    [['null', 'long'], { long: 5n }, '5'],
    [['null', 'long'], null, null],
    [['string', 'null'], { string: 'x' }, 'x'],
    [['null', 'string', 'long'], { long: 7n }, '{"long": 7}'],
    [['null', 'string', 'long'], { string: '7' }, '{"string": "7"}'],
    [['null', 'string', 'long'], null, null],
  ])('%j', (type, value, expected) => {
    const inner = (type as { name?: string }).name === 'R' ? { ...(type as object), name: 'Inner' } : type
    expect(shown(inner, value)).toBe(expected)
  })

  test('a logical type on a type that it does not go with is ignored', () => {
    expect(sqlTypeOf(parseAvroSchema('{"type":"string","logicalType":"date"}'))).toEqual({ kind: 'text' })
    expect(sqlTypeOf(parseAvroSchema('{"type":"bytes","logicalType":"decimal","precision":2,"scale":3}'))).toEqual({
      kind: 'bytea',
    })
  })

  test("Kafka Connect's and Debezium's names say what a number or a text means", () => {
    const meant = (type: string, name: string) => ({ type, 'connect.name': name, 'connect.version': 1 })
    expect(shown(meant('int', 'io.debezium.time.Date'), 19783)).toBe('2024-03-01')
    expect(shown(meant('long', 'io.debezium.time.MicroTimestamp'), 1709251200000000n)).toBe('2024-03-01 00:00:00')
    expect(shown(meant('string', 'io.debezium.time.ZonedTimestamp'), '2024-02-29T22:00:00.000000Z')).toBe(
      '2024-02-29 22:00:00+00',
    )
    expect(shown(meant('string', 'io.debezium.data.Json'), '{"k": [1, 2]}')).toBe('{"k": [1, 2]}')
    const variable = {
      ...record(field('scale', 'int'), field('value', 'bytes')),
      name: 'V',
      'connect.name': 'io.debezium.data.VariableScaleDecimal',
    }
    expect(shown(variable, { scale: 1, value: bytes(15) })).toBe('1.5')
    expect(shown(variable, { scale: -2, value: bytes(3) })).toBe('300')
  })

  test('a record within itself', () => {
    const list = { type: 'record', name: 'List', fields: [field('n', 'int'), field('next', ['null', 'List'])] }
    const value = { n: 1, next: { List: { n: 2, next: null } } }
    expect(shown(list, value)).toBe('{"n": 1, "next": {"n": 2, "next": null}}')
  })

  test('a schema that is no record is one column', () => {
    expect(decodeAvro('string', [encodeAvro('string', 'k')]).rows).toEqual([['k']])
    expect(avroRowType(parseAvroSchema('"long"'), 'key')).toEqual([
      { name: 'key', type: { kind: 'int8' }, nullable: false },
    ])
  })
})

describe("the reader's schema", () => {
  const read = (writer: unknown, value: unknown, reader: unknown) =>
    decodeAvro(writer, [encodeAvro(writer, value)], { reader })

  test.each([
    ['int', 5, 'long', '5'],
    ['int', 5, 'float', '5'],
    ['int', 5, 'double', '5'],
    ['long', 5n, 'float', '5'],
    ['long', 9007199254740993n, 'double', '9.007199254740992e+15'],
    ['float', 0.1, 'double', '0.10000000149011612'],
    ['string', 'é', 'bytes', '\\xc3a9'],
    ['bytes', Buffer.from('é'), 'string', 'é'],
    ['int', 5, ['null', 'long'], '5'],
    [['null', 'int'], { int: 5 }, ['null', 'double'], '5'],
    [decimal(4, 1), bytes(15), decimal(6, 2), '1.50'],
    [logical('long', 'timestamp-millis'), 1n, logical('long', 'timestamp-micros'), '1970-01-01 00:00:00.001+00'],
    [{ type: 'array', items: 'int' }, [1], { type: 'array', items: 'double' }, '{1}'],
    [{ type: 'map', values: 'int' }, { a: 1 }, { type: 'map', values: 'double' }, '{"a": 1}'],
    ['int', 5, ['null', 'string', 'long'], '{"long": 5}'],
  ])('promotes %j %s to %j', (writer, value, reader, expected) => {
    expect(shown(writer, value, reader)).toBe(expected)
  })

  test('orders fields its own way, skips what it lacks, finds what was renamed', () => {
    const writer = record(
      field('a', 'int'),
      field('gone', { type: 'map', values: ['null', { type: 'array', items: 'string' }] }),
      field('gone2', { ...record(field('x', 'double'), field('y', { type: 'fixed', name: 'F', size: 2 })), name: 'G' }),
      field('old', 'string'),
      field('gone3', { type: 'enum', name: 'E', symbols: ['A'] }),
    )
    const reader = record(field('renamed', 'string', { aliases: ['old'] }), field('a', 'long'))
    const value = {
      a: 1,
      gone: { k: { array: ['x'] }, l: null },
      gone2: { x: 1, y: bytes(1, 2) },
      old: 'o',
      gone3: 'A',
    }
    expect(read(writer, value, reader).rows).toEqual([['o', 1]])
  })

  test('fills what the writer lacks from its defaults', () => {
    const reader = record(
      field('a', 'int'),
      field('n', ['null', 'string'], { default: null }),
      field('s', ['string', 'null'], { default: 'x' }),
      field('d', decimal(4, 2), { default: '\u0001\u00f4' }),
      field('at', logical('long', 'timestamp-millis'), { default: 1000 }),
      field('list', { type: 'array', items: 'int' }, { default: [1, 2] }),
      field('inner', { ...record(field('x', 'int', { default: 7 })), name: 'I' }, { default: {} }),
      field('e', { type: 'enum', name: 'E', symbols: ['A', 'B'] }, { default: 'B' }),
    )
    expect(read(record(field('a', 'int')), { a: 1 }, reader).rows).toEqual([
      [1, null, 'x', { mantissa: 500, scale: 2 }, 1_000_000, [1, 2], '{"x": 7}', 'B'],
    ])
  })

  test('a default beyond 2^53 is exact', () => {
    const text = '{"type":"record","name":"R","fields":[{"name":"l","type":"long","default":9007199254740993}]}'
    const type = parseAvroSchema(text) as AvroRecord
    expect(defaultDatum(type.fields[0], { kind: 'int8' })).toBe(9007199254740993n)
  })

  test('an unknown symbol of an enum is its default, else a dead letter', () => {
    const writer = { type: 'enum', name: 'E', symbols: ['A', 'B', 'C'] }
    expect(roundTrip(writer, 'C', { type: 'enum', name: 'E', symbols: ['A', 'B'], default: 'A' })).toBe('A')
    expect(roundTrip(writer, 'C', { type: 'enum', name: 'E', symbols: ['A', 'B'] })).toBe(
      'field "v": "C" is none of the symbols of the reader\'s schema',
    )
    expect(roundTrip(writer, 'B', { type: 'enum', name: 'E', symbols: ['A', 'B'] })).toBe('B')
  })

  test('a null for a reader that knows none is a dead letter, not a row', () => {
    expect(roundTrip(['null', 'int'], null, 'int')).toBe('field "v": null cannot be read as int')
    expect(roundTrip(['null', 'int'], { int: 3 }, 'int')).toBe(3)
  })

  test.each([
    ['long', 'int', 'field "v": long cannot be read as int'],
    ['string', 'int', 'field "v": string cannot be read as int'],
    ['string', { type: 'enum', name: 'E', symbols: ['A'] }, 'field "v": string cannot be read as enum "E"'],
    ['int', ['null', 'string'], 'field "v": int is none of the types of the reader\'s union'],
    [decimal(6, 3), decimal(6, 2), 'field "v": bytes (decimal) cannot be read as bytes (decimal)'],
    [{ type: 'fixed', name: 'F', size: 2 }, { type: 'fixed', name: 'F', size: 3 }, 'field "v": it has 2 bytes'],
    [{ type: 'array', items: 'string' }, { type: 'array', items: 'int' }, 'field "v": string cannot be read as int'],
    [['null', 'string'], 'int', 'field "v": string cannot be read as int'],
  ])('refuses %j for %j, naming the field', (writer, reader, message) => {
    expect(() => decodeAvro(record(field('v', writer)), [], { reader: record(field('v', reader)) })).toThrow(message)
  })

  test('names the field within a record, and the one that is missing without a default', () => {
    const inner = (name: string, type: string) => ({ ...record(field(name, type)), name: 'I' })
    const between = (a: unknown, b: unknown) => () =>
      decodeAvro(record(field('v', a)), [], { reader: record(field('v', b)) })
    expect(between(inner('x', 'string'), inner('x', 'int'))).toThrow('field "v.x": string cannot be read as int')
    expect(between(inner('y', 'int'), inner('x', 'int'))).toThrow('field "v.x": the writer\'s schema lacks it')
    expect(() => decodeAvro(record(), [], { reader: record(field('w', 'int')) })).toThrow(
      'field "w": the writer\'s schema lacks it, and it has no default',
    )
  })

  test('a half-matched branch of a union leaves nothing behind', () => {
    const a = (type: string) => ({ type: 'record', name: 'A', fields: [field('x', type)] })
    const writer = record(field('p', [a('string'), 'null', 'int']), field('q', ['null', 'A']))
    const reader = record(field('p', [a('int'), 'null', 'int']), field('q', ['null', 'string'], { default: null }))
    expect(() => decodeAvro(writer, [], { reader })).toThrow('field "q"')
    const payload = encodeAvro(record(field('p', [a('string'), 'null', 'int'])), { p: { A: { x: 's' } } })
    const { reasons } = decodeAvro(record(field('p', [a('string'), 'null', 'int'])), [payload], {
      reader: record(field('p', [a('int'), 'null', 'int'])),
    })
    expect(reasons[0]).toContain('string cannot be read as int')
  })
})

describe('declared columns', () => {
  const writer = record(
    field('id', 'int'),
    field('s', 'string'),
    field('n', ['null', 'long']),
    field('doc', { type: 'map', values: 'int' }),
  )
  const payload = encodeAvro(writer, { id: 70_000, s: '2024-03-01', n: { long: 1709251200123n }, doc: { a: 1 } })
  const as = (name: string, kind: string, nullable = true) =>
    decodeAvro(writer, [payload], { fields: [{ name, type: { kind: kind as 'text' }, nullable }] })

  test('are filled by name, with what the types hold', () => {
    expect(as('id', 'int8').rows).toEqual([[70_000]])
    expect(as('id', 'numeric').rows).toEqual([[{ mantissa: 70_000, scale: 0 }]])
    expect(as('id', 'text').rows).toEqual([['70000']])
    expect(as('s', 'date').rows).toEqual([[19783]])
    expect(as('n', 'timestamptz').rows).toEqual([[1709251200123000]])
    expect(as('doc', 'jsonb').rows).toEqual([['{"a": 1}']])
    expect(as('doc', 'text').rows).toEqual([['{"a":1}']])
    expect(as('s', 'jsonb').rows).toEqual([['"2024-03-01"']])
    expect(as('missing', 'text').rows).toEqual([[null]])
  })

  test('a value that does not fit is a dead letter, a type that cannot is an error', () => {
    expect(as('id', 'int2').reasons).toEqual(['field "id": value "70000" is out of range for type smallint'])
    expect(as('s', 'int4').reasons).toEqual(['field "s": invalid input syntax for type integer: "2024-03-01"'])
    expect(() => as('doc', 'int4')).toThrow('field "doc": map cannot be read as type int4')
    expect(() => as('missing', 'text', false)).toThrow("the writer's schema lacks it, and the column is NOT NULL")
  })
})

describe('bytes that are not what the schema says', () => {
  const writer = record(field('s', 'string'), field('n', ['null', 'int']), field('l', { type: 'array', items: 'null' }))
  const good = encodeAvro(writer, { s: 'abc', n: null, l: [] })

  test('every cut is a dead letter that leaves no half row', () => {
    const cuts = Array.from(good, (_, i) => good.subarray(0, i))
    const { rows, reasons } = decodeAvro(writer, [...cuts, good])
    expect(rows).toEqual([['abc', null, []]])
    expect(reasons.slice(0, -1).every((reason) => reason?.includes('ends too early'))).toBe(true)
  })

  test.each([
    [[6, 0xff, 0xfe, 0xfd, 0, 0], 'field "s": a text is not valid UTF-8'],
    [[4, 65, 0, 0, 0], 'field "s": a text holds a null character'],
    [[0, 4, 0], 'field "n": a union has no branch 2'],
    [[0, 2, 255, 255, 255, 255, 255, 1, 0], 'field "n": -34359738368 is no 32-bit integer'],
    [[0, 2, 255, 255, 255, 255, 255, 255, 255, 255, 255, 2, 0], 'field "n": an integer of more than 64 bits'],
    [[0, 0, 0, 9], '1 bytes are left over'],
    [[0, 0, 128, 128, 128, 128, 64], 'field "l": too many empty items'],
    [[255, 255, 255, 255, 15], 'field "s": the record ends too early'],
  ])('%j', (payload, reason) => {
    expect(decodeAvro(writer, [Uint8Array.from(payload)]).reasons).toEqual([reason])
  })
})

describe('schemas that are none', () => {
  test.each([
    ['{', 'it is not JSON'],
    ['{"type":"record","name":"R"}', '"fields" is missing'],
    ['{"type":"record","name":"R","fields":[{"name":"a","type":"Other"}]}', 'type "Other" is not defined'],
    ['["int","int"]', 'a union with two types of kind "int"'],
    ['{"type":"enum","name":"E","symbols":["A"],"default":"B"}', 'the default "B" of enum "E"'],
    ['{"type":"fixed","name":"F"}', '"size" is missing'],
    ['{"type":"record","name":"1","fields":[]}', 'a named type needs a name'],
  ])('%s', (text, message) => {
    expect(() => parseAvroSchema(text)).toThrow(`invalid Avro schema: `)
    expect(() => parseAvroSchema(text)).toThrow(message)
  })

  test('references bring the types that they define', () => {
    const reference = JSON.stringify({ type: 'record', name: 'Money', namespace: 'a.b', fields: [field('v', 'int')] })
    const type = parseAvroSchema(JSON.stringify(record(field('m', 'a.b.Money'))), [reference])
    expect(avroRowType(type, '')).toEqual([{ name: 'm', type: { kind: 'jsonb' }, nullable: false }])
  })
})
