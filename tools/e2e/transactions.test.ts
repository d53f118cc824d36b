import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { LocalEngine, type LocalSession } from './local-engine.ts'

/** Two sessions and their transactions: what one sees of the other, who waits, who fails. */

let local: LocalEngine
let a: LocalSession
let b: LocalSession

beforeEach(async () => {
  local = await LocalEngine.open()
  a = local.session()
  b = local.session()
  await a.query('CREATE TABLE accounts (id int PRIMARY KEY, balance int NOT NULL)')
  await a.query('CREATE TABLE log (n int)')
  await a.query('INSERT INTO accounts VALUES (1, 100), (2, 200), (3, 300)')
  await a.query('CREATE MATERIALIZED VIEW sums AS SELECT count(*) AS n, sum(balance) AS total FROM accounts')
})
afterEach(async () => {
  await a.session.close()
  await b.session.close()
  await local.close()
})

const settled = async (promise: Promise<unknown>): Promise<boolean> => {
  let done = false
  promise.then(
    () => {
      done = true
    },
    () => {
      done = true
    },
  )
  await new Promise((resolve) => setTimeout(resolve, 50))
  return done
}

test('a transaction reads its own writes, through views too; others see them at COMMIT, all at once', async () => {
  await a.query('BEGIN')
  await a.query('UPDATE accounts SET balance = balance - 10 WHERE id = 1')
  await a.query('INSERT INTO accounts VALUES (4, 1000)')
  await a.query('DELETE FROM accounts WHERE id = 3')
  await a.query('INSERT INTO log VALUES (1)')
  expect(await a.query('SELECT id, balance FROM accounts ORDER BY id')).toEqual([
    ['1', '90'],
    ['2', '200'],
    ['4', '1000'],
  ])
  expect(await a.query('SELECT * FROM sums')).toEqual([['3', '1290']])
  expect(await a.query('SELECT balance FROM accounts WHERE id = 1')).toEqual([['90']])
  expect(await b.query('SELECT * FROM sums')).toEqual([['3', '600']])
  expect(await b.query('SELECT count(*) FROM log')).toEqual([['0']])
  const seen: string[] = []
  const following = b.follow('SUBSCRIBE TO accounts', (row) => seen.push(row.join(' ')))
  await new Promise((resolve) => setTimeout(resolve, 50))
  await a.query('COMMIT')
  expect(await a.query('SELECT * FROM sums')).toEqual([['3', '1290']])
  await new Promise((resolve) => setTimeout(resolve, 50))
  b.cancel()
  await following
  const changes = seen.slice(3)
  expect(new Set(changes.map((c) => c.split(' ')[0])).size, 'one tick').toBe(1)
  expect(changes.map((c) => c.split(' ').slice(1).join(' ')).sort()).toEqual([
    '-1 1 100',
    '-1 3 300',
    '1 1 90',
    '1 4 1000',
  ])
})

test('ROLLBACK and a failed statement leave nothing', async () => {
  await a.query('BEGIN')
  await a.query('DELETE FROM accounts')
  expect(await a.query('SELECT * FROM sums')).toEqual([['0', null]])
  await a.query('ROLLBACK')
  await a.query('BEGIN')
  await a.query('INSERT INTO log VALUES (1)')
  await expect(a.query('INSERT INTO accounts VALUES (1, 0)')).rejects.toMatchObject({ sqlstate: '23505' })
  await expect(a.query('SELECT 1')).rejects.toMatchObject({ sqlstate: '25P02' })
  await a.query('COMMIT')
  expect(await a.query('SELECT * FROM sums')).toEqual([['3', '600']])
  expect(await a.query('SELECT * FROM log')).toEqual([])
})

test('a snapshot is repeatable: tables, views and keys as they were at the first statement', async () => {
  await a.query('BEGIN')
  expect(await a.query('SELECT * FROM sums')).toEqual([['3', '600']])
  await b.query('UPDATE accounts SET balance = 0')
  await b.query('DELETE FROM accounts WHERE id = 2')
  expect(await b.query('SELECT * FROM sums')).toEqual([['2', '0']])
  expect(await a.query('SELECT * FROM sums')).toEqual([['3', '600']])
  expect(await a.query('SELECT balance FROM accounts WHERE id = 2')).toEqual([['200']])
  expect(await a.query('SELECT sum(balance) FROM accounts')).toEqual([['600']])
  await a.query('COMMIT')
  expect(await a.query('SELECT * FROM sums')).toEqual([['2', '0']])
})

