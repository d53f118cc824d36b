import type pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type KafkaService, startKafka } from '../services/kafka.ts'
import { serviceMissing } from '../services/missing.ts'
import { ServerProcess } from './server-process.ts'
import { type TopicRecord, Topics } from './topics.ts'
import { eventually } from './wait.ts'

/** Bad input: records that cannot be decoded, and rows for which a view's expression fails. Nothing stops for them. */

const missing = serviceMissing('kafka')
if (missing !== null) process.stderr.write(`skipped: ${missing}\n`)

const server = new ServerProcess([], { probed: true })
let client: pg.Client

beforeAll(async () => {
  await server.start()
  client = await server.connect()
})
afterAll(async () => {
  await client.end().catch(() => {})
  await server.dispose()
})

const rows = async (sql: string): Promise<string[]> =>
  ((await client.query({ text: sql, rowMode: 'array' })).rows as unknown[][]).map((row) => row.join(' '))

/** Records that are none, one kind after another. */
const POISON: readonly ((i: number) => string | Buffer | null)[] = [
  (i) => `not json ${i}`,
  () => '',
  () => '{"id":1,"n":',
  (i) => `{"id":${i},"n":1}}`,
  (i) => `{"id":${i},"n":1} trailing`,
  (i) => `[${i}]`,
  () => 'null',
  () => null,
  (i) => `{"id":"number ${i}","n":1}`,
  (i) => `{"id":${i},"n":2147483648}`,
  (i) => `{"id":${i},"n":-2147483649}`,
  (i) => `{"id":${i},"n":1.5e400}`,
  (i) => `{"id":9223372036854775808,"n":${i}}`,
  (i) => `{"id":${i},"n":1,"amount":12345678901.5}`,
  (i) => `{"id":${i},"n":1,"amount":"1.2.3"}`,
  (i) => `{"id":${i},"n":1,"at":"yesterday-ish"}`,
  (i) => `{"id":${i},"n":1,"at":"2026-13-45T00:00:00Z"}`,
  (i) => `{"id":${i},"n":1,"ok":"perhaps"}`,
  (i) => `{"id":${i},"n":{"deep":1}}`,
  (i) => `{"id":${i},"n":[1]}`,
  (i) => `{"id":${i},"n":1,"doc":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
  (i) => `${'{"a":'.repeat(10_000)}${i}${'}'.repeat(10_000)}`,
  () => `"${'x'.repeat(300_000)}`,
  () => Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
  (i) => Buffer.concat([Buffer.from(`{"id":${i},"n":1,"name":"`), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]),
  () => Buffer.alloc(64),
  (i) => `{"id":${i},"n":1,"name":"\\ud800"}`,
  (i) => `{"id":${i},"n":1,"name":"nul \\u0000 in text"}`,
  (i) => `{"id":${i},"n":NaN}`,
  (i) => `{'id':${i}}`,
  (i) => `{"id":null,"n":${i}}`,
  (i) => `{"n":${i}}`,
]
const POISON_RECORDS = 1000
const GOOD_RECORDS = 3000
/** What may stay in use after the source and its 12 MB of dead letters are gone. */
const MEMORY_MARGIN_MB = 4

