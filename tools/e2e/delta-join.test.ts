import { afterAll, beforeAll, expect, test } from 'vitest'
import { LocalEngine, type LocalSession } from './local-engine.ts'

/** A view over many rows whose joins of two and two would hold far more than its tables: it keeps the tables alone. */
let local: LocalEngine
let session: LocalSession

beforeAll(async () => {
  local = await LocalEngine.open()
  session = local.session()
  // Everybody knows twenty others: paths of two are twenty times as many.
  await session.query(`CREATE TABLE knows (a int NOT NULL, b int NOT NULL);
    INSERT INTO knows SELECT i % 100, (i * 7 + i / 100 * 11) % 100 FROM generate_series(1, 2000) i`)
})
afterAll(() => local.close())

const TRIANGLES = `SELECT x.a, x.b, y.b AS c FROM knows x JOIN knows y ON y.a = x.b JOIN knows z ON z.a = y.b AND z.b = x.a
  WHERE x.a < 60`
const SUM = 'count(*), sum(a), sum(b), sum(c), sum(a::bigint * b * c)'

test('it is what the query answers, at first and after every change', async () => {
  await session.query(`CREATE MATERIALIZED VIEW triangles AS ${TRIANGLES}`)
  const equal = async (): Promise<number> => {
    const [[kept], [asked]] = [
      await session.query(`SELECT ${SUM} FROM triangles`),
      await session.query(`SELECT ${SUM} FROM (${TRIANGLES}) t`),
    ]
    expect(kept).toEqual(asked)
    return Number(kept![0])
  }
  const first = await equal()
  expect(first).toBeGreaterThan(0)
  await session.query('INSERT INTO knows VALUES (1, 2), (2, 3), (3, 1), (1, 2), (99, 99), (5, 5)')
  expect(await equal()).toBeGreaterThan(first)
  await session.query('UPDATE knows SET b = (b + 1) % 100 WHERE a % 50 = 3')
  await equal()
  await session.query('DELETE FROM knows WHERE a BETWEEN 1 AND 20')
  await equal()
})

test('EXPLAIN shows the paths, and that nothing but the tables is held', async () => {
  const lines = (await session.query('EXPLAIN MATERIALIZED VIEW triangles')).map(([line]) => line!)
  expect(lines.find((l) => l.includes('delta join'))).toMatch(
    /delta join \d+, \d+, \d+: \d+ → \d+ by #\d+ → \d+ by #0, #1/,
  )
  const [[rows]] = await session.query(
    `SELECT sum(rows) FROM millrace.operator_state WHERE view = 'triangles' AND structure NOT LIKE '%/result/%'`,
  )
  expect(Number(rows)).toBeLessThan(2_000 * 8)
})
