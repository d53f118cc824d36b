import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Folded, sortedJson } from './folded.ts'
import type { TextRow } from './local-engine.ts'
import { ServerProcess } from './server-process.ts'
import { eventually, sleep } from './wait.ts'

/** SUBSCRIBE over the wire: what its messages promise, its bounds, and going on after a crash. */

const server = new ServerProcess()
let client: pg.Client

/** A connection whose values stay as the server wrote them. */
async function textClient(): Promise<pg.Client> {
  const made = new pg.Client({
    connectionString: server.url,
    types: { getTypeParser: () => (text: string) => text } as never,
  })
  made.on('error', () => {})
  await made.connect()
  return made
}

async function rows(sql: string, on = client): Promise<TextRow[]> {
  return (await on.query({ text: sql, rowMode: 'array' })).rows
}

/** A SUBSCRIBE that hands on each row as it comes; `done` resolves with its error, or null when it ended well. */
async function follow(sql: string, onRow: (row: TextRow) => void) {
  const on = await textClient()
  const query = new pg.Query({ text: sql, rowMode: 'array' } as never)
  const done = new Promise<(Error & { code?: string }) | null>((resolve) => {
    query.on('end', () => resolve(null))
    query.on('error', (error: Error) => resolve(error))
  })
  query.on('row', (row) => onRow(row as unknown as TextRow))
  on.query(query)
  return {
    done,
    end: () => on.end(),
    socket: (on as unknown as { connection: { stream: import('node:net').Socket } }).connection.stream,
  }
}

/** Until the query ends by itself. */
async function all(sql: string): Promise<TextRow[]> {
  return rows(sql)
}

beforeAll(async () => {
  await server.start()
  client = await textClient()
  await client.query('CREATE TABLE t (id int PRIMARY KEY, g int NOT NULL, v int NOT NULL)')
  await client.query('CREATE MATERIALIZED VIEW sums AS SELECT g, count(*) AS n, sum(v) AS total FROM t GROUP BY g')
  await client.query('CREATE MATERIALIZED VIEW top AS SELECT id, v FROM t ORDER BY v DESC, id LIMIT 5')
})
afterAll(async () => {
  await client.end().catch(() => {})
  await server.dispose()
})

let state = 7
const random = (n: number): number => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  return Math.floor((state / 2 ** 32) * n)
}
async function churn(): Promise<void> {
  const from = random(200)
  switch (random(4)) {
    case 0:
    case 1:
      await client.query(
        `INSERT INTO t SELECT i, i % 7, (i * 13) % 101 FROM generate_series(${from}, ${from + random(30)}) AS g(i) ON CONFLICT (id) DO UPDATE SET v = t.v + excluded.v`,
      )
      return
    case 2:
      await client.query(`UPDATE t SET g = (g + 1) % 7, v = v - 3 WHERE id BETWEEN ${from} AND ${from + 20}`)
      return
    default:
      await client.query(`DELETE FROM t WHERE id BETWEEN ${from} AND ${from + 10}`)
  }
}

test('folded changes equal SELECT at every progress message', async () => {
  const targets = ['sums', 'top', 't', '(SELECT g, max(v) AS m FROM t GROUP BY g HAVING count(*) > 1)']
  const followed = targets.map(() => new Folded())
  const subscriptions = await Promise.all(
    targets.map((target, i) =>
      follow(`SUBSCRIBE TO ${target} WITH (SNAPSHOT, PROGRESS)`, (row) => followed[i]!.apply(row)),
    ),
  )
  await eventually(
    () => followed.every((f) => f.messages > 0),
    (all) => all,
  )
  for (let round = 0; round < 40; round++) {
    await churn()
    const wanted: string[][] = []
    for (const target of targets)
      wanted.push(sortedJson(await rows(target.startsWith('(') ? target.slice(1, -1) : `SELECT * FROM ${target}`)))
    // Nothing else writes: from the next progress message on the fold is what SELECT gave.
    const at = Number((await rows(`SELECT max(mz_timestamp) FROM millrace.view_status`))[0]![0])
    for (const [i, f] of followed.entries()) {
      await eventually(
        () => f.progressMs > at,
        (passed) => passed,
      )
      expect(f.contents(), `${targets[i]} in round ${round}`).toEqual(wanted[i])
    }
  }
  for (const { end } of subscriptions) await end()
})

