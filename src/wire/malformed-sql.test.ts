import fc from 'fast-check'
import { expect, it } from 'vitest'
import { pgClient } from './testing/pg-client.ts'
import { serveEngine } from './testing/serve-engine.ts'

const STATEMENTS = 1_000

const WORDS = [
  ...'SELECT FROM WHERE GROUP BY ORDER LIMIT INSERT INTO VALUES UPDATE SET DELETE JOIN ON AND OR NOT NULL'.split(' '),
  ...'IN AS CASE WHEN THEN END TO FETCH DECLARE CURSOR FOR EXPLAIN SHOW PREPARE EXECUTE'.split(' '),
  ...'SUBSCRIBE WITH CREATE TABLE VIEW MATERIALIZED DROP ALTER RENAME UNION ALL DISTINCT HAVING'.split(' '),
  ...['t', 'id', 'v', "'x'", "''", '1', '2.5', '-1', '99999999999999999999', '$1', '*', '(', ')', ',', '.', ';'],
  ...['=', '<', '+', '::int', '::text', '||', '[', ']', '"q"', "'unterminated", '/*', '--', 'count(*)', 'sum(v)'],
]
const soup = fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 14 }).map((words) => words.join(' '))

/** A good statement with words dropped, doubled, or replaced. */
const GOOD = [
  'SELECT id , v FROM t WHERE id = 1 ORDER BY v LIMIT 1',
  'SELECT a . id , count ( * ) FROM t a JOIN t b ON a . id = b . id GROUP BY a . id',
  "INSERT INTO t VALUES ( 5 , 'x' ) ON CONFLICT ( id ) DO NOTHING RETURNING id",
  "UPDATE t SET v = 'y' WHERE id = 2",
  'WITH c AS ( SELECT * FROM t ) SELECT * FROM c UNION ALL SELECT * FROM t',
  "SELECT CASE WHEN id > 1 THEN 'a' ELSE v END FROM t",
  'CREATE MATERIALIZED VIEW m AS SELECT v , count ( * ) FROM t GROUP BY v',
  'EXPLAIN PHYSICAL PLAN FOR SELECT * FROM t',
  "SET statement_timeout = '5s'",
]
const damaged = fc
  .tuple(fc.constantFrom(...GOOD), fc.nat(), fc.constantFrom('drop', 'double', 'replace'), fc.constantFrom(...WORDS))
  .map(([text, at, how, word]) => {
    const words = text.split(' ')
    const i = at % words.length
    words.splice(i, how === 'double' ? 0 : 1, ...(how === 'drop' ? [] : [how === 'double' ? words[i] : word]))
    return words.join(' ')
  })

/** What cannot answer by itself in a test: it would stream, or wait for data. */
const streams = (text: string): boolean => /subscribe/i.test(text)

it(`answers ${STATEMENTS} malformed statements with clear errors`, async () => {
  const server = await serveEngine()
  const client = await pgClient(server.port)
  await client.query('CREATE TABLE t (id int PRIMARY KEY, v text)')
  await client.query("INSERT INTO t VALUES (1, 'a'), (2, 'b')")
  const texts = fc.sample(fc.oneof(soup, damaged), { numRuns: STATEMENTS, seed: 11 }).filter((text) => !streams(text))
  const internal: string[] = []
  for (const text of texts) {
    try {
      await client.query(text)
    } catch (error) {
      const { code, message } = error as { code?: string; message: string }
      if (!/^[0-9A-Z]{5}$/.test(code ?? '') || code === 'XX000') internal.push(`${text}: ${code} ${message}`)
    }
    await client.query('ROLLBACK')
  }
  expect(internal).toEqual([])
  expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  await client.end()
  await server.close()
})
