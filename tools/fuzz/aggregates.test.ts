import { afterAll, beforeAll, expect, test } from 'vitest'
import { type PostgresService, postgresMissing, startPostgres } from '../services/postgres.ts'
import { Choices } from './choices.ts'
import { compare, type Difference, type World } from './experiment.ts'
import { failed, openPair, type Pair } from './pair.ts'

/** Every aggregate of PostgreSQL over random rows that come and go, pulled and as a view: PostgreSQL's values and types. */
const missing = postgresMissing()
if (missing !== null) process.stderr.write(`skipped: ${missing}\n`)
const SOAK = process.env['MILLRACE_SOAK'] === '1'
const SEEDS = SOAK ? 100 : 1
const BATCHES = SOAK ? 12 : 4

let service: PostgresService
let pair: Pair
beforeAll(async () => {
  if (missing !== null) return
  service = await startPostgres()
  pair = await openPair(service.url)
})
afterAll(async () => {
  await pair?.close()
  service?.stop()
})

const VALUES: Readonly<Record<string, readonly string[]>> = {
  g: ['0', '1', '2'],
  i: ['1', '2', '-3', '7', '2147483647', '-2147483648'],
  j: ['1', '-2', '9223372036854775807', '-9223372036854775808', '4611686018427387904'],
  s: ['1', '2', '-3', '300', '-32768'],
  n: ['1.00', '2.5', '-1.25', '1e20', '0.000001', "'NaN'", '12345678901234567890.123'],
  f: ['1', '0.25', '-2.5', '0', '10', '-0.125'],
  r: ['1.5', '2', '-0.25'],
  x: ["'a'", "'b'", "''", "'Ba'", "'ä'"],
  v: ["'1 day'", "'25:00'", "'1 mon'", "'-3 days'", "'01:02:03.000004'"],
  b: ['true', 'false'],
  d: ["'2024-01-31'", "'2024-02-29'", "'infinity'"],
}
const COLUMNS = Object.keys(VALUES)

function worldOf(seed: number): World {
  const choices = Choices.seeded(seed)
  const value = (column: string): string => (choices.chance(20) ? 'NULL' : choices.one(VALUES[column]!))
  let next = 0
  const rows = (count: number): string =>
    Array.from({ length: count }, () => `(${[next++, ...COLUMNS.map(value)].join(', ')})`).join(', ')
  const ddl =
    'CREATE TABLE t (id int, g int, i int, j bigint, s smallint, n numeric, f float8, r real, x text, v interval, b boolean, d date)'
  const change = (): string => {
    const some = Array.from({ length: 4 }, () => choices.below(next)).join(', ')
    const column = choices.one(COLUMNS)
    const kind = choices.below(3)
    if (kind === 0) return `INSERT INTO t VALUES ${rows(1 + choices.below(3))}`
    if (kind === 1) return `DELETE FROM t WHERE id IN (${some})`
    return `UPDATE t SET ${column} = ${value(column)} WHERE id IN (${some})`
  }
  return {
    tables: [],
    ddl: [ddl],
    rows: [`INSERT INTO t VALUES ${rows(12)}`],
    batches: Array.from({ length: BATCHES }, () => Array.from({ length: 1 + choices.below(3) }, change)),
  }
}

// PostgreSQL rounds floats on its way, the order of the rows shows in the last digits; its NaN is none of numeric's.
const rounded = (sql: string): string => `round((${sql})::numeric, 6)`
const DEVIATIONS = ['var_pop', 'var_samp', 'variance', 'stddev_pop', 'stddev_samp', 'stddev']
const REGRESSIONS =
  'corr covar_pop covar_samp regr_avgx regr_avgy regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy'.split(
    ' ',
  )

/** `frame`: FILTER or OVER behind the call. */
function calls(distinct: string, behind: string): string[] {
  const filter = behind.startsWith(' FILTER')
  return [
    ...DEVIATIONS.flatMap((fn) => ['i', 'j', 's', 'n'].map((c) => `${fn}(${distinct}${c})${behind}`)),
    ...DEVIATIONS.flatMap((fn) => ['f', 'r'].map((c) => rounded(`${fn}(${distinct}${c})${behind}`))),
    ...REGRESSIONS.map((fn) => rounded(`${fn}(${distinct}f, s)${behind}`)),
    `regr_count(${distinct}f, s)${behind}`,
    ...['bit_and', 'bit_or', 'bit_xor'].flatMap((fn) => ['i', 'j', 's'].map((c) => `${fn}(${distinct}${c})${behind}`)),
    `every(${distinct}b)${behind}`,
    ...(behind === '' || filter ? orderedSets(behind) : []),
  ]
}

