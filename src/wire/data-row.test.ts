import fc from 'fast-check'
import { Parser } from 'pg-protocol/dist/parser.js'
import { describe, expect, it } from 'vitest'
import { decodeBinary } from '../codec/pg-binary.ts'
import type { ResultField } from '../session/contract.ts'
import { batchFromRows } from '../types/batch-build.ts'
import { equalDatum } from '../types/datum.ts'
import * as types from '../types/sql-type.ts'
import { formatText } from '../types/text.ts'
import type { Datum } from '../types/value.ts'
import { ByteWriter } from './byte-writer.ts'
import { RowEncoder } from './data-row.ts'

const int8 = fc.oneof(
  fc.maxSafeInteger(),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((v) => {
    return v >= -9007199254740991n && v <= 9007199254740991n ? Number(v) : v
  }),
)
const numeric = fc.record({
  mantissa: fc.oneof(
    fc.maxSafeInteger().map((v) => v + 0),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 90n }),
    fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
  ),
  scale: fc.integer({ min: 0, max: 18 }),
})
const micros = fc.oneof(
  fc.integer({ min: -62_000_000_000_000_000 / 10, max: 250_000_000_000_000_000 / 100 }),
  fc.constantFrom(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
)
const text = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((s) => !s.includes('\0'))
const CASES: readonly (readonly [types.SqlType, fc.Arbitrary<unknown>])[] = [
  [types.BOOL, fc.boolean()],
  [types.INT2, fc.integer({ min: -32768, max: 32767 })],
  [types.INT4, fc.integer()],
  [types.INT8, int8],
  [types.OID, fc.integer({ min: 0, max: 4294967295 })],
  [types.FLOAT8, fc.double()],
  [types.NUMERIC, numeric.map((v) => (Number.isFinite(Number(v.mantissa)) ? v : { ...v, scale: 0 }))],
  [types.TEXT, text],
  [types.BYTEA, fc.uint8Array({ maxLength: 20 })],
  [types.DATE, fc.integer({ min: -700_000, max: 2_900_000 })],
  [types.TIME, fc.integer({ min: 0, max: 86_399_999_999 })],
  [types.TIMESTAMP, micros],
  [types.TIMESTAMPTZ, micros],
  [
    types.INTERVAL,
    fc.record({
      months: fc.integer({ min: -999, max: 999 }),
      days: fc.integer({ min: -999, max: 999 }),
      micros: fc.integer(),
    }),
  ],
  [types.UUID, fc.uuid()],
  [types.JSONB, fc.constantFrom('{"a": 1}', '[]', '"é"')],
  [types.arrayOf(types.INT4), fc.array(fc.option(fc.integer()), { maxLength: 4 })],
]

function encode(type: types.SqlType, values: readonly Datum[], format: 0 | 1): (Buffer | null)[] {
  const field: ResultField = { name: 'c', type, tableOid: 0, columnNumber: 0, format }
  const out = new ByteWriter(16)
  const encoder = new RowEncoder(
    out,
    batchFromRows(
      [type],
      values.map((v) => [v]),
    ),
    [field],
    { timeZone: 'UTC' },
  )
  for (let i = 0; i < values.length; i++) encoder.writeRow(i)
  return rowsOf(out)
}

/** The cells as bytes: length and framing are judged by hand, as pg-protocol gives only text. */
function rowsOf(out: ByteWriter): (Buffer | null)[] {
  const bytes = out.buffer.subarray(0, out.at)
  const cells: (Buffer | null)[] = []
  for (let at = 0; at < bytes.length; at += 1 + bytes.readInt32BE(at + 1)) {
    expect(bytes[at]).toBe(0x44)
    expect(bytes.readInt16BE(at + 5)).toBe(1)
    const length = bytes.readInt32BE(at + 7)
    cells.push(length < 0 ? null : bytes.subarray(at + 11, at + 11 + length))
    expect(bytes.readInt32BE(at + 1)).toBe(4 + 2 + 4 + Math.max(0, length))
  }
  return cells
}

describe.each(CASES.map(([type, values]) => [type.kind, type, values] as const))(
  'a column of %s',
  (_, type, values) => {
    const column = fc.array(fc.option(values as fc.Arbitrary<NonNullable<Datum>>), { maxLength: 20 })

    it('in text is what formatText gives', () => {
      fc.assert(
        fc.property(column, (data) => {
          const expected = data.map((v) => (v === null ? null : formatText(v, type, { timeZone: 'UTC' })))
          expect(encode(type, data, 0).map((cell) => cell?.toString('utf8') ?? null)).toEqual(expected)
        }),
        { numRuns: 60 },
      )
    })

    it('in binary reads back as the same values', () => {
      fc.assert(
        fc.property(column, (data) => {
          const cells = encode(type, data, 1)
          expect(cells.length).toBe(data.length)
          cells.forEach((cell, i) => {
            const back = cell === null ? null : decodeBinary(cell, type)
            if (!equalDatum(back, data[i])) expect(back).toEqual(data[i])
          })
        }),
        { numRuns: 60 },
      )
    })
  },
)

it('timestamps of any zone and second are what formatText gives', () => {
  const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'America/St_Johns', 'Asia/Kolkata', 'Pacific/Kiritimati', '-3')
  const instants = fc.integer({ min: -62_200_000_000, max: 253_500_000_000 })
  fc.assert(
    fc.property(zones, instants, fc.integer({ min: 0, max: 999_999 }), (timeZone, seconds, fraction) => {
      for (const type of [types.TIMESTAMP, types.TIMESTAMPTZ]) {
        const value = seconds * 1e6 + fraction
        if (!Number.isSafeInteger(value)) return
        const out = new ByteWriter(4)
        const field = { name: 'c', type, tableOid: 0, columnNumber: 0, format: 0 as const }
        new RowEncoder(out, batchFromRows([type], [[value]]), [field], { timeZone }).writeRow(0)
        expect(rowsOf(out)[0]?.toString()).toBe(formatText(value, type, { timeZone }))
      }
    }),
    { numRuns: 300 },
  )
})

it("pg-protocol's parser reads the rows of several columns", () => {
  const fields = [types.INT4, types.TEXT, types.BOOL].map((type, i): ResultField => {
    return { name: `c${i}`, type, tableOid: 0, columnNumber: 0, format: 0 }
  })
  const rows = [
    [1, 'é', true],
    [null, null, null],
    [-2147483648, '', false],
  ]
  const out = new ByteWriter(8)
  const encoder = new RowEncoder(
    out,
    batchFromRows(
      fields.map((f) => f.type),
      rows,
    ),
    fields,
    {},
  )
  for (let i = 0; i < rows.length; i++) encoder.writeRow(i)
  const found: unknown[] = []
  new Parser().parse(out.buffer.subarray(0, out.at), (message) => found.push((message as { fields?: unknown }).fields))
  expect(found).toEqual([
    ['1', 'é', 't'],
    [null, null, null],
    ['-2147483648', '', 'f'],
  ])
})