test('a replica that reads only its own log agrees with SELECT … at each timestamp', async () => {
  // Each UP TO bound cuts the same log at another place: folds of prefixes are the states that SELECT showed.
  const states: { readonly at: number; readonly rows: string[] }[] = []
  const [[first]] = (await rows(`SELECT max(mz_timestamp) FROM millrace.view_status WHERE view = 'sums'`)) as [[string]]
  for (let i = 0; i < 10; i++) {
    await churn()
    const [[at]] = (await rows(`SELECT mz_timestamp FROM millrace.view_status WHERE view = 'sums'`)) as [[string]]
    states.push({ at: Number(at), rows: sortedJson(await rows('SELECT * FROM sums')) })
  }
  for (const { at, rows: wanted } of states) {
    const folded = new Folded()
    for (const row of await all(`SUBSCRIBE TO sums WITH (SNAPSHOT, PROGRESS) AS OF ${first} UP TO ${at + 1}`))
      folded.apply(row)
    expect(folded.contents()).toEqual(wanted)
    expect(folded.progressMs).toBe(at + 1)
    // The snapshot as of a time is the state of that time, and AS OF includes it.
    const snapshot = await all(`SUBSCRIBE TO sums AS OF ${at} UP TO ${at + 1}`)
    expect(snapshot.every(([ms, diff]) => ms === String(at) && diff === '1')).toBe(true)
    expect(sortedJson(snapshot.map(([, , ...data]) => data))).toEqual(wanted)
  }
})

test('bounds: AS OF inclusive, UP TO exclusive, equal gives nothing, UP TO before AS OF is an error', async () => {
  const now = Number((await rows(`SELECT mz_timestamp FROM millrace.view_status WHERE view = 'sums'`))[0]![0])
  expect(await all(`SUBSCRIBE TO sums AS OF ${now} UP TO ${now}`)).toEqual([])
  await expect(all(`SUBSCRIBE TO sums AS OF ${now} UP TO ${now - 1}`)).rejects.toMatchObject({ code: '22023' })
  const [message] = await all(`SUBSCRIBE TO sums WITH (SNAPSHOT false, PROGRESS) AS OF ${now} UP TO ${now + 1}`)
  expect(message).toEqual([String(now), 't', null, null, null, null])
  expect(await all('SUBSCRIBE TO (SELECT 1 AS one, 2 AS two)')).toMatchObject([[expect.any(String), '1', '1', '2']])
  await client.query('INSERT INTO t VALUES (9001, 3, 1), (9002, 3, 1)')
  const changed = Number((await rows(`SELECT mz_timestamp FROM millrace.view_status WHERE view = 'sums'`))[0]![0])
  // The change is part of the snapshot as of its time, and no change after it.
  expect(await all(`SUBSCRIBE TO t WITH (SNAPSHOT false) AS OF ${changed} UP TO ${changed + 1}`)).toEqual([])
  expect(await all(`SUBSCRIBE TO t WITH (SNAPSHOT false) AS OF ${changed - 1} UP TO ${changed + 1}`)).toHaveLength(2)
  expect(await all(`SUBSCRIBE TO t WITH (SNAPSHOT false) AS OF ${changed - 1} UP TO ${changed}`)).toEqual([])
})

test('an AS OF in the future waits for its time: no message comes before it', async () => {
  const at = Date.now() + 1500
  const seen: TextRow[] = []
  const { end } = await follow(`SUBSCRIBE TO sums WITH (SNAPSHOT, PROGRESS) AS OF ${at}`, (row) => seen.push(row))
  await sleep(100)
  await churn()
  await eventually(
    () => seen.length,
    (n) => n > 3,
  )
  const wanted = sortedJson(await rows('SELECT * FROM sums'))
  expect(seen.every(([ms]) => Number(ms) >= at)).toBe(true)
  expect(sortedJson(seen.filter((r) => r[1] === 'f').map((r) => r.slice(3)))).toEqual(wanted)
  await end()
})

test('an AS OF older than the kept history names the earliest possible; AS OF AT LEAST takes it', async () => {
  const error = await all('SUBSCRIBE TO sums AS OF 1000 UP TO 2000').then(
    () => null,
    (e: Error & { hint: string }) => e,
  )
  const earliest = Number(/(\d{10,})/.exec(`${error!.message} ${error!.hint}`)![1])
  const [first] = await all(`SUBSCRIBE TO sums WITH (PROGRESS) AS OF AT LEAST 1000 UP TO ${Date.now()}`)
  expect(Number(first![0])).toBe(earliest)
})