test('40001 when what was read has changed; not when other keys have', async () => {
  await a.query('BEGIN')
  await a.query('SELECT balance FROM accounts WHERE id = 1')
  await b.query('UPDATE accounts SET balance = 1 WHERE id = 1')
  await a.query('INSERT INTO log VALUES (1)')
  await expect(a.query('COMMIT')).rejects.toMatchObject({ sqlstate: '40001' })
  expect(await a.query('SELECT * FROM log')).toEqual([])

  await a.query('BEGIN')
  await a.query('SELECT balance FROM accounts WHERE id = 1')
  await b.query('UPDATE accounts SET balance = 2 WHERE id = 2')
  await a.query('INSERT INTO log VALUES (1)')
  await a.query('COMMIT')
  expect(await a.query('SELECT * FROM log')).toEqual([['1']])
})

test('40001 when a view or a whole relation that was read has changed (write skew)', async () => {
  for (const read of [
    'SELECT * FROM sums',
    'SELECT sum(balance) FROM accounts',
    'SELECT id FROM accounts WHERE balance > 150',
  ]) {
    await a.query('BEGIN')
    await a.query(read)
    await b.query('UPDATE accounts SET balance = balance + 1 WHERE id = 2')
    await a.query('INSERT INTO log VALUES (7)')
    await expect(a.query('COMMIT'), read).rejects.toMatchObject({ sqlstate: '40001' })
  }
  await a.query('BEGIN')
  await a.query('SELECT balance FROM accounts WHERE id = 9')
  await b.query('INSERT INTO accounts VALUES (9, 9)')
  await a.query('INSERT INTO log VALUES (7)')
  await expect(a.query('COMMIT'), 'a key that was not there').rejects.toMatchObject({ sqlstate: '40001' })
  expect(await a.query('SELECT * FROM log')).toEqual([])
})

test('two blind increments: the second waits for the first, no update is lost', async () => {
  await a.query('BEGIN')
  await a.query('UPDATE accounts SET balance = balance + 1 WHERE id = 1')
  const other = b.query('UPDATE accounts SET balance = balance + 10 WHERE id = 1')
  expect(await settled(other), 'it waits').toBe(false)
  await a.query('COMMIT')
  await other
  expect(await a.query('SELECT balance FROM accounts WHERE id = 1')).toEqual([['111']])
})

test('FOR UPDATE waits; the lock goes with ROLLBACK', async () => {
  await a.query('BEGIN')
  expect(await a.query('SELECT balance FROM accounts WHERE id = 1 FOR UPDATE')).toEqual([['100']])
  await b.query('BEGIN')
  const waiting = b.query('SELECT balance FROM accounts WHERE id = 1 FOR UPDATE')
  expect(await settled(waiting)).toBe(false)
  await a.query('ROLLBACK')
  expect(await waiting).toEqual([['100']])
  await b.query('UPDATE accounts SET balance = 5 WHERE id = 1')
  await b.query('COMMIT')
  expect(await a.query('SELECT balance FROM accounts WHERE id = 1')).toEqual([['5']])
})

test('a queue of FOR UPDATE: each in turn reads what the one before it wrote, and none fails', async () => {
  await Promise.all(
    [0, 1, 2, 3, 4].map(async () => {
      const session = local.session()
      await session.query('BEGIN')
      const [[balance]] = (await session.query('SELECT balance FROM accounts WHERE id = 1 FOR UPDATE')) as [[string]]
      await session.query(`UPDATE accounts SET balance = ${Number(balance) + 1} WHERE id = 1`)
      await session.query('COMMIT')
    }),
  )
  expect(await a.query('SELECT balance FROM accounts WHERE id = 1')).toEqual([['105']])
})

test('a queue of UPDATE by key in transactions: nobody fails, no update is lost', async () => {
  await Promise.all(
    [0, 1, 2, 3, 4].map(async () => {
      const session = local.session()
      await session.query('BEGIN')
      await session.query('UPDATE accounts SET balance = balance + 1 WHERE id = 1')
      await session.query('COMMIT')
    }),
  )
  expect(await a.query('SELECT balance FROM accounts WHERE id = 1')).toEqual([['105']])
})

