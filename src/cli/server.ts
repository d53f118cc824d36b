import { AssertionError } from '../base/assert.ts'
import { ensureDirectory } from '../base/ensure-directory.ts'
import type { Log } from '../base/log.ts'
import { ManualClock, runningClock } from '../base/manual-clock.ts'
import { type Runtime, systemRuntime } from '../base/runtime.ts'
import { type ConnectorDeps, connectorFactory } from '../connectors/registry.ts'
import { parseResolve } from '../connectors/resolve.ts'
import type { LiveEngine } from '../engine/engine.ts'
import { type OpenOptions, openEngine } from '../engine/open.ts'
import { describe as describeFailure } from '../engine/safe-mode.ts'
import { type HttpServer, startHttpServer } from '../http/server.ts'
import { PlanCache } from '../session/plan-cache.ts'
import { createSession } from '../session/session.ts'
import { sqlPlanner } from '../session/sql-planner.ts'
import { openLmdbStore } from '../state/lmdb/store.ts'
import { openMemoryStore } from '../state/memory-store.ts'
import { startWireServer, type WireServer } from '../wire/server.ts'
import { createDemo } from './demo.ts'
import { collectMetrics } from './metrics.ts'
import type { ServerOptions } from './server-options.ts'
import { sessionSettings, settingRows } from './setting-rows.ts'
import { failureForClients } from './storage-failure.ts'

/**
 * Composition root: the one place that knows every layer. `startServer` builds a whole server in this process.
 */
export interface RunningServer {
  readonly engine: LiveEngine
  readonly host: string
  readonly pgPort: number
  readonly httpPort: number | null
  /** postgresql://millrace@127.0.0.1:6875/millrace */
  readonly url: string
  /** Drains sessions, flushes, closes the store. */
  close(): Promise<void>
  /** Ends as kill -9 would: nothing is flushed, sockets are cut. The data directory can be opened again afterwards. */
  kill(): Promise<void>
}

/** The one database and its one role, until there are more. */
export const DATABASE = 'millrace'
const USER = 'millrace'

/** What tests put in the place of a server's own parts. */
export interface ServerParts extends Partial<Pick<ConnectorDeps, 'threads' | 'openTransport' | 'openRegistry'>> {
  readonly ballastBytes?: number | undefined
}

/** Resolves once connections are accepted and recovery is done. */
export async function startServer(
  options: ServerOptions,
  log: Log,
  clock: Runtime = options.settings['clock'] === 'manual' ? standingClock() : systemRuntime,
  { ballastBytes, ...connecting }: ServerParts = {},
): Promise<RunningServer> {
  // Time-outs of statements and sockets go on while the clock stands: they guard the server, not the data.
  const runtime = runningClock(clock)
  const { host, dataDir } = options
  if (dataDir !== null) ensureDirectory(dataDir)
  const store =
    dataDir === null ? openMemoryStore(runtime) : openLmdbStore({ directory: dataDir, runtime, ballastBytes })
  const resolve = parseResolve(options.settings['resolve'] ?? '')
  const rows = settingRows(options)
  let wire: WireServer | null = null
  let closing = false
  const engine = await openEngine({
    store,
    runtime: clock,
    log,
    connectors: connectorFactory({ runtime: clock, log, threads: true, resolve, ...connecting }),
    settings: rows,
    onFailure: (error) => {
      const told = wire?.fail(failureForClients(error))
      if (!closing) void endProcess(log, error, told)
    },
    ...crashHook(options.settings),
  })
  // A database that has seen later times goes on from there.
  if (clock.clock?.manual) clock.clock.advanceTo(Math.ceil(engine.nowMicros() / 1000))
  const planCache = new PlanCache()
  let shown = sessionSettings(options)
  let nextPid = 1
  const open = (request: {
    readonly user: string
    readonly database: string
    readonly settings: ReadonlyMap<string, string>
  }) =>
    createSession({
      engine,
      planner: sqlPlanner,
      runtime,
      log,
      settings: shown,
      user: USER,
      database: DATABASE,
      initialSettings: request.settings,
      backendPid: nextPid++,
      planCache,
    })
  if (options.demo && engine.isFresh)
    await createDemo(open({ user: USER, database: DATABASE, settings: new Map() }), log)
  wire = await startWireServer({ host, port: options.pgPort, openSession: open, runtime, log })
  const http = options.httpPort === null ? null : await listenHttp(options, options.httpPort, engine, wire, log)
  // Ports that were free to choose are known now.
  const actual = { ...options, pgPort: wire.port, httpPort: http?.port ?? null }
  rows.splice(0, rows.length, ...settingRows(actual))
  shown = sessionSettings(actual)
  return {
    engine,
    host,
    pgPort: wire.port,
    httpPort: http?.port ?? null,
    url: `postgresql://${USER}@${host.includes(':') ? `[${host}]` : host}:${wire.port}/${DATABASE}`,
    async close() {
      closing = true
      await wire.close()
      await http?.close()
      await engine.close()
      if (engine.world.failed !== null) throw engine.world.failed
    },
    async kill() {
      await wire.kill()
      await http?.close()
      await engine.abandon()
    },
  }
}

