import { isUtf8 } from 'node:buffer'
import { SqlError } from '../../base/sql-error.ts'
import { decodeJsonValue } from '../../codec/json.ts'
import { compileJsonDecoder, type JsonDecoder as ScanJson } from '../../codec/json-scan.ts'
import type { Column } from '../../types/column.ts'
import { type ColumnBuilder, columnBuilder } from '../../types/column-build.ts'
import { nullColumn } from '../../types/column-shape.ts'
import { JsonSyntaxError, parseJson } from '../../types/json-parse.ts'
import type { Field, RowType } from '../../types/sql-type.ts'
import { decodeUtf8 } from '../../types/utf8.ts'
import type { PayloadDecoder } from './format.ts'
import { OneColumnDecoder } from './one-column.ts'

const NO_VALUE = 'the record has no value'

/** FORMAT JSON: one object a payload, its members into the columns of their names. Unwanted columns come as NULLs. */
export class JsonDecoder implements PayloadDecoder {
  readonly fields: RowType
  private readonly builders: readonly (ColumnBuilder | null)[]
  private readonly scan: ScanJson
  private rows = 0

  constructor(fields: RowType, wanted: readonly boolean[] = fields.map(() => true)) {
    this.fields = fields
    this.builders = fields.map((field, c) => (wanted[c] ? columnBuilder(field.type, 64) : null))
    this.scan = compileJsonDecoder(fields, wanted)
  }

  decode(bytes: Uint8Array, start: number, length: number): string | null {
    const reason = this.scan(bytes, start, start + length, this.builders)
    if (reason !== undefined) return reason
    this.rows++
    return null
  }
  decodeNull(): string | null {
    return NO_VALUE
  }
  skip(): void {
    for (const builder of this.builders) builder?.appendNull()
    this.rows++
  }
  truncate(n: number): void {
    for (const builder of this.builders) builder?.truncate(n)
    this.rows = n
  }
  finish(): Column[] {
    const n = this.rows
    this.rows = 0
    return this.builders.map((builder, c) => builder?.finish() ?? nullColumn(this.fields[c].type, n))
  }
}

/** The whole payload as one value of the only field: a jsonb document, or a bare scalar such as the key `17`. */
export class JsonValueDecoder extends OneColumnDecoder<ColumnBuilder> {
  constructor(field: Field) {
    super(field, columnBuilder(field.type, 64))
  }

  decode(bytes: Uint8Array, start: number, length: number): string | null {
    return decodeBare(this.fields[0], bytes, start, length, this.builder)
  }
  override decodeNull(): string | null {
    return NO_VALUE
  }
}

/** A JSON key of one column: an object with that member, or the bare value. */
export class JsonKeyDecoder extends JsonValueDecoder {
  private readonly scan: ScanJson

  constructor(field: Field) {
    super(field)
    this.scan = compileJsonDecoder([field])
  }

  override decode(bytes: Uint8Array, start: number, length: number): string | null {
    if (isObject(bytes, start, start + length)) return this.scan(bytes, start, start + length, [this.builder]) ?? null
    return super.decode(bytes, start, length)
  }
}

function decodeBare(
  field: Field,
  bytes: Uint8Array,
  start: number,
  length: number,
  builder: ColumnBuilder,
): string | null {
  if (!isUtf8(bytes.subarray(start, start + length))) return 'malformed JSON: not valid UTF-8'
  try {
    const value = decodeJsonValue(field.type, parseJson(decodeUtf8(bytes, start, start + length)))
    if (value === null && !field.nullable) return `null value for column "${field.name}"`
    builder.append(value)
    return null
  } catch (error) {
    if (error instanceof JsonSyntaxError) return `malformed JSON at character ${error.at + 1}: ${error.message}`
    if (error instanceof SqlError) return error.message
    throw error
  }
}

function isObject(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start
  while (at < end && (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09)) at++
  return at < end && bytes[at] === 0x7b
}
