/**
 * Avro schemas as a graph: names resolved, logical types checked, defaults kept as JSON. A schema that refers to itself is a
 * circle of objects, so that nothing here is walked without remembering where it was.
 */
import type { JsonNode } from '../../types/json-tree.ts'

export type AvroType = AvroPrimitive | AvroFixed | AvroEnum | AvroArray | AvroMap | AvroUnion | AvroRecord

export interface AvroPrimitive {
  readonly kind: 'null' | 'boolean' | 'int' | 'long' | 'float' | 'double' | 'bytes' | 'string'
  readonly logical: Logical | null
}

export interface AvroFixed {
  readonly kind: 'fixed'
  readonly name: string
  readonly aliases: readonly string[]
  readonly size: number
  readonly logical: Logical | null
}

export interface AvroEnum {
  readonly kind: 'enum'
  readonly name: string
  readonly aliases: readonly string[]
  readonly symbols: readonly string[]
  /** The symbol that a reader takes for one it does not know. */
  readonly default: string | null
}

export interface AvroArray {
  readonly kind: 'array'
  readonly items: AvroType
}

export interface AvroMap {
  readonly kind: 'map'
  readonly values: AvroType
}

export interface AvroUnion {
  readonly kind: 'union'
  readonly branches: readonly AvroType[]
}

export interface AvroRecord {
  readonly kind: 'record'
  readonly name: string
  readonly aliases: readonly string[]
  /** Filled once the record's own name is known to its fields. */
  readonly fields: readonly AvroField[]
  /** A meaning that a producer wrote beside the type, as Kafka Connect does (`connect.name`). */
  readonly logical: Logical | null
}

export interface AvroField {
  readonly name: string
  readonly aliases: readonly string[]
  readonly type: AvroType
  /** undefined: none. */
  readonly default: JsonNode | undefined
}

/** What a number, bytes or a text stands for. */
export type Logical =
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: Exclude<LogicalName, 'decimal'> }

export type LogicalName =
  | 'decimal'
  | 'date'
  | 'time-millis'
  | 'time-micros'
  | 'time-nanos'
  | 'timestamp-millis'
  | 'timestamp-micros'
  | 'timestamp-nanos'
  | 'local-timestamp-millis'
  | 'local-timestamp-micros'
  | 'local-timestamp-nanos'
  | 'uuid'
  | 'duration'
  /** Texts of Debezium: ISO 8601 with a zone, JSON. */
  | 'zoned-timestamp'
  | 'json'
  /** Debezium's record of scale and unscaled bytes. */
  | 'variable-decimal'

/** The last part of a full name: what names are matched by. */
export const shortName = (name: string): string => name.slice(name.lastIndexOf('.') + 1)
