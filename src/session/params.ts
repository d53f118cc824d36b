import { isUtf8 } from 'node:buffer'
import { SqlError } from '../base/sql-error.ts'
import { decodeBinary } from '../codec/pg-binary.ts'
import type { SqlType } from '../types/sql-type.ts'
import { parseText, type TextOptions } from '../types/text.ts'
import type { Datum, Row } from '../types/value.ts'
import type { RawParam } from './contract.ts'

/** Values of $1… as the plan's types: decoded when they came over the wire, as they are when embedded. */
export function paramValues(
  params: readonly Datum[] | readonly RawParam[],
  types: readonly SqlType[],
  options: TextOptions,
): Row {
  return params.map((param, i) => (isRaw(param) ? decode(param, i, types[i], options) : param))
}

function isRaw(param: Datum | RawParam): param is RawParam {
  return typeof param === 'object' && param !== null && 'format' in param
}

function decode(param: RawParam, index: number, type: SqlType, options: TextOptions): Datum {
  const { bytes, format } = param
  if (bytes === null) return null
  try {
    if (format === 1) return decodeBinary(bytes, type)
    if (!isUtf8(bytes)) throw new SqlError('22021', 'invalid byte sequence for encoding "UTF8"')
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
    if (text.includes('\0')) throw new SqlError('22021', 'invalid byte sequence for encoding "UTF8": 0x00')
    return parseText(text, type, options)
  } catch (error) {
    if (!(error instanceof SqlError)) throw error
    const where = error.fields.where ?? `unnamed portal parameter $${index + 1}`
    throw new SqlError(error.sqlstate, error.message, { ...error.fields, where })
  }
}
