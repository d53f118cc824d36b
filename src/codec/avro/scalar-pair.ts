import type { SqlType } from '../../types/sql-type.ts'
import type { Value } from '../../types/value.ts'
import { conversion } from './convert.ts'
import { AvroDataError } from './cursor.ts'
import { AvroMismatch, kindName } from './match.ts'
import { type AvroScalar, type ReadDatum, scalarReader } from './scalar.ts'
import type { AvroEnum, AvroType } from './schema.ts'
import { isNested, sqlTypeOf } from './sql-type.ts'

/**
 * Reads a writer's scalar as a value of a SQL type: by the reader's schema, or, where there is none (null), as declared.
 * Neither is a union or an array.
 */
export function scalarPair(writer: AvroType, reader: AvroType | null, type: SqlType): ReadDatum {
  if (writer.kind === 'null') {
    if (reader === null || reader.kind === 'null') return () => null
    throw new AvroMismatch('', `null cannot be read as ${kindName(reader)}`)
  }
  if (reader?.kind === 'null' || isNested(writer) || writer.kind === 'array') throw unreadable(writer, reader, type)
  if (reader !== null && (reader.kind === 'enum' || writer.kind === 'enum')) {
    if (writer.kind !== 'enum' || reader.kind !== 'enum') throw unreadable(writer, reader, type)
    return ofEnum(writer, reader)
  }
  if (writer.kind === 'fixed' && reader?.kind === 'fixed' && writer.size !== reader.size) {
    throw new AvroMismatch('', `it has ${writer.size} bytes, the reader's schema says ${reader.size}`)
  }
  const read = scalarReader(writer as AvroScalar)
  const convert = conversion(sqlTypeOf(writer), type, reader === null ? 'declared' : 'promote')
  if (convert === null) throw unreadable(writer, reader, type)
  if (convert === 'same') return read
  return (cursor) => {
    const value = read(cursor)
    return value === null ? null : convert(value as Value)
  }
}

/** The writer's scalar is read without a conversion: its bytes may go straight into the column. */
export function isDirect(writer: AvroType, reader: AvroType | null, type: SqlType): boolean {
  if (writer.kind === 'enum' || writer.kind === 'union' || isNested(writer) || writer.kind === 'array') return false
  return conversion(sqlTypeOf(writer), type, reader === null ? 'declared' : 'promote') === 'same'
}

export function unreadable(writer: AvroType, reader: AvroType | null, type: SqlType): AvroMismatch {
  const as = reader === null ? `type ${type.kind}` : kindName(reader)
  return new AvroMismatch('', `${kindName(writer)} cannot be read as ${as}`)
}

/** A symbol that the reader's schema lacks is its default, or a fault of the record. */
function ofEnum(writer: AvroEnum, reader: AvroEnum): ReadDatum {
  const symbols = writer.symbols.map((symbol) => (reader.symbols.includes(symbol) ? symbol : reader.default))
  return (cursor) => {
    const index = cursor.int()
    const symbol = symbols[index]
    if (symbol === undefined) throw new AvroDataError(`an enum has no symbol ${index}`)
    if (symbol !== null) return symbol
    throw new AvroDataError(`"${writer.symbols[index]}" is none of the symbols of the reader's schema`)
  }
}
