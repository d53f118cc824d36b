import { serialize } from 'pg-protocol/dist/serializer.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SqlError } from '../base/sql-error.ts'
import { RawClient, type Received } from './testing/raw-client.ts'
import { serveFake } from './testing/serve-fake.ts'

let fake: Awaited<ReturnType<typeof serveFake>>
beforeEach(async () => {
  fake = await serveFake({ connectionsMax: 3 })
})
afterEach(() => fake.server.kill())

const names = (messages: readonly Received[]): string[] => messages.map((message) => message.name)
const sync = serialize.sync() as Buffer
const startup = (options: Record<string, string>): Buffer => serialize.startup({ user: 'a', ...options })
const int32s = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4)
  values.forEach((value, i) => {
    bytes.writeInt32BE(value, i * 4)
  })
  return bytes
}
const SSL = int32s(8, 80877103)

describe('startup', () => {
  it('greets with settings, a key and readiness', async () => {
    const client = await RawClient.open(fake.port)
    client.send(startup({ database: 'd' }))
    const greeting = await client.until('readyForQuery')
    expect(names(greeting)).toEqual([
      'authenticationOk',
      'parameterStatus',
      'parameterStatus',
      'backendKeyData',
      'readyForQuery',
    ])
    client.end()
  })

  it('refuses encryption once and goes on in plain', async () => {
    const client = await RawClient.open(fake.port)
    client.socket.removeAllListeners('data')
    const answer = new Promise<Buffer>((resolve) => client.socket.once('data', resolve))
    client.send(SSL)
    expect((await answer).toString()).toBe('N')
    client.send(startup({}))
    const greeting = await new Promise<Buffer>((resolve) => client.socket.once('data', resolve))
    expect(greeting[0]).toBe(0x52)
    client.end()
  })

  it('ends a connection that sends data behind its encryption request', async () => {
    const client = await RawClient.open(fake.port)
    client.send(SSL, startup({}))
    expect(await client.untilClosed()).toMatchObject([{ name: 'error', code: '08P01', severity: 'FATAL' }])
  })

  it('negotiates a newer minor version down and names unknown options', async () => {
    const client = await RawClient.open(fake.port)
    const chunks: Buffer[] = []
    client.socket.removeAllListeners('data')
    client.socket.on('data', (chunk) => chunks.push(chunk))
    const body = Buffer.from('user\0a\0_pq_.x\0y\0\0')
    client.send(int32s(8 + body.length, (3 << 16) | 2), body)
    while (chunks.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    const reply = Buffer.concat(chunks)
    expect(reply[0]).toBe(0x76)
    expect(reply.readInt32BE(5)).toBe(3 << 16)
    expect(reply.readInt32BE(9)).toBe(1)
    expect(reply.subarray(13, 20).toString()).toBe('_pq_.x\0')
    expect(reply[20]).toBe(0x52)
    client.end()
  })

  it.each([
    ['without a user', Buffer.concat([int32s(9, 3 << 16), Buffer.from([0])]), '28000'],
    ['of protocol 2', int32s(8, 2 << 16), '0A000'],
    ['that is too long', int32s(20_000, 3 << 16), '08P01'],
    ['without its terminator', Buffer.concat([int32s(14, 3 << 16), Buffer.from('user\0a')]), '08P01'],
  ])('ends a connection with a packet %s', async (_, bytes, code) => {
    const client = await RawClient.open(fake.port)
    client.send(bytes)
    expect(await client.untilClosed()).toMatchObject([{ name: 'error', code, severity: 'FATAL' }])
  })

  it('tells the client when there are too many', async () => {
    const clients = [
      await RawClient.ready(fake.port),
      await RawClient.ready(fake.port),
      await RawClient.ready(fake.port),
    ]
    const late = await RawClient.open(fake.port)
    late.send(startup({}))
    expect(await late.untilClosed()).toMatchObject([{ name: 'error', code: '53300' }])
    clients[0].send(serialize.end() as Buffer)
    await clients[0].untilClosed()
    clients.push(await RawClient.ready(fake.port))
    for (const client of clients) client.end()
  })

  it('drops a connection that says nothing', async () => {
    const impatient = await serveFake({ startupTimeoutMs: 30 })
    const client = await RawClient.open(impatient.port)
    expect(await client.untilClosed()).toEqual([])
    await impatient.server.kill()
  })

  it('reports what opening the session refuses', async () => {
    const strict = await serveFake({
      openSession() {
        throw new SqlError('42704', 'unrecognized configuration parameter "x"')
      },
    })
    const client = await RawClient.open(strict.port)
    client.send(startup({ x: 'y' }))
    expect(await client.untilClosed()).toMatchObject([{ code: '42704', severity: 'FATAL' }])
    await strict.server.kill()
  })
})

describe('simple query', () => {
  it('sends rows, tag and readiness', async () => {
    const client = await RawClient.ready(fake.port)
    client.send(serialize.query('rows 2'))
    const reply = await client.until('readyForQuery')
    expect(names(reply)).toEqual(['rowDescription', 'dataRow', 'dataRow', 'commandComplete', 'readyForQuery'])
    expect(reply[2]['fields']).toEqual(['1', 'row 1'])
    client.end()
  })

  it('goes on after an error, and after a bug of ours', async () => {
    const client = await RawClient.ready(fake.port)
    client.send(serialize.query('nonsense'), serialize.query('crash'), serialize.query('rows 1'))
    expect(await client.until('readyForQuery')).toMatchObject([{ code: '42601', position: '1' }, {}])
    expect(await client.until('readyForQuery')).toMatchObject([{ code: 'XX000' }, {}])
    expect(names(await client.until('readyForQuery'))).toContain('commandComplete')
    client.end()
  })

  it('streams more than fits into the socket', async () => {
    const client = await RawClient.ready(fake.port)
    client.send(serialize.query('rows 50000'))
    const reply = await client.until('readyForQuery')
    expect(reply.length).toBe(50_003)
    expect(reply[50_000]['fields']).toEqual(['49999', 'row 49999'])
    client.end()
  })

  it('is cancelled by its key from another connection', async () => {
    const client = await RawClient.ready(fake.port)
    client.send(serialize.query('sleep'))
    const session = fake.sessions[0]
    while (session.calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    for (const key of [1, session.secretKey]) {
      const other = await RawClient.open(fake.port)
      other.send(serialize.cancel(session.backendPid, key))
      expect(await other.untilClosed()).toEqual([])
    }
    expect(await client.until('readyForQuery')).toMatchObject([{ code: '57014' }, {}])
    expect(session.calls.filter((call) => call === 'cancel')).toHaveLength(1)
    client.end()
  })

  it('is cancelled when its client goes away', async () => {
    const client = await RawClient.ready(fake.port)
    client.send(serialize.query('sleep'))
    const session = fake.sessions[0]
    while (session.calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    client.end()
    while (!session.closed) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(fake.server.connections()).toBe(0)
  })
})

describe('extended query', () => {
  const group = (sql: string, rows = 0): Buffer[] => [
    serialize.parse({ text: sql }),
    serialize.bind({}),
    serialize.describe({ type: 'P' }),
    serialize.execute({ rows }),
  ]

  it('answers each message in order', async () => {
    const client = await RawClient.ready(fake.port)
    client.send(...group('rows 1'), sync)
    expect(names(await client.until('readyForQuery'))).toEqual([
      'parseComplete',
      'bindComplete',
      'rowDescription',
      'dataRow',
      'commandComplete',
      'readyForQuery',
    ])
    client.end()
  })

  it('tells the session whether a statement stands alone', async () => {
    const client = await RawClient.ready(fake.port)
    client.send(...group('rows 1'), ...group('rows 1'), sync)
    await client.until('readyForQuery')
    const executed = fake.sessions[0].calls.filter((call) => call.startsWith('execute'))
    expect(executed).toEqual(['execute  0 false', 'execute  0 true'])
    client.end()
  })

  it('stops at a row limit', async () => {
    const client = await RawClient.ready(fake.port)
    client.send(...group('rows 5', 2), sync)
    expect(names(await client.until('readyForQuery')).slice(-3)).toEqual([
      'dataRow',
      'portalSuspended',
      'readyForQuery',
    ])
    client.end()
  })

  it('after an error drops everything up to Sync, then serves on', async () => {
    const client = await RawClient.ready(fake.port)
    client.send(
      serialize.parse({ text: 'fail' }),
      ...group('rows 1'),
      serialize.query('rows 1'),
      sync,
      ...group('rows 1'),
      sync,
    )
    expect(names(await client.until('readyForQuery'))).toEqual(['error', 'readyForQuery'])
    expect(names(await client.until('readyForQuery'))).toContain('commandComplete')
    client.end()
  })

  it('sends an error at once, before Sync', async () => {
    const client = await RawClient.ready(fake.port)
    client.send(serialize.parse({ text: 'fail' }))
    expect(names(await client.until('error'))).toEqual(['error'])
    client.end()
  })

  it('Flush brings what is there', async () => {
    const client = await RawClient.ready(fake.port)
    client.send(serialize.parse({ text: 'rows 1' }), serialize.flush() as Buffer)
    expect(names(await client.until('parseComplete'))).toEqual(['parseComplete'])
    client.end()
  })

  it('many groups in one write are all answered', async () => {
    const client = await RawClient.ready(fake.port)
    for (let i = 0; i < 200; i++) client.send(...group('rows 3'), sync)
    for (let i = 0; i < 200; i++) expect(names(await client.until('readyForQuery'))).toHaveLength(8)
    client.end()
  })
})

describe('copy', () => {
  it('out', async () => {
    const client = await RawClient.ready(fake.port)
    client.send(serialize.query('copyout'))
    expect(names(await client.until('readyForQuery'))).toEqual([
      'copyOutResponse',
      'copyData',
      'copyDone',
      'commandComplete',
      'readyForQuery',
    ])
    client.end()
  })

  it('in, with Sync and Flush passed over', async () => {
    const client = await RawClient.ready(fake.port)
    client.send(serialize.query('copyin'))
    await client.until('copyInResponse')
    client.send(serialize.copyData(Buffer.from('abc')), sync, serialize.flush() as Buffer)
    client.send(serialize.copyData(Buffer.from('de')), serialize.copyDone() as Buffer)
    expect(await client.until('readyForQuery')).toMatchObject([{ text: 'COPY 5' }, {}])
    client.end()
  })

  it('that the client fails', async () => {
    const client = await RawClient.ready(fake.port)
    client.send(serialize.query('copyin'))
    await client.until('copyInResponse')
    client.send(serialize.copyFail('no more'))
    const message = 'COPY from stdin failed: no more'
    expect(await client.until('readyForQuery')).toMatchObject([{ code: '57014', message }, {}])
    client.end()
  })

  it('that fails here drops what is still under way', async () => {
    const client = await RawClient.ready(fake.port)
    client.send(serialize.query('copyin 2'))
    await client.until('copyInResponse')
    for (let i = 0; i < 5; i++) client.send(serialize.copyData(Buffer.from('abc')))
    client.send(serialize.copyDone() as Buffer, serialize.query('rows 1'))
    expect(await client.until('readyForQuery')).toMatchObject([{ code: '22P04' }, {}])
    expect(names(await client.until('readyForQuery'))).toContain('commandComplete')
    client.end()
  })

  it('interrupted by another message ends the connection', async () => {
    const client = await RawClient.ready(fake.port)
    client.send(serialize.query('copyin'))
    await client.until('copyInResponse')
    client.send(serialize.query('rows 1'))
    const replies = await client.untilClosed()
    expect(replies.at(-1)).toMatchObject({ code: '08P01', severity: 'FATAL' })
  })
})

describe('messages out of place', () => {
  it.each([
    ['copy data', serialize.copyData(Buffer.from('x'))],
    ['a password', serialize.password('x')],
    ['an unknown type', Buffer.from([0x21, 0, 0, 0, 4])],
  ])('%s: FATAL 08P01', async (_, bytes) => {
    const client = await RawClient.ready(fake.port)
    client.send(bytes)
    expect(await client.untilClosed()).toMatchObject([{ code: '08P01', severity: 'FATAL' }])
  })

  it('a function call is refused by name', async () => {
    const client = await RawClient.ready(fake.port)
    client.send(Buffer.from([0x46, 0, 0, 0, 4]))
    expect(await client.until('readyForQuery')).toMatchObject([{ code: '0A000' }, {}])
    client.end()
  })
})

describe('closing the server', () => {
  it('tells a failure to everybody, whatever they do, and nothing after it', async () => {
    const [idle, busy, reading] = await Promise.all([1, 2, 3].map(() => RawClient.ready(fake.port)))
    busy.send(serialize.query('sleep'))
    reading.socket.pause()
    while (fake.sessions[1].calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    const full = new SqlError('53100', 'could not extend file "x": No space left on device', { hint: 'Check.' })
    const told = fake.server.fail(full)
    fake.sessions[1].cancel()
    const last = [{ name: 'error', severity: 'FATAL', code: '53100', message: full.message, hint: 'Check.' }]
    expect(await idle.untilClosed()).toMatchObject(last)
    expect(await busy.untilClosed()).toMatchObject(last)
    reading.socket.resume()
    expect(await reading.untilClosed()).toMatchObject(last)
    await told
    await expect(RawClient.open(fake.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })

  it('lets idle clients go with 57P01 and cancels what runs on', async () => {
    const idle = await RawClient.ready(fake.port)
    const busy = await RawClient.ready(fake.port)
    busy.send(serialize.query('sleep'))
    while (fake.sessions[1].calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    const closing = fake.server.close(50)
    expect(await idle.untilClosed()).toMatchObject([{ code: '57P01', severity: 'FATAL' }])
    expect((await busy.untilClosed()).map((m) => m['code'])).toEqual(['57014', undefined, '57P01'])
    await closing
    expect(fake.sessions.every((session) => session.closed)).toBe(true)
  })
})