test('resuming with AS OF <progress - 1> after kill -9: no gap, no double', async () => {
  const folded = new Folded()
  for (let kill = 0; kill < 2; kill++) {
    const resume =
      folded.messages === 0
        ? 'WITH (SNAPSHOT, PROGRESS)'
        : `WITH (SNAPSHOT false, PROGRESS) AS OF ${folded.progressMs - 1}`
    // Messages after the last progress message may be cut in the middle of a timestamp: a client keeps only whole ones.
    let uncertain: TextRow[] = []
    let got = 0
    const { done } = await follow(`SUBSCRIBE TO sums ${resume}`, (row) => {
      got++
      uncertain.push(row)
      if (row[1] === 't') {
        // The first progress row of a resumed subscription repeats the AS OF time.
        for (const each of uncertain) if (each[1] === 'f' || Number(each[0]) >= folded.progressMs) folded.apply(each)
        uncertain = []
      }
    })
    await eventually(
      () => got,
      (n) => n > 0,
    )
    for (let i = 0; i < 15; i++) await churn()
    const pending = churn().catch(() => {})
    await sleep(random(5))
    await server.kill()
    await done
    await pending
    if (kill === 1) {
      // Changes that no subscriber saw, then another crash.
      await server.start()
      client = await textClient()
      await churn()
      await server.kill()
    }
    await server.start()
    client = await textClient()
  }
  const { end } = await follow(
    `SUBSCRIBE TO sums WITH (SNAPSHOT false, PROGRESS) AS OF ${folded.progressMs - 1}`,
    (row) => {
      if (row[1] === 'f' || Number(row[0]) >= folded.progressMs) folded.apply(row)
    },
  )
  await churn()
  const wanted = sortedJson(await rows('SELECT * FROM sums'))
  const at = Number((await rows(`SELECT mz_timestamp FROM millrace.view_status WHERE view = 'sums'`))[0]![0])
  await eventually(
    () => folded.progressMs,
    (ms) => ms > at,
  )
  expect(folded.contents()).toEqual(wanted)
  await end()
})

test('cursors: FETCH waits for a row, WITH (timeout) for a time, 0s for nothing', async () => {
  const other = await textClient()
  await client.query('BEGIN')
  await client.query('DECLARE c CURSOR FOR SUBSCRIBE TO top WITH (SNAPSHOT)')
  const five = await rows(`FETCH ALL FROM c WITH (timeout = '0s')`)
  expect(five).toHaveLength(5)
  expect(await rows(`FETCH ALL FROM c WITH (timeout = '0s')`)).toEqual([])
  let began = performance.now()
  expect(await rows(`FETCH 10 c WITH (timeout = '300ms')`)).toEqual([])
  expect(performance.now() - began).toBeGreaterThan(290)
  began = performance.now()
  const waiting = rows('FETCH 1 c')
  await sleep(200)
  await other.query('INSERT INTO t VALUES (5000, 1, 100000)')
  expect(await waiting).toHaveLength(1)
  expect(performance.now() - began).toBeGreaterThan(190)
  expect(await rows(`FETCH ALL c WITH (timeout = '200ms')`)).toHaveLength(1)
  await client.query('CLOSE c')
  await expect(client.query('FETCH 1 c')).rejects.toMatchObject({ code: '34000' })
  await client.query('ROLLBACK')
  await other.query('DELETE FROM t WHERE id = 5000')
  await other.end()
})

test('progress goes on while nothing changes', async () => {
  // That it is once a second is shown with a clock that a test turns (src/session/streaming.test.ts).
  const at: number[] = []
  const { end } = await follow('SUBSCRIBE TO sums WITH (SNAPSHOT false, PROGRESS)', () => at.push(performance.now()))
  await eventually(
    () => at.length,
    (n) => n >= 5,
  )
  await end()
})

test('a dropped view ends its subscriptions with an error', async () => {
  await client.query('CREATE MATERIALIZED VIEW gone AS SELECT v FROM t')
  let got = 0
  const { done, end } = await follow('SUBSCRIBE TO gone WITH (PROGRESS)', () => got++)
  await eventually(
    () => got,
    (n) => n > 0,
  )
  await client.query('DROP MATERIALIZED VIEW gone')
  expect(await done).toMatchObject({ code: '42P01' })
  await end()
})

test('a subscriber that does not read is ended with 53400 and slows nobody', async () => {
  await client.query('CREATE TABLE wide (id int PRIMARY KEY, text text)')
  let messages = 0
  const slow = await follow('SUBSCRIBE TO wide', () => {})
  const quick = await follow('SUBSCRIBE TO wide', () => messages++)
  await sleep(200)
  slow.socket.pause()
  const ROWS = 4000
  const rounds = 40
  let slowest = 0
  for (let round = 0; round < rounds; round++) {
    const began = performance.now()
    await client.query(
      `INSERT INTO wide SELECT i, repeat(md5(i::text), 15) FROM generate_series(${round * ROWS}, ${round * ROWS + ROWS - 1}) AS g(i)`,
    )
    slowest = Math.max(slowest, performance.now() - began)
  }
  await eventually(
    () => messages,
    (n) => n === ROWS * rounds,
    60_000,
  )
  slow.socket.resume()
  expect(await slow.done).toMatchObject({ code: '53400' })
  expect(slowest, 'writes go on beside it').toBeLessThan(20_000)
  await slow.end()
  await quick.end()
  await client.query('DROP TABLE wide')
})
