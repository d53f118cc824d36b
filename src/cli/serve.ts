import { AssertionError } from '../base/assert.ts'
import type { CatalogSnapshot } from '../catalog/entry.ts'
import { stderrLog } from './logger.ts'
import { processInputs } from './option-values.ts'
import { describeOptions, OptionError } from './options.ts'
import { serverOptions } from './serve-options.ts'
import { type RunningServer, startServer } from './server.ts'
import type { ServerOptions } from './server-options.ts'
import { stopServer } from './storage-failure.ts'

export const SERVE_HELP = `millrace serve: run a server

${describeOptions()}

Every option is also a MILLRACE_* variable (MILLRACE_PG_PORT), a key of ./millrace.json ("pg_port") and a row of
pg_settings; settings of sessions (--set, MILLRACE_STATEMENT_TIMEOUT, "statement_timeout") hold for all of them where they
are not SET otherwise. What is not known is refused. The first line on stdout, once connections are accepted, is
  ready: postgresql://millrace@127.0.0.1:6875/millrace
Logs go to stderr. SIGTERM and SIGINT let running statements end, then exit with 0; with 1 where the disk has no room for a
last checkpoint, or by SIGKILL where the disk does not even answer: what was acknowledged is stored, the next start finds it.
`

/** Resolves with the exit code once a signal ended the server. */
export async function serve(args: readonly string[]): Promise<number> {
  const { options, logLevel } = serverOptions(processInputs(args))
  const log = stderrLog(logLevel)
  // Signals may arrive while the server starts (recovery can take seconds): remembered, obeyed once it is up.
  let stop = (): void => {}
  const stopped = new Promise<void>((done) => {
    stop = done
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop())
  const server = await startServer(options, log).catch((error: unknown) => {
    throw startFailure(error, options)
  })
  process.stdout.write(`ready: ${server.url}\n`)
  log.info('listening', { sql: server.url, ...(server.httpPort === null ? {} : { http: httpUrl(server) }) })
  if (options.demo) process.stdout.write(banner(server, options))
  await stopped
  return stopServer(server, log)
}

/** What the user can mend gets one clear line; our own mistakes keep their stack. */
function startFailure(error: unknown, options: ServerOptions): unknown {
  if (!(error instanceof Error) || error instanceof AssertionError || error instanceof TypeError) return error
  const { code, port } = error as NodeJS.ErrnoException & { port?: number }
  if (code === 'EADDRINUSE') {
    const flag = port === options.httpPort ? '--http-port' : '--pg-port'
    return new OptionError(`port ${port} is taken: does a server run already? Another one: ${flag} <port>, 0 for any`)
  }
  return new OptionError(error.message)
}

export function banner(server: RunningServer, options: ServerOptions): string {
  const psql = `psql -h ${server.host} -p ${server.pgPort} -U millrace millrace`
  const http = server.httpPort === null ? '' : `\n  http      ${httpUrl(server)}/metrics`
  return `
  Millrace is running.
  data      ${options.dataDir ?? 'in memory, gone at exit'}
  sql       ${server.url}${http}

${proposals(server.engine.world.catalog, psql)}
`
}

const TRIES = [
  ['totals', 'SELECT * FROM demo.totals'],
  ['bids_by_buyer', 'SELECT * FROM demo.bids_by_buyer ORDER BY total DESC LIMIT 5'],
  ['top_bids', 'COPY (SUBSCRIBE TO demo.top_bids WITH (PROGRESS)) TO STDOUT'],
  ['top_bids', 'EXPLAIN MATERIALIZED VIEW demo.top_bids'],
] as const

/** What can be tried of the demo: it is made in a fresh directory only, and may have been dropped since. */
function proposals(catalog: CatalogSnapshot, psql: string): string {
  const demo = catalog.byName(0, 'demo')?.id
  const there = TRIES.filter(([view]) => demo !== undefined && catalog.byName(demo, view) !== undefined)
  if (there.length === 0) return '  This directory does not hold the demo (any more): a fresh --data-dir gets one.\n'
  const lines = there.map(([, sql]) => `    ${psql} -c '${sql}'\n`)
  return `  Try, in another terminal (no psql? use: npx millrace sql -c "…"):\n${lines.join('')}`
}

const httpUrl = ({ host, httpPort }: RunningServer): string =>
  `http://${host.includes(':') ? `[${host}]` : host}:${httpPort}`
