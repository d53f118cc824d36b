import { silentLog } from '../../base/log.ts'
import { systemRuntime } from '../../base/runtime.ts'
import { startWireServer, type WireServer, type WireServerOptions } from '../server.ts'
import { FakeSession } from './fake-session.ts'

/** A server of fake sessions on a free port. */
export async function serveFake(
  options: Partial<WireServerOptions> = {},
): Promise<{ readonly server: WireServer; readonly sessions: FakeSession[]; readonly port: number }> {
  const sessions: FakeSession[] = []
  const server = await startWireServer({
    host: '127.0.0.1',
    port: 0,
    runtime: systemRuntime,
    log: silentLog,
    openSession() {
      const session = new FakeSession(sessions.length + 1)
      sessions.push(session)
      return session
    },
    ...options,
  })
  return { server, sessions, port: server.port }
}