test.skipIf(missing !== null)(
  '1,000 poison records: each a dead letter, once; every good row there; the server as before',
  async () => {
    const kafka: KafkaService = await startKafka()
    const topics = await Topics.connect(kafka.brokers[0]!)
    try {
      await topics.create('mixed', 2)
      const records: (TopicRecord & { bad: boolean })[] = []
      let good = 0
      for (let i = 0; i < POISON_RECORDS + GOOD_RECORDS; i++) {
        const bad = i % 4 === 1
        const value = bad
          ? POISON[((i - 1) / 4) % POISON.length]!(i)
          : `{"id":${good++},"n":${i % 1000},"amount":1.25,"name":"row ${i}"}`
        records.push({ partition: i % 2 === 0 ? 0 : (i >> 1) % 2, value, bad })
      }
      const wanted: string[] = []
      const offsets = [0, 0]
      for (const { partition, bad } of records) {
        if (bad) wanted.push(`${partition} ${offsets[partition!]}`)
        offsets[partition!]!++
      }
      wanted.sort()
      for (let from = 0; from < records.length; from += 200)
        await topics.send(
          'mixed',
          records.slice(from, from + 200).map(({ partition, value }) => ({ partition, value })),
        )

      const createAll = async (): Promise<void> => {
        await client.query(`CREATE SOURCE mixed (id bigint NOT NULL, n int, amount numeric(12,2), name text, at timestamptz, ok bool, doc jsonb)
        FROM KAFKA BROKER '${kafka.brokers[0]}' TOPIC 'mixed' FORMAT JSON`)
        await client.query(
          'CREATE MATERIALIZED VIEW ids AS SELECT count(*) AS n, sum(id) AS ids, sum(amount) AS total FROM mixed',
        )
      }
      await createAll()
      const all = `${GOOD_RECORDS} ${(GOOD_RECORDS * (GOOD_RECORDS - 1)) / 2} ${(GOOD_RECORDS * 1.25).toFixed(2)}`
      await eventually(
        () => rows('SELECT * FROM ids'),
        ([row]) => row === all,
      )
      const letters = () => rows(`SELECT partition, "offset" FROM "mixed$errors"`).then((lines) => lines.sort())
      expect(await eventually(letters, (lines) => lines.length >= POISON_RECORDS)).toEqual(wanted)
      const bad = (of: number) => records.filter(({ partition, bad }) => bad && partition === of).length
      const counts = () =>
        rows(`SELECT partition, dead_letters FROM millrace.source_status WHERE source = 'mixed' ORDER BY 1`)
      expect(await counts()).toEqual([`0 ${bad(0)}`, `1 ${bad(1)}`])
      expect(
        await rows(
          `SELECT count(*) FROM "mixed$errors" WHERE reason IS NULL OR reason = '' OR reason LIKE '%internal%'`,
        ),
      ).toEqual(['0'])

      // Another view reads the topic again; a crash replays some of it: no letter comes twice.
      await client.query('CREATE MATERIALIZED VIEW names AS SELECT count(DISTINCT name) AS n FROM mixed')
      expect(await rows('SELECT * FROM names')).toEqual([String(GOOD_RECORDS)])
      expect(await rows('SELECT count(*) FROM mixed')).toEqual([String(GOOD_RECORDS)])
      await server.kill()
      await server.start()
      client = await server.connect()
      expect(await letters()).toEqual(wanted)
      expect(await counts()).toEqual([`0 ${bad(0)}`, `1 ${bad(1)}`])
      expect(await rows('SELECT * FROM ids')).toEqual([all])

      // Gone and read once more, in a process that has read it already: what is gone takes no memory.
      await client.query('DROP SOURCE mixed CASCADE')
      const before = await server.memoryMb()
      await createAll()
      await eventually(letters, (lines) => lines.length === POISON_RECORDS)
      expect(await server.memoryMb()).toBeGreaterThan(before + MEMORY_MARGIN_MB)
      await client.query('DROP SOURCE mixed CASCADE')
      await eventually(
        () => server.memoryMb(),
        (mb) => mb < before + MEMORY_MARGIN_MB,
      )
    } finally {
      await topics.close()
      await kafka.stop()
    }
  },
  300_000,
)

test('a row error poisons reads of its view, names its row, and goes with it', async () => {
  await client.query('CREATE TABLE n (id int PRIMARY KEY, d int)')
  await client.query('INSERT INTO n VALUES (1, 1), (2, 2), (4, 4)')
  await client.query('CREATE MATERIALIZED VIEW parts AS SELECT id, 100 / d AS part FROM n')
  await client.query('CREATE MATERIALIZED VIEW above AS SELECT sum(part) AS total FROM parts')
  await client.query('CREATE MATERIALIZED VIEW beside AS SELECT count(*) AS n FROM n')
  const seen: string[] = []
  await client.query('INSERT INTO n VALUES (3, 0)')
  for (const view of ['parts', 'above'])
    await expect(client.query(`SELECT * FROM ${view}`), view).rejects.toMatchObject({
      code: '22012',
      message: 'division by zero',
    })
  await expect(client.query('SELECT * FROM parts WHERE id = 1')).rejects.toMatchObject({ code: '22012' })
  await expect(client.query('SELECT * FROM beside JOIN above ON true')).rejects.toMatchObject({ code: '22012' })
  await expect(client.query('COPY (SUBSCRIBE TO parts) TO STDOUT')).rejects.toMatchObject({ code: '22012' })
  expect(await rows('SELECT * FROM beside')).toEqual(['4'])
  const { rows: errors } = await client.query('SELECT * FROM "parts$errors"')
  expect(errors).toHaveLength(1)
  expect(JSON.stringify(errors[0])).toMatch(/22012|division by zero/)
  expect(await rows(`SELECT view, errors FROM millrace.view_status WHERE view = 'parts'`)).toEqual(['parts 1'])
  seen.push(...(await rows('SELECT count(*) FROM "above$errors"')))
  expect(seen).toEqual(['1'])
  // Through a restart it is the same error.
  await server.kill()
  await server.start()
  client = await server.connect()
  await expect(client.query('SELECT * FROM above')).rejects.toMatchObject({ code: '22012' })
  await client.query('DELETE FROM n WHERE id = 3')
  expect(await rows('SELECT * FROM parts ORDER BY id')).toEqual(['1 100', '2 50', '4 25'])
  expect(await rows('SELECT * FROM above')).toEqual(['175'])
  expect(await rows('SELECT * FROM "parts$errors"')).toEqual([])
})

