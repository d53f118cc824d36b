import type { Log } from '../base/log.ts'
import type { Runtime } from '../base/runtime.ts'
import type { Session } from '../session/contract.ts'
import type { SharedRows } from './shared-rows.ts'

/** Who opens sessions: the composition root hands it in. Throws SqlError for settings or databases it refuses. */
export type OpenSession = (request: {
  readonly user: string
  readonly database: string
  readonly settings: ReadonlyMap<string, string>
}) => Session

/** What a connection needs of its server. */
export interface ConnectionHost {
  readonly runtime: Runtime
  readonly log: Log
  readonly startupTimeoutMs: number
  readonly sharedRows: SharedRows
  /** Opens and registers a session for cancel requests; 53300 when there are too many. */
  open: OpenSession
  closed(session: Session): void
  cancel(pid: number, secretKey: number): void
}
