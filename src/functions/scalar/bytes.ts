import { createHash } from 'node:crypto'
import { SqlError } from '../../base/sql-error.ts'
import { def } from '../define.ts'
import type { ScalarFunction } from '../function.ts'
import { outOfRange } from '../inline-helpers.ts'

/** Binary strings: parts, trimming, single bits and bytes, and the text that they spell. */
function part(bytes: Uint8Array, from: number, count?: number): Uint8Array {
  if (count !== undefined && count < 0) throw new SqlError('22011', 'negative substring length not allowed')
  const start = Math.max(0, from - 1)
  return bytes.slice(start, count === undefined ? undefined : Math.max(start, from - 1 + count))
}

function overlay(bytes: Uint8Array, by: Uint8Array, from: number, count: number): Uint8Array {
  if (from <= 0) throw new SqlError('22011', 'negative substring length not allowed')
  if (from + count > 2147483647) throw outOfRange('integer')
  return Uint8Array.from([...bytes.slice(0, from - 1), ...by, ...bytes.slice(Math.max(0, from - 1 + count))])
}

function trim(bytes: Uint8Array, set: Uint8Array, start: boolean, end: boolean): Uint8Array {
  let from = 0
  let to = bytes.length
  while (start && from < to && set.includes(bytes[from])) from++
  while (end && to > from && set.includes(bytes[to - 1])) to--
  return bytes.slice(from, to)
}

function checkIndex(index: number | bigint, length: number): number {
  if (index < 0 || index >= length) throw new SqlError('2202E', `index ${index} out of valid range, 0..${length - 1}`)
  return Number(index)
}

/** Bits are numbered from the right within each byte. */
function getBit(bytes: Uint8Array, index: number | bigint): number {
  const at = checkIndex(index, bytes.length * 8)
  return (bytes[at >> 3] >> (at & 7)) & 1
}

function setBit(bytes: Uint8Array, index: number | bigint, value: number): Uint8Array {
  const at = checkIndex(index, bytes.length * 8)
  if (value !== 0 && value !== 1) throw new SqlError('22023', 'new bit must be 0 or 1')
  const result = bytes.slice()
  if (value === 1) result[at >> 3] |= 1 << (at & 7)
  else result[at >> 3] &= ~(1 << (at & 7))
  return result
}

function setByte(bytes: Uint8Array, index: number, value: number): Uint8Array {
  const result = bytes.slice()
  result[checkIndex(index, bytes.length)] = value & 255
  return result
}

function bitCount(bytes: Uint8Array): number {
  let count = 0
  for (const byte of bytes) for (let rest = byte; rest !== 0; rest &= rest - 1) count++
  return count
}

const digest = (algorithm: string) => (bytes: Uint8Array) =>
  Uint8Array.from(createHash(algorithm).update(bytes).digest())

const fallible = { fallible: true }

function find(bytes: Uint8Array, wanted: Uint8Array): number {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(wanted) + 1
}

export const byteFunctions: readonly ScalarFunction[] = [
  ...['substr', 'substring'].flatMap((name) => [
    def(`${name}(bytea,int4) bytea`, (b: Uint8Array, from: number) => part(b, from), {
      example: [`${name}('\\x010203'::bytea, 2)`, '\\x0203'],
    }),
    def(`${name}(bytea,int4,int4) bytea`, part, {
      ...fallible,
      example: [`${name}('\\x01020304'::bytea, 2, 2)`, '\\x0203'],
    }),
  ]),
  def('overlay(bytea,bytea,int4) bytea', (b: Uint8Array, by: Uint8Array, at: number) => overlay(b, by, at, by.length), {
    ...fallible,
    example: ["overlay('\\x01020304'::bytea, '\\xff'::bytea, 2)", '\\x01ff0304'],
  }),
  def('overlay(bytea,bytea,int4,int4) bytea', overlay, {
    ...fallible,
    example: ["overlay('\\x01020304'::bytea, '\\xff'::bytea, 2, 2)", '\\x01ff04'],
  }),
  def('position(bytea,bytea) int4', find, { example: ["position('\\x010203'::bytea, '\\x02'::bytea)", '2'] }),
  ...(
    [
      ['btrim', true, true, '\\x02'],
      ['ltrim', true, false, '\\x0201'],
      ['rtrim', false, true, '\\x0102'],
    ] as const
  ).map(([name, start, end, result]) =>
    def(`${name}(bytea,bytea) bytea`, (b: Uint8Array, set: Uint8Array) => trim(b, set, start, end), {
      example: [`${name}('\\x010201'::bytea, '\\x01'::bytea)`, result],
    }),
  ),
  def('bit_length(bytea) int4', (b: Uint8Array) => b.length * 8, { example: ["bit_length('\\x0102'::bytea)", '16'] }),
  def('bit_count(bytea) int8', bitCount, { example: ["bit_count('\\xff01'::bytea)", '9'] }),
  def('get_bit(bytea,int8) int4', getBit, { ...fallible, example: ["get_bit('\\x02'::bytea, 1)", '1'] }),
  def('set_bit(bytea,int8,int4) bytea', setBit, { ...fallible, example: ["set_bit('\\x02'::bytea, 0, 1)", '\\x03'] }),
  def('get_byte(bytea,int4) int4', (b: Uint8Array, i: number) => b[checkIndex(i, b.length)], {
    ...fallible,
    example: ["get_byte('\\x0203'::bytea, 1)", '3'],
  }),
  def('set_byte(bytea,int4,int4) bytea', setByte, {
    ...fallible,
    example: ["set_byte('\\x0203'::bytea, 1, 255)", '\\x02ff'],
  }),
  def('sha224(bytea) bytea', digest('sha224'), {
    example: ["sha224('abc'::bytea)", '\\x23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7'],
  }),
  def('sha384(bytea) bytea', digest('sha384'), {
    example: [
      "sha384('abc'::bytea)",
      '\\xcb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7',
    ],
  }),
]
