/** The connections of one file by name, opened when first used and again when lost. */
import { PgConnection } from '../client/connection.ts'
import type { Target } from './target.ts'

const DEFAULT = ''
// The clock is the server's, not the session's.
const SETTING = /^\s*(?:re)?set\s+(?!(local|transaction|session\s+characteristics|clock)\b)/i

export class Sessions {
  readonly #target: Target
  readonly #open = new Map<string, PgConnection>()
  /** SET and RESET statements by connection: said again after a restart, and on connections that must see the same names. */
  readonly #settings = new Map<string, string[]>()
  #twins: PgConnection[] = []

  constructor(target: Target) {
    this.#target = target
  }

  async get(name: string | null): Promise<PgConnection> {
    const key = name ?? DEFAULT
    const known = this.#open.get(key)
    if (known && !known.lost) return known
    const connection = await this.#connect(key)
    this.#open.set(key, connection)
    return connection
  }

  /** A further connection with the settings of `name`. */
  async twin(name: string | null): Promise<PgConnection> {
    const connection = await this.#connect(name ?? DEFAULT)
    this.#twins.push(connection)
    return connection
  }

  observe(name: string | null, sql: string): void {
    if (!SETTING.test(sql)) return
    const key = name ?? DEFAULT
    this.#settings.set(key, [...(this.#settings.get(key) ?? []), sql])
  }

  get anyInTransaction(): boolean {
    return [...this.#open.values()].some((connection) => !connection.lost && connection.status !== 'idle')
  }

  destroyAll(): void {
    for (const connection of [...this.#open.values(), ...this.#twins]) connection.destroy()
    this.#open.clear()
    this.#twins = []
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.#open.values()].map((connection) => connection.close()))
    this.#open.clear()
  }

  async #connect(key: string): Promise<PgConnection> {
    const connection = await PgConnection.connect(this.#target.url)
    for (const sql of this.#settings.get(key) ?? []) await connection.query(sql)
    return connection
  }
}
