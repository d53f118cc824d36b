import { serialize } from 'pg-protocol/dist/serializer.js'
import { describe, expect, it } from 'vitest'
import { FrameReader } from './frame-reader.ts'
import { frontendLimit, readFrontend } from './frontend.ts'

function read(bytes: Buffer) {
  const reader = new FrameReader(frontendLimit)
  reader.push(bytes)
  const frame = reader.next()
  if (frame === null) throw new Error('not a whole message')
  expect(reader.buffered).toBe(0)
  return readFrontend(frame)
}

const patched = (bytes: Buffer, at: number, value: number): Buffer => {
  const copy = Buffer.from(bytes)
  copy[at] = value
  return copy
}

describe("messages of pg-protocol's serializer", () => {
  it('query', () => expect(read(serialize.query('SELECT é'))).toEqual({ kind: 'query', sql: 'SELECT é' }))
  it('parse', () =>
    expect(read(serialize.parse({ name: 's', text: 'SELECT $1', types: [23, 0] }))).toEqual({
      kind: 'parse',
      name: 's',
      sql: 'SELECT $1',
      paramOids: [23, 0],
    }))
  it('bind with text, binary and NULL parameters', () => {
    const values = ['1', Buffer.from([1, 2]), null]
    expect(read(serialize.bind({ portal: 'p', statement: 's', values, binary: true }))).toEqual({
      kind: 'bind',
      portal: 'p',
      statement: 's',
      params: [
        { format: 0, bytes: Buffer.from('1') },
        { format: 1, bytes: Buffer.from([1, 2]) },
        { format: 0, bytes: null },
      ],
      resultFormats: [1],
    })
  })
  it('execute, describe, close', () => {
    expect(read(serialize.execute({ portal: 'p', rows: 7 }))).toEqual({ kind: 'execute', portal: 'p', maxRows: 7 })
    expect(read(serialize.describe({ type: 'S', name: 'x' }))).toEqual({
      kind: 'describe',
      what: 'statement',
      name: 'x',
    })
    expect(read(serialize.close({ type: 'P', name: 'y' }))).toEqual({ kind: 'close', what: 'portal', name: 'y' })
  })
  it('the rest', () => {
    expect(read(serialize.sync() as Buffer).kind).toBe('sync')
    expect(read(serialize.flush() as Buffer).kind).toBe('flush')
    expect(read(serialize.end() as Buffer).kind).toBe('terminate')
    expect(read(serialize.copyData(Buffer.from('a')))).toEqual({ kind: 'copyData', data: Buffer.from('a') })
    expect(read(serialize.copyDone() as Buffer).kind).toBe('copyDone')
    expect(read(serialize.copyFail('why'))).toEqual({ kind: 'copyFail', reason: 'why' })
  })
})

describe('malformed messages are 08P01', () => {
  const describeMessage = serialize.describe({ type: 'S', name: 'x' })
  const query = serialize.query('SELECT 1')
  it.each([
    ['a string without its end', patched(query, query.length - 1, 0x41), 'invalid string in message'],
    ['bytes after the end', patched(query, 7, 0), 'invalid message format'],
    ['an unknown subtype', patched(describeMessage, 5, 0x41), 'invalid DESCRIBE message subtype 65'],
  ])('%s', (_, bytes, message) => {
    expect(() => read(bytes)).toThrow(expect.objectContaining({ sqlstate: '08P01', message }))
  })

  it('a text that is not UTF-8 is 22021 and names the bytes', () => {
    const bytes = patched(serialize.query('abc'), 6, 0xff)
    const message = 'invalid byte sequence for encoding "UTF8": 0xff'
    expect(() => read(bytes)).toThrow(expect.objectContaining({ sqlstate: '22021', message }))
  })

  it('a parameter longer than its message', () => {
    const bytes = serialize.bind({ values: ['abc'] })
    const at = bytes.indexOf('abc') - 1
    expect(() => read(patched(bytes, at, 99))).toThrow('insufficient data left in message')
  })
})
