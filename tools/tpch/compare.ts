import pg from 'pg'
import { LocalEngine, type LocalSession, type TextRow } from '../e2e/local-engine.ts'
import { type Change, Changes, insert } from './changes.ts'
import { TpchData, type TpchRow } from './data.ts'
import { DEFAULTS, type Parameters, queries } from './queries.ts'
import { createTable, REFERENCE_INDEXES, TABLE_NAMES, type TableName } from './tables.ts'

/** TPC-H beside PostgreSQL: its queries as materialized views over the same data, compared after every change. */
export interface TpchRun {
  readonly scale: number
  readonly seed: number
  /** Rounds of new orders, old orders, updates. */
  readonly rounds: number
  /** What the queries look for; left out: what the data has, so that few answers are empty. */
  readonly parameters?: Parameters
  readonly url: string
  readonly told: (line: string) => void
}

export interface TpchOutcome {
  /** Views × steps. */
  readonly compared: number
  /** Queries that had a row at some step. */
  readonly answered: ReadonlySet<number>
  readonly differences: readonly string[]
}

const ROWS_AN_INSERT = 1000

export async function compareTpch(run: TpchRun): Promise<TpchOutcome> {
  const data = new TpchData(run.scale, run.seed)
  const rows = data.rows()
  const texts = queries(run.parameters ?? fitting(data, rows))
  const client = new pg.Client({
    connectionString: run.url,
    types: { getTypeParser: () => (text: string) => text } as never,
  })
  await client.connect()
  const engine = await LocalEngine.open()
  const session = engine.session()
  const outcome = { compared: 0, answered: new Set<number>(), differences: [] as string[] }
  try {
    await load(client, session, rows, run.told)
    for (const [i, text] of texts.entries()) await timed(run, `create q${i + 1}`, () => session.query(view(i, text)))
    const compare = async (step: string): Promise<void> => {
      for (const [i, text] of texts.entries()) {
        const expected = (await client.query({ text, rowMode: 'array' })).rows as TextRow[]
        const found = await session.query(`SELECT * FROM q${i + 1}`)
        outcome.compared++
        if (expected.length > 0 && expected.some((row) => row.some((v) => v !== null))) outcome.answered.add(i + 1)
        const difference = unequal(found, expected)
        if (difference !== null) outcome.differences.push(`q${i + 1} after ${step}:\n${difference}`)
      }
    }
    await compare('the first rows')
    const changes = new Changes(data)
    for (let round = 1; round <= run.rounds && outcome.differences.length === 0; round++) {
      for (const change of [changes.inserts(), changes.deletes(), changes.updates()]) {
        await timed(run, `${change.name} (round ${round})`, () => applied(session, change))
        for (const statement of change.statements) await client.query(statement)
        await compare(`${change.name} (round ${round})`)
      }
    }
    if (run.scale >= 0.004) run.told(await costs(session))
    return outcome
  } finally {
    await client.end()
    await engine.close()
  }
}

const view = (i: number, text: string): string => `CREATE MATERIALIZED VIEW q${i + 1} AS ${text}`

async function applied(session: LocalSession, change: Change): Promise<void> {
  for (const statement of change.statements) await session.query(statement)
}

async function timed(run: TpchRun, what: string, work: () => Promise<unknown>): Promise<void> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  run.told(`${what}: ${Math.round((user + system) / 1000)} ms`)
}

async function load(
  client: pg.Client,
  session: LocalSession,
  rows: Record<TableName, TpchRow[]>,
  told: (line: string) => void,
): Promise<void> {
  await client.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public; SET jit = off')
  for (const name of TABLE_NAMES) {
    for (const create of [(sql: string) => client.query(sql), (sql: string) => session.query(sql)])
      await create(createTable(name))
    const all = rows[name]
    for (let i = 0; i < all.length; i += ROWS_AN_INSERT) {
      const sql = insert(name, all.slice(i, i + ROWS_AN_INSERT))
      await client.query(sql)
      await session.query(sql)
    }
    told(`${name}: ${all.length} rows`)
  }
  for (const sql of REFERENCE_INDEXES) await client.query(sql)
  await client.query('ANALYZE')
}

/** Both are compared as bags: what is kept in a view has no order. */
function unequal(found: readonly TextRow[], expected: readonly TextRow[]): string | null {
  const [ours, theirs] = [found, expected].map((rows) => rows.map((row) => JSON.stringify(row)).sort())
  if (ours!.length === theirs!.length && ours!.every((row, i) => row === theirs![i])) return null
  const only = (a: readonly string[], b: readonly string[]): string[] => {
    const rest = new Map<string, number>()
    for (const row of b) rest.set(row, (rest.get(row) ?? 0) + 1)
    return a.filter((row) => {
      const n = rest.get(row) ?? 0
      rest.set(row, n - 1)
      return n <= 0
    })
  }
  const lines = [...only(theirs!, ours!).map((row) => `- ${row}`), ...only(ours!, theirs!).map((row) => `+ ${row}`)]
  return lines.slice(0, 12).join('\n')
}

/** Parameters that rows of the data have. */
function fitting(data: TpchData, rows: Record<TableName, TpchRow[]>): Parameters {
  const part = data.one(rows.part)
  const others = [part, data.one(rows.part), data.one(rows.part)]
  const brands = others.map((row) => row[3]!)
  const nation = rows.nation[Number(data.one(rows.supplier)[3])]!
  const other = rows.nation[Number(data.one(rows.customer)[3])]!
  const region = rows.region[Number(nation[2])]![1]!
  return {
    ...DEFAULTS,
    region,
    nation: nation[1]!,
    otherNation: other[1]!,
    nationRegion: rows.region[Number(other[2])]![1]!,
    size: Number(part[5]),
    type: part[4]!,
    colour: part[1]!.split(' ')[0]!,
    brands: [brands[0]!, brands[0]!, brands[2]!],
    container: part[6]!,
    sizes: [...new Set([...DEFAULTS.sizes, ...others.map((row) => Number(row[5]))])],
    quantity: largeOrder(data.scale),
  }
}

/** Orders of seven large lines are rare: there are none among a few hundred. */
const largeOrder = (scale: number): number => (scale < 0.01 ? 200 : DEFAULTS.quantity)

/** What each view holds and what it took. */
async function costs(session: LocalSession): Promise<string> {
  const rows = await session.query(
    `SELECT view, sum(rows), pg_size_pretty(sum(bytes)), round(sum(cpu)) FROM (SELECT view, operator, sql, cpu_ms AS cpu,
       sum(rows) AS rows, sum(bytes) AS bytes FROM millrace.operator_state WHERE view IS NOT NULL
       GROUP BY view, operator, sql, cpu_ms) s GROUP BY view ORDER BY 4 DESC`,
  )
  return ['view | rows | bytes | CPU ms', ...rows.map((row) => row.join(' | '))].join('\n')
}
