import { isUtf8 } from 'node:buffer'
import { SqlError } from '../base/sql-error.ts'
import { arrayOfArrays } from '../types/array-value.ts'
import { joinMicros } from '../types/calendar.ts'
import type { ColumnBuilder } from '../types/column-build.ts'
import { JsonSyntaxError, parseJson } from '../types/json-parse.ts'
import { formatJson, type JsonNode, JsonNumber, JsonObject } from '../types/json-tree.ts'
import { formatJsonb, normalizeJson } from '../types/jsonb.ts'
import { applyModifiers } from '../types/modifiers.ts'
import { parseNumericText, stripZeros } from '../types/numeric.ts'
import { numericRound } from '../types/numeric-arith.ts'
import { formatType } from '../types/pg-type.ts'
import type { RowType, SqlType } from '../types/sql-type.ts'
import { parseText } from '../types/text.ts'
import { decodeUtf8 } from '../types/utf8.ts'
import type { Datum, Value } from '../types/value.ts'

/**
 * JSON to typed values, exactly: numbers from their text, never through a double. Laws: null and a missing field are
 * NULL; strings are read as the type's text input; numbers fit every numeric type that holds them, timestamps as epoch
 * milliseconds, dates as epoch days; a wrong type is an error that names the field.
 */
export function decodeJsonValue(type: SqlType, node: JsonNode): Datum {
  if (node === null) return null
  switch (type.kind) {
    case 'json':
      return formatJson(node)
    case 'jsonb':
      return formatJsonb(normalizeJson(node))
    case 'array':
      return decodeArray(type, node)
    case 'bool':
      if (typeof node === 'boolean') return node
      break
    case 'int2':
    case 'int4':
    case 'int8':
    case 'oid':
      if (node instanceof JsonNumber) return parseText(wholeText(node.text) ?? node.text, type)
      break
    case 'float4':
    case 'float8':
    case 'numeric':
      if (node instanceof JsonNumber) return parseText(node.text, type)
      break
    case 'timestamp':
    case 'timestamptz':
      if (node instanceof JsonNumber) return epochMillis(node.text, type)
      break
    case 'date':
      if (node instanceof JsonNumber) return parseText(`J${Number(wholeText(node.text) ?? NaN) + 2440588}`, type)
      break
    case 'text':
    case 'varchar':
    case 'bpchar':
    case 'unknown':
      // Text takes whatever stands there, as the source wrote it.
      if (typeof node !== 'string') return parseText(formatJson(node), type)
      break
    default:
  }
  if (typeof node === 'string') return parseText(node, type)
  throw new SqlError('22P02', `a JSON ${nodeName(node)} is no ${formatType(type)}`)
}

function decodeArray(type: SqlType, node: JsonNode): Value {
  if (typeof node === 'string') return parseText(node, type)
  if (!Array.isArray(node)) throw new SqlError('22P02', `a JSON ${nodeName(node)} is no ${formatType(type)}`)
  const element = type.element ?? { kind: 'text' }
  const items = node as readonly JsonNode[]
  const isJson = element.kind === 'json' || element.kind === 'jsonb'
  if (isJson || !items.some((item) => Array.isArray(item))) return items.map((item) => decodeJsonValue(element, item))
  // Lists of lists are arrays of several dimensions, if they are so much alike.
  return arrayOfArrays(items.map((item) => (item === null ? null : decodeArray(type, item))))
}

function nodeName(node: JsonNode): string {
  if (node instanceof JsonNumber) return 'number'
  if (node instanceof JsonObject) return 'object'
  return Array.isArray(node) ? 'array' : typeof node
}

/** 1e3 and 5.0 are integers too. */
function wholeText(text: string): string | undefined {
  if (/^-?\d+$/.test(text)) return text
  const value = stripZeros(parseNumericText(text)!)
  return value.scale === 0 ? String(value.mantissa) : undefined
}

/** Milliseconds since 1970, fractions down to microseconds. */
function epochMillis(text: string, type: SqlType): Value {
  const { mantissa, scale } = parseNumericText(text)!
  const micros = BigInt(numericRound({ mantissa: BigInt(mantissa) * 1000n, scale }, 0).mantissa)
  if (micros > 2n ** 63n || micros < -(2n ** 63n)) throw new SqlError('22008', `timestamp out of range: "${text}"`)
  const days = micros / 86_400_000_000n
  return applyModifiers(joinMicros(Number(days), Number(micros - days * 86_400_000_000n)), type, false)
}

/** The last value that ended up under each field name, read exactly. */
function decodeJsonRow(fields: RowType, text: string): Datum[] {
  const node = parseJson(text)
  if (!(node instanceof JsonObject))
    throw new SqlError('22P02', `a JSON ${node === null ? 'null' : nodeName(node)} is no record`)
  return fields.map((field) => {
    const member = node.get(field.name)
    const value = member === undefined ? null : decodeField(field.name, field.type, member)
    if (value === null && !field.nullable)
      throw new SqlError('23502', `field "${field.name}" is null but declared NOT NULL`)
    return value
  })
}

function decodeField(name: string, type: SqlType, node: JsonNode): Datum {
  try {
    return decodeJsonValue(type, node)
  } catch (error) {
    if (error instanceof SqlError) throw new SqlError(error.sqlstate, `field "${name}": ${error.message}`)
    throw error
  }
}

/** The exact path for one record: appends its row, or leaves the builders as they were and says why not. */
export function decodeJsonSlowly(
  fields: RowType,
  bytes: Uint8Array,
  start: number,
  end: number,
  builders: readonly (ColumnBuilder | null)[],
): string | undefined {
  let row: Datum[]
  if (!isUtf8(bytes.subarray(start, end))) return 'malformed JSON: not valid UTF-8'
  try {
    row = decodeJsonRow(fields, decodeUtf8(bytes, start, end))
  } catch (error) {
    if (error instanceof JsonSyntaxError) return `malformed JSON at character ${error.at + 1}: ${error.message}`
    if (error instanceof SqlError) return error.message
    throw error
  }
  for (let c = 0; c < builders.length; c++) builders[c]?.append(row[c])
  return undefined
}
