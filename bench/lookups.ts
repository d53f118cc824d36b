import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { serialize } from 'pg-protocol'
import { ServerProcess } from '../tools/e2e/server-process.ts'
import { postgresMissing, startPostgres } from '../tools/services/postgres.ts'
import { median } from './measure.ts'
import type { BenchOptions, Figure, Scenario } from './scenario.ts'
import { processCpuMs } from './wire/process-cpu.ts'
import { executeMessage, parseMessage, RawClient } from './wire/raw-client.ts'

const ROWS = 100_000
const FORMS = ['simple', 'prepared'] as const
type Form = (typeof FORMS)[number]
const CLIENTS = [1, 8] as const

interface Server {
  readonly name: string
  readonly url: string
  readonly pid: number
  stop(): Promise<void>
}

interface Load {
  readonly perSecond: number
  /** Processor time of the server per query, µs. */
  readonly cpuMicros: number | null
}

/** SELECT by primary key over the protocol, one query at a time on each connection, beside PostgreSQL. */
export const lookups: Scenario = {
  name: 'lookups',
  title: `point lookups by primary key in ${ROWS} rows, through the wire`,
  async *run({ runs, quick }: BenchOptions): AsyncIterable<Figure> {
    const servers = [await millrace()]
    try {
      if (postgresMissing() === null) servers.push(await postgres())
      for (const server of servers) await fill(server)
      for (const form of FORMS) {
        for (const clients of CLIENTS) yield* compare(servers, form, clients, runs, quick ? 400 : 1000)
      }
    } finally {
      for (const server of servers) await server.stop()
    }
  },
}

async function* compare(servers: readonly Server[], form: Form, clients: number, runs: number, ms: number) {
  const loads: Load[][] = servers.map(() => [])
  // The server's optimising compiler has seen the path before it is measured.
  for (const server of servers) await load(server, form, clients, ms)
  for (let run = 0; run < runs; run++) {
    for (const [s, server] of servers.entries()) loads[s].push(await load(server, form, clients, ms))
  }
  const [ours, theirs] = loads.map((each) => ({
    perSecond: median(each.map((l) => l.perSecond)),
    cpuMicros: each.some((l) => l.cpuMicros === null) ? null : median(each.map((l) => l.cpuMicros!)),
  }))
  const peer = (value: number | null | undefined) => (value == null ? null : { name: servers[1].name, value })
  const name = `${form}, ${clients} ${clients === 1 ? 'client' : 'clients'}`
  const target = clients === 8 ? '≥ 40 k, ≥ PostgreSQL' : '≥ PostgreSQL'
  yield { name, unit: 'queries/s', ours: ours.perSecond, peer: peer(theirs?.perSecond), target, note: 'wall time' }
  if (ours.cpuMicros === null) return
  const cpu = { name: `${name}: server`, unit: 'CPU µs/query', ours: ours.cpuMicros, target: '13' }
  yield { ...cpu, peer: peer(theirs?.cpuMicros), note: 'every thread and process of the server' }
}

async function load(server: Server, form: Form, clients: number, ms: number): Promise<Load> {
  const connections = await Promise.all(Array.from({ length: clients }, () => RawClient.open(server.url)))
  if (form === 'prepared') {
    for (const client of connections) await client.send(parseMessage('find', 'SELECT v FROM t WHERE id = $1'))
  }
  const messages = Array.from({ length: 4096 }, (_, i) => {
    const id = String((i * 48_271) % ROWS)
    return form === 'prepared' ? executeMessage('find', id) : serialize.query(`SELECT v FROM t WHERE id = ${id}`)
  })
  let done = 0
  const until = async (end: number) => {
    done = 0
    const work = connections.map(async (client, c) => {
      for (let i = c * 512; performance.now() < end; i++) {
        await client.send(messages[i & 4095])
        done++
      }
    })
    await Promise.all(work)
  }
  await until(performance.now() + ms / 4)
  const cpuBefore = processCpuMs(server.pid)
  const start = performance.now()
  await until(start + ms)
  const seconds = (performance.now() - start) / 1000
  const cpuAfter = processCpuMs(server.pid)
  for (const client of connections) client.close()
  const cpuMicros = cpuBefore === null || cpuAfter === null ? null : ((cpuAfter - cpuBefore) * 1000) / done
  return { perSecond: done / seconds, cpuMicros }
}

async function millrace(): Promise<Server> {
  const server = new ServerProcess()
  await server.start()
  return { name: 'millrace', url: server.url, pid: server.pid, stop: () => server.dispose() }
}

async function postgres(): Promise<Server> {
  const service = await startPostgres()
  const pid = Number(readFileSync(join(service.dir, 'data', 'postmaster.pid'), 'utf8').split('\n')[0])
  return { name: 'PostgreSQL', url: service.url, pid, stop: async () => service.stop() }
}

async function fill(server: Server): Promise<void> {
  const client = await RawClient.open(server.url)
  await client.query('CREATE TABLE t (id int PRIMARY KEY, v text NOT NULL)')
  await client.query(`INSERT INTO t SELECT g, 'value ' || g FROM generate_series(0, ${ROWS - 1}) AS s(g)`)
  client.close()
}
