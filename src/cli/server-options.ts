/** How a server is to run; see options.ts for the flags behind it. */
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
  /** Where what was given came from, by the same names. */
  readonly sources?: Readonly<Record<string, SettingSource>>
}

/** As pg_settings names it. */
export type SettingSource = 'command line' | 'environment variable' | 'configuration file'
