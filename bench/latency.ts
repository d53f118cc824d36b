import pg from 'pg'
import { ServerProcess } from '../tools/e2e/server-process.ts'
import { quantile } from './measure.ts'
import type { BenchOptions, Figure, Scenario } from './scenario.ts'

const WARM_UP = 200

interface Samples {
  readonly acknowledged: number[]
  readonly read: number[]
  readonly pushed: number[]
}

/** A lone INSERT into a table under a join and group-by view of a server that does nothing else, on a real directory. */
export const latency: Scenario = {
  name: 'latency',
  title: 'insert to visible, idle server process, LMDB in a temporary directory (wall time)',
  async *run({ runs, quick }: BenchOptions): AsyncIterable<Figure> {
    const server = new ServerProcess()
    await server.start()
    try {
      const samples = await measure(server, quick ? 300 : 500 * runs)
      yield* figures('INSERT acknowledged (durable, all views changed)', samples.acknowledged, 'p50/p99 ≤ 2/15')
      yield* figures('INSERT, then SELECT of the view shows it', samples.read, 'p50/p99 ≤ 2/15')
      yield* figures('INSERT sent until a SUBSCRIBE of the view has it', samples.pushed, '')
    } finally {
      await server.dispose()
    }
  },
}

function* figures(name: string, samples: readonly number[], target: string): Iterable<Figure> {
  const note = `${samples.length} inserts`
  for (const q of [0.5, 0.99]) {
    yield { name: `${name}, p${q * 100}`, unit: 'ms', ours: quantile(samples, q), peer: null, target, note }
  }
}

async function measure(server: ServerProcess, inserts: number): Promise<Samples> {
  const writer = await server.connect()
  const subscriber = await server.connect()
  await writer.query('CREATE TABLE accounts (id int PRIMARY KEY, region text NOT NULL)')
  await writer.query('CREATE TABLE orders (id int PRIMARY KEY, account int NOT NULL, amount int NOT NULL)')
  await writer.query("INSERT INTO accounts SELECT g, 'r' || g % 10 FROM generate_series(0, 999) AS s(g)")
  await writer.query('INSERT INTO orders SELECT g, g % 1000, 1 FROM generate_series(1, 100000) AS s(g)')
  await writer.query(
    `CREATE MATERIALIZED VIEW revenue AS SELECT a.region, count(*) AS n, sum(o.amount) AS total
     FROM orders o JOIN accounts a ON a.id = o.account GROUP BY a.region`,
  )
  await writer.query('SELECT * FROM revenue')
  const seen = watch(subscriber)
  const samples: Samples = { acknowledged: [], read: [], pushed: [] }
  for (let i = 0; i < WARM_UP + inserts; i++) {
    const id = 200_000 + i
    const pushed = seen()
    const start = performance.now()
    await writer.query('INSERT INTO orders VALUES ($1, $2, 1)', [id, i % 1000])
    const acknowledged = performance.now() - start
    await writer.query(`SELECT n FROM revenue WHERE region = 'r${i % 10}'`)
    const read = performance.now() - start
    const at = await pushed
    if (i < WARM_UP) continue
    samples.acknowledged.push(acknowledged)
    samples.read.push(read)
    samples.pushed.push(at - start)
  }
  await writer.end()
  return samples
}

/** Each call gives the time of the next change that the subscription brings. */
function watch(client: pg.Client): () => Promise<number> {
  let tell: ((at: number) => void) | null = null
  const query = new pg.Query('SUBSCRIBE TO revenue WITH (SNAPSHOT = false)')
  query.on('row', () => {
    tell?.(performance.now())
    tell = null
  })
  // It ends with the server.
  query.on('error', () => {})
  client.query(query)
  return () =>
    new Promise((resolve) => {
      tell = resolve
    })
}
