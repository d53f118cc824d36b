import { afterAll, beforeAll, expect, test } from 'vitest'
import { BANK_DDL, BANK_VIEWS, BankAnswer, TRANSFER_SQL, transfer } from './bank.ts'
import { Folded } from './folded.ts'
import { LocalEngine, type TextRow } from './local-engine.ts'

/**
 * Every output of every view equals the batch result of the same prefix of the transfers, whether it is pulled or pushed,
 * while ticks of random sizes go on. 50,000 transfers; the soak run has 1,000,000.
 */
const SOAK = process.env['MILLRACE_SOAK'] === '1'
const TRANSFERS = SOAK ? 1_000_000 : 50_000
const TICK_ROWS_MAX = SOAK ? 4000 : 600
const SEED = 20_260_801

let local: LocalEngine

beforeAll(async () => {
  local = await LocalEngine.open()
})
afterAll(() => local.close())

/** One statement over all views: what it shows comes from one tick. */
const EVERYTHING = `
  SELECT 'accepted', count(*)::text, NULL FROM accepted
  UNION ALL SELECT 'outer_join', count(*)::text, count(other)::text FROM outer_join
  UNION ALL SELECT 'credits', account::text, credits::text FROM credits
  UNION ALL SELECT 'debits', account::text, debits::text FROM debits
  UNION ALL SELECT 'balance', account::text, balance::text FROM balance
  UNION ALL SELECT 'total', total::text, NULL FROM total`

test(
  'bank transfers: each output is the batch result of a prefix',
  async () => {
    const writer = local.session()
    await writer.query(
      `CREATE TABLE transfers (id bigint PRIMARY KEY, from_account bigint NOT NULL, to_account bigint NOT NULL, amount numeric(12,2) NOT NULL, ts timestamp NOT NULL)`,
    )
    await writer.query(BANK_DDL)

    const followed = new Map(BANK_VIEWS.map((view) => [view, new Folded()]))
    const followers = BANK_VIEWS.map((view) => {
      const session = local.session()
      const ended = session.follow(`SUBSCRIBE TO ${view} WITH (SNAPSHOT, PROGRESS)`, (row) =>
        followed.get(view)!.apply(row),
      )
      return { session, ended }
    })
    await until(() => [...followed.values()].every((f) => f.messages > 0))

    let writing = true
    const pulled: TextRow[][] = []
    const reading = (async () => {
      const reader = local.session()
      while (writing) {
        pulled.push(await reader.query(EVERYTHING))
        await new Promise((resolve) => setTimeout(resolve, 2))
      }
    })()

    let state = SEED
    const random = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return state / 2 ** 32
    }
    /** Transfers after each statement, which are the only prefixes that may show. */
    const prefixes = new Set([0])
    for (let next = 1; next <= TRANSFERS; ) {
      const last = Math.min(TRANSFERS, next + Math.floor(random() ** 2 * TICK_ROWS_MAX))
      prefixes.add(last)
      await writer.query(
        `INSERT INTO transfers SELECT ${TRANSFER_SQL} FROM generate_series(${next}::bigint, ${last}::bigint) AS g(i)`,
      )
      next = last + 1
      if (random() < 0.2) await new Promise((resolve) => setTimeout(resolve, 3))
    }
    writing = false
    await reading
    pulled.push(await writer.query(EVERYTHING))
    await until(
      () =>
        [...followed.values()].every((f) => f.progressMs > followed.get('accepted')!.changes.at(-1)!.ms) &&
        followed.get('accepted')!.rows.size === TRANSFERS,
    )
    for (const { session, ended } of followers) {
      session.cancel()
      await ended
    }

    // Pulled: each answer names its prefix by the number of accepted transfers.
    const answer = new BankAnswer()
    const advance = (count: number) => {
      expect(prefixes.has(count), `${count} transfers is between two statements`).toBe(true)
      expect(count, 'a session never reads backwards').toBeGreaterThanOrEqual(answer.count)
      while (answer.count < count) answer.add(transfer(answer.count + 1))
    }
    for (const rows of pulled) {
      const of = (view: string) => rows.filter((row) => row[0] === view).map((row) => row.slice(1))
      const count = Number(of('accepted')[0]![0])
      advance(count)
      expect(of('outer_join')).toEqual([[String(count), String(count)]])
      for (const view of ['credits', 'debits', 'balance'] as const)
        expect(
          of(view)
            .map((r) => JSON.stringify(r))
            .sort(),
          `${view} of ${count}`,
        ).toEqual(answer.rows(view))
      expect(of('total').map((r) => JSON.stringify(r.slice(0, 1)))).toEqual(answer.rows('total'))
    }
    expect(pulled.length).toBeGreaterThan(10)

    checkPushed(followed, prefixes)
  },
  SOAK ? 1_200_000 : 120_000,
)

/** Walks all timestamps of all subscriptions: at each, every view is the batch result of the transfers accepted by then. */
function checkPushed(followed: ReadonlyMap<(typeof BANK_VIEWS)[number], Folded>, prefixes: ReadonlySet<number>): void {
  const answer = new BankAnswer()
  const walks = new Map(
    [...followed].map(([view, { changes }]) => [view, { changes, next: 0, rows: new Map<string, number>() }]),
  )
  const times = [...new Set([...followed.values()].flatMap(({ changes }) => changes.map(({ ms }) => ms)))].sort(
    (a, b) => a - b,
  )
  let accepted = 0
  for (const ms of times) {
    for (const [view, walk] of walks) {
      for (; walk.next < walk.changes.length && walk.changes[walk.next]!.ms <= ms; walk.next++) {
        const { diff, data } = walk.changes[walk.next]!
        if (view === 'accepted') accepted += diff
        if (view === 'outer_join') expect(data[1], 'a transfer never shows with one half').toBe(data[0])
        const key = JSON.stringify(data)
        const count = (walk.rows.get(key) ?? 0) + diff
        if (count === 0) walk.rows.delete(key)
        else walk.rows.set(key, count)
      }
    }
    expect(prefixes.has(accepted), `${accepted} transfers is between two statements`).toBe(true)
    while (answer.count < accepted) answer.add(transfer(answer.count + 1))
    expect(walks.get('outer_join')!.rows.size).toBe(accepted)
    for (const view of ['credits', 'debits', 'balance', 'total'] as const) {
      const rows = walks.get(view)!.rows
      expect([...rows.values()].every((count) => count === 1)).toBe(true)
      expect([...rows.keys()].sort(), `${view} at ${ms}`).toEqual(answer.rows(view))
    }
  }
  expect(answer.count).toBe(TRANSFERS)
  expect(times.length).toBeGreaterThan(50)
}

async function until(condition: () => boolean): Promise<void> {
  for (let n = 0; !condition(); n++) {
    if (n > 12_000) throw new Error('it never came about')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