test('a deadlock ends one of the two with 40P01, the other goes on', async () => {
  await a.query('BEGIN')
  await b.query('BEGIN')
  await a.query('UPDATE accounts SET balance = 1 WHERE id = 1')
  await b.query('UPDATE accounts SET balance = 2 WHERE id = 2')
  const waiting = a.query('UPDATE accounts SET balance = 1 WHERE id = 2')
  expect(await settled(waiting)).toBe(false)
  await expect(b.query('UPDATE accounts SET balance = 2 WHERE id = 1')).rejects.toMatchObject({ sqlstate: '40P01' })
  await b.query('ROLLBACK')
  await waiting
  await a.query('COMMIT')
  expect(await a.query('SELECT id, balance FROM accounts ORDER BY id')).toEqual([
    ['1', '1'],
    ['2', '1'],
    ['3', '300'],
  ])
})

test('a wait is cancelled with 57014, and a closed session gives its locks back', async () => {
  await a.query('BEGIN')
  await a.query('DELETE FROM accounts WHERE id = 1')
  const waiting = b.query('UPDATE accounts SET balance = 0 WHERE id = 1')
  expect(await settled(waiting)).toBe(false)
  b.cancel()
  await expect(waiting).rejects.toMatchObject({ sqlstate: '57014' })
  const again = b.query('UPDATE accounts SET balance = 0 WHERE id = 1')
  expect(await settled(again)).toBe(false)
  await a.session.close()
  await again
  expect(await b.query('SELECT balance FROM accounts WHERE id = 1')).toEqual([['0']])
})

test('autocommit statements that meet never fail: 300 increments from six sessions', async () => {
  const sessions = [0, 1, 2, 3, 4, 5].map(() => local.session())
  await Promise.all(
    sessions.map(async (session) => {
      for (let n = 0; n < 50; n++) {
        if (n % 2 === 0) await session.query('UPDATE accounts SET balance = balance + 1 WHERE id = 1')
        else await session.query('UPDATE accounts SET balance = (SELECT total FROM sums) - 499 WHERE id = 1')
      }
    }),
  )
  // total = 500 + balance of 1: both statements add one.
  expect(await a.query('SELECT * FROM sums')).toEqual([['3', '900']])
})

test('a read-only transaction writes nothing', async () => {
  await a.query('BEGIN READ ONLY')
  await expect(a.query('DELETE FROM accounts')).rejects.toMatchObject({ sqlstate: '25006' })
  await a.query('ROLLBACK')
})

/** A reads, B commits, A writes something else and commits: its code, or null. */
async function afterChange(read: string, change: string): Promise<string | null> {
  await a.query('BEGIN')
  await a.query(read)
  await b.query(change)
  await a.query('INSERT INTO log VALUES (1)')
  return a.query('COMMIT').then(
    () => null,
    async (error: { sqlstate: string }) => {
      await a.query('ROLLBACK').catch(() => {})
      return error.sqlstate
    },
  )
}

