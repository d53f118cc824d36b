import { describe, expect, test } from 'vitest'
import { parseJson } from '../../types/json-parse.ts'
import { formatText } from '../../types/text.ts'
import type { Value } from '../../types/value.ts'
import { decodeAvro, field, record } from './avro.testkit.ts'
import { encodeAvroJson } from './encode-json.ts'
import { parseAvroSchema } from './schema-parse.ts'

/** JSON → Avro → the row that a source would show. */
function through(type: unknown, json: string): unknown {
  const schema = record(field('v', type))
  const bytes = encodeAvroJson(parseAvroSchema(JSON.stringify(schema)), parseJson(`{"v": ${json}}`))
  const { rows, reasons } = decodeAvro(schema, [bytes])
  return reasons[0] ?? rows[0][0]
}
const logical = (type: string, logicalType: string, more: object = {}) => ({ type, logicalType, ...more })
const cents = logical('bytes', 'decimal', { precision: 10, scale: 2 })
const noon = Date.UTC(2030, 0, 1, 12) * 1000

describe('JSON as Avro', () => {
  test.each([
    ['long', '9007199254740993', 9007199254740993n],
    ['string', '"ä"', 'ä'],
    [{ type: 'array', items: 'int' }, '[1, 2]', [1, 2]],
    [['null', 'string'], 'null', null],
    [['null', 'string'], '"a"', 'a'],
    [['null', 'string'], '{"string": "a"}', 'a'],
    [logical('long', 'timestamp-millis'), '"2030-01-01 12:00:00Z"', noon],
    [logical('long', 'timestamp-micros'), '"2030-01-01T14:00:00+02"', noon],
    [logical('long', 'timestamp-millis'), String(noon / 1000), noon],
    [logical('long', 'local-timestamp-micros'), '"2030-01-01 12:00"', noon],
    [logical('int', 'date'), '"1970-01-11"', 10],
    [logical('int', 'time-millis'), '"00:00:01.5"', 1_500_000],
  ])('%j: %s', (type, json, value) => {
    expect(through(type, json)).toEqual(value)
  })

  const spans = logical('fixed', 'duration', { name: 'D', size: 12 })
  test.each([
    ['1 year 2 days 03:00:04.5', { months: 12, days: 2, micros: 10_804_500_000 }],
    ['P1M', { months: 1, days: 0, micros: 0 }],
  ])('a duration: %s', (text, value) => {
    expect(through(spans, `"${text}"`)).toEqual(value)
  })
  test.each([
    ['-1 day', /out of range for a duration/],
    ['0.0001 seconds', /finer than a millisecond/],
    ['soon', /v/],
  ])('no duration: %s', (text, reason) => {
    expect(() => through(spans, `"${text}"`)).toThrow(reason)
  })

  test.each(['0', '12.34', '"-0.01"', '1.2', '327.68', '-327.68', '327.67', '99999999.99'])(
    'a decimal of two digits: %s',
    (json) => {
      const fixed = logical('fixed', 'decimal', { name: 'F', size: 8, precision: 10, scale: 2 })
      for (const type of [cents, fixed]) {
        const value = through(type, json) as Value
        expect(formatText(value, { kind: 'numeric', precision: 10, scale: 2 })).toBe(
          Number(JSON.parse(json)).toFixed(2),
        )
      }
    },
  )

  test.each([
    ['int', '"one"', 'field "v": it is no int'],
    [['null', 'int'], '"one"', 'field "v": it is no union'],
    [cents, '1.234', 'field "v": 1.234 has more than 2 digits after the point'],
    [
      logical('long', 'timestamp-millis'),
      '"noon"',
      'field "v": invalid input syntax for type timestamp with time zone: "noon"',
    ],
  ])('%j: %s is refused', (type, json, message) => {
    expect(() => through(type, json)).toThrow(message)
  })

  test('a field that is left out takes its default, or is named', () => {
    const schema = parseAvroSchema(JSON.stringify(record(field('a', 'int'), field('b', 'int', { default: 7 }))))
    expect([...encodeAvroJson(schema, parseJson('{"a": 1}'))]).toEqual([2, 14])
    expect(() => encodeAvroJson(schema, parseJson('{}'))).toThrow('field "a" has no value')
  })
})
