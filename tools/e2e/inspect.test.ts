import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type pg from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { inspect as inspectCommand } from '../../src/cli/inspect.ts'
import { ServerProcess } from './server-process.ts'

/** What is on disk is what was served: `millrace inspect`, and restarts that compute nothing. */

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
const VIEWS = ['plain', 'sums', 'top', 'joined', 'distinct_texts', 'reach', 'empty'] as const
const server = new ServerProcess()
let client: pg.Client
/** What `inspect` showed of the stopped directory. */
let stopped: Lines

beforeAll(async () => {
  await server.start()
  client = await server.connect()
  for (const sql of [
    'CREATE TABLE t (id int PRIMARY KEY, g int, v numeric(10,2), name text, at timestamptz)',
    'CREATE TABLE names (g int PRIMARY KEY, label text NOT NULL)',
    'CREATE TABLE edges (a int, b int)',
    `INSERT INTO t SELECT i, i % 17, i / 4.0, CASE WHEN i % 5 = 0 THEN NULL ELSE 'name ' || i % 50 END, timestamptz '2026-01-01 00:00:00+00' + i * interval '1 minute' FROM generate_series(1, 3000) AS g(i)`,
    `INSERT INTO names SELECT i, 'group ' || i FROM generate_series(0, 12) AS g(i)`,
    'INSERT INTO edges SELECT i, i + 1 FROM generate_series(1, 20) AS g(i)',
    'CREATE MATERIALIZED VIEW plain AS SELECT id, v, name, at FROM t WHERE id % 3 = 0',
    'CREATE MATERIALIZED VIEW sums AS SELECT g, count(*) AS n, sum(v) AS total, min(at) AS first, avg(v) AS mean FROM t GROUP BY g',
    'CREATE MATERIALIZED VIEW top AS SELECT id, v FROM t ORDER BY v DESC, id LIMIT 7',
    'CREATE MATERIALIZED VIEW joined AS SELECT t.id, n.label FROM t LEFT JOIN names n ON n.g = t.g WHERE t.id < 200',
    'CREATE MATERIALIZED VIEW distinct_texts AS SELECT DISTINCT name FROM t',
    `CREATE MATERIALIZED VIEW reach AS WITH MUTUALLY RECURSIVE r (a int, b int) AS
       (SELECT a, b FROM edges UNION SELECT r.a, e.b FROM r JOIN edges e ON e.a = r.b) SELECT a, b FROM r`,
    'CREATE MATERIALIZED VIEW empty AS SELECT id FROM t WHERE id < 0',
  ])
    await client.query(sql)
  await churn(0)
})
afterAll(() => server.dispose())

async function churn(round: number): Promise<void> {
  await client.query(`UPDATE t SET v = v + ${round + 1}, g = (g + 1) % 17 WHERE id % 11 = ${round % 11}`)
  await client.query(`DELETE FROM t WHERE id % 13 = ${round % 13} AND id > 2500`)
  await client.query('INSERT INTO edges VALUES ($1, $2)', [round + 30, round + 5])
  await client.query('DELETE FROM edges WHERE a = $1', [10 + (round % 5)])
}

type Lines = Record<string, string[]>
/** Rows as text, sorted; NULL as nothing, as in tables on a terminal. */
async function served(): Promise<Lines> {
  const lines: Lines = {}
  for (const view of [...VIEWS, 't']) {
    const { rows } = await client.query({
      text: `SELECT * FROM ${view}`,
      rowMode: 'array',
      types: { getTypeParser: () => (text: string) => text },
    } as never)
    lines[view] = (rows as unknown as (string | null)[][]).map((row) => row.map((v) => v ?? '').join('|')).sort()
  }
  return lines
}

/** In this process: starting one for each view would take the most of the time. */
async function inspect(...args: string[]): Promise<string> {
  let text = ''
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    text += chunk
    return true
  })
  try {
    expect(await inspectCommand(['--data-dir', server.dataDir, ...args])).toBe(0)
  } finally {
    spy.mockRestore()
  }
  return text
}
const inspectProcess = (...args: string[]) =>
  spawnSync(process.execPath, [MAIN, 'inspect', '--data-dir', server.dataDir, ...args], { encoding: 'utf8' })
async function inspected(): Promise<Lines> {
  const lines: Lines = {}
  for (const view of [...VIEWS, 't']) {
    const text = (await inspect(view)).split('\n')
    const end = text.findIndex((line) => /^\(\d+ rows?\)$/.test(line))
    lines[view] = text
      .slice(2, end)
      .map((line) =>
        line
          .split('|')
          .map((cell) => cell.trim())
          .join('|'),
      )
      .sort()
  }
  return lines
}
const figure = async (name: string): Promise<number> =>
  Number((await client.query('SELECT value FROM millrace.storage WHERE name = $1', [name])).rows[0].value)

test('a stopped directory holds the rows that SELECT showed', async () => {
  const wanted = await served()
  const tick = await figure('tick')
  await client.end()
  expect(await server.stop()).toBe(0)
  stopped = await inspected()
  expect(stopped).toEqual(wanted)
  expect(await inspect()).toMatch(new RegExp(`^tick ${tick}$`, 'm'))
  const list = await inspect()
  expect(list).toMatch(/materializedView\s*\|\s*sums/)
  for (const [name, rows] of Object.entries(wanted))
    expect(list, name).toMatch(new RegExp(`\\| ${name} +\\| +${rows.length} +\\|`))
})

test('a restart with unchanged inputs serves them without running an operator', async () => {
  await server.start()
  client = await server.connect()
  expect(await served()).toEqual(stopped)
  expect(await figure('replayed_ticks')).toBe(0)
  const { rows } = await client.query(`SELECT view, runs FROM millrace.view_status`)
  expect(rows).toHaveLength(VIEWS.length)
  for (const row of rows) expect(row, row.view).toMatchObject({ runs: '0' })
})

test('a killed directory too: checkpoint plus journal', async () => {
  for (let round = 1; round < 12; round++) await churn(round)
  const wanted = await served()
  await client.end()
  await server.kill()
  expect(await inspected()).toEqual(wanted)
  await server.start()
  client = await server.connect()
  expect(await served()).toEqual(wanted)
})

test('as a command: all rows reach a pipe; a running server keeps its directory to itself', async () => {
  const refused = inspectProcess('sums')
  expect(refused.status).not.toBe(0)
  expect(refused.stderr).toMatch(/in use|locked|running/)
  const wanted = await served()
  await client.end()
  await server.stop()
  const whole = inspectProcess('t')
  expect(whole.status).toBe(0)
  expect(whole.stdout).toContain(`(${wanted['t']!.length} rows)`)
  const unknown = inspectProcess('nope')
  expect(unknown.status).not.toBe(0)
  expect(unknown.stderr).toContain('relation "nope" does not exist')
})
