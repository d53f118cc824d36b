/** The runner against a real PostgreSQL: records run, churn restores, and a view that is not kept up to date is caught. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { serviceMissing } from '../../../tools/services/missing.ts'
import { type PostgresService, startPostgres } from '../../../tools/services/postgres.ts'
import { PgConnection } from '../client/connection.ts'
import { parseTestArguments } from './arguments.ts'
import type { ModeCheck } from './check.ts'
import { runAll } from './command.ts'
import { loadRecords } from './files.ts'
import { NamedSubscriptions } from './named-subscriptions.ts'
import { seeded } from './random.ts'
import { Relations } from './relations.ts'
import { type FileOutcome, runRecords } from './run-file.ts'
import { Sessions } from './sessions.ts'
import { remoteTarget } from './target.ts'
import { viewCheck } from './view-check.ts'

const missing = serviceMissing('postgres')

describe.skipIf(missing !== null)(`against PostgreSQL${missing === null ? '' : ` (${missing})`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-runner-'))
  let service: PostgresService
  let admin: PgConnection

  beforeAll(async () => {
    service = await startPostgres()
    admin = await PgConnection.connect(service.url)
  })
  afterAll(async () => {
    await admin?.close()
    service?.stop()
    rmSync(folder, { recursive: true })
  })

  const fresh = () => admin.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public')
  const file = (text: string): string => {
    const path = join(folder, 'f.slt')
    writeFileSync(path, text)
    return path
  }
  const pull = async (text: string, ...flags: string[]): Promise<FileOutcome> => {
    await fresh()
    const terminal = { interactive: false, write() {} }
    const options = parseTestArguments(['--url', service.url, ...flags, file(text)])
    return (await runAll(options, terminal, remoteTarget))[0].outcome
  }

  test('a record that is tried again and again has the time of one record', async () => {
    const outcome = await pull('query I retry 60 backoff 300ms\nSELECT 1\n----\n2\n', '--timeout', '1')
    expect(outcome.failures.length).toBe(1)
  }, 15_000)

  test('each record counts, and a failure does not end the file', async () => {
    const outcome = await pull(`statement ok
CREATE TABLE t (a int)

statement count 2
INSERT INTO t VALUES (1), (2)

statement count 3
DELETE FROM t WHERE a = 2

statement error 22012
SELECT 1 / 0

statement error overflow
SELECT 1 / 0

statement error
SELECT 1

query I
SELECT a FROM t
----
2

query I
SELECT a FROM t
----
1

query error does not exist
SELECT b FROM t

statement ok
SELEC
`)
    expect(outcome.passed).toBe(5)
    expect(outcome.failures.map((f) => [f.place.line, f.message.split('\n')[0]])).toEqual([
      [7, 'expected 3 rows affected, got 1 (DELETE 1)'],
      [13, 'expected an error that matches: overflow'],
      [16, 'expected an error (any), but it succeeded: SELECT 1'],
      [19, '- 2'],
      [32, 'unexpected error 42601: syntax error at or near "SELEC"'],
    ])
  })

  test('connections, variables, labels and halt', async () => {
    const outcome = await pull(`statement ok
CREATE TABLE t (a int)

connection two
statement ok
BEGIN

connection two
statement ok
INSERT INTO t VALUES (7)

query I
SELECT count(*) FROM t
----
0

connection two
statement ok
COMMIT

control substitution on

let x
SELECT a FROM t

query I nosort same
SELECT $x + 1
----
8

query I nosort same
SELECT 8

query I nosort same
SELECT 7

query I nosort other
SELECT 8

query I nosort same
SELECT 9
----
9

onlyif millrace
statement ok
never run

halt

statement ok
never run
`)
    expect(outcome.passed).toBe(8)
    const differs = 'differs from an earlier query of label same'
    expect(outcome.failures.map((f) => f.message)).toEqual([differs, 'no earlier query of label other', differs])
  })

  const churned = async (text: string, viewKind: string, seed: number): Promise<FileOutcome> => {
    await fresh()
    const target = remoteTarget(service.url)
    const sessions = new Sessions(target)
    const subscriptions = new NamedSubscriptions(sessions)
    const relations = new Relations()
    const check: ModeCheck = viewCheck({ sessions, relations }, { random: seeded(seed), viewKind })
    const labels = new Set<string>()
    const options = {
      target,
      sessions,
      subscriptions,
      relations,
      check,
      labels,
      valuewise: false,
      recordTimeoutMs: 10_000,
    }
    try {
      return await runRecords(loadRecords(file(text)), options)
    } finally {
      sessions.destroyAll()
    }
  }

  const VIEWS = `statement ok
CREATE TABLE t (a int PRIMARY KEY, b text, c numeric(5,2), d timestamptz, e int[], f jsonb, "G h" float8)

statement ok
INSERT INTO t VALUES (1, 'it''s', 1.50, '2020-01-01 00:00:00+00', '{1,NULL}', '{"a": [1]}', 0.1),
  (2, NULL, NULL, NULL, NULL, NULL, NULL), (3, '', 2, 'infinity', '{}', '1', 'NaN'), (4, E'a\\\\b', 0, now(), '{2}', 'null', 1e300)

statement ok
CREATE TABLE j (x json, y int)

statement ok
INSERT INTO j VALUES ('{"a":1}', 1), ('[]', NULL), ('[]', NULL)

query I
SELECT count(*) FROM t
----
4

query IT rowsort
SELECT a, a FROM t WHERE a < 3
----
1 1
2 2

query II
SELECT count(*), count(y) FROM j
----
3 1

query T
SHOW standard_conforming_strings
----
on
`

  test.each([1, 2, 3, 4, 5])('view mode puts back what it deletes (seed %i)', async (seed) => {
    const outcome = await churned(VIEWS, 'VIEW', seed)
    expect(outcome.failures).toEqual([])
    expect(outcome.passed).toBe(8)
    expect(outcome.unchecked).toMatchObject([{ reason: 'not a SELECT' }])
    const left = await admin.rows('SELECT count(*), count(b), count(e), sum(c) FROM t')
    expect(left).toEqual([['4', '3', '3', '3.50']])
    expect(await admin.rows('SELECT count(*), count(y) FROM j')).toEqual([['3', '1']])
  })

  test('a view that does not follow its table is caught', async () => {
    const outcome = await churned(VIEWS, 'MATERIALIZED VIEW', 1)
    expect(outcome.failures.map((f) => f.message.split('\n')[0])).toContain(
      'the view differs from the query after rows were deleted:',
    )
  })

  test('statements that cannot be a view, or stand in a transaction, are listed', async () => {
    const outcome = await churned(
      'statement ok\nBEGIN\n\nquery I\nSELECT 1\n----\n1\n\nstatement ok\nCOMMIT\n\nquery I\nSELECT ROW(1) IS NULL UNION SELECT 1 = 2\n----\nf\n',
      'VIEW',
      1,
    )
    expect(outcome.failures).toEqual([])
    expect(outcome.unchecked).toMatchObject([{ reason: 'inside a transaction' }])
  })

  test('the client shows errors with their fields, streams COPY, sends it, and cancels', async () => {
    await fresh()
    const connection = await PgConnection.connect(service.url)
    await expect(connection.query('SELECT x')).rejects.toMatchObject({ server: { sqlstate: '42703', position: 8 } })
    await connection.query('CREATE TABLE c (a int, b text)')
    await connection.query('COPY c FROM STDIN', { copyIn: '1\tx\n2\t\\N\n' })
    let copied = ''
    await connection.query('COPY c TO STDOUT', { onCopyData: (text) => (copied += text) })
    expect(copied).toBe('1\tx\n2\t\\N\n')
    const slow = expect(connection.query('SELECT pg_sleep(20)')).rejects.toMatchObject({
      server: { sqlstate: '57014' },
    })
    await admin.query('SELECT pg_sleep(0.2)')
    await connection.cancel()
    await slow
    await connection.close()
    await expect(connection.query('SELECT 1')).rejects.toThrow('closed the connection')
  })
})
