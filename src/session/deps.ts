import type { Log } from '../base/log.ts'
import type { Runtime } from '../base/runtime.ts'
import type { Engine } from '../engine/api.ts'
import type { PlanCache } from './plan-cache.ts'
import type { Planner } from './planner.ts'

/** What a session is made of. */
export interface SessionDeps {
  readonly engine: Engine
  readonly planner: Planner
  readonly runtime: Runtime
  readonly log: Log
  /** Of the server: defaults of session settings, and settings that are only shown. */
  readonly settings: Readonly<Record<string, string>>
  readonly user: string
  readonly database: string
  /** What the connection asked for at its start (application_name, TimeZone …). */
  readonly initialSettings?: ReadonlyMap<string, string>
  readonly backendPid: number
  /** Shared by the sessions of one engine; one of its own when left out. */
  readonly planCache?: PlanCache
}
