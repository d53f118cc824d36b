import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type KafkaService, startKafka } from '../services/kafka.ts'
import { serviceMissing } from '../services/missing.ts'
import { BANK_DDL, BANK_VIEWS, BankAnswer, money, transfer } from './bank.ts'
import { Folded } from './folded.ts'
import type { TextRow } from './local-engine.ts'
import { ServerProcess } from './server-process.ts'
import { Topics } from './topics.ts'
import { eventually, sleep } from './wait.ts'

/**
 * The bank's views over a topic of four partitions, the server killed five times: every answer is the batch result of
 * the records up to some offset of each partition, pulled and pushed, and offsets never go back.
 */
const SOAK = process.env['MILLRACE_SOAK'] === '1'
const TRANSFERS = SOAK ? 1_000_000 : 20_000
const KILLS = 5
const PARTITIONS = 4

const missing = serviceMissing('kafka')
if (missing !== null) process.stderr.write(`skipped: ${missing}\n`)

const server = new ServerProcess()
let kafka: KafkaService
let topics: Topics

beforeAll(async () => {
  if (missing !== null) return
  kafka = await startKafka()
  topics = await Topics.connect(kafka.brokers[0]!)
  await topics.create('transfers', PARTITIONS)
})
afterAll(async () => {
  await server.dispose()
  await topics?.close()
  await kafka?.stop()
})

const EVERYTHING = `
  SELECT 'seen', partition::text, n::text FROM seen
  UNION ALL SELECT 'accepted', count(*)::text, NULL FROM accepted
  UNION ALL SELECT 'outer_join', count(*)::text, count(other)::text FROM outer_join
  UNION ALL SELECT 'credits', account::text, credits::text FROM credits
  UNION ALL SELECT 'debits', account::text, debits::text FROM debits
  UNION ALL SELECT 'balance', account::text, balance::text FROM balance
  UNION ALL SELECT 'total', total::text, NULL FROM total`

async function textClient(): Promise<pg.Client> {
  const made = new pg.Client({
    connectionString: server.url,
    types: { getTypeParser: () => (text: string) => text } as never,
  })
  made.on('error', () => {})
  await made.connect()
  return made
}

/** Transfers of a partition, in the order of their offsets: transfer `id` lies in partition `id % 4`. */
const at = (partition: number, offset: number) => transfer(offset * PARTITIONS + partition)

/** The answer over the first records of each partition; moves forward only. */
class Prefix {
  readonly answer = new BankAnswer()
  readonly counts = new Array<number>(PARTITIONS).fill(0)

  advance(counts: readonly number[]): void {
    for (let p = 0; p < PARTITIONS; p++) {
      expect(counts[p]!, `partition ${p} never goes back`).toBeGreaterThanOrEqual(this.counts[p]!)
      for (; this.counts[p]! < counts[p]!; this.counts[p]!++) this.answer.add(at(p, this.counts[p]!))
    }
  }
}

function checkPulled(rows: readonly TextRow[], prefix: Prefix): void {
  const of = (name: string) => rows.filter((row) => row[0] === name).map((row) => row.slice(1))
  const counts = new Array<number>(PARTITIONS).fill(0)
  for (const [partition, n] of of('seen')) counts[Number(partition)] = Number(n)
  prefix.advance(counts)
  const count = String(prefix.answer.count)
  expect(of('accepted')[0]![0]).toBe(count)
  expect(of('outer_join')[0]).toEqual([count, count])
  for (const view of ['credits', 'debits', 'balance'] as const)
    expect(
      of(view)
        .map((r) => JSON.stringify(r))
        .sort(),
      view,
    ).toEqual(prefix.answer.rows(view))
  expect(of('total').map((r) => JSON.stringify(r.slice(0, 1)))).toEqual(prefix.answer.rows('total'))
}

/** A subscription that goes on after each crash from its last progress message, as a client would. */
class Resuming {
  readonly folded = new Folded()
  readonly #view: string
  #unsure: TextRow[] = []
  client: pg.Client | null = null

  constructor(view: string) {
    this.#view = view
  }

