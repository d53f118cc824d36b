/** `subscribe NAME …` and `expect NAME` of a file. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { PgConnection } from '../client/connection.ts'
import { diffLines } from './compare.ts'
import { formatPlain, normalizeLine } from './format.ts'
import type { Sessions } from './sessions.ts'

/** How long changes of a source may take to arrive; those of statements are there already. */
const WAIT_MS = 5000
const POLL_MS = 5

/** One connection each, apart from those that run statements: they stay in a transaction. */
export class NamedSubscriptions {
  readonly #sessions: Sessions
  readonly #open = new Map<string, PgConnection>()

  constructor(sessions: Sessions) {
    this.#sessions = sessions
  }
  get any(): boolean {
    return this.#open.size > 0
  }

  async subscribe(name: string, sql: string, connection: string | null): Promise<void> {
    this.#open.get(name)?.destroy()
    this.#open.delete(name)
    const reader = await this.#sessions.twin(connection)
    await reader.query('BEGIN')
    await reader.query(`DECLARE c CURSOR FOR ${sql}`)
    this.#open.set(name, reader)
  }

  /** The changes since the last time, as `+ 1 a`: null when they are the expected ones, else a diff. */
  async expect(name: string, lines: readonly string[]): Promise<string | null> {
    const reader = this.#open.get(name)
    if (reader === undefined) return `there is no subscription "${name}" (a crash or restart ends them)`
    const want = lines.map(normalizeLine).sort()
    const got: string[] = []
    for (let polls = 0; ; polls++) {
      for (const row of await reader.rows(`FETCH ALL c WITH (timeout = '0s')`)) {
        const [, diff, ...values] = row
        const count = Number(diff)
        got.push(normalizeLine(`${count < 0 ? '-' : '+'} ${Math.abs(count)} ${values.map(formatPlain).join(' ')}`))
      }
      got.sort()
      if (got.length === want.length && got.every((line, i) => line === want[i])) return null
      if (got.length >= want.length || polls >= WAIT_MS / POLL_MS) return diffLines(want, got)
      await sleep(POLL_MS)
    }
  }

  /** The server went: nobody hears of them any more. */
  forget(): void {
    for (const reader of this.#open.values()) reader.destroy()
    this.#open.clear()
  }
}
