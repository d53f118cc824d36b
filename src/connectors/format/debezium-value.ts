import { SqlError } from '../../base/sql-error.ts'
import { decimalOf } from '../../codec/avro/scalar.ts'
import { decodeJsonValue } from '../../codec/json.ts'
import { joinMicros } from '../../types/calendar.ts'
import { MICROS_PER_DAY } from '../../types/interval.ts'
import { type JsonNode, JsonNumber, JsonObject } from '../../types/json-tree.ts'
import { applyModifiers } from '../../types/modifiers.ts'
import { makeNumeric } from '../../types/numeric.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { parseText } from '../../types/text.ts'
import type { Datum, Value } from '../../types/value.ts'
import type { Options } from '../options.ts'
import { UNAVAILABLE, UNAVAILABLE_BASE64 } from './change.ts'

/**
 * What a JSON value of Debezium means in a column: documents are texts, bytes are base64, times are numbers whose unit the
 * schema names, or else the column's precision, as Debezium's adaptive mode picks it: up to 3 digits milliseconds, else
 * microseconds.
 */
export type ReadDebezium = (node: JsonNode) => Datum

/** A field of Kafka Connect's schema, as far as it says what values mean. */
export interface Meaning {
  readonly name: string | null
  readonly scale: number
}

export function debeziumReader(type: SqlType, meaning: Meaning | null, options: Options): ReadDebezium {
  const plain: ReadDebezium = (node) => decodeJsonValue(type, node)
  switch (type.kind) {
    case 'timestamp':
    case 'timestamptz': {
      const unit = unitOf(type, meaning, options)
      return (node) => (node instanceof JsonNumber ? instantOf(node.text, unit, type) : plain(node))
    }
    case 'time': {
      const unit = unitOf(type, meaning, options)
      return (node) => (node instanceof JsonNumber ? timeOf(node.text, unit, type) : plain(node))
    }
    case 'numeric':
      return numericReader(type, meaning, options, plain)
    case 'json':
    case 'jsonb':
      return (node) => (typeof node === 'string' ? parseText(node, type) : plain(node))
    case 'bytea':
      return (node) => (typeof node === 'string' ? fromBase64(node) : plain(node))
    case 'array': {
      const read = debeziumReader(type.element ?? { kind: 'text' }, null, options)
      return (node) =>
        Array.isArray(node)
          ? (node as readonly JsonNode[]).map((item) => (item === null ? null : read(item)))
          : plain(node)
    }
    default:
      return plain
  }
}

/** True for types whose JSON is not what `FORMAT JSON` takes it for. */
export function isSpecial(type: SqlType, options: Options): boolean {
  if (type.kind === 'array') return isSpecial(type.element ?? { kind: 'text' }, options)
  if (type.kind === 'numeric') return options['decimal.handling.mode'] === 'precise'
  return ['timestamp', 'timestamptz', 'time', 'json', 'jsonb', 'bytea'].includes(type.kind)
}

/** Microseconds a unit; nanoseconds are a thousandth. */
type Unit = 1000 | 1 | 0.001

const UNITS: Readonly<Record<string, Unit>> = {
  'io.debezium.time.Timestamp': 1000,
  'io.debezium.time.MicroTimestamp': 1,
  'io.debezium.time.NanoTimestamp': 0.001,
  'io.debezium.time.Time': 1000,
  'io.debezium.time.MicroTime': 1,
  'io.debezium.time.NanoTime': 0.001,
  'org.apache.kafka.connect.data.Timestamp': 1000,
  'org.apache.kafka.connect.data.Time': 1000,
}

function unitOf(type: SqlType, meaning: Meaning | null, options: Options): Unit {
  const said = meaning?.name ? UNITS[meaning.name] : undefined
  if (said !== undefined) return said
  switch (options['time.precision.mode']) {
    case 'connect':
      return 1000
    case 'microseconds':
      return 1
    case 'adaptive_time_microseconds':
      return type.kind === 'time' || (type.precision ?? 6) > 3 ? 1 : 1000
    default:
      return (type.precision ?? 6) > 3 ? 1 : 1000
  }
}

