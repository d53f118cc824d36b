import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { columnBuilder } from '../types/column-build.ts'
import { datumAt } from '../types/column-read.ts'
import { parseJson } from '../types/json-parse.ts'
import type { RowType } from '../types/sql-type.ts'
import * as T from '../types/sql-type.ts'
import { formatText } from '../types/text.ts'
import { encodeUtf8 } from '../types/utf8.ts'
import { decodeJsonSlowly, decodeJsonValue } from './json.ts'
import { compileJsonDecoder, type JsonDecoder } from './json-scan.ts'

const fields: RowType = [
  { name: 'id', type: T.INT8, nullable: false },
  { name: 'n', type: T.INT4, nullable: true },
  { name: 'f', type: T.FLOAT8, nullable: true },
  { name: 'amount', type: { kind: 'numeric', precision: 12, scale: 2 }, nullable: true },
  { name: 'exact', type: T.NUMERIC, nullable: true },
  { name: 'name', type: T.TEXT, nullable: true },
  { name: 'ts', type: T.TIMESTAMPTZ, nullable: true },
  { name: 'at', type: T.TIMESTAMP, nullable: true },
  { name: 'ok', type: T.BOOL, nullable: true },
  { name: 'doc', type: T.JSONB, nullable: true },
]

/** Decodes texts in order; each gives its row, or the reason as a string. */
function decode(decoder: JsonDecoder, texts: readonly string[]): unknown[] {
  const builders = fields.map((field) => columnBuilder(field.type, 2))
  const out: unknown[] = []
  let n = 0
  for (const text of texts) {
    const body = encodeUtf8(text)
    const bytes = new Uint8Array(body.length + 6).fill(0x7b)
    bytes.set(body, 3)
    const reason = decoder(bytes, 3, 3 + body.length, builders)
    out.push(reason ?? n++)
  }
  expect(builders.map((builder) => builder.length)).toEqual(fields.map(() => n))
  const cols = builders.map((builder) => builder.finish())
  return out.map((row) =>
    typeof row === 'string' ? row : fields.map((field, c) => datumAt(cols[c], row as number, field.type)),
  )
}

const fast = compileJsonDecoder(fields)
const slow: JsonDecoder = (bytes, start, end, builders) => decodeJsonSlowly(fields, bytes, start, end, builders)

