import type { ColumnBuilder } from '../../types/column-build.ts'
import type { Field, RowType } from '../../types/sql-type.ts'
import type { Datum } from '../../types/value.ts'
import { AvroCursor, AvroDataError } from './cursor.ts'
import { AvroMismatch, writerField } from './match.ts'
import type { ReadDatum } from './scalar.ts'
import { isDirect } from './scalar-pair.ts'
import type { AvroField, AvroType } from './schema.ts'
import { skip } from './skip.ts'
import { recordOf } from './sql-type.ts'
import { datumReader, defaultDatum } from './value.ts'

/**
 * A decoder of the payloads of one writer's schema, straight from bytes into columns. It appends one row and returns
 * undefined, or appends nothing and returns the reason. The generated text, one statement a field of the writer, holds
 * indices and numbers only; a flat record makes no object.
 */
export type AvroDecoder = (
  bytes: Uint8Array,
  start: number,
  end: number,
  builders: readonly ColumnBuilder[],
) => string | undefined

/** A record at a position, into columns; `names`: of the fields by number, for messages. */
export interface RecordReader {
  readonly decode: Decode
  readonly names: readonly string[]
}

export function compileRecord(writer: AvroType, reader: AvroType | null, fields: RowType): RecordReader {
  return compile(writer, reader, fields)
}

type Decode = (cursor: AvroCursor, builders: readonly ColumnBuilder[]) => void

/**
 * `fields`: the columns, filled from the fields of their names. `reader`: the schema that they were inferred from; null when
 * they were declared. `whole`: the payload is one value, even where it is a record. Throws AvroMismatch where the writer's
 * schema does not go with it.
 */
export function compileAvroDecoder(
  writer: AvroType,
  reader: AvroType | null,
  fields: RowType,
  whole = false,
): AvroDecoder {
  const { decode, names } = whole ? ofWhole(writer, reader, fields) : compile(writer, reader, fields)
  const cursor = new AvroCursor()
  return (bytes, start, end, builders) => {
    const rows = builders.length === 0 ? 0 : builders[0].length
    cursor.begin(bytes, start, end)
    try {
      decode(cursor, builders)
      if (cursor.at < end) throw new AvroDataError(`${end - cursor.at} bytes are left over`)
      return undefined
    } catch (error) {
      for (const builder of builders) builder.truncate(rows)
      if (!(error instanceof AvroDataError)) throw error
      const name = names[cursor.field]
      return name === undefined ? error.message : `field "${name}": ${error.message}`
    }
  }
}

interface Part {
  readonly text: string
  readonly value: unknown
}

function compile(writer: AvroType, reader: AvroType | null, fields: RowType): { decode: Decode; names: string[] } {
  const record = recordOf(writer)
  const readerRecord = reader === null ? null : recordOf(reader)
  if (record === null || (reader !== null && readerRecord === null)) return ofWhole(writer, reader, fields)
  const wanted = fields.map((field) => wantedField(field, readerRecord?.fields ?? null))
  const places = wanted.map((field) => writerField(record.fields, field))
  const parts: Part[] = record.fields.map((field, i) => {
    const column = places.indexOf(i)
    if (column < 0) return { text: `use(cursor, skipped[${i}]);`, value: field.type }
    return named(fields[column].name, () => {
      const type = readerRecord === null ? null : wanted[column].type
      return statement(field.type, type, fields[column], column, i)
    })
  })
  const missing = places.flatMap((place, column) => (place < 0 ? [column] : []))
  const defaults = new Map<number, Datum>()
  for (const column of missing) {
    if (readerRecord !== null) defaults.set(column, defaultDatum(wanted[column] as AvroField, fields[column].type))
    else if (fields[column].nullable) defaults.set(column, null)
    else throw new AvroMismatch(fields[column].name, "the writer's schema lacks it, and the column is NOT NULL")
  }
  const text = [
    ...fields.map((_, c) => `const b${c} = builders[${c}];`),
    ...(writer.kind === 'union' ? [`cursor.field = -1; if (isNull[cursor.branch(isNull.length)]) absent();`] : []),
    ...parts.map((part, i) => `cursor.field = ${i}; ${part.text}`),
    'cursor.field = -1;',
    ...missing.map((column) => `b${column}.append(defaults.get(${column}));`),
  ].join('\n')
  const values = {
    use: skip,
    skipped: parts.map((part) => part.value),
    defaults,
    isNull: writer.kind === 'union' ? writer.branches.map((branch) => branch.kind === 'null') : [],
    absent: () => {
      throw new AvroDataError('the payload is null where a record belongs')
    },
  }
  return { decode: generated(text, values), names: record.fields.map((field) => field.name) }
}

