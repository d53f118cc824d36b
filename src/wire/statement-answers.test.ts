import { afterAll, beforeAll, expect, it } from 'vitest'
import { pgClient } from './testing/pg-client.ts'
import { serveEngine } from './testing/serve-engine.ts'

/** What statements answer beside rows: command tags, notices, refusals. */
let server: Awaited<ReturnType<typeof serveEngine>>
let client: Awaited<ReturnType<typeof pgClient>>
const notices: string[] = []

beforeAll(async () => {
  server = await serveEngine()
  client = await pgClient(server.port)
  client.on('notice', (notice) => notices.push(notice.message ?? ''))
})
afterAll(async () => {
  await client.end()
  await server.close()
})

it('CREATE TABLE AS tells how many rows it selected', async () => {
  const made = await client.query('CREATE TABLE made AS SELECT g FROM generate_series(1, 7) AS s(g)')
  expect([made.command, made.rowCount]).toEqual(['SELECT', 7])
  const empty = await client.query('CREATE TABLE empty AS SELECT g FROM made WHERE g > 100')
  expect([empty.command, empty.rowCount]).toEqual(['SELECT', 0])
  const there = await client.query('CREATE TABLE IF NOT EXISTS made AS SELECT 1 AS g')
  expect([there.command, there.rowCount]).toEqual(['CREATE', null])
})

it('a SUBSCRIBE that ends by itself does not send psql elsewhere', async () => {
  await client.query("CREATE MATERIALIZED VIEW fixed AS SELECT 1 AS one; SET application_name = 'psql'")
  notices.length = 0
  await client.query('SUBSCRIBE TO fixed')
  await client.query('SUBSCRIBE TO (SELECT 1)')
  await client.query('SUBSCRIBE TO made AS OF AT LEAST 0 UP TO 1').catch(() => {})
  expect(notices).toEqual([])
})

it.each([['MAP(text, int)', 'a MAP or LIST type']])('the type %s is refused by its name', async (type, name) => {
  await expect(client.query(`SELECT NULL::${type}`)).rejects.toThrow(`${name} is not supported`)
})