describe('a read of a part of a table', () => {
  beforeEach(async () => {
    await a.query('CREATE TABLE acc (id int PRIMARY KEY, v int, s text)')
    await a.query(
      `INSERT INTO acc SELECT g, g % 10, 'row ' || g FROM generate_series(1, 300) g WHERE g NOT IN (85, 95)`,
    )
    await a.query('INSERT INTO acc VALUES (301, NULL, NULL)')
    await a.query('CREATE INDEX ON acc (v)')
    await a.query('CREATE TABLE pair (x int, y int, z int, PRIMARY KEY (x, y))')
    await a.query('INSERT INTO pair VALUES (1, 1, 1), (1, 2, 2), (2, 1, 3), (2, 2, 4)')
    await a.query('CREATE MATERIALIZED VIEW by_v AS SELECT v, count(*) AS n FROM acc GROUP BY v')
    await a.query(
      'CREATE MATERIALIZED VIEW parts AS SELECT id, 100 / z AS q FROM (SELECT x * 10 + y AS id, z FROM pair) p',
    )
    await a.query('CREATE TABLE dated (id int PRIMARY KEY, at timestamptz)')
    await a.query('CREATE TABLE bare (x int, y int)')
    await a.query('INSERT INTO bare VALUES (1, 1), (1, 1), (2, 2)')
  })

  test.each([
    ['SELECT * FROM acc WHERE id BETWEEN 80 AND 90', `INSERT INTO acc VALUES (95, 1, 'new')`],
    ['SELECT count(*) FROM acc WHERE id >= 180 AND id < 190', 'UPDATE acc SET v = 77 WHERE id = 1'],
    ['SELECT * FROM acc WHERE id > 200', 'DELETE FROM acc WHERE id = 2'],
    ['SELECT * FROM acc WHERE id IN (3, 4)', 'UPDATE acc SET v = 77 WHERE id = 5'],
    ['SELECT * FROM acc WHERE id = 3 OR id = 4', 'UPDATE acc SET v = 77 WHERE id = 5'],
    ['SELECT * FROM acc WHERE v = 8', 'UPDATE acc SET v = 6 WHERE id = 5'],
    ['SELECT * FROM acc WHERE v IS NULL', 'UPDATE acc SET v = 6 WHERE id = 5'],
    ['UPDATE acc SET v = v + 1 WHERE id BETWEEN 10 AND 12', 'UPDATE acc SET v = 77 WHERE id = 30'],
    ['DELETE FROM acc WHERE id BETWEEN 10 AND 12', 'UPDATE acc SET v = 77 WHERE id = 30'],
    ['SELECT * FROM pair WHERE x = 1', 'UPDATE pair SET z = 9 WHERE x = 2 AND y = 1'],
    ['SELECT * FROM pair WHERE x = 1 AND y > 1', 'DELETE FROM pair WHERE x = 1 AND y = 1'],
    ['SELECT * FROM bare WHERE x = 1', 'DELETE FROM bare WHERE x = 2'],
    [`SELECT * FROM dated WHERE at >= '2026-01-01'::timestamptz`, `INSERT INTO dated VALUES (1, '2025-06-01')`],
    [
      `SELECT * FROM dated WHERE at >= '2026-01-01' AND at < '2026-02-01'`,
      `INSERT INTO dated VALUES (1, '2025-06-01')`,
    ],
    ['SELECT n FROM by_v WHERE v = 8', 'UPDATE acc SET v = 6 WHERE id = 5'],
    // What is read of it is as it was.
    ['SELECT sum(v) FROM acc WHERE id > 200', `UPDATE acc SET s = 'other' WHERE id = 250`],
    [
      'SELECT a.v FROM acc a JOIN pair p ON a.v = p.x WHERE a.id < 20 AND p.y = 1',
      'UPDATE acc SET v = 77 WHERE id = 30',
    ],
  ])('%s / %s: nothing of it changed', async (read, change) => {
    expect(await afterChange(read, change)).toBeNull()
  })

  test.each([
    ['SELECT * FROM acc WHERE id BETWEEN 80 AND 90', `INSERT INTO acc VALUES (85, 1, 'new')`],
    ['SELECT count(*) FROM acc WHERE id >= 180 AND id < 190', 'DELETE FROM acc WHERE id = 185'],
    ['SELECT * FROM acc WHERE id > 200', 'UPDATE acc SET id = 1000 WHERE id = 2'],
    ['SELECT * FROM acc WHERE id > 200', 'UPDATE acc SET id = 95 WHERE id = 250'],
    ['SELECT * FROM acc WHERE id IN (3, 4)', 'UPDATE acc SET v = 77 WHERE id = 4'],
    ['SELECT * FROM acc WHERE id = 85 OR id = 95', `INSERT INTO acc VALUES (95, 1, 'new')`],
    ['SELECT * FROM acc WHERE v = 8', 'UPDATE acc SET v = 8 WHERE id = 5'],
    ['SELECT * FROM acc WHERE v = 8', 'UPDATE acc SET v = NULL WHERE id = 8'],
    ['SELECT * FROM acc WHERE v IS NULL', 'UPDATE acc SET v = NULL WHERE id = 5'],
    ['SELECT * FROM acc WHERE v IS NULL', 'UPDATE acc SET v = 1 WHERE id = 301'],
    ['SELECT * FROM acc WHERE v <> 8', 'UPDATE acc SET v = 1 WHERE id = 301'],
    // An expression that fails for the row: whether it is among those read cannot be told.
    ['SELECT * FROM acc WHERE 1000 / v > 100', 'UPDATE acc SET v = 0 WHERE id = 5'],
    ['SELECT * FROM pair WHERE x = 1 AND y > 1', 'INSERT INTO pair VALUES (1, 7, 7)'],
    ['SELECT * FROM bare WHERE x = 1', 'INSERT INTO bare VALUES (1, 1)'],
    ['SELECT * FROM acc WHERE id > 200 AND random() < 2', 'DELETE FROM acc WHERE id = 250'],
    ['SELECT n FROM by_v WHERE v = 8', 'UPDATE acc SET v = 8 WHERE id = 5'],
    ['SELECT n FROM by_v WHERE v IS NULL', 'DELETE FROM acc WHERE id = 301'],
    ['SELECT n FROM by_v', 'UPDATE acc SET v = 8 WHERE id = 5'],
    ['SELECT q FROM parts WHERE id = 11', 'UPDATE pair SET z = 0 WHERE x = 2'],
    ['SELECT * FROM dated WHERE at > now()', `INSERT INTO dated VALUES (1, '2025-06-01')`],
    [`SELECT * FROM dated WHERE at >= '2026-01-01'`, `INSERT INTO dated VALUES (1, '2026-06-01')`],
    ['SELECT count(*) FROM acc', 'DELETE FROM acc WHERE id = 250'],
    ['SELECT count(*) FROM acc WHERE id > 5 AND v = (SELECT max(x) FROM pair)', 'INSERT INTO pair VALUES (7, 7, 7)'],
    ['SELECT * FROM acc x, acc y WHERE x.id = 1 AND y.v = x.v', 'UPDATE acc SET v = 1 WHERE id = 5'],
    ['SELECT * FROM acc WHERE id > 200 UNION ALL SELECT * FROM acc WHERE id < 10', 'DELETE FROM acc WHERE id = 5'],
  ])('%s / %s: 40001', async (read, change) => {
    if (read.includes('1000 / v')) await a.query('UPDATE acc SET v = 1 WHERE v = 0')
    expect(await afterChange(read, change)).toBe('40001')
  })

  test('is as it was when a change of it was taken back, over several ticks', async () => {
    await a.query('BEGIN')
    await a.query('SELECT * FROM acc WHERE id > 200')
    await b.query(`INSERT INTO acc VALUES (500, 1, 'gone soon')`)
    await b.query('DELETE FROM acc WHERE id = 500')
    await a.query('INSERT INTO log VALUES (1)')
    await a.query('COMMIT')
  })

  test('counts what came before its first read, after the first statement', async () => {
    await a.query('BEGIN')
    await a.query('SELECT 1 FROM log')
    await b.query('UPDATE acc SET v = 77 WHERE id = 250')
    expect(await a.query('SELECT v FROM acc WHERE id = 250 OR id = 251')).toEqual([['0'], ['1']])
    await a.query('INSERT INTO pair VALUES (9, 9, 9)')
    await expect(a.query('COMMIT')).rejects.toMatchObject({ sqlstate: '40001' })
  })

  test('write skew over two ranges: one of the two fails', async () => {
    await a.query('BEGIN')
    await b.query('BEGIN')
    await a.query('SELECT sum(v) FROM acc WHERE id BETWEEN 100 AND 109')
    await b.query('SELECT sum(v) FROM acc WHERE id BETWEEN 110 AND 119')
    await a.query('UPDATE acc SET v = 0 WHERE id = 115')
    await b.query('UPDATE acc SET v = 0 WHERE id = 105')
    await a.query('COMMIT')
    await expect(b.query('COMMIT')).rejects.toMatchObject({ sqlstate: '40001' })
  })

  test('write skew, both committing at once: one of the two fails', async () => {
    for (const [x, y] of [
      ['id BETWEEN 100 AND 109', 'id BETWEEN 110 AND 119'],
      ['id = 105', 'id = 115'],
    ]) {
      await a.query('UPDATE acc SET v = 5 WHERE id IN (105, 115)')
      await a.query('BEGIN')
      await b.query('BEGIN')
      await a.query(`SELECT sum(v) FROM acc WHERE ${x}`)
      await b.query(`SELECT sum(v) FROM acc WHERE ${y}`)
      await a.query('UPDATE acc SET v = 0 WHERE id = 115')
      await b.query('UPDATE acc SET v = 0 WHERE id = 105')
      const ends = await Promise.allSettled([a.query('COMMIT'), b.query('COMMIT')])
      expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
      await a.query('ROLLBACK').catch(() => {})
      await b.query('ROLLBACK').catch(() => {})
    }
  })
})
