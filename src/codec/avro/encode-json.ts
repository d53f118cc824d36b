import { SqlError } from '../../base/sql-error.ts'
import { type JsonNode, JsonNumber, JsonObject } from '../../types/json-tree.ts'
import { DATE, INTERVAL, type SqlType, TIME, TIMESTAMP, TIMESTAMPTZ } from '../../types/sql-type.ts'
import { parseText } from '../../types/text.ts'
import type { Interval } from '../../types/value.ts'
import { encodeNode, Misfit } from './default.ts'
import { type AvroType, type Logical, shortName } from './schema.ts'

/**
 * JSON as people write it in Avro's binary encoding: times and durations as texts ("2030-01-01 12:00:00"), decimals as numbers or texts,
 * unions as their value alone (or as {"type": value}, as Avro's own JSON has it). Throws Misfit, which names the field.
 */
export function encodeAvroJson(type: AvroType, node: JsonNode): Uint8Array {
  return encodeNode(type, node, prepared)
}

function prepared(type: AvroType, node: JsonNode): JsonNode {
  if (type.kind === 'union') return unwrapped(type.branches, node)
  const logical = 'logical' in type ? type.logical : null
  if (logical === null) return node
  if (logical.kind === 'decimal') return decimal(node, logical.scale, type.kind === 'fixed' ? type.size : null)
  if (logical.kind === 'duration') return duration(node)
  const unit = TIMES[logical.kind]
  return unit !== undefined && typeof node === 'string' ? time(node, ...unit) : node
}

/** {"long": 1} → 1 where that names a branch. */
function unwrapped(branches: readonly AvroType[], node: JsonNode): JsonNode {
  if (!(node instanceof JsonObject) || node.entries.length !== 1) return node
  const [[name, value]] = node.entries
  const named = branches.some((branch) => {
    const own = 'name' in branch ? branch.name : branch.kind
    return own === name || shortName(own) === name
  })
  return named ? value : node
}

/** The SQL type that a text is read as, and by how much its number (microseconds, days) is to be multiplied. */
const TIMES: Readonly<Partial<Record<Logical['kind'], readonly [SqlType, number, bigint]>>> = {
  date: [DATE, 1, 1n],
  'time-millis': [TIME, 1, 1000n],
  'time-micros': [TIME, 1, 1n],
  'time-nanos': [TIME, 1000, 1n],
  'timestamp-millis': [TIMESTAMPTZ, 1, 1000n],
  'timestamp-micros': [TIMESTAMPTZ, 1, 1n],
  'timestamp-nanos': [TIMESTAMPTZ, 1000, 1n],
  'local-timestamp-millis': [TIMESTAMP, 1, 1000n],
  'local-timestamp-micros': [TIMESTAMP, 1, 1n],
  'local-timestamp-nanos': [TIMESTAMP, 1000, 1n],
}

function time(text: string, type: SqlType, times: number, over: bigint): JsonNumber {
  try {
    const value = parseText(text, type)
    return new JsonNumber(String((BigInt(value as number | bigint) * BigInt(times)) / over))
  } catch (error) {
    if (error instanceof SqlError) throw new Misfit(error.message)
    throw error
  }
}

/** Months, days and milliseconds, of 32 bits without sign each, little end first. */
function duration(node: JsonNode): JsonNode {
  const value = typeof node === 'string' ? interval(node) : null
  // Any other text is the bytes themselves.
  if (value === null) return node
  const { months, days, micros } = value
  const millis = Number(micros) / 1000
  if (!Number.isInteger(millis)) throw new Misfit(`${node} is finer than a millisecond`)
  const parts = [months, days, millis]
  if (parts.some((part) => part < 0 || part >= 2 ** 32)) throw new Misfit(`${node} is out of range for a duration`)
  const bytes = Buffer.alloc(12)
  for (const [i, part] of parts.entries()) bytes.writeUInt32LE(part, 4 * i)
  return bytes.toString('latin1')
}

function interval(text: string): Interval | null {
  try {
    return parseText(text, INTERVAL) as Interval
  } catch (error) {
    if (error instanceof SqlError) return null
    throw error
  }
}

const NUMBER = /^(-?)(\d+)(?:\.(\d+))?$/

/** The unscaled number, big end first in two's complement, a character a byte: as short as may be, or of a fixed size. */
function decimal(node: JsonNode, scale: number, size: number | null): JsonNode {
  const text = node instanceof JsonNumber ? node.text : node
  const match = typeof text === 'string' ? NUMBER.exec(text) : null
  // Any other text is the bytes themselves.
  if (match === null) return node
  const [, sign, whole, fraction = ''] = match
  if (fraction.length > scale && /[1-9]/.test(fraction.slice(scale))) {
    throw new Misfit(`${text} has more than ${scale} digits after the point`)
  }
  const unscaled = BigInt(sign + whole + fraction.slice(0, scale).padEnd(scale, '0'))
  let bytes = size ?? 1
  while (size === null && BigInt.asIntN(8 * bytes, unscaled) !== unscaled) bytes++
  if (BigInt.asIntN(8 * bytes, unscaled) !== unscaled) throw new Misfit(`${text} needs more than ${bytes} bytes`)
  const hex = BigInt.asUintN(8 * bytes, unscaled)
    .toString(16)
    .padStart(2 * bytes, '0')
  return Buffer.from(hex, 'hex').toString('latin1')
}
