import { connect } from 'node:net'
import fc from 'fast-check'
import { serialize } from 'pg-protocol/dist/serializer.js'
import { expect, it } from 'vitest'
import { RawClient } from './testing/raw-client.ts'
import { serveFake } from './testing/serve-fake.ts'

const MESSAGES = 10_000
const PER_CONNECTION = 25

const START = serialize.startup({ user: 'fuzz' })
const valid = fc.constantFrom<Buffer>(
  serialize.query('rows 2'),
  serialize.query('nonsense'),
  serialize.query('copyin'),
  serialize.query('copyin 3'),
  serialize.query('copyout'),
  serialize.query('crash'),
  serialize.query(''),
  serialize.parse({ text: 'rows 3' }),
  serialize.parse({ name: 's', text: 'fail' }),
  serialize.bind({ values: ['1', null, 'abc'] }),
  serialize.bind({ statement: 'none' }),
  serialize.describe({ type: 'S' }),
  serialize.describe({ type: 'P', name: 'none' }),
  serialize.execute({ rows: 1 }),
  serialize.execute({ portal: 'none' }),
  serialize.close({ type: 'S' }),
  serialize.flush() as Buffer,
  serialize.sync() as Buffer,
  serialize.copyData(Buffer.from('data\n')),
  serialize.copyDone() as Buffer,
  serialize.copyFail('enough'),
  serialize.password('secret'),
)
/** A message whose length is right and whose content is not. */
const garbled = fc
  .tuple(fc.constantFrom(...'QPBDECHSXFdcfp'), fc.uint8Array({ maxLength: 60 }))
  .map(([type, body]) => framed(type, Buffer.from(body)))
const damaged = fc.tuple(valid, fc.nat(), fc.nat(255)).map(([bytes, at, value]) => {
  const copy = Buffer.from(bytes)
  copy[at % copy.length] = value
  return copy
})
const cut = fc.tuple(valid, fc.nat()).map(([bytes, at]) => bytes.subarray(0, at % bytes.length))
const noise = fc.uint8Array({ minLength: 1, maxLength: 40 }).map((bytes) => Buffer.from(bytes))
const anyMessage = fc.oneof(
  { weight: 6, arbitrary: valid },
  { weight: 6, arbitrary: garbled },
  { weight: 2, arbitrary: damaged },
  { weight: 1, arbitrary: cut },
  { weight: 1, arbitrary: noise },
)

function framed(type: string, body: Buffer): Buffer {
  const header = Buffer.alloc(5)
  header.write(type, 'latin1')
  header.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([header, body])
}

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
