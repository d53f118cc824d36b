import { SqlError } from '../base/sql-error.ts'
import { JsonSyntaxError, parseJson } from '../types/json-parse.ts'
import { type JsonNode, JsonObject } from '../types/json-tree.ts'
import {
  arrayOf,
  BOOL,
  DATE,
  type Field,
  FLOAT4,
  FLOAT8,
  INT2,
  INT4,
  INT8,
  JSONB,
  NUMERIC,
  type RowType,
  type SqlType,
  sameType,
  TEXT,
  TIME,
  TIMESTAMPTZ,
  UUID,
} from '../types/sql-type.ts'

/** A JSON Schema as far as it gives columns: its properties with their types. */
export interface JsonSchemaText {
  readonly text: string
  readonly references: readonly { readonly name: string; readonly text: string }[]
}

const DEPTH_MAX = 50

/** One column a property of the schema's object; a schema of anything else is one column of its own, of this name. */
export function jsonSchemaRowType(schema: JsonSchemaText, name: string): RowType {
  const resolver = new Resolver(schema)
  const root = resolver.resolved(resolver.root, 0)
  const properties = root.get('properties')
  if (!(properties instanceof JsonObject)) return [{ name, ...columnOf(root, resolver, 0), nullable: false }]
  const required = root.get('required')
  const needed = new Set(Array.isArray(required) ? (required as readonly JsonNode[]) : [])
  return properties.entries.map(([property, node]): Field => {
    const { type, nullable } = columnOf(node, resolver, 0)
    return { name: property, type, nullable: nullable || !needed.has(property) }
  })
}

/** What of a writer's schema a reader's columns cannot take, in words that name the field; null: nothing. */
export function jsonSchemaMismatch(writer: RowType, reader: RowType): string | null {
  for (const field of reader) {
    const other = writer.find((each) => each.name === field.name)
    if (other === undefined) {
      if (!field.nullable) return `field "${field.name}": the writer's schema lacks it, and the column is NOT NULL`
      continue
    }
    const numbers =
      WIDTHS.indexOf(other.type.kind) >= 0 && WIDTHS.indexOf(other.type.kind) <= WIDTHS.indexOf(field.type.kind)
    const fits =
      sameType(other.type, field.type) || field.type.kind === 'jsonb' || field.type.kind === 'text' || numbers
    if (!fits) return `field "${field.name}": ${other.type.kind} cannot be read as ${field.type.kind}`
    if (other.nullable && !field.nullable) return `field "${field.name}": it may be missing, but the column is NOT NULL`
  }
  return null
}

const WIDTHS: readonly string[] = ['int2', 'int4', 'int8', 'float4', 'float8', 'numeric']

class Resolver {
  readonly root: JsonNode
  private readonly documents = new Map<string, JsonNode>()

  constructor(schema: JsonSchemaText) {
    this.root = parsed(schema.text)
    for (const { name, text } of schema.references) this.documents.set(name, parsed(text))
  }

  /** A schema with its $ref followed. */
  resolved(node: JsonNode, depth: number): JsonObject {
    if (depth > DEPTH_MAX) throw invalid(`its references are more than ${DEPTH_MAX} deep`)
    if (!(node instanceof JsonObject)) return new JsonObject([])
    const ref = node.get('$ref')
    return typeof ref === 'string' ? this.resolved(this.find(ref), depth + 1) : node
  }

  private find(ref: string): JsonNode {
    const hash = ref.indexOf('#')
    const [document, pointer] = hash < 0 ? [ref, ''] : [ref.slice(0, hash), ref.slice(hash + 1)]
    let node = document === '' ? this.root : this.documents.get(document)
    if (node === undefined) throw invalid(`it refers to "${document}", which is not among its references`)
    for (const part of pointer.split('/').slice(1)) {
      const name = part.replaceAll('~1', '/').replaceAll('~0', '~')
      node = node instanceof JsonObject ? node.get(name) : undefined
      if (node === undefined) throw invalid(`there is no "${ref}"`)
    }
    return node
  }
}

function columnOf(given: JsonNode, resolver: Resolver, depth: number): { type: SqlType; nullable: boolean } {
  if (depth > DEPTH_MAX) return { type: JSONB, nullable: true }
  const node = resolver.resolved(given, 0)
  for (const name of ['oneOf', 'anyOf']) {
    const branches = node.get(name)
    if (!Array.isArray(branches)) continue
    const all = (branches as readonly JsonNode[]).map((each) => resolver.resolved(each, 0))
    const values = all.filter((each) => each.get('type') !== 'null')
    const nullable = values.length < all.length
    if (values.length !== 1) return { type: JSONB, nullable }
    const only = columnOf(values[0], resolver, depth + 1)
    return { type: only.type, nullable: nullable || only.nullable }
  }
  const type = node.get('type')
  const kinds = (Array.isArray(type) ? type : [type]) as readonly JsonNode[]
  const values = kinds.filter((kind) => kind !== 'null')
  const nullable = values.length < kinds.length
  return { type: values.length === 1 ? ofKind(values[0], node, resolver, depth) : JSONB, nullable }
}

/** Formats of strings, and Kafka Connect's names of numbers. */
const FORMATS: Readonly<Record<string, SqlType>> = { 'date-time': TIMESTAMPTZ, date: DATE, time: TIME, uuid: UUID }
const CONNECT: Readonly<Record<string, SqlType>> = {
  int8: INT2,
  int16: INT2,
  int32: INT4,
  int64: INT8,
  float32: FLOAT4,
  float64: FLOAT8,
}

function ofKind(kind: JsonNode, node: JsonObject, resolver: Resolver, depth: number): SqlType {
  const connect = node.get('connect.type')
  const known = typeof connect === 'string' ? CONNECT[connect] : undefined
  switch (kind) {
    case 'integer':
      return known ?? INT8
    case 'number':
      return node.get('title') === 'org.apache.kafka.connect.data.Decimal' ? NUMERIC : (known ?? FLOAT8)
    case 'boolean':
      return BOOL
    case 'string': {
      const format = node.get('format')
      return (typeof format === 'string' ? FORMATS[format] : undefined) ?? TEXT
    }
    case 'array': {
      const items = node.get('items')
      const element = items instanceof JsonObject ? columnOf(items, resolver, depth + 1).type : JSONB
      return element.kind === 'jsonb' || element.kind === 'array' ? JSONB : arrayOf(element)
    }
    default:
      return JSONB
  }
}

function parsed(text: string): JsonNode {
  try {
    return parseJson(text)
  } catch (error) {
    if (error instanceof JsonSyntaxError) throw invalid(`it is not JSON: ${error.message}`)
    throw error
  }
}

function invalid(reason: string): SqlError {
  return new SqlError('22023', `invalid JSON Schema: ${reason}`)
}