function generated(text: string, values: Readonly<Record<string, unknown>>): Decode {
  const make = new Function(...Object.keys(values), `return function decode(cursor, builders) {\n${text}\n}`)
  return make(...Object.values(values)) as Decode
}

type Wanted = Pick<AvroField, 'name' | 'aliases' | 'type'>

function wantedField(field: Field, reader: readonly AvroField[] | null): Wanted {
  const found = reader?.find((each) => each.name === field.name)
  if (found !== undefined) return found
  if (reader !== null) throw new AvroMismatch(field.name, 'the schema has no such field')
  return { name: field.name, aliases: [], type: { kind: 'null', logical: null } }
}

/** A schema that is no record: the whole payload is one value. */
function ofWhole(writer: AvroType, reader: AvroType | null, fields: RowType): { decode: Decode; names: string[] } {
  const [field] = fields
  if (fields.length !== 1)
    throw new AvroMismatch('', `the writer's schema is no record, but ${fields.length} columns are read`)
  const read = notNull(
    field,
    named(field.name, () => datumReader(writer, reader, field.type)),
  )
  return { decode: (cursor, builders) => builders[0].append(read(cursor)), names: [] }
}

function named<T>(name: string, make: () => T): T {
  try {
    return make()
  } catch (error) {
    throw error instanceof AvroMismatch ? error.inside(name) : error
  }
}

/** One field of the writer into its column. */
function statement(writer: AvroType, reader: AvroType | null, field: Field, column: number, i: number): Part {
  const direct = directText(writer, reader, field, column)
  if (direct !== null) return { text: direct, value: null }
  return {
    text: `b${column}.append(skipped[${i}](cursor));`,
    value: notNull(field, datumReader(writer, reader, field.type)),
  }
}

function notNull(field: Field, read: ReadDatum): ReadDatum {
  if (field.nullable) return read
  return (cursor) => {
    const value = read(cursor)
    if (value === null) throw new AvroDataError('it is null, but the column is NOT NULL')
    return value
  }
}

/** The usual types without a call through a closure; null: another way. */
function directText(writer: AvroType, reader: AvroType | null, field: Field, column: number): string | null {
  if (writer.kind === 'union') {
    // [null, T] or [T, null] into a nullable column.
    const at = writer.branches.findIndex((branch) => branch.kind === 'null')
    if (writer.branches.length !== 2 || at < 0 || !field.nullable) return null
    const inner = directText(writer.branches[1 - at], onlyValueOf(reader), field, column)
    if (inner === null || (reader !== null && reader.kind !== 'union')) return null
    return `if (cursor.branch(2) === ${at}) b${column}.appendNull(); else { ${inner} }`
  }
  const only = onlyValueOf(reader)
  if (only?.kind === 'enum' || !isDirect(writer, only, field.type)) return null
  if ('logical' in writer && writer.logical !== null) return null
  const put = DIRECT[`${writer.kind} ${field.type.kind}`]
  return put === undefined ? null : put(`b${column}`)
}

/** The only type of a reader's union beside null. */
function onlyValueOf(reader: AvroType | null): AvroType | null {
  if (reader?.kind !== 'union') return reader
  const values = reader.branches.filter((branch) => branch.kind !== 'null')
  return values.length === 1 ? values[0] : reader
}

const number = (read: string) => (builder: string) => `${builder}.appendNumber(cursor.${read}());`
const DIRECT: Readonly<Record<string, (builder: string) => string>> = {
  'boolean bool': number('boolean'),
  'int int4': number('int'),
  'int int8': number('int'),
  'int float8': number('int'),
  'long int8': (builder) => `cursor.longInto(${builder});`,
  'float float4': number('float'),
  'float float8': number('float'),
  'double float8': number('double'),
  'string text': (builder) => `cursor.textInto(${builder});`,
}
