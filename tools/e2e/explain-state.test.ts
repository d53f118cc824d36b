import { afterAll, beforeAll, expect, test } from 'vitest'
import { LocalEngine, type LocalSession } from './local-engine.ts'

/** EXPLAIN tells what operators hold: of a view that runs in fact, of others by estimate. */

let local: LocalEngine
let session: LocalSession

beforeAll(async () => {
  local = await LocalEngine.open()
  session = local.session()
  await session.query(`CREATE TABLE accounts (id int PRIMARY KEY, region text);
    CREATE TABLE orders (id int PRIMARY KEY, account int, amount int, ts timestamp);
    INSERT INTO accounts SELECT i, 'region ' || i % 7 FROM generate_series(1, 300) i;
    INSERT INTO orders SELECT i, 1 + i % 300, i, timestamp '2030-01-01' + i * interval '1 minute' FROM generate_series(1, 3000) i;`)
  await session.query(`CREATE MATERIALIZED VIEW totals AS SELECT a.region, sum(o.amount) AS total
    FROM orders o JOIN accounts a ON a.id = o.account WHERE o.amount > 100 GROUP BY a.region`)
  expect(await session.query('SELECT count(*) FROM totals')).toEqual([['7']])
})
afterAll(() => local.close())

const explained = async (sql: string): Promise<string[]> => (await session.query(sql)).map(([line]) => line!)
const JOINED = 'SELECT a.region, count(*) FROM orders o JOIN accounts a ON a.id = o.account GROUP BY a.region'

test('a view that runs: the rows and bytes of each operator, and of its result', async () => {
  const lines = await explained('EXPLAIN MATERIALIZED VIEW totals')
  expect(
    lines.filter((l) => /holds \d/.test(l)).map((l) => l.replace(/^(\d+: \w+).*holds (\d+ rows?), .*/, '$1 $2')),
  ).toEqual(['1: map 2900 rows', '5: aggregate 7 rows'])
  expect(lines.at(-2)).toMatch(/^result: 7 rows, \d+ kB$/)
  // Small relations are arranged once for all views.
  expect(lines.at(-1)).toMatch(/^shared arrangement of accounts: 300 rows, \d+ kB$/)
  expect(lines.join()).not.toContain('~')
})

test('they are the figures of millrace.operator_state', async () => {
  const json = JSON.parse((await explained('EXPLAIN (FORMAT JSON) MATERIALIZED VIEW totals')).join('\n'))
  const held = json.nodes
    .filter((n: { held?: object }) => n.held)
    .map((n: { held: { rows: number; bytes: number } }) => n.held)
  const structures = await session.query(
    `SELECT rows, bytes FROM millrace.operator_state WHERE object = 'totals' AND structure NOT LIKE '%/result/%' ORDER BY structure`,
  )
  expect(held).toEqual(structures.map(([rows, bytes]) => ({ rows: Number(rows), bytes: Number(bytes) })))
  expect(json.result.rows).toBe(7)
})

test('a query: estimates, marked as such, from the rows of its relations', async () => {
  const lines = await explained(`EXPLAIN ${JOINED}`)
  expect(lines[0]).toContain('gives ~3000 rows')
  expect(lines.find((l) => l.includes('join'))).toContain('gives ~3000 rows')
  expect(lines.find((l) => l.includes('aggregate'))).toMatch(/holds ~\d+ rows?, ~[\d.]+ (bytes|kB)/)
  expect(lines.some((l) => l.startsWith('result'))).toBe(false)
  expect((await explained(`EXPLAIN CREATE MATERIALIZED VIEW v AS ${JOINED}`)).at(-1)).toMatch(/^result: ~\d+ rows, ~/)
})

