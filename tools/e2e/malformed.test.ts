import { connect } from 'node:net'
import fc from 'fast-check'
import type pg from 'pg'
import type { BackendMessage } from 'pg-protocol/dist/messages.js'
import { Parser } from 'pg-protocol/dist/parser.js'
import { serialize } from 'pg-protocol/dist/serializer.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { malformedMessages, malformedStatement, messagesOver } from '../../src/wire/testing/malformed.ts'
import { ServerProcess } from './server-process.ts'
import { eventually } from './wait.ts'

/**
 * Malformed messages and statements against a server process, over real sockets: each is answered with a clear error, the
 * server serves on, and what it used for them is free again.
 */
const SOAK = process.env['MILLRACE_SOAK'] === '1'
const MESSAGES = SOAK ? 100_000 : 10_000
const PER_CONNECTION = 8
const STATEMENTS = SOAK ? 10_000 : 1_000

/** The first quarter fills caches and warms code; what may stay in use after the rest is below 400 bytes a message. */
const WARM_UP = 1 / 4
const MARGIN_MB = 3

const server = new ServerProcess([], { probed: true })
let client: pg.Client

beforeAll(async () => {
  await server.start()
  client = await server.connect()
  await client.query('CREATE TABLE t (id int PRIMARY KEY, v text)')
  await client.query("INSERT INTO t VALUES (1, 'a'), (2, 'b')")
  await client.query('CREATE MATERIALIZED VIEW w AS SELECT v, count(*) AS n FROM t GROUP BY v')
})
afterAll(async () => {
  await client.end().catch(() => {})
  await server.dispose()
})

/** Error messages that a client cannot do anything with. */
const unclear = (code: string | undefined, message: string): boolean =>
  !/^[0-9A-Z]{5}$/.test(code ?? '') || code === 'XX000' || message === ''

interface Answers {
  readonly first: string | undefined
  readonly errors: number
  readonly unclear: readonly string[]
}

/** A client that sends all of it and then says goodbye; one that the server still waits for hangs up after a while. */
function converse(bytes: Buffer): Promise<Answers> {
  return new Promise((resolve, reject) => {
    const parser = new Parser()
    const received: (BackendMessage & { code?: string; message?: string })[] = []
    const socket = connect(server.port, '127.0.0.1')
    let silence: NodeJS.Timeout | undefined
    const hangUpAfter = (ms: number): void => {
      clearTimeout(silence)
      silence = setTimeout(() => socket.destroy(), ms)
    }
    socket.on('data', (chunk) => {
      hangUpAfter(200)
      try {
        parser.parse(chunk, (message) => received.push(message))
      } catch (error) {
        reject(error)
      }
    })
    // The server may cut a client that goes on after a fatal error.
    socket.on('error', () => {})
    socket.on('close', () => {
      clearTimeout(silence)
      const errors = received.filter((m) => m.name === 'error')
      resolve({
        first: received[0]?.name,
        errors: errors.length,
        unclear: errors.filter((e) => unclear(e.code, e.message ?? '')).map((e) => `${e.code} ${e.message}`),
      })
    })
    socket.write(bytes)
    hangUpAfter(10_000)
  })
}

const START = serialize.startup({ user: 'fuzz', database: 'millrace' })
const GOODBYE = Buffer.concat([serialize.sync() as Buffer, serialize.end() as Buffer])

test(`${MESSAGES} random and malformed messages`, { timeout: 600_000 }, async () => {
  const message = malformedMessages(
    messagesOver([
      'SELECT * FROM t',
      'SELECT id FROM t WHERE id = $1 AND v = $2',
      'SELECT nonsense',
      'nonsense',
      'BEGIN',
      'COMMIT',
      'COPY t FROM STDIN',
      'COPY w TO STDOUT',
      'DECLARE c CURSOR FOR SELECT * FROM w',
      'FETCH 1 FROM c',
      // These wait for changes that do not come: the client hangs up in the middle.
      'BEGIN; DECLARE s CURSOR FOR SUBSCRIBE TO w WITH (SNAPSHOT false); FETCH 1 s',
      'FETCH ALL s',
      'MOVE ALL IN s',
      'INSERT INTO t VALUES (1)',
    ]),
  )
  const conversations = fc
    .sample(fc.array(message, { minLength: PER_CONNECTION, maxLength: PER_CONNECTION }), {
      numRuns: MESSAGES / PER_CONNECTION,
      seed: 20260801,
    })
    .map((messages) => Buffer.concat([START, ...messages, GOODBYE]))
  let errors = 0
  const talk = async (some: readonly Buffer[]): Promise<void> => {
    // As many at once as clients may be connected, so that those that wait to hang up do not add up.
    for (let from = 0; from < some.length; from += 50) {
      for (const answers of await Promise.all(some.slice(from, from + 50).map(converse))) {
        expect(answers).toMatchObject({ first: 'authenticationOk', unclear: [] })
        errors += answers.errors
      }
    }
  }
  const warm = conversations.length * WARM_UP
  await talk(conversations.slice(0, warm))
  const before = await server.memoryMb()
  await talk(conversations.slice(warm))
  expect(errors).toBeGreaterThan(conversations.length)
  expect(server.alive).toBe(true)
  expect((await client.query('SELECT * FROM t ORDER BY id')).rows.length).toBeGreaterThanOrEqual(2)
  await eventually(
    () => server.memoryMb(),
    (mb) => mb < before + MARGIN_MB,
  )
})

test(`${STATEMENTS} malformed statements`, { timeout: 600_000 }, async () => {
  const texts = fc.sample(malformedStatement, { numRuns: STATEMENTS, seed: 11 })
  const bad: string[] = []
  let errors = 0
  const run = async (some: readonly string[]): Promise<void> => {
    for (const text of some) {
      await client.query(text).catch(({ code, message }: pg.DatabaseError) => {
        errors++
        if (unclear(code, message)) bad.push(`${text}: ${code} ${message}`)
      })
      await client.query('ROLLBACK')
    }
  }
  await run(texts.slice(0, STATEMENTS * WARM_UP))
  const before = await server.memoryMb()
  await run(texts.slice(STATEMENTS * WARM_UP))
  expect(bad).toEqual([])
  expect(errors).toBeGreaterThan(STATEMENTS / 2)
  expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  await eventually(
    () => server.memoryMb(),
    (mb) => mb < before + MARGIN_MB,
  )
})
