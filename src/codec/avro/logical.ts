import { type JsonNode, JsonNumber, type JsonObject } from '../../types/json-tree.ts'
import type { Logical } from './schema.ts'

type Name = Exclude<Logical['kind'], 'decimal'>

/** Which logical types an underlying type may carry. One on another type is ignored, as the specification has it. */
const BY_UNDERLYING: Readonly<Record<string, readonly Name[]>> = {
  int: ['date', 'time-millis'],
  long: [
    'time-micros',
    'time-nanos',
    'timestamp-millis',
    'timestamp-micros',
    'timestamp-nanos',
    'local-timestamp-millis',
    'local-timestamp-micros',
    'local-timestamp-nanos',
  ],
  string: ['uuid'],
  fixed: ['uuid', 'duration'],
}

/** Kafka Connect's and Debezium's names of meanings, which stand beside the type as `connect.name`. */
const BY_CONNECT: Readonly<Record<string, Name>> = {
  'io.debezium.time.Date': 'date',
  'io.debezium.time.Time': 'time-millis',
  'io.debezium.time.MicroTime': 'time-micros',
  'io.debezium.time.NanoTime': 'time-nanos',
  'io.debezium.time.Timestamp': 'local-timestamp-millis',
  'io.debezium.time.MicroTimestamp': 'local-timestamp-micros',
  'io.debezium.time.NanoTimestamp': 'local-timestamp-nanos',
  'io.debezium.time.ZonedTimestamp': 'zoned-timestamp',
  'io.debezium.data.Json': 'json',
  'io.debezium.data.Uuid': 'uuid',
  'io.debezium.data.VariableScaleDecimal': 'variable-decimal',
  'org.apache.kafka.connect.data.Date': 'date',
  'org.apache.kafka.connect.data.Time': 'time-millis',
  'org.apache.kafka.connect.data.Timestamp': 'timestamp-millis',
}

const CONNECT_UNDERLYING: Readonly<Record<string, readonly Name[]>> = {
  int: ['date', 'time-millis'],
  long: [
    'time-micros',
    'time-nanos',
    'timestamp-millis',
    'local-timestamp-millis',
    'local-timestamp-micros',
    'local-timestamp-nanos',
  ],
  string: ['zoned-timestamp', 'json', 'uuid'],
  record: ['variable-decimal'],
}

const PRECISION_MAX = 1000

/** The logical type of a node of a schema; null where it has none, or one that does not go with its type. */
export function logicalOf(node: JsonObject, underlying: string, size: number): Logical | null {
  const name = node.get('logicalType')
  if (name === 'decimal') {
    const decimal = underlying === 'bytes' || underlying === 'fixed' ? decimalOf(node) : null
    if (decimal !== null) return decimal
  } else if (typeof name === 'string' && BY_UNDERLYING[underlying]?.includes(name as Name)) {
    const sized = name === 'uuid' ? 16 : name === 'duration' ? 12 : size
    if (underlying !== 'fixed' || size === sized) return { kind: name as Name }
  }
  const connect = node.get('connect.name')
  const meaning = typeof connect === 'string' ? BY_CONNECT[connect] : undefined
  return meaning !== undefined && CONNECT_UNDERLYING[underlying]?.includes(meaning) ? { kind: meaning } : null
}

function decimalOf(node: JsonObject): Logical | null {
  const precision = whole(node.get('precision'))
  const scale = node.get('scale') === undefined ? 0 : whole(node.get('scale'))
  if (precision === null || scale === null || precision < 1 || scale > precision || precision > PRECISION_MAX)
    return null
  return { kind: 'decimal', precision, scale }
}

function whole(node: JsonNode | undefined): number | null {
  return node instanceof JsonNumber && /^\d+$/.test(node.text) ? Number(node.text) : null
}