function microsOf(text: string, unit: Unit): bigint {
  if (!/^-?\d+$/.test(text)) throw new SqlError('22P02', `${text} is no whole number of a time's unit`)
  const count = BigInt(text)
  if (unit !== 0.001) return count * BigInt(unit)
  return count / 1000n - (count % 1000n < 0n ? 1n : 0n)
}

function instantOf(text: string, unit: Unit, type: SqlType): Value {
  const micros = microsOf(text, unit)
  if (micros > 2n ** 63n || micros < -(2n ** 63n)) throw new SqlError('22008', `timestamp out of range: "${text}"`)
  const days = micros / 86_400_000_000n
  return applyModifiers(joinMicros(Number(days), Number(micros - days * 86_400_000_000n)), type, false)
}

function timeOf(text: string, unit: Unit, type: SqlType): Value {
  const micros = microsOf(text, unit)
  if (micros < 0n || micros > BigInt(MICROS_PER_DAY)) throw new SqlError('22008', `time out of range: "${text}"`)
  return applyModifiers(Number(micros), type, false)
}

const DECIMAL = 'org.apache.kafka.connect.data.Decimal'

function numericReader(type: SqlType, meaning: Meaning | null, options: Options, plain: ReadDebezium): ReadDebezium {
  const precise = meaning === null ? options['decimal.handling.mode'] === 'precise' : meaning.name === DECIMAL
  const scale = meaning === null ? (type.scale ?? 0) : meaning.scale
  return (node) => {
    if (typeof node === 'string' && precise) {
      return applyModifiers(decimalOf(fromBase64(node), scale), type, false)
    }
    // Debezium's decimal of variable scale.
    if (node instanceof JsonObject) {
      const [own, value] = [node.get('scale'), node.get('value')]
      if (own instanceof JsonNumber && typeof value === 'string' && Math.abs(Number(own.text)) <= 1000) {
        const { mantissa } = decimalOf(fromBase64(value), 0)
        const digits = Number(own.text)
        const exact =
          digits >= 0 ? makeNumeric(mantissa, digits) : makeNumeric(BigInt(mantissa) * 10n ** BigInt(-digits), 0)
        return applyModifiers(exact, type, false)
      }
    }
    try {
      return plain(node)
    } catch (error) {
      if (!(error instanceof SqlError) || typeof node !== 'string') throw error
      throw new SqlError(error.sqlstate, `${error.message}; is it sent with decimal.handling.mode = precise?`)
    }
  }
}

function fromBase64(text: string): Uint8Array {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) {
    throw new SqlError('22P02', 'a text that should be base64 is not')
  }
  return Uint8Array.from(Buffer.from(text, 'base64'))
}

/** True for what stands in place of a value that was not sent. */
export function isUnavailable(node: JsonNode | undefined): boolean {
  if (typeof node === 'string') return node === UNAVAILABLE || node === UNAVAILABLE_BASE64
  if (Array.isArray(node)) return node.length === 1 && isUnavailable((node as readonly JsonNode[])[0])
  return node instanceof JsonObject && node.entries.length === 1 && node.get(UNAVAILABLE) !== undefined
}

/** The meanings of a row's columns in Kafka Connect's schema of a message: `{"schema": {"fields": [{"field": "after", …}]}}`. */
export function meaningsOf(schema: JsonNode): ReadonlyMap<string, Meaning> {
  const after = fieldsOf(schema).find((each) => each.get('field') === 'after')
  const meanings = new Map<string, Meaning>()
  for (const field of after === undefined ? [] : fieldsOf(after)) {
    const name = field.get('field')
    const meant = field.get('name')
    const parameters = field.get('parameters')
    const scale = parameters instanceof JsonObject ? parameters.get('scale') : undefined
    if (typeof name !== 'string') continue
    meanings.set(name, {
      name: typeof meant === 'string' ? meant : null,
      scale: typeof scale === 'string' && /^\d+$/.test(scale) ? Number(scale) : 0,
    })
  }
  return meanings
}

function fieldsOf(node: JsonNode): readonly JsonObject[] {
  const fields = node instanceof JsonObject ? node.get('fields') : undefined
  return Array.isArray(fields) ? (fields as readonly JsonNode[]).filter((each) => each instanceof JsonObject) : []
}
