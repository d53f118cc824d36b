import { silentLog } from '../../base/log.ts'
import { systemRuntime } from '../../base/runtime.ts'
import type { LiveEngine } from '../../engine/engine.ts'
import { openEngine } from '../../engine/open.ts'
import { sqlPlanner } from '../../session/sql-planner.ts'
import { sessionFactory } from '../../session/testing/open-sessions.ts'
import { openMemoryStore } from '../../state/memory-store.ts'
import { startWireServer } from '../server.ts'

/** A whole server in memory, without sources: engine, planner, sessions, protocol. */
export async function serveEngine(): Promise<{
  readonly port: number
  readonly engine: LiveEngine
  close(): Promise<void>
}> {
  const base = { runtime: systemRuntime, log: silentLog }
  const engine = await openEngine({
    ...base,
    store: openMemoryStore(systemRuntime),
    connectors: null,
    settings: [],
    onFailure: (error) => {
      throw error
    },
  })
  const sessions = sessionFactory({ ...base, engine, planner: sqlPlanner, settings: {} })
  const server = await startWireServer({ ...base, host: '127.0.0.1', port: 0, openSession: sessions.open })
  return {
    port: server.port,
    engine,
    async close() {
      await server.close(50)
      await engine.close()
    },
  }
}
