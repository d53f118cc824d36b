import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { ManualClock } from '../../src/base/manual-clock.ts'
import { systemRuntime } from '../../src/base/runtime.ts'
import { openLmdbStore } from '../../src/state/lmdb/store.ts'
import { openMemoryStore } from '../../src/state/memory-store.ts'
import { LocalEngine } from '../../tools/e2e/local-engine.ts'
import { EventSource, START_MICROS, timeOf } from './events.ts'
import { CLOSED_SQL, HELD_SQL, SOAK_SQL } from './views.ts'

export interface SoakJob {
  readonly events: number
  readonly windows: number
  /** Windows between two looks. */
  readonly every: number
  /** Where it is stored; null: in memory, not at all durable. */
  readonly directory: string | null
}

/** What is held after so many windows. */
export interface SoakFigures {
  readonly windows: number
  readonly rows: number
  readonly stateBytes: number
  readonly logBytes: number
  /** Memory of the process without the pages of files: those of the database file may stay or go as the system likes. */
  readonly ownBytes: number
  readonly heapBytes: number
  readonly buffersBytes: number
  readonly diskBytes: number
  /** Processor time and wall time since the look before. */
  readonly cpuMs: number
  readonly wallMs: number
  /** Windows that closed so far: tumbling, hopping; sessions. */
  readonly closed: readonly number[]
}

/**
 * A stream with a watermark through the whole engine (journal, checkpoints, history), under views of every kind of
 * window. The clock follows the stream, so that what goes by the clock goes too.
 */
export async function* soak({ events, windows, every, directory }: SoakJob): AsyncGenerator<SoakFigures> {
  const rowsAWindow = Math.floor(events / windows)
  const clock = new ManualClock(systemRuntime)
  clock.setManual(true)
  clock.advanceTo(START_MICROS / 1000)
  const source = new EventSource(rowsAWindow, (next) => clock.advanceTo(Math.floor(timeOf(next, rowsAWindow) / 1000)))
  const store = directory === null ? openMemoryStore(clock) : openLmdbStore({ directory, runtime: systemRuntime })
  const local = await LocalEngine.open(store, () => source, clock)
  const session = local.session()
  try {
    for (const sql of SOAK_SQL) await session.query(sql)
    let { cpuMs, wallMs } = clocks()
    for (let done = every; done <= windows; done += every) {
      await source.raise(done * rowsAWindow)
      const now = clocks()
      const [[rows, bytes]] = await session.query(HELD_SQL)
      const [closed] = await session.query(CLOSED_SQL)
      globalThis.gc?.()
      const memory = process.memoryUsage()
      yield {
        windows: done,
        rows: Number(rows),
        stateBytes: Number(bytes),
        logBytes: logBytes(local),
        ownBytes: ownBytes(),
        heapBytes: memory.heapUsed,
        buffersBytes: memory.arrayBuffers,
        diskBytes: directory === null ? 0 : diskBytes(directory),
        cpuMs: now.cpuMs - cpuMs,
        wallMs: now.wallMs - wallMs,
        closed: closed.map(Number),
      }
      ;({ cpuMs, wallMs } = clocks())
    }
  } finally {
    await local.close()
  }
}

function clocks() {
  const { user, system } = process.cpuUsage()
  return { cpuMs: (user + system) / 1000, wallMs: performance.now() }
}

/** Changes that are kept for subscribers. */
function logBytes({ engine: { world } }: LocalEngine): number {
  let bytes = 0
  for (const view of world.views.values()) bytes += view.log.bytes
  return bytes
}

const STATUS = '/proc/self/status'

function ownBytes(): number {
  const anonymous = existsSync(STATUS) ? /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(STATUS, 'utf8')) : null
  return anonymous === null ? process.memoryUsage().rss : Number(anonymous[1]) * 1024
}

/** What the files take on the disk: they may have holes. */
function diskBytes(directory: string): number {
  return readdirSync(directory).reduce((sum, name) => sum + statSync(join(directory, name)).blocks * 512, 0)
}
