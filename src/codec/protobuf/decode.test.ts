import fc from 'fast-check'
import protobufjs from 'protobufjs'
import { describe, expect, test } from 'vitest'
import { columnBuilder } from '../../types/column-build.ts'
import { datumAt } from '../../types/column-read.ts'
import type { RowType } from '../../types/sql-type.ts'
import { formatText } from '../../types/text.ts'
import type { Datum, Value } from '../../types/value.ts'
import { checkReadable, messagePath, protoDecoder } from './decode.ts'
import { parseProto } from './schema-parse.ts'
import { protoRowType } from './value.ts'

/** A message in the wire format, by another implementation. */
function encode(text: string, name: string, value: object): Uint8Array {
  const { root } = protobufjs.parse(text, { keepCase: true })
  for (const builtIn of ['timestamp', 'duration', 'wrappers']) {
    root.addJSON((protobufjs.common.get(`google/protobuf/${builtIn}.proto`) as { nested: object }).nested as never)
  }
  return root.lookupType(name).encode(value).finish()
}

function decode(text: string, payload: Uint8Array, as: { name?: string; fields?: RowType } = {}) {
  const file = parseProto(text)
  const message = as.name === undefined ? file.at([0])! : file.named(as.name)!
  const fields = as.fields ?? protoRowType(message)
  const builders = fields.map((field) => columnBuilder(field.type, 2))
  const bytes = Buffer.concat([Buffer.alloc(3, 0xff), payload, Buffer.alloc(3, 0xff)])
  const reason = protoDecoder(message, fields)(bytes, 3, 3 + payload.length, builders)
  const row = reason === undefined ? fields.map((f, c) => datumAt(builders[c].finish(), 0, f.type)) : null
  return { reason, fields, row }
}

/** The only column as SQL prints it. */
function shown(declaration: string, value: unknown): string | null {
  const text = `syntax = "proto3"; package p; import "google/protobuf/timestamp.proto"; import "google/protobuf/duration.proto";
    import "google/protobuf/wrappers.proto"; message M { ${declaration} }`
  const { row, fields, reason } = decode(text, encode(text, 'p.M', value === undefined ? {} : { v: value }))
  if (row === null) return `! ${reason}`
  return row[0] === null ? null : formatText(row[0] as Value, fields[0].type)
}

const { fromString: long } = protobufjs.util.Long as unknown as {
  fromString(text: string, unsigned?: boolean): unknown
}
const ENUM = 'enum E { ZERO = 0; ONE = 1; } E v = 1;'

