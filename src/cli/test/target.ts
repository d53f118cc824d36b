/** The server that a file runs against. */
import type { StubRecord } from './record.ts'

export interface Target {
  readonly url: string
  /** Ends the server as kill -9 would and starts it again on the same data; null where that is impossible. */
  readonly restart: (() => Promise<void>) | null
  /** Stops it in order, and starts it again on the same data; null where that is impossible. */
  readonly reopen: (() => Promise<void>) | null
  /** Its sources, where they are stubs. */
  readonly stubs: {
    run(record: StubRecord): Promise<string | null>
    /** Resolves when none of them is on its way up after a start. */
    settled(): Promise<void>
  } | null
  close(): Promise<void>
}

/** A server of somebody else's: its contents stay as the files leave them. */
export function remoteTarget(url: string): Target {
  return { url, restart: null, reopen: null, stubs: null, close: async () => {} }
}
