import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FrameReader } from './frame-reader.ts'
import { frontendLimit } from './frontend.ts'
import { FatalError } from './protocol-error.ts'

const frame = (type: string, body: Buffer): Buffer => {
  const header = Buffer.alloc(5)
  header.write(type, 'latin1')
  header.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([header, body])
}

describe('framing', () => {
  it('finds the same messages whatever the chunks', () => {
    const bodies = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 })
    const cuts = fc.array(fc.integer({ min: 1, max: 97 }), { minLength: 1 })
    fc.assert(
      fc.property(bodies, cuts, (messages, sizes) => {
        const bytes = Buffer.concat(messages.map((body) => frame('d', Buffer.from(body))))
        const reader = new FrameReader(frontendLimit)
        const found: Buffer[] = []
        for (let at = 0, k = 0; at < bytes.length; k++) {
          const size = sizes[k % sizes.length]
          reader.push(bytes.subarray(at, at + size))
          at += size
          for (let next = reader.next(); next !== null; next = reader.next()) found.push(next.body)
        }
        expect(found.map((body) => [...body])).toEqual(messages.map((body) => [...body]))
        expect(reader.buffered).toBe(0)
      }),
    )
  })

  it('judges a length before the body is there', () => {
    const reader = new FrameReader(frontendLimit)
    reader.push(Buffer.from([0x51, 0x7f, 0xff, 0xff, 0xff]))
    expect(() => reader.next()).toThrow(FatalError)
  })

  it.each([
    ['an unknown type', [0x01, 0, 0, 0, 4], 'invalid frontend message type 1'],
    ['a length below 4', [0x51, 0, 0, 0, 3], 'invalid message length'],
    ['a negative length', [0x51, 0xff, 0xff, 0xff, 0xff], 'invalid message length'],
    ['a small message that claims to be large', [0x53, 0, 1, 0, 0], 'invalid message length'],
  ])('refuses %s', (_, bytes, message) => {
    const reader = new FrameReader(frontendLimit)
    reader.push(Buffer.from(bytes))
    expect(() => reader.next()).toThrow(message)
  })

  it('refuses a startup packet longer than PostgreSQL takes', () => {
    const reader = new FrameReader(frontendLimit)
    reader.push(Buffer.from([0, 0, 0x27, 0x11]))
    expect(() => reader.nextStartup()).toThrow('invalid length of startup packet')
  })
})