test('an error that comes while a subscription runs ends it with its code', async () => {
  const other = await server.connect()
  await other.query('BEGIN')
  await other.query('DECLARE c CURSOR FOR SUBSCRIBE TO parts')
  expect((await other.query(`FETCH ALL c WITH (timeout = '0s')`)).rows).toHaveLength(3)
  await client.query('INSERT INTO n VALUES (3, 0)')
  await expect(other.query(`FETCH ALL c WITH (timeout = '2s')`)).rejects.toMatchObject({ code: '22012' })
  await other.end()
  await client.query('UPDATE n SET d = 10 WHERE id = 3')
  expect(await rows('SELECT * FROM parts WHERE id = 3')).toEqual(['3 10'])
})

test(`on_error = 'divert' leaves the row out and counts it`, async () => {
  await client.query(
    `CREATE MATERIALIZED VIEW diverted WITH (on_error = 'divert') AS SELECT id, 100 / d AS part FROM n`,
  )
  await client.query('INSERT INTO n VALUES (5, 0), (6, 0)')
  expect(await rows('SELECT * FROM diverted ORDER BY id')).toEqual(['1 100', '2 50', '3 10', '4 25'])
  expect(await rows('SELECT count(*) FROM "diverted$errors"')).toEqual(['2'])
  expect(await rows(`SELECT errors FROM millrace.view_status WHERE view = 'diverted'`)).toEqual(['2'])
  await client.query('UPDATE n SET d = 50 WHERE id = 5')
  expect(await rows('SELECT * FROM diverted WHERE id > 4')).toEqual(['5 2'])
  expect(await rows('SELECT count(*) FROM "diverted$errors"')).toEqual(['1'])
})

test('SKIP ERRORS lets the present errors pass and no later one; it is kept', async () => {
  await expect(client.query('SELECT * FROM parts')).rejects.toMatchObject({ code: '22012' })
  await client.query('ALTER MATERIALIZED VIEW parts SKIP ERRORS')
  const kept = ['1 100', '2 50', '3 10', '4 25', '5 2']
  expect(await rows('SELECT * FROM parts ORDER BY id')).toEqual(kept)
  expect(await rows('SELECT * FROM above')).toEqual(['187'])
  await server.kill()
  await server.start()
  client = await server.connect()
  expect(await rows('SELECT * FROM parts ORDER BY id')).toEqual(kept)
  expect(await rows('SELECT * FROM above')).toEqual(['187'])
  await client.query('INSERT INTO n VALUES (7, 0)')
  for (const view of ['parts', 'above'])
    await expect(client.query(`SELECT * FROM ${view}`), view).rejects.toMatchObject({ code: '22012' })
  await client.query('DELETE FROM n WHERE id = 7')
  expect(await rows('SELECT * FROM parts ORDER BY id')).toEqual(kept)
  expect(await rows('SELECT * FROM above')).toEqual(['187'])
})

test('errors that cannot reach the result poison nothing', async () => {
  await client.query(
    `CREATE MATERIALIZED VIEW guarded AS SELECT id, CASE WHEN d <> 0 THEN 100 / d END AS part FROM n WHERE d = 0 OR 100 / d > 0`,
  )
  await client.query(
    'CREATE MATERIALIZED VIEW filtered AS SELECT id FROM (SELECT id, d FROM n WHERE d <> 0) s WHERE 100 / d >= 50',
  )
  expect(await rows('SELECT * FROM filtered ORDER BY id')).toEqual(['1', '2'])
  await expect(client.query('INSERT INTO n VALUES (8, 1 / 0)')).rejects.toMatchObject({ code: '22012' })
  await expect(client.query('SELECT 1 / d FROM n')).rejects.toMatchObject({ code: '22012' })
  expect(await rows('SELECT count(*) FROM n')).toEqual(['6'])
})
