import { resolve } from 'node:path'
import { type LogLevel, stderrLog } from './logger.ts'
import { processInputs, readOptions } from './option-values.ts'
import { describeOptions, OptionError } from './options.ts'
import { type RunningServer, type ServerOptions, startServer } from './server.ts'

export const SERVE_HELP = `millrace serve: run a server

${describeOptions()}

Every option is also a MILLRACE_* variable (MILLRACE_PG_PORT), a key of ./millrace.json ("pg_port") and a row of
pg_settings. The first line on stdout, once connections are accepted, is
  ready: postgresql://millrace@127.0.0.1:6875/millrace
Logs go to stderr. SIGTERM and SIGINT let running statements end, then exit with 0.
`

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/

export function serverOptions(args: readonly string[]): { options: ServerOptions; logLevel: LogLevel } {
  const { values, settings } = readOptions(processInputs(args))
  const host = values['host'] ?? '127.0.0.1'
  if (!LOOPBACK.test(host)) {
    throw new OptionError(
      `refusing to listen on ${host}: there are no passwords yet, so anybody who reaches the port owns the data.\n` +
        'Listen on 127.0.0.1 and use an SSH tunnel: ssh -L 6875:127.0.0.1:6875 <this machine>',
    )
  }
  return {
    options: {
      host,
      pgPort: Number(values['pg_port']),
      httpPort: Number(values['http_port']),
      dataDir: values['memory'] === 'on' ? null : resolve(values['data_dir'] ?? './millrace-data'),
      demo: values['demo'] === 'on',
      settings,
    },
    logLevel: values['log_level'] as LogLevel,
  }
}

/** Resolves with the exit code once a signal ended the server. */
export async function serve(args: readonly string[]): Promise<number> {
  const { options, logLevel } = serverOptions(args)
  const log = stderrLog(logLevel)
  // Signals may arrive while the server starts (recovery can take seconds): remembered, obeyed once it is up.
  let stop = (): void => {}
  const stopped = new Promise<void>((done) => {
    stop = done
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop())
  const server = await startServer(options, log)
  process.stdout.write(`ready: ${server.url}\n`)
  if (options.demo) process.stdout.write(banner(server, options))
  await stopped
  log.info('stopping')
  await server.close()
  log.info('stopped')
  return 0
}

export function banner(server: RunningServer, options: ServerOptions): string {
  const psql = `psql -h ${server.host} -p ${server.pgPort} -U millrace millrace`
  const http = server.httpPort === null ? '' : `\n  http      http://${server.host}:${server.httpPort}/metrics`
  return `
  Millrace is running.
  data      ${options.dataDir ?? 'in memory, gone at exit'}
  sql       ${server.url}${http}

  Try, in another terminal (no psql? use: npx millrace sql -c "…"):
    ${psql} -c '\\dm demo.*'
    ${psql} -c 'SELECT * FROM demo.auctions_by_seller LIMIT 5'
    ${psql} -c 'COPY (SUBSCRIBE TO demo.top_bids WITH (PROGRESS)) TO STDOUT'
    ${psql} -c 'EXPLAIN MATERIALIZED VIEW demo.top_bids'

`
}
