/**
 * Composition root: the one place that knows every layer. `startServer` builds a whole server in this process.
 */
export interface ServerOptions {
  readonly host: string
  /** 0 picks a free port. */
  readonly pgPort: number
  /** 0 picks a free port; null opens none. */
  readonly httpPort: number | null
  /** Folder of the store; null keeps everything in memory. */
  readonly dataDir: string | null
  /** Create schema `demo` in a fresh data directory. */
  readonly demo: boolean
  /** Every other setting by its pg_settings name, as text (see cli/options.ts). */
  readonly settings: Readonly<Record<string, string>>
}

export interface RunningServer {
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