function orderedSets(behind: string): string[] {
  const within = (call: string, by: string): string => `${call} WITHIN GROUP (ORDER BY ${by})${behind}`
  return [
    ...['x', 'i DESC', 'd', 'b'].map((by) => within('mode()', by)),
    ...['0', '0.3', '0.5', '1', 'NULL'].map((p) => within(`percentile_cont(${p})`, 'f')),
    within('percentile_cont(0.7)', 'i DESC'),
    within('percentile_cont(ARRAY[0.1, NULL, 0.9])', 'f'),
    within('percentile_cont(0.4)', 'v'),
    within('percentile_cont(ARRAY[0.25, 0.75])', 'v DESC'),
    ...['x', 'i DESC', 'd', 'b', 'j'].map((by) => within('percentile_disc(0.6)', by)),
    within('percentile_disc(ARRAY[0, 0.5, 1])', 'x DESC'),
    ...['rank', 'dense_rank', 'percent_rank', 'cume_dist'].flatMap((fn) => [
      within(`${fn}(2)`, 'i'),
      within(`${fn}(NULL)`, 'i'),
      within(`${fn}(1.5)`, 'n DESC'),
      within(`${fn}('b', 1)`, 'x NULLS FIRST, i DESC NULLS LAST'),
    ]),
  ]
}

const FRAMES = [
  'PARTITION BY g ORDER BY id',
  'ORDER BY id ROWS BETWEEN 2 PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW',
]

const named = (columns: readonly string[]): string => columns.map((sql, k) => `${sql} AS c${k}`).join(', ')

const QUERIES = [
  `SELECT ${named(calls('', ''))} FROM t`,
  `SELECT ${named(['g', ...calls('', '')])} FROM t GROUP BY g`,
  `SELECT ${named(['g', ...calls('', ' FILTER (WHERE b)')])} FROM t GROUP BY g`,
  `SELECT ${named(['b', ...calls('DISTINCT ', '')])} FROM t GROUP BY b`,
  ...FRAMES.map((window) => `SELECT ${named(['id', ...calls('', ` OVER (${window})`)])} FROM t`),
  'SELECT g, rank(g) WITHIN GROUP (ORDER BY i), percentile_disc(g / 4.0) WITHIN GROUP (ORDER BY x) FROM t GROUP BY g',
  'SELECT g, b, cume_dist(g) WITHIN GROUP (ORDER BY i), mode() WITHIN GROUP (ORDER BY x) FROM t GROUP BY CUBE (g, b)',
  'SELECT o.id, (SELECT rank(o.i) WITHIN GROUP (ORDER BY t.i) FROM t WHERE t.g = o.g) FROM t o',
  'SELECT o.id, (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY t.f) FROM t WHERE t.i > o.i) FROM t o',
]

/** Row by row what differs, each value with its column. */
function told({ query, batch, way, wanted, found }: Difference): string {
  if (failed(wanted) || failed(found)) return JSON.stringify([way, wanted, found])
  const columns = QUERIES[query]!.split(/ AS c\d+(?:, | FROM t)/)
  const [left, right] = [wanted, found].map(({ rows }) => rows.map((row) => JSON.stringify(row)).sort())
  const lines = left!.flatMap((row, i) => {
    const [a, b] = [row, right![i] ?? '[]'].map((text) => JSON.parse(text) as string[])
    return a!.flatMap((value, c) => (value === b![c] ? [] : [`${columns[c]}: ${value}, found ${b![c]}`]))
  })
  return [`${way} after batch ${batch} of query ${query}`, ...lines].join('\n')
}

test.skipIf(missing !== null)(
  'aggregates have the values of PostgreSQL',
  async () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { differences, compared, failures, refused } = await compare(pair, worldOf(seed), QUERIES)
      expect(differences.map(told), `seed ${seed}`).toEqual([])
      expect([failures, refused]).toEqual([[], []])
      expect(compared).toBe(QUERIES.length * (BATCHES + 1))
    }
  },
  600_000,
)
