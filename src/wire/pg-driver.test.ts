import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { silentLog } from '../base/log.ts'
import { systemRuntime } from '../base/runtime.ts'
import { FakeEngine, ID_LABEL } from '../session/testing/fake-engine.ts'
import { fakePlanner } from '../session/testing/fake-planner.ts'
import { eventually } from '../session/testing/harness.ts'
import { sessionFactory } from '../session/testing/open-sessions.ts'
import { batchFromRows } from '../types/batch-build.ts'
import { INT4, TEXT } from '../types/sql-type.ts'
import { startWireServer, type WireServer } from './server.ts'
import { pgClient, pgRows } from './testing/pg-client.ts'

let engine: FakeEngine
let server: WireServer
let client: pg.Client

beforeEach(async () => {
  engine = new FakeEngine()
  engine.addTable('t', ID_LABEL, [
    [1, 'one'],
    [2, null],
  ])
  const sessions = sessionFactory({
    engine,
    planner: fakePlanner,
    runtime: systemRuntime,
    log: silentLog,
    settings: {},
  })
  server = await startWireServer({
    host: '127.0.0.1',
    port: 0,
    openSession: sessions.open,
    runtime: systemRuntime,
    log: silentLog,
  })
  client = await pgClient(server.port, { application_name: 'test' })
})
afterEach(async () => {
  await client.end().catch(() => {})
  await server.kill()
})

describe('the pg driver', () => {
  it('queries simple and with parameters', async () => {
    expect(await pgRows(client, 'TABLE t')).toEqual([
      [1, 'one'],
      [2, null],
    ])
    expect(await pgRows(client, 'SELECT $1 AS a', [42])).toEqual([[42]])
    const result = await client.query("INSERT INTO t VALUES (3, 'three') RETURNING *")
    expect(result).toMatchObject({ command: 'INSERT', rowCount: 1, rows: [{ id: 3, label: 'three' }] })
  })

  it('reuses named statements', async () => {
    for (let i = 0; i < 3; i++) {
      const result = await client.query({ name: 'ins', text: 'INSERT INTO t VALUES ($1, $2)', values: [10 + i, 'x'] })
      expect(result.rowCount).toBe(1)
    }
    expect(await pgRows(client, 'TABLE t')).toHaveLength(5)
  })

  it('reads errors with their fields, and goes on', async () => {
    await expect(client.query('TABLE nowhere')).rejects.toMatchObject({
      code: '42P01',
      position: '7',
      severity: 'ERROR',
    })
    await expect(client.query('SELECT $1', ['x'])).rejects.toMatchObject({ code: '22P02' })
    expect(await pgRows(client, 'SELECT 1')).toEqual([[1]])
  })

  it('sees notices and settings', async () => {
    const notices: (string | undefined)[] = []
    client.on('notice', (notice) => notices.push(notice.message))
    await client.query('COMMIT')
    expect(notices).toEqual(['there is no transaction in progress'])
    expect(await pgRows(client, 'SHOW application_name')).toEqual([['test']])
  })

  it('rolls back', async () => {
    await client.query('BEGIN')
    await client.query("INSERT INTO t VALUES (9, 'x')")
    await client.query('ROLLBACK')
    expect(await pgRows(client, 'TABLE t')).toHaveLength(2)
  })

  it('gets rows of a SUBSCRIBE while it runs', async () => {
    const rows: unknown[] = []
    const query = new pg.Query({ text: 'SUBSCRIBE TO t', rowMode: 'array' } as never)
    query.on('row', (row) => rows.push(row))
    query.on('error', () => {})
    client.query(query)
    await eventually(() => engine.subscriptions.length === 1)
    const batch = batchFromRows([INT4, TEXT], [[7, 'seven']], [-1])
    engine.subscriptions[0].send({ kind: 'rows', timestampMs: 99, batch })
    await eventually(() => rows.length === 1)
    expect(rows).toEqual([['99', '-1', 7, 'seven']])
    engine.subscriptions[0].end()
    await eventually(() => engine.subscriptions[0].closed)
  })

  it('has its connections counted and cut at the end', async () => {
    expect(server.connections()).toBe(1)
    const closed = new Promise((resolve) => client.once('error', resolve))
    await server.close(10)
    expect(await closed).toBeInstanceOf(Error)
  })
})