function standingClock(): ManualClock {
  const clock = new ManualClock(systemRuntime)
  clock.setManual(true)
  return clock
}

function listenHttp(
  options: ServerOptions,
  port: number,
  engine: LiveEngine,
  wire: WireServer,
  log: Log,
): Promise<HttpServer> {
  return startHttpServer({
    host: options.host,
    port,
    notReady: () => notReady(engine),
    collect: () => collectMetrics(engine, wire),
    log,
  })
}

function notReady({ world }: LiveEngine): string | null {
  if (world.failed !== null) return 'the server stopped after a storage error'
  return world.safeMode === null ? null : `safe mode, dataflows are paused: ${describeFailure(world.safeMode)}`
}

/**
 * `--set crash_at=journal:12` kills the process at the 12th such moment, `--set compact_bytes_min=…` compacts early,
 * `--set checkpoint_interval_ms=…` checkpoints often: how the crash tests hit what chance would not.
 * `--set fail_view=v` breaks every tick that changes view v.
 */
function crashHook(settings: Readonly<Record<string, string>>): {
  reach?: (moment: string) => void
  compactBytesMin?: number
  checkpointIntervalMs?: number
  built?: OpenOptions['built']
} {
  const compactBytesMin = Number(settings['compact_bytes_min'] ?? Number.NaN)
  const checkpointIntervalMs = Number(settings['checkpoint_interval_ms'] ?? Number.NaN)
  const [moment, count] = (settings['crash_at'] ?? '').split(':')
  let left = Number(count)
  return {
    ...(settings['fail_view'] === undefined ? {} : { built: failing(settings['fail_view']) }),
    ...(Number.isFinite(compactBytesMin) ? { compactBytesMin } : {}),
    ...(Number.isFinite(checkpointIntervalMs) ? { checkpointIntervalMs } : {}),
    ...(moment === ''
      ? {}
      : {
          reach(reached: string) {
            if (reached === moment && --left === 0) process.kill(process.pid, 'SIGKILL')
          },
        }),
  }
}

function failing(name: string): NonNullable<OpenOptions['built']> {
  return (view) => {
    if (view.entry?.name !== name) return
    Object.assign(view.output, {
      pieces() {
        throw new AssertionError('fault injected')
      },
    })
  }
}

/**
 * After a storage error nothing may be acknowledged: clients hear why, then it is over. Leaving by SIGKILL is safe, an
 * orderly exit can hang.
 */
async function endProcess(log: Log, error: Error, told: Promise<void> | undefined): Promise<void> {
  log.error('storage failed, the process ends', { error: error.message })
  await told
  process.kill(process.pid, 'SIGKILL')
}
