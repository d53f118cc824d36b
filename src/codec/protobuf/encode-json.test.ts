import { expect, test } from 'vitest'
import { columnBuilder } from '../../types/column-build.ts'
import { datumAt } from '../../types/column-read.ts'
import { formatText } from '../../types/text.ts'
import { protoDecoder } from './decode.ts'
import { encodeProtoJson } from './encode-json.ts'
import { parseProto } from './schema-parse.ts'
import { protoRowType } from './value.ts'

const SCHEMA = `syntax = "proto3"; package p; import "google/protobuf/timestamp.proto"; import "google/protobuf/duration.proto";
  import "google/protobuf/wrappers.proto";
  message M { google.protobuf.Timestamp at = 1; google.protobuf.Duration took = 2; google.protobuf.Int64Value n = 3;
    repeated google.protobuf.Timestamp all = 4; }`

/** What the decoder reads of it, as SQL prints it. */
function read(value: unknown): (string | null)[] {
  const payload = encodeProtoJson(SCHEMA, 'M', value)
  const message = parseProto(SCHEMA).at([0])!
  const fields = protoRowType(message)
  const builders = fields.map((field) => columnBuilder(field.type, 1))
  expect(protoDecoder(message, fields)(payload, 1, payload.length, builders)).toBeUndefined()
  return fields.map(({ type }, c) => {
    const datum = datumAt(builders[c]!.finish(), 0, type)
    return datum === null ? null : formatText(datum, type)
  })
}

test('times, durations and wrapped values stand as in the JSON of Protobuf, or as their fields', () => {
  const at = '2024-03-01T10:00:00.25+02:00'
  expect(read({ at, took: '-1.5s', n: 7, all: [at] })).toEqual([
    '2024-03-01 08:00:00.25+00',
    '-00:00:01.5',
    '7',
    '{"2024-03-01 08:00:00.25+00"}',
  ])
  expect(read({ at: { seconds: 1709251200 }, n: { value: 0 } }).slice(0, 3)).toEqual([
    '2024-03-01 00:00:00+00',
    null,
    '0',
  ])
})

test('what is none of them is named', () => {
  expect(() => encodeProtoJson(SCHEMA, 'M', { at: 'yesterday' })).toThrow('"yesterday" is no time')
  expect(() => encodeProtoJson(SCHEMA, 'M', { took: '5' })).toThrow('"5" is no duration')
})