describe('values of every type', () => {
  test.each([
    ['double v = 1;', 0.1, '0.1'],
    ['float v = 1;', 1.5, '1.5'],
    ['int32 v = 1;', -5, '-5'],
    ['int64 v = 1;', long('-9223372036854775808'), '-9223372036854775808'],
    ['int64 v = 1;', long('9223372036854775807'), '9223372036854775807'],
    ['uint32 v = 1;', 4294967295, '4294967295'],
    ['uint64 v = 1;', long('18446744073709551615', true), '18446744073709551615'],
    ['sint32 v = 1;', -2147483648, '-2147483648'],
    ['sint64 v = 1;', long('-9007199254740993'), '-9007199254740993'],
    ['fixed32 v = 1;', 4294967295, '4294967295'],
    ['fixed64 v = 1;', long('18446744073709551615', true), '18446744073709551615'],
    ['sfixed32 v = 1;', -1, '-1'],
    ['sfixed64 v = 1;', long('-2'), '-2'],
    ['bool v = 1;', true, 't'],
    ['string v = 1;', 'naïve', 'naïve'],
    ['bytes v = 1;', Buffer.from([0, 255]), '\\x00ff'],
    [ENUM, 1, 'ONE'],
    [ENUM, 7, '7'],
    [ENUM, undefined, 'ZERO'],
    ['int32 v = 1;', undefined, '0'],
    ['string v = 1;', undefined, ''],
    ['optional int32 v = 1;', undefined, null],
    ['optional int32 v = 1;', 0, '0'],
    ['oneof o { int32 v = 1; string w = 2; }', undefined, null],
    ['repeated int32 v = 1;', [1, 2, 300], '{1,2,300}'],
    ['repeated int32 v = 1 [packed = false];', [1, 2], '{1,2}'],
    ['repeated string v = 1;', ['a', ''], '{a,""}'],
    ['repeated int32 v = 1;', undefined, '{}'],
    ['map<string, int32> v = 1;', { b: 1, a: 2 }, '{"a": 2, "b": 1}'],
    ['map<int32, string> v = 1;', { 5: 'x' }, '{"5": "x"}'],
    ['google.protobuf.Timestamp v = 1;', { seconds: 1709251200, nanos: 123456789 }, '2024-03-01 00:00:00.123456+00'],
    ['google.protobuf.Timestamp v = 1;', { seconds: -1, nanos: 500000000 }, '1969-12-31 23:59:59.5+00'],
    ['google.protobuf.Timestamp v = 1;', undefined, null],
    ['google.protobuf.Duration v = 1;', { seconds: 90, nanos: 500000000 }, '00:01:30.5'],
    ['google.protobuf.Int64Value v = 1;', { value: 5 }, '5'],
    ['google.protobuf.StringValue v = 1;', {}, ''],
    ['google.protobuf.StringValue v = 1;', undefined, null],
    [
      'message I { int32 a = 1; optional string b = 2; repeated I c = 3; } I v = 1;',
      { a: 1, c: [{ a: 2, b: 'x' }] },
      '{"a": 1, "b": null, "c": [{"a": 2, "b": "x", "c": []}]}',
    ],
    ['message I { int32 a = 1; } repeated I v = 1;', [{ a: 1 }, {}], '[{"a": 1}, {"a": 0}]'],
    ['message I { int32 a = 1; } map<string, I> v = 1;', { k: { a: 1 } }, '{"k": {"a": 1}}'],
    ['repeated google.protobuf.Timestamp v = 1;', [{ seconds: 0 }], '{"1970-01-01 00:00:00+00"}'],
  ])('%s %j', (declaration, value, expected) => {
    expect(shown(declaration, value)).toBe(expected)
  })

  test('random numbers and texts come out as they went in', () => {
    const text =
      'syntax = "proto3"; message M { int32 a = 1; sint32 b = 2; uint32 c = 3; double d = 4; string e = 5; repeated sint64 f = 6; bool g = 7; }'
    const values = fc.record({
      a: fc.integer(),
      b: fc.integer(),
      c: fc.nat(),
      d: fc.double({ noNaN: true }).map((d) => d + 0),
      e: fc.string({ unit: 'grapheme' }).map((t) => t.replaceAll('\0', '')),
      f: fc.array(fc.maxSafeInteger()),
      g: fc.boolean(),
    })
    fc.assert(
      fc.property(values, (value) => {
        expect(decode(text, encode(text, 'M', value)).row).toEqual(Object.values(value))
      }),
    )
  })

  test('proto2: required is NOT NULL, and missing it is a dead letter', () => {
    const text = 'syntax = "proto2"; message M { required int32 a = 1; optional int32 b = 2; }'
    expect(decode(text, encode(text, 'M', { a: 1 })).row).toEqual([1, null])
    expect(protoRowType(parseProto(text).at([0])!).map((f) => f.nullable)).toEqual([false, true])
    expect(decode(text, Uint8Array.of(0x10, 1)).reason).toBe('field "a": it is required, but missing')
  })
})

describe('another version of the schema', () => {
  test('fields are known by their numbers; what is unknown is passed over', () => {
    const old = 'syntax = "proto3"; message M { int32 a = 1; string b = 2; }'
    const next = 'syntax = "proto3"; message M { int32 renamed = 1; double added = 9; repeated int32 more = 10; }'
    expect(decode(old, encode(next, 'M', { renamed: 5, added: 1.5, more: [1, 2] })).row).toEqual([5, ''])
  })

  const message = (body: string) => parseProto(`syntax = "proto3"; message M { ${body} }`).at([0])!
  test.each([
    ['int32 a = 1;', 'string a = 1;', 'field "a": int32 cannot be read as string'],
    ['map<string, int32> a = 1;', 'string a = 1;', 'field "a": map<string, int32> cannot be read as string'],
    [
      'message I { int32 x = 1; } I i = 1;',
      'message I { string x = 1; } I i = 1;',
      'field "i.x": int32 cannot be read as string',
    ],
  ])('%s cannot be read as %s', (writer, reader, reason) => {
    expect(() => checkReadable(message(writer), message(reader))).toThrow(reason)
  })
  test('numbers that are written alike can', () => {
    checkReadable(message('int32 a = 1;'), message('int64 a = 1;'))
    checkReadable(message('string a = 1;'), message('bytes a = 1;'))
  })
})

