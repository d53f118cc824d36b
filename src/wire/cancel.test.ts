import { serialize } from 'pg-protocol/dist/serializer.js'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { pgClient, pgRows } from './testing/pg-client.ts'
import { RawClient, type Received } from './testing/raw-client.ts'
import { serveEngine } from './testing/serve-engine.ts'

/**
 * A cancel request and a client that is gone end a COPY at once: while nothing is to be sent, while the client does not
 * read, and while it sends nothing.
 */
let server: Awaited<ReturnType<typeof serveEngine>>
let observer: Awaited<ReturnType<typeof pgClient>>

beforeAll(async () => {
  server = await serveEngine()
  observer = await pgClient(server.port)
  await observer.query('CREATE TABLE t (id int PRIMARY KEY, v int)')
  await observer.query('INSERT INTO t VALUES (1, 0)')
  // One row, many copies: the longest that a single batch takes to send.
  await observer.query('CREATE TABLE copies (v text)')
  await observer.query("INSERT INTO copies SELECT repeat('x', 1000) FROM generate_series(1, 50000)")
  await observer.query('CREATE TABLE many (id int, v text)')
  await observer.query("INSERT INTO many SELECT g, repeat('x', 1000) FROM generate_series(1, 50000) g")
})
afterAll(async () => {
  await observer.end()
  await server.close()
})

let client: RawClient
let key: { processID: number; secretKey: number }
beforeEach(async () => {
  client = await RawClient.open(server.port)
  client.send(serialize.startup({ user: 'millrace', database: 'millrace' }))
  const hello = await client.until('readyForQuery')
  key = hello.find((m) => m.name === 'backendKeyData') as unknown as typeof key
})

async function cancel(): Promise<void> {
  const other = await RawClient.open(server.port)
  other.send(serialize.cancel(key.processID, key.secretKey))
  await other.untilClosed()
}

/** What a statement that says nothing while it waits ends with; a cancel request that came before it began is repeated. */
async function canceled(): Promise<Received[]> {
  let answer: Received[] | null = null
  const ended = client.until('readyForQuery').then((messages) => {
    answer = messages
  })
  while (answer === null) await cancel()
  await ended
  return answer
}

/** Resolves when the statement that runs in `client` has ended: its transaction held the lock of the row. */
async function untilEnded(): Promise<void> {
  await observer.query("SET statement_timeout = '100s'")
  await observer.query('UPDATE t SET v = v + 1 WHERE id = 1')
}

const query = (sql: string) => client.send(serialize.query(sql))
const LOCK = 'BEGIN; UPDATE t SET v = 0 WHERE id = 1;'

describe('COPY TO STDOUT', () => {
  it('of a subscription to which nothing happens', async () => {
    query(`${LOCK} COPY (SUBSCRIBE TO copies WITH (SNAPSHOT false)) TO STDOUT`)
    await client.until('copyOutResponse')
    await cancel()
    expect(await client.until('readyForQuery')).toMatchObject([{ code: '57014' }, { status: 'E' }])
    client.end()
  })

  it.each(['COPY copies TO STDOUT', 'COPY (SUBSCRIBE TO many) TO STDOUT', 'SUBSCRIBE TO many', 'TABLE copies'])(
    '%s, whose client does not read',
    async (sql) => {
      query(`${LOCK} ${sql}`)
      while (client.received.length < 100) await new Promise((resolve) => setTimeout(resolve, 1))
      client.socket.pause()
      await cancel()
      await untilEnded()
      client.socket.resume()
      const rest = await client.until('readyForQuery')
      expect(rest.slice(-2)).toMatchObject([{ code: '57014' }, { status: 'E' }])
      expect(rest.length).toBeLessThan(45_000)
      client.end()
    },
  )

  it.each(['COPY (SUBSCRIBE TO copies WITH (SNAPSHOT false)) TO STDOUT', 'COPY copies TO STDOUT'])(
    '%s, whose client goes away',
    async (sql) => {
      query(`${LOCK} ${sql}`)
      await client.until('copyOutResponse')
      client.end()
      await untilEnded()
    },
  )
})

describe('a cursor over a subscription to which nothing happens', () => {
  const DECLARE = 'DECLARE c CURSOR FOR SUBSCRIBE TO copies WITH (SNAPSHOT false);'
  const fetches = ['FETCH 1 c', 'FETCH ALL c', 'MOVE 1 IN c', 'MOVE ALL IN c', "FETCH ALL c WITH (timeout = '1h')"]

  it.each(fetches)('%s ends when it is cancelled', async (sql) => {
    query(`${LOCK} ${DECLARE}`)
    await client.until('readyForQuery')
    query(sql)
    expect((await canceled()).slice(-2)).toMatchObject([{ code: '57014' }, { status: 'E' }])
    client.end()
  })

  it.each(fetches)('%s ends when the client goes away', async (sql) => {
    query(`${LOCK} ${DECLARE}`)
    await client.until('readyForQuery')
    query(sql)
    client.end()
    await untilEnded()
  })

  it('ends when it is cancelled in the extended protocol', async () => {
    query(`${LOCK} ${DECLARE}`)
    await client.until('readyForQuery')
    client.send(
      serialize.parse({ text: 'FETCH ALL c' }),
      serialize.bind(),
      serialize.execute(),
      serialize.sync() as Buffer,
    )
    expect((await canceled()).slice(-2)).toMatchObject([{ code: '57014' }, { status: 'E' }])
    client.end()
  })
})

describe('COPY FROM STDIN', () => {
  it('whose client sends nothing', async () => {
    query(`${LOCK} COPY t FROM STDIN`)
    await client.until('copyInResponse')
    await cancel()
    await untilEnded()
    expect(await client.until('readyForQuery')).toMatchObject([{ code: '57014' }, { status: 'E' }])
    // What was under way is dropped; the next statement is answered.
    client.send(serialize.copyData(Buffer.from('7\t7\n')), serialize.copyDone() as Buffer, serialize.query('ROLLBACK'))
    expect((await client.until('readyForQuery')).map((m) => m.name)).toEqual(['commandComplete', 'readyForQuery'])
    expect(await pgRows(observer, 'SELECT count(*) FROM t')).toEqual([['1']])
    client.end()
  })
})
