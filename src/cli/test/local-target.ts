import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLog } from '../../base/log.ts'
import { ManualClock } from '../../base/manual-clock.ts'
import { systemRuntime } from '../../base/runtime.ts'
import { StubSources } from '../../connectors/stub/stub-sources.ts'
import { type RunningServer, startServer } from '../server.ts'
import type { ServerOptions } from '../server-options.ts'
import { stubTarget } from './stub-target.ts'
import type { Target } from './target.ts'

/** A fresh server in this process, whose clock can be stopped; on disk when it is to be restarted. */
export async function localTarget(durable: boolean, stubSources = false): Promise<Target> {
  const dataDir = durable ? mkdtempSync(join(tmpdir(), 'millrace-slt-')) : null
  const options: ServerOptions = { host: '127.0.0.1', pgPort: 0, httpPort: null, dataDir, demo: false, settings: {} }
  // One clock for all its lives: where it stands is where a restart finds it.
  const clock = new ManualClock(systemRuntime)
  const stubs = stubSources ? new StubSources(clock) : null
  const connecting =
    stubs === null ? {} : { threads: false, openTransport: stubs.openTransport, openRegistry: stubs.registry.open }
  // Room for a disk that fills up need not be held for a file of statements: writing it would take most of a start.
  const parts = { ...connecting, ballastBytes: 0 }
  const start = (): Promise<RunningServer> => startServer(options, silentLog, clock, parts)
  let server = await start()
  return {
    get url() {
      return server.url
    },
    restart: durable
      ? async () => {
          await server.kill()
          server = await start()
        }
      : null,
    reopen: durable
      ? async () => {
          await server.close()
          server = await start()
        }
      : null,
    stubs: stubs === null ? null : stubTarget(stubs, () => server.engine, clock),
    async close() {
      await server.close()
      if (dataDir !== null) rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
