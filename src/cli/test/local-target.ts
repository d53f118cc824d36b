import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLog } from '../../base/log.ts'
import { type RunningServer, startServer } from '../server.ts'
import type { ServerOptions } from '../server-options.ts'
import type { Target } from './target.ts'

/** A fresh server in this process; on disk when it is to be restarted. */
export async function localTarget(durable: boolean): Promise<Target> {
  const dataDir = durable ? mkdtempSync(join(tmpdir(), 'millrace-slt-')) : null
  const options: ServerOptions = { host: '127.0.0.1', pgPort: 0, httpPort: null, dataDir, demo: false, settings: {} }
  let server: RunningServer = await startServer(options, silentLog)
  return {
    get url() {
      return server.url
    },
    restart: durable
      ? async () => {
          await server.kill()
          server = await startServer(options, silentLog)
        }
      : null,
    async close() {
      await server.close()
      if (dataDir !== null) rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
