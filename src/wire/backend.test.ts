import { Parser } from 'pg-protocol/dist/parser.js'
import { expect, it } from 'vitest'
import { SqlError } from '../base/sql-error.ts'
import { INT4, type SqlType } from '../types/sql-type.ts'
import * as message from './backend.ts'
import { ByteWriter } from './byte-writer.ts'

/** What pg-protocol's client parser makes of the bytes. */
function parsed(write: (out: ByteWriter) => void): Record<string, unknown>[] {
  const out = new ByteWriter(4)
  write(out)
  const found: Record<string, unknown>[] = []
  new Parser().parse(out.buffer.subarray(0, out.at), (m) => found.push({ ...m }))
  return found
}

it.each([
  ['parseComplete', message.writeParseComplete],
  ['bindComplete', message.writeBindComplete],
  ['closeComplete', message.writeCloseComplete],
  ['noData', message.writeNoData],
  ['emptyQuery', message.writeEmptyQuery],
  ['portalSuspended', message.writePortalSuspended],
  ['copyDone', message.writeCopyDone],
  ['authenticationOk', message.writeAuthenticationOk],
])('%s', (name, write) => expect(parsed(write)).toMatchObject([{ name }]))

it('backendKeyData', () =>
  expect(parsed((out) => message.writeBackendKeyData(out, 7, -5))).toMatchObject([
    { name: 'backendKeyData', processID: 7, secretKey: -5 },
  ]))

it('parameterStatus', () =>
  expect(parsed((out) => message.writeParameterStatus(out, 'TimeZone', 'UTC'))).toMatchObject([
    { name: 'parameterStatus', parameterName: 'TimeZone', parameterValue: 'UTC' },
  ]))

it('readyForQuery in every state', () =>
  expect(
    parsed((out) => {
      for (const status of ['I', 'T', 'E'] as const) message.writeReadyForQuery(out, status)
    }).map((m) => m['status']),
  ).toEqual(['I', 'T', 'E']))

it('commandComplete', () =>
  expect(parsed((out) => message.writeCommandComplete(out, 'INSERT 0 3'))).toMatchObject([{ text: 'INSERT 0 3' }]))

it('parameterDescription', () =>
  expect(parsed((out) => message.writeParameterDescription(out, [INT4, { kind: 'text' }]))).toMatchObject([
    { parameterCount: 2, dataTypeIDs: [23, 25] },
  ]))

it('rowDescription with origin, oid, length and modifier', () => {
  const type: SqlType = { kind: 'varchar', length: 10 }
  const field = { name: 'née', type, tableOid: 16384, columnNumber: 2, format: 1 as const }
  expect(parsed((out) => message.writeRowDescription(out, [field]))).toMatchObject([
    {
      fieldCount: 1,
      fields: [
        {
          name: 'née',
          tableID: 16384,
          columnID: 2,
          dataTypeID: 1043,
          dataTypeSize: -1,
          dataTypeModifier: 14,
          format: 'binary',
        },
      ],
    },
  ])
})

it('copy responses and data', () =>
  expect(
    parsed((out) => {
      message.writeCopyResponse(out, 'in', 2)
      message.writeCopyResponse(out, 'out', 1)
      message.writeCopyData(out, 'a\tb\n')
    }),
  ).toMatchObject([
    { name: 'copyInResponse', binary: false, columnTypes: [0, 0] },
    { name: 'copyOutResponse', binary: false, columnTypes: [0] },
    { name: 'copyData', chunk: Buffer.from('a\tb\n') },
  ]))

it('an error with all its fields', () => {
  const fields = {
    detail: 'd',
    hint: 'h',
    position: 3,
    where: 'w',
    schema: 's',
    table: 't',
    column: 'c',
    dataType: 'y',
    constraint: 'n',
  }
  const error = new SqlError('23505', 'duplicate key', fields)
  expect(parsed((out) => message.writeError(out, error, 'ERROR'))).toMatchObject([
    { name: 'error', severity: 'ERROR', code: '23505', ...fields, position: '3' },
  ])
})

it('a notice', () => {
  const notice = { severity: 'NOTICE', sqlstate: '00000', message: 'm', hint: 'h' } as const
  expect(parsed((out) => message.writeNotice(out, notice))).toMatchObject([
    { name: 'notice', severity: 'NOTICE', code: '00000', message: 'm', hint: 'h' },
  ])
})

it('zero bytes inside a string cannot break the framing', () =>
  expect(parsed((out) => message.writeCommandComplete(out, 'a\0b'))).toMatchObject([{ text: 'ab' }]))

it('a message whose writer throws is dropped, so that the error after it is read as such', () => {
  const badly = (write: () => unknown) => expect(write).toThrow()
  const field = { name: 'a', tableOid: 0, columnNumber: 0, format: 0 as const }
  const noType = { ...field, type: { kind: 'missing' } as unknown as SqlType }
  expect(
    parsed((out) => {
      message.writeCommandComplete(out, 'BEGIN')
      badly(() => message.writeRowDescription(out, [{ ...field, type: INT4 }, noType]))
      message.writeError(out, new SqlError('XX000', 'internal error'), 'ERROR')
      message.writeReadyForQuery(out, 'I')
      badly(() => message.writeParameterDescription(out, [INT4, noType.type]))
      out.dropHalf()
    }),
  ).toMatchObject([{ text: 'BEGIN' }, { code: 'XX000' }, { name: 'readyForQuery' }])
})
