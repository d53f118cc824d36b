import { SqlError } from '../base/sql-error.ts'
import { makeMultirange, makeRange } from '../types/range-make.ts'
import { EMPTY_RANGE } from '../types/range-value.ts'
import type { SqlType } from '../types/sql-type.ts'
import type { Datum, RangeValue, Value } from '../types/value.ts'

/** PostgreSQL's binary forms of ranges (flags, then each bound there is) and multiranges (their count, then each). */
const EMPTY = 0x01
const LOWER_INCLUSIVE = 0x02
const UPPER_INCLUSIVE = 0x04
const NO_LOWER = 0x08
const NO_UPPER = 0x10

export function writeRange({ bounds, low, high }: RangeValue, encode: (end: Value) => Uint8Array): Uint8Array {
  if (bounds === 'empty') return Uint8Array.of(EMPTY)
  const flags =
    (bounds[0] === '[' ? LOWER_INCLUSIVE : 0) |
    (bounds[1] === ']' ? UPPER_INCLUSIVE : 0) |
    (low === null ? NO_LOWER : 0) |
    (high === null ? NO_UPPER : 0)
  const ends = [low, high].filter((end): end is Value => end !== null)
  return Buffer.concat([Uint8Array.of(flags), ...ends.map((end) => sized(encode(end)))])
}

export function writeMultirange(ranges: readonly RangeValue[], encode: (end: Value) => Uint8Array): Uint8Array {
  const head = Buffer.alloc(4)
  head.writeInt32BE(ranges.length)
  return Buffer.concat([head, ...ranges.map((range) => sized(writeRange(range, encode)))])
}

function sized(bytes: Uint8Array): Uint8Array {
  const out = Buffer.alloc(4 + bytes.length)
  out.writeInt32BE(bytes.length)
  out.set(bytes, 4)
  return out
}

type Decode = (bytes: Uint8Array) => Value

export function readRange(bytes: Buffer, subtype: SqlType, decode: Decode): RangeValue {
  const reader = new Parts(bytes)
  const flags = reader.byte()
  if ((flags & EMPTY) !== 0) {
    reader.finish()
    return EMPTY_RANGE
  }
  const low: Datum = (flags & NO_LOWER) === 0 ? decode(reader.part()) : null
  const high: Datum = (flags & NO_UPPER) === 0 ? decode(reader.part()) : null
  reader.finish()
  return makeRange(
    { value: low, inclusive: (flags & LOWER_INCLUSIVE) !== 0, lower: true },
    { value: high, inclusive: (flags & UPPER_INCLUSIVE) !== 0, lower: false },
    subtype,
  )
}

export function readMultirange(bytes: Buffer, subtype: SqlType, decode: Decode): readonly RangeValue[] {
  const reader = new Parts(bytes)
  const ranges: RangeValue[] = []
  for (let left = reader.int32(); left > 0; left--) ranges.push(readRange(reader.part(), subtype, decode))
  reader.finish()
  return makeMultirange(ranges, subtype)
}

class Parts {
  private at = 0
  private readonly bytes: Buffer

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }
  byte(): number {
    this.has(1)
    return this.bytes[this.at++]
  }
  int32(): number {
    this.has(4)
    this.at += 4
    return this.bytes.readInt32BE(this.at - 4)
  }
  part(): Buffer {
    const length = this.int32()
    if (length < 0) throw new SqlError('22P03', 'incorrect binary data format')
    this.has(length)
    this.at += length
    return this.bytes.subarray(this.at - length, this.at)
  }
  finish(): void {
    if (this.at !== this.bytes.length) throw new SqlError('22P03', 'incorrect binary data format')
  }
  private has(more: number): void {
    if (this.at + more > this.bytes.length) throw new SqlError('08P01', 'insufficient data left in message')
  }
}
