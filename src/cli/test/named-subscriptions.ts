/** `subscribe NAME …` and `expect NAME` of a file. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { PgConnection } from '../client/connection.ts'
import { diffLines } from './compare.ts'
import { formatPlain, normalizeLine, type TextRow } from './format.ts'
import type { Sessions } from './sessions.ts'

/** How long changes of a source may take to arrive; those of statements are there already. */
const WAIT_MS = 5000
const POLL_MS = 5

interface Change {
  readonly row: TextRow
  readonly count: number
}

const textOf = ({ row, count }: Change): string =>
  normalizeLine(`${count < 0 ? '-' : '+'} ${Math.abs(count)} ${row.map(formatPlain).join(' ')}`)

class Reader {
  readonly connection: PgConnection
  /** Changes that the file has not asked for yet. */
  readonly waiting: Change[] = []

  constructor(connection: PgConnection) {
    this.connection = connection
  }
  async take(): Promise<void> {
    for (const [, diff, ...row] of await this.connection.rows(`FETCH ALL c WITH (timeout = '0s')`))
      this.waiting.push({ row, count: Number(diff) })
  }
}

/** One connection each, apart from those that run statements: they stay in a transaction. */
export class NamedSubscriptions {
  readonly #sessions: Sessions
  readonly #open = new Map<string, Reader>()

  constructor(sessions: Sessions) {
    this.#sessions = sessions
  }
  get any(): boolean {
    return this.#open.size > 0
  }

  async subscribe(name: string, sql: string, connection: string | null): Promise<void> {
    this.#open.get(name)?.connection.destroy()
    this.#open.delete(name)
    const reader = await this.#sessions.twin(connection)
    await reader.query('BEGIN')
    await reader.query(`DECLARE c CURSOR FOR ${sql}`)
    this.#open.set(name, new Reader(reader))
  }

  /** The changes since the last time, as `+ 1 a`: null when they are the expected ones, else a diff. */
  async expect(name: string, lines: readonly string[]): Promise<string | null> {
    const reader = this.#open.get(name)
    if (reader === undefined) return `there is no subscription "${name}" (a crash or restart ends them)`
    const want = lines.map(normalizeLine).sort()
    const got: string[] = []
    for (let polls = 0; ; polls++) {
      await reader.take()
      got.push(...reader.waiting.splice(0).map(textOf))
      got.sort()
      if (got.length === want.length && got.every((line, i) => line === want[i])) return null
      if (got.length >= want.length || polls >= WAIT_MS / POLL_MS) return diffLines(want, got)
      await sleep(POLL_MS)
    }
  }

  /** A mode deletes rows and puts them back behind the file's back: what cancels out was never there. */
  async apart<T>(work: () => Promise<T>): Promise<T> {
    for (const reader of this.#open.values()) await reader.take()
    const before = new Map([...this.#open.values()].map((reader) => [reader, reader.waiting.length]))
    const result = await work()
    for (const [reader, known] of before) {
      await reader.take()
      const net = new Map<string, Change>()
      for (const { row, count } of reader.waiting.splice(known)) {
        const key = JSON.stringify(row)
        net.set(key, { row, count: count + (net.get(key)?.count ?? 0) })
      }
      reader.waiting.push(...[...net.values()].filter(({ count }) => count !== 0))
    }
    return result
  }

  /** The server went: nobody hears of them any more. */
  forget(): void {
    for (const reader of this.#open.values()) reader.connection.destroy()
    this.#open.clear()
  }
}
