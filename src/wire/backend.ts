import type { Notice, SqlError } from '../base/sql-error.ts'
import type { ResultField } from '../session/contract.ts'
import { typeLength, typeOid, typmodOf } from '../types/pg-type.ts'
import { type SqlType, withoutDomain } from '../types/sql-type.ts'
import type { ByteWriter } from './byte-writer.ts'

/** Every message that the server sends, except DataRow (data-row.ts): one function each, appending to the buffer. */

function empty(type: string): (out: ByteWriter) => void {
  return (out) => out.end(out.begin(type))
}

export const writeParseComplete = empty('1')
export const writeBindComplete = empty('2')
export const writeCloseComplete = empty('3')
export const writeNoData = empty('n')
export const writeEmptyQuery = empty('I')
export const writePortalSuspended = empty('s')
export const writeCopyDone = empty('c')

export function writeAuthenticationOk(out: ByteWriter): void {
  const message = out.begin('R')
  out.int32(0)
  out.end(message)
}

export function writeBackendKeyData(out: ByteWriter, pid: number, secretKey: number): void {
  const message = out.begin('K')
  out.int32(pid)
  out.int32(secretKey)
  out.end(message)
}

export function writeParameterStatus(out: ByteWriter, name: string, value: string): void {
  const message = out.begin('S')
  out.cstring(name)
  out.cstring(value)
  out.end(message)
}

/** The newest protocol spoken here, and the `_pq_.` options that are not known. */
export function writeNegotiateProtocolVersion(out: ByteWriter, newest: number, unknown: readonly string[]): void {
  const message = out.begin('v')
  out.int32(newest)
  out.int32(unknown.length)
  for (const option of unknown) out.cstring(option)
  out.end(message)
}

export function writeReadyForQuery(out: ByteWriter, status: 'I' | 'T' | 'E'): void {
  const message = out.begin('Z')
  out.byte(status.charCodeAt(0))
  out.end(message)
}

export function writeCommandComplete(out: ByteWriter, tag: string): void {
  const message = out.begin('C')
  out.cstring(tag)
  out.end(message)
}

export function writeParameterDescription(out: ByteWriter, types: readonly SqlType[]): void {
  const message = out.begin('t')
  out.int16(types.length)
  for (const type of types) out.int32(typeOid(type))
  out.end(message)
}

export function writeRowDescription(out: ByteWriter, fields: readonly ResultField[]): void {
  const message = out.begin('T')
  out.int16(fields.length)
  for (const field of fields) {
    out.cstring(field.name)
    out.int32(field.tableOid)
    out.int16(field.columnNumber)
    // Clients are told what a domain is over.
    const type = withoutDomain(field.type)
    out.int32(typeOid(type))
    out.int16(typeLength(type))
    out.int32(typmodOf(type))
    out.int16(field.format)
  }
  out.end(message)
}

/** `in`: the client is to send; `out`: the server will. All columns in text. */
export function writeCopyResponse(out: ByteWriter, direction: 'in' | 'out', columns: number): void {
  const message = out.begin(direction === 'in' ? 'G' : 'H')
  out.byte(0)
  out.int16(columns)
  for (let i = 0; i < columns; i++) out.int16(0)
  out.end(message)
}

export function writeCopyData(out: ByteWriter, data: Uint8Array | string): void {
  const message = out.begin('d')
  if (typeof data === 'string') out.utf8(data)
  else out.bytes(data)
  out.end(message)
}

export function writeError(out: ByteWriter, error: SqlError, severity: 'ERROR' | 'FATAL'): void {
  const { fields } = error
  const message = out.begin('E')
  field(out, 'S', severity)
  field(out, 'V', severity)
  field(out, 'C', error.sqlstate)
  field(out, 'M', error.message)
  field(out, 'D', fields.detail)
  field(out, 'H', fields.hint)
  field(out, 'P', fields.position === undefined ? undefined : String(fields.position))
  field(out, 'W', fields.where)
  field(out, 's', fields.schema)
  field(out, 't', fields.table)
  field(out, 'c', fields.column)
  field(out, 'd', fields.dataType)
  field(out, 'n', fields.constraint)
  out.byte(0)
  out.end(message)
}

export function writeNotice(out: ByteWriter, notice: Notice): void {
  const message = out.begin('N')
  field(out, 'S', notice.severity)
  field(out, 'V', notice.severity)
  field(out, 'C', notice.sqlstate)
  field(out, 'M', notice.message)
  field(out, 'D', notice.detail)
  field(out, 'H', notice.hint)
  out.byte(0)
  out.end(message)
}

function field(out: ByteWriter, code: string, text: string | undefined): void {
  if (text === undefined) return
  out.byte(code.charCodeAt(0))
  out.cstring(text)
}
