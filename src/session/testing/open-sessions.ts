import type { Session } from '../contract.ts'
import type { SessionDeps } from '../deps.ts'
import { PlanCache } from '../plan-cache.ts'
import { createSession } from '../session.ts'

export interface SessionRequest {
  readonly user: string
  readonly database: string
  readonly settings: ReadonlyMap<string, string>
}

/** Opens sessions of one engine: they share a plan cache, and each gets a process id of its own. */
export function sessionFactory(deps: Pick<SessionDeps, 'engine' | 'planner' | 'runtime' | 'log' | 'settings'>): {
  open(request: SessionRequest): Session
  readonly planCache: PlanCache
} {
  const planCache = new PlanCache()
  let lastPid = 0
  return {
    planCache,
    open({ user, database, settings }) {
      // Cancel keys carry 32 bits; ids of sessions that ended long ago may come again.
      lastPid = lastPid === 0x7fff_ffff ? 1 : lastPid + 1
      return createSession({ ...deps, user, database, initialSettings: settings, backendPid: lastPid, planCache })
    },
  }
}
