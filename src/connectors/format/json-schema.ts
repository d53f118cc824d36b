import { isUtf8 } from 'node:buffer'
import { SqlError } from '../../base/sql-error.ts'
import { decodeJsonValue } from '../../codec/json.ts'
import { compileJsonDecoder } from '../../codec/json-scan.ts'
import { jsonSchemaMismatch, jsonSchemaRowType } from '../../codec/json-schema.ts'
import { JsonSyntaxError, parseJson } from '../../types/json-parse.ts'
import type { RowType } from '../../types/sql-type.ts'
import { decodeUtf8 } from '../../types/utf8.ts'
import type { RegisteredSchema } from '../schema-registry/registry.ts'
import type { BodyDecoder } from './registry-format.ts'
import type { SchemaText } from './schema-options.ts'
import { Incompatible } from './written.ts'

/** JSON behind the header of a schema: read as FORMAT JSON is, once the writer's schema is known to agree with the columns. */
export function jsonSchemaDecoder(
  writer: RegisteredSchema,
  reader: SchemaText | null,
  fields: RowType,
  whole: boolean,
): BodyDecoder {
  if (whole) return wholeDecoder(fields)
  if (reader !== null) {
    const name = fields[0]?.name ?? ''
    // By the schema, not the columns: a key is NOT NULL even where its schema lets it be missing.
    const own = jsonSchemaRowType(reader, name).filter((each) => fields.some((field) => field.name === each.name))
    const mismatch = jsonSchemaMismatch(jsonSchemaRowType(writer, name), own)
    if (mismatch !== null) throw new Incompatible(mismatch)
  }
  const decode = compileJsonDecoder(fields)
  return (bytes, start, end, builders) => decode(bytes, start, end, builders)
}

function wholeDecoder([field]: RowType): BodyDecoder {
  return (bytes, start, end, builders) => {
    if (!isUtf8(bytes.subarray(start, end))) return 'malformed JSON: not valid UTF-8'
    try {
      builders[0].append(decodeJsonValue(field.type, parseJson(decodeUtf8(bytes, start, end))))
      return undefined
    } catch (error) {
      if (error instanceof JsonSyntaxError) return `malformed JSON at character ${error.at + 1}: ${error.message}`
      if (error instanceof SqlError) return error.message
      throw error
    }
  }
}