describe('messages of a file', () => {
  const text = `syntax = "proto3"; package a.b; enum E { Z = 0; }
    message First { message Inner { int32 x = 1; } Inner i = 1; } message Second { message In { message Deep {} } string s = 1; }`
  test('are found by path and by name', () => {
    const file = parseProto(text)
    expect(file.at([0])?.name).toBe('a.b.First')
    expect(file.at([0, 0])?.name).toBe('a.b.First.Inner')
    expect(file.at([1, 0, 0])?.name).toBe('a.b.Second.In.Deep')
    expect(file.at([2])).toBeUndefined()
    expect(file.named('Second')?.name).toBe('a.b.Second')
    expect(file.named('a.b.First.Inner')?.name).toBe('a.b.First.Inner')
  })

  test('paths in payloads: nothing is the first', () => {
    expect(messagePath(Uint8Array.of(0, 9), 0, 2)).toEqual({ path: [0], at: 1 })
    expect(messagePath(Uint8Array.of(4, 2, 0, 9), 0, 4)).toEqual({ path: [1, 0], at: 3 })
  })

  test('references are what a file imports', () => {
    const references = [
      { name: 'money.proto', text: 'syntax = "proto3"; package m; message Money { int64 units = 1; }' },
    ]
    const file = parseProto('syntax = "proto3"; import "money.proto"; message M { m.Money v = 1; }', references)
    expect(protoRowType(file.at([0])!)).toEqual([{ name: 'v', type: { kind: 'jsonb' }, nullable: true }])
    expect(() => parseProto('syntax = "proto3"; import "gone.proto"; message M {}')).toThrow('it imports "gone.proto"')
  })

  test.each(['message M {', 'syntax = "proto3"; message M { Other o = 1; }'])('%s is no schema', (wrong) => {
    expect(() => parseProto(wrong)).toThrow('invalid Protobuf schema')
  })
})

describe('bytes that are no message', () => {
  const text = 'syntax = "proto3"; message M { int32 a = 1; string b = 2; message I { int32 x = 1; } I i = 3; }'
  test.each([
    [[0x08], 'field "a": the message ends too early'],
    [[0x0a, 1, 65], 'field "a": wire type 2 is not that of its type'],
    [[0x12, 5, 65], 'field "b": the message ends too early'],
    [[0x12, 1, 0xff], 'field "b": a text is not valid UTF-8'],
    [[0x12, 1, 0], 'field "b": a text holds a null character'],
    [[0x00], 'a field without a number'],
    [[0x1a, 3, 0x08, 1], 'field "i": the message ends too early'],
    [[0x08, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1], 'field "a": an integer of more than 64 bits'],
  ])('%j', (payload, reason) => {
    expect(decode(text, Uint8Array.from(payload)).reason).toBe(reason)
  })

  test('random bytes never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 30 }), (payload) => {
        decode(text, payload)
      }),
    )
  })
})

test('declared columns take fields by name, in the types that hold them', () => {
  const text = 'syntax = "proto3"; message M { int32 a = 1; string b = 2; }'
  const payload = encode(text, 'M', { a: 7, b: '2024-03-01' })
  const as = (name: string, kind: string, nullable = true): Datum | string => {
    const { row, reason } = decode(text, payload, { fields: [{ name, type: { kind: kind as 'text' }, nullable }] })
    return reason ?? row![0]
  }
  expect(as('a', 'int8')).toBe(7)
  expect(as('a', 'text')).toBe('7')
  expect(as('b', 'date')).toBe(19783)
  expect(as('missing', 'text')).toBeNull()
  expect(as('b', 'int4')).toContain('field "b"')
  expect(() => as('missing', 'text', false)).toThrow('field "missing"')
})