test('the estimate of what keys decide is near what a view then holds', async () => {
  const sql = 'SELECT o.id, a.region FROM orders o JOIN accounts a ON a.id = o.account'
  const held = async (of: string): Promise<number[]> => {
    const json = JSON.parse((await explained(`EXPLAIN (FORMAT JSON) ${of}`)).join('\n'))
    return json.nodes.flatMap((n: { held?: { bytes: number }; estimate?: { held?: { bytes: number } } }) => {
      const found = n.held ?? n.estimate?.held
      return found === undefined ? [] : [found.bytes]
    })
  }
  const guessed = await held(`CREATE MATERIALIZED VIEW pairs AS ${sql}`)
  await session.query(
    `CREATE MATERIALIZED VIEW pairs AS SELECT o.id, a.region FROM orders o JOIN accounts a ON a.id = o.account WHERE o.id > 0 AND a.id > 0`,
  )
  await session.query('SELECT count(*) FROM pairs')
  const real = await held('MATERIALIZED VIEW pairs')
  expect(guessed).toHaveLength(2)
  guessed.forEach((bytes, i) => {
    expect(bytes / real[i]!, `${guessed} beside ${real}`).toBeGreaterThan(0.25)
    expect(bytes / real[i]!, `${guessed} beside ${real}`).toBeLessThan(4)
  })
})

test('what time frees is told as the most that there can be', async () => {
  await session.query(`CREATE TABLE clicks (who text, ts timestamp, WATERMARK FOR ts AS ts);
    INSERT INTO clicks SELECT 'w' || i % 9, timestamp '2030-01-01' + i * interval '1 minute' FROM generate_series(1, 500) i;`)
  const lines = await explained(`EXPLAIN CREATE MATERIALIZED VIEW hourly AS SELECT window_start, who, count(*)
    FROM HOP(clicks, ts, INTERVAL '1 hour', INTERVAL '2 hours') GROUP BY window_start, window_end, who`)
  expect(lines.find((l) => l.includes('aggregate'))).toMatch(/window-bounded state.* holds at most ~\d+ rows, ~/)
  expect(lines.every((l) => l.startsWith('root') || l.startsWith('result: ~') || l.includes('gives ~'))).toBe(true)
})

test('ANALYZE runs a query and tells what its operators did beside what was expected', async () => {
  const json = JSON.parse((await explained(`EXPLAIN (ANALYZE, FORMAT JSON) ${JOINED}`)).join('\n'))
  const joined = json.nodes.find((n: { op: string }) => n.op === 'join')
  expect(joined.estimate.rows).toBeGreaterThan(0)
  // Equal rows of orders are one that occurs ten times.
  expect(joined.measured.rows).toBe(300)
  expect(joined.measured.ms).toBeGreaterThan(0)
  const aggregate = json.nodes.find((n: { op: string }) => n.op === 'aggregate')
  expect(aggregate.measured.held.rows).toBe(7)
  expect(json.measured.rows).toBe(7)
  const lines = await explained(`EXPLAIN ANALYZE ${JOINED} ORDER BY 1`)
  expect(lines.find((l) => l.includes('aggregate'))).toMatch(
    /gives ~\d+ rows?, .*gave \d+ rows, took [\d.]+ ms, held 7 rows/,
  )
  expect(lines.at(-2)).toBe('result: 7 rows')
  expect(lines.at(-1)).toMatch(/^time: [\d.]+ ms$/)
  expect(await explained('EXPLAIN ANALYZE SELECT * FROM accounts WHERE id = 3')).toEqual([
    'lookup accounts by [0]',
    'result: 1 row',
    expect.stringMatching(/^time: /),
  ])
})

test('ANALYZE of a view that runs: what its operators did since it was made', async () => {
  const aggregate = (await explained('EXPLAIN ANALYZE MATERIALIZED VIEW totals')).find((l) => l.includes('aggregate'))
  expect(aggregate).toMatch(/gives ~\d+ rows, .*gave \d+ rows, took [\d.]+ ms, holds 7 rows/)
})

test('what cannot be measured is refused by name', async () => {
  await expect(explained('EXPLAIN ANALYZE RAW PLAN FOR SELECT 1')).rejects.toMatchObject({ sqlstate: '0A000' })
  await expect(explained('EXPLAIN (ANALYZE, BUFFERS) SELECT 1')).rejects.toMatchObject({ sqlstate: '0A000' })
  await expect(explained(`EXPLAIN ANALYZE CREATE MATERIALIZED VIEW v AS ${JOINED}`)).rejects.toMatchObject({
    sqlstate: '0A000',
  })
})
