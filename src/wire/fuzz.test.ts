import { connect } from 'node:net'
import fc from 'fast-check'
import { serialize } from 'pg-protocol/dist/serializer.js'
import { expect, it } from 'vitest'
import { malformedMessages, messagesOver, noise } from './testing/malformed.ts'
import { RawClient } from './testing/raw-client.ts'
import { serveFake } from './testing/serve-fake.ts'

const MESSAGES = 10_000
const PER_CONNECTION = 25

const START = serialize.startup({ user: 'fuzz' })
const anyMessage = malformedMessages(
  messagesOver(['rows 2', 'rows 3', 'fail', 'nonsense', 'copyin', 'copyin 3', 'copyout', 'crash']),
)

/** Sends all, reads what comes back, and judges that it is whole messages of known types. */
function converse(port: number, bytes: Buffer): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    const chunks: Buffer[] = []
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('error', () => {})
    socket.on('close', () => {
      try {
        resolve(messageTypes(Buffer.concat(chunks)))
      } catch (error) {
        reject(error)
      }
    })
    socket.end(bytes)
  })
}

function messageTypes(bytes: Buffer): string[] {
  const types: string[] = []
  // A lone N is the answer to an encryption request.
  for (let at = bytes.length === 1 && bytes[0] === 0x4e ? 1 : 0; at < bytes.length; ) {
    const type = String.fromCharCode(bytes[at])
    expect('RSKZTDCEN123nsItGHdcv').toContain(type)
    const length = bytes.readInt32BE(at + 1)
    expect(length).toBeGreaterThanOrEqual(4)
    expect(at + 1 + length).toBeLessThanOrEqual(bytes.length)
    types.push(type)
    at += 1 + length
  }
  return types
}

it(`serves on after ${MESSAGES} random and malformed messages`, async () => {
  const fake = await serveFake()
  const conversations = fc.sample(fc.array(anyMessage, { minLength: PER_CONNECTION, maxLength: PER_CONNECTION }), {
    numRuns: MESSAGES / PER_CONNECTION,
    seed: 20260801,
  })
  let errors = 0
  for (const messages of conversations) {
    const types = await converse(fake.port, Buffer.concat([START, ...messages]))
    expect(types.slice(0, 1)).toEqual(['R'])
    errors += types.filter((type) => type === 'E').length
  }
  expect(errors).toBeGreaterThan(conversations.length / 2)
  const client = await RawClient.ready(fake.port)
  client.send(serialize.query('rows 1'))
  expect((await client.until('readyForQuery')).map((m) => m.name)).toContain('dataRow')
  client.end()
  while (fake.server.connections() > 0) await new Promise((resolve) => setTimeout(resolve, 5))
  expect(fake.sessions.every((session) => session.closed)).toBe(true)
  await fake.server.kill()
})

it('serves on after random startup packets', async () => {
  const fake = await serveFake()
  for (const bytes of fc.sample(fc.oneof(noise, damagedStartup()), { numRuns: 300, seed: 7 })) {
    await converse(fake.port, bytes)
  }
  const client = await RawClient.ready(fake.port)
  client.end()
  await fake.server.kill()
})

function damagedStartup(): fc.Arbitrary<Buffer> {
  return fc.tuple(fc.nat(), fc.nat(255)).map(([at, value]) => {
    const copy = Buffer.from(START)
    copy[at % copy.length] = value
    return copy
  })
}