  async connect(): Promise<void> {
    this.#unsure = []
    this.client = await textClient()
    const from =
      this.folded.messages === 0
        ? 'WITH (SNAPSHOT, PROGRESS)'
        : `WITH (SNAPSHOT false, PROGRESS) AS OF ${this.folded.progressMs - 1}`
    const query = new pg.Query({ text: `SUBSCRIBE TO ${this.#view} ${from}`, rowMode: 'array' } as never)
    query.on('error', () => {})
    query.on('row', (row) => {
      const message = row as unknown as TextRow
      this.#unsure.push(message)
      if (message[1] !== 't') return
      for (const each of this.#unsure)
        if (each[1] === 'f' || Number(each[0]) >= this.folded.progressMs) this.folded.apply(each)
      this.#unsure = []
    })
    this.client.query(query)
  }
}

test.skipIf(missing !== null)(
  'bank transfers from four partitions, five kills',
  async () => {
    await server.start()
    let client = await textClient()
    await client.query(`CREATE SOURCE transfers (id bigint, from_account bigint, to_account bigint, amount numeric(12,2), ts timestamp)
      FROM KAFKA BROKER '${kafka.brokers[0]}' TOPIC 'transfers' FORMAT JSON INCLUDE PARTITION, OFFSET`)
    await client.query(BANK_DDL)
    await client.query(
      'CREATE MATERIALIZED VIEW seen AS SELECT partition, count(*) AS n, max("offset") AS last FROM transfers GROUP BY partition',
    )
    const followers = new Map([...BANK_VIEWS, 'seen'].map((view) => [view, new Resuming(view)]))
    for (const follower of followers.values()) await follower.connect()

    const producing = (async () => {
      for (let from = 0; from < TRANSFERS; from += 500) {
        const records = []
        for (let id = from; id < Math.min(TRANSFERS, from + 500); id++) {
          const { from: source, to, cents } = transfer(id)
          const ts = new Date(Date.UTC(2026, 0, 1) + id * 1000).toISOString().slice(0, -1)
          const value = `{"id":${id},"from_account":${source},"to_account":${to},"amount":${money(cents)},"ts":"${ts}"}`
          records.push({ partition: id % PARTITIONS, value })
        }
        await topics.send('transfers', records)
        await sleep(5)
      }
    })()

    const prefix = new Prefix()
    const pull = async (): Promise<number> => {
      checkPulled((await client.query({ text: EVERYTHING, rowMode: 'array' })).rows, prefix)
      return prefix.answer.count
    }
    let pulls = 0
    for (let kill = 0; kill < KILLS; kill++) {
      const end = performance.now() + 300 + Math.random() * 500
      for (; performance.now() < end; pulls++) await pull()
      await server.kill()
      await server.start()
      client = await textClient()
      await pull()
      for (const follower of followers.values()) await follower.connect()
    }
    await producing
    await eventually(pull, (count) => count === TRANSFERS, SOAK ? 1_200_000 : 120_000)
    expect(pulls).toBeGreaterThan(5)
    await client.query({ text: 'SELECT 1' })
    const last = Number((await client.query(`SELECT max(mz_timestamp) AS at FROM millrace.view_status`)).rows[0].at)
    await eventually(
      () => [...followers.values()].every(({ folded }) => folded.progressMs > last),
      (all) => all,
      120_000,
    )
    checkPushed(new Map([...followers].map(([view, { folded }]) => [view, folded])))
    for (const { client: each } of followers.values()) await each!.end()
    await client.end()
  },
  SOAK ? 2_700_000 : 240_000,
)

/** At every timestamp of any subscription all of them together are the batch result of one prefix. */
function checkPushed(followed: ReadonlyMap<string, Folded>): void {
  const prefix = new Prefix()
  const walks = [...followed].map(([view, { changes }]) => ({
    view,
    changes,
    next: 0,
    rows: new Map<string, number>(),
  }))
  const rowsOf = (view: string) => walks.find((w) => w.view === view)!.rows
  const times = [...new Set(walks.flatMap(({ changes }) => changes.map(({ ms }) => ms)))].sort((a, b) => a - b)
  // Subscriptions began one after another: before all have their snapshot there is nothing to compare.
  const begun = Math.max(...walks.map(({ changes }) => changes[0]?.ms ?? 0))
  for (const ms of times) {
    for (const walk of walks) {
      for (; walk.next < walk.changes.length && walk.changes[walk.next]!.ms <= ms; walk.next++) {
        const { diff, data } = walk.changes[walk.next]!
        if (walk.view === 'outer_join') expect(data[1]).toBe(data[0])
        const key = JSON.stringify(data)
        const count = (walk.rows.get(key) ?? 0) + diff
        if (count === 0) walk.rows.delete(key)
        else walk.rows.set(key, count)
      }
    }
    if (ms < begun) continue
    const counts = new Array<number>(PARTITIONS).fill(0)
    for (const key of rowsOf('seen').keys()) {
      const [partition, n, last] = JSON.parse(key) as string[]
      counts[Number(partition)] = Number(n)
      expect(Number(last)).toBe(Number(n) - 1)
    }
    prefix.advance(counts)
    for (const view of ['accepted', 'outer_join'])
      expect(rowsOf(view).size, `${view} at ${ms}`).toBe(prefix.answer.count)
    for (const view of ['credits', 'debits', 'balance', 'total'] as const)
      expect([...rowsOf(view).keys()].sort(), `${view} at ${ms}`).toEqual(prefix.answer.rows(view))
  }
  expect(prefix.answer.count).toBe(TRANSFERS)
}