describe('JSON records', () => {
  test('numbers keep their text; missing and null are NULL; unknown fields are skipped; the last duplicate wins', () => {
    const [row] = decode(fast, [
      '{"id": 9007199254740993, "exact": 0.10000000000000000000001, "amount": 1.5, "x": {"y": []}, "n": 1, "n": 2, "name": null}',
    ])
    expect(row).toEqual([
      9007199254740993n,
      2,
      null,
      { mantissa: 150, scale: 2 },
      { mantissa: 10000000000000000000001n, scale: 23 },
      null,
      null,
      null,
      null,
      null,
    ])
  })

  test('timestamps come as ISO text or as epoch milliseconds', () => {
    const micros = 1_704_164_645_500_000
    const rows = decode(fast, [
      '{"id":1,"ts":"2024-01-02T03:04:05.5Z","at":"2024-01-02 03:04:05.5"}',
      '{"id":1,"ts":"2024-01-02T04:04:05.5+01:00","at":1704164645500}',
      '{"id":1,"ts":1704164645500,"at":1.7041646455e12}',
    ]) as unknown[][]
    expect(rows.map((row) => [row[6], row[7]])).toEqual([
      [micros, micros],
      [micros, micros],
      [micros, micros],
    ])
  })

  test('lists of lists of one length are arrays of several dimensions', () => {
    expect(decodeJsonValue(T.arrayOf(T.INT4), parseJson('[[1,2],[3,null]]'))).toEqual({
      items: [1, 2, 3, null],
      dims: [2, 2],
      lower: [1, 1],
    })
    expect(() => decodeJsonValue(T.arrayOf(T.INT4), parseJson('[[1,2],[3]]'))).toThrow(
      expect.objectContaining({ sqlstate: '2202E' }),
    )
  })

  test('a bad record appends nothing and says why', () => {
    expect(
      decode(fast, [
        '{"id":1,"n":"x"}',
        '{"id":1,"n":1.5}',
        '{"id":1,"n":99999999999}',
        '{"n":1}',
        '{"id":null}',
        '{"id":1',
        '[]',
        '{"id":1} x',
        '{"id":01}',
        '{"id":1,"ok":1}',
        '{"id":7}',
      ]),
    ).toEqual([
      'field "n": invalid input syntax for type integer: "x"',
      'field "n": invalid input syntax for type integer: "1.5"',
      'field "n": value "99999999999" is out of range for type integer',
      'field "id" is null but declared NOT NULL',
      'field "id" is null but declared NOT NULL',
      'malformed JSON at character 8: The input string ended unexpectedly.',
      'a JSON array is no record',
      'malformed JSON at character 10: Token "x" is invalid.',
      'malformed JSON at character 7: Token "01" is invalid.',
      'field "ok": a JSON number is no boolean',
      [7, null, null, null, null, null, null, null, null, null],
    ])
  })

  test('the scanner and the exact path agree on everything', () => {
    const number = fc.oneof(
      fc.integer().map(String),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((v) => JSON.stringify(v)),
      fc.bigInt().map(String),
      fc.tuple(fc.nat(999), fc.nat(999)).map(([a, b]) => `-${a}.${b}`),
      fc.constantFrom('0', '-0', '-0.0', '1e5', '1.50', '00', '1.', '.5', '-', '2147483648'),
    )
    const value = fc.oneof(
      number,
      fc.string({ unit: 'binary' }).map((v) => JSON.stringify(v)),
      fc.constantFrom(
        'null',
        'true',
        'false',
        'nul',
        'tru',
        '"2024-02-30T00:00:00Z"',
        '"2024-02-29T01:02:03Z"',
        '"2024-02-29 01:02:03.1234567"',
        '"1999-12-31T23:59:59.000001"',
        '"é"',
        '"\\u00e9"',
        '{"a":[1]}',
        '[1,{"b":2}]',
        '[1,]',
        '[ ]',
        '{"a":01}',
        '{"a":"\\q"}',
        '[1e5,"é",{"é" : nul}]',
        '0.30000000000000004',
        '9007199254740991',
        '9007199254740993',
        '1e400',
        '1e-400',
        '"a',
        '',
      ),
    )
    const key = fc.constantFrom(...fields.map((field) => field.name), 'other', 'i\\u0064', '')
    const space = fc.constantFrom('', '', ' ', '\n\t')
    const record = fc
      .tuple(
        fc.integer(),
        fc.array(fc.tuple(key, value, space), { maxLength: 6 }),
        fc.constantFrom('}', '}', '}', '', '} ', '}}', ',}'),
      )
      .map(
        ([id, members, tail]) =>
          `{"id":${id}${members.map(([k, v, s]) => `,${s}"${k}"${s}:${s}${v}${s}`).join('')}${tail}`,
      )
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 5 }), (texts) => {
        expect(decode(fast, texts)).toEqual(decode(slow, texts))
      }),
      { numRuns: 1000 },
    )
  })

  test('a field that nobody wants is judged, but goes nowhere', () => {
    const wanted = fields.map((field) => field.name === 'id')
    const builders = fields.map((field, c) => (wanted[c] ? columnBuilder(field.type) : null))
    const judge = compileJsonDecoder(fields, wanted)
    const reasons = ['{"id":1,"n":2,"name":"a"}', '{"id":2,"n":"x"}', '{"id":3,"doc":{"a":[1]},"name":"\\n"}'].map(
      (text) => {
        const bytes = encodeUtf8(text)
        return judge(bytes, 0, bytes.length, builders)
      },
    )
    expect(reasons).toEqual([undefined, 'field "n": invalid input syntax for type integer: "x"', undefined])
    expect(datumAt(builders[0]!.finish(), 1, T.INT8)).toBe(3)
  })

  test('a text of any UTF-8 is taken, and of anything else refused, as the exact path does', () => {
    const one: RowType = [{ name: 'name', type: T.TEXT, nullable: true }]
    const quick = compileJsonDecoder(one)
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 6 }).map((text) => Buffer.from(JSON.stringify(text).slice(1, -1))),
      fc.uint8Array({ maxLength: 3 }),
      fc.constantFrom(
        Uint8Array.of(0xed, 0xa0, 0x80),
        Uint8Array.of(0xe0, 0x80, 0x80),
        Uint8Array.of(0xf4, 0x90, 0x80, 0x80),
      ),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 4 }), fc.boolean(), (pieces, unknown) => {
        const key = unknown ? 'other' : 'name'
        const bytes = Buffer.concat([Buffer.from(`{"${key}":"`), ...pieces, Buffer.from('"}')])
        const a = [columnBuilder(T.TEXT)]
        const b = [columnBuilder(T.TEXT)]
        expect(quick(bytes, 0, bytes.length, a)).toBe(decodeJsonSlowly(one, bytes, 0, bytes.length, b))
        expect(a[0].finish()).toEqual(b[0].finish())
      }),
      { numRuns: 500 },
    )
  })

  test('values of every type come back from their JSON text', () => {
    for (const [type, text, printed] of [
      [T.DATE, '"2024-01-02"', '2024-01-02'],
      [T.DATE, '19724', '2024-01-02'],
      [T.arrayOf(T.INT4), '[1,null,2]', '{1,NULL,2}'],
      [T.UUID, '"A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11"', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
      [T.TEXT, '{"a":1.0}', '{"a":1.0}'],
      [T.INTERVAL, '"1 day"', '1 day'],
      [T.INT4, '1e3', '1000'],
      [T.JSONT, '[1.0, {"a":2}]', '[1.0,{"a":2}]'],
    ] as const) {
      expect(formatText(decodeJsonValue(type, parseJson(text))!, type)).toBe(printed)
    }
  })
})

test('bytes that are no UTF-8 and exponents beyond reason are reasons, not crashes', () => {
  const builders = fields.map((field) => columnBuilder(field.type, 2))
  const bad = Uint8Array.of(...encodeUtf8('{"id":1,"name":"'), 0xff, ...encodeUtf8('"}'))
  expect(fast(bad, 0, bad.length, builders)).toBe('malformed JSON: not valid UTF-8')
  expect(decode(fast, ['{"id":1e9999999999}', '{"id":1,"doc":1e9999999999}'])).toEqual([
    'field "id": value overflows numeric format',
    'field "doc": value overflows numeric format',
  ])
})
