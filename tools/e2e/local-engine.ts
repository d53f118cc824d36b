import { type Log, silentLog } from '../../src/base/log.ts'
import { type Runtime, systemRuntime } from '../../src/base/runtime.ts'
import { SqlError } from '../../src/base/sql-error.ts'
import type { LiveEngine } from '../../src/engine/engine.ts'
import { openEngine } from '../../src/engine/open.ts'
import type { ConnectorFactory } from '../../src/engine/world.ts'
import type { ResultField, ResultSink, Session } from '../../src/session/contract.ts'
import { PlanCache } from '../../src/session/plan-cache.ts'
import { createSession } from '../../src/session/session.ts'
import { sqlPlanner } from '../../src/session/sql-planner.ts'
import { openMemoryStore } from '../../src/state/memory-store.ts'
import type { Store } from '../../src/state/store.ts'
import { rowsOf } from '../../src/types/batch-build.ts'
import { typeOid } from '../../src/types/pg-type.ts'
import { formatText } from '../../src/types/text.ts'

/** Values as PostgreSQL writes them. */
export type TextRow = readonly (string | null)[]

export interface Answer {
  readonly oids: readonly number[]
  readonly rows: readonly TextRow[]
}

/** Our own mistakes must be seen: they reach a session as XX000 without their cause. */
const LOG: Log = { ...silentLog, error: (message, fields) => console.error(message, fields) }

const noSources: ConnectorFactory = () => {
  throw new Error('no sources here')
}

/** The whole server but its sockets: an engine in memory, and sessions on it. */
export class LocalEngine {
  readonly engine: LiveEngine
  readonly #planCache = new PlanCache()
  #lastPid = 0

  private constructor(engine: LiveEngine) {
    this.engine = engine
  }

  static async open(
    store: Store = openMemoryStore(systemRuntime),
    connectors: ConnectorFactory = noSources,
    runtime: Runtime = systemRuntime,
  ): Promise<LocalEngine> {
    const engine = await openEngine({
      store,
      runtime,
      log: LOG,
      connectors,
      settings: [],
      onFailure: (error) => {
        throw error
      },
    })
    return new LocalEngine(engine)
  }

  session(): LocalSession {
    return new LocalSession(
      createSession({
        engine: this.engine,
        planner: sqlPlanner,
        runtime: systemRuntime,
        log: LOG,
        settings: {},
        user: 'millrace',
        database: 'millrace',
        backendPid: ++this.#lastPid,
        planCache: this.#planCache,
      }),
    )
  }
  close(): Promise<void> {
    return this.engine.close()
  }
}

export class LocalSession {
  readonly session: Session
  #timeZone = 'UTC'

  constructor(session: Session) {
    this.session = session
  }

  /** Rows of the last statement that gave any; throws the SqlError of a failed one. */
  async query(sql: string): Promise<TextRow[]> {
    const rows: TextRow[] = []
    await this.#run(sql, (row) => rows.push(row))
    return rows
  }

  /** As `query`, with the types of the columns. */
  async answer(sql: string): Promise<Answer> {
    const rows: TextRow[] = []
    let oids: readonly number[] = []
    await this.#run(
      sql,
      (row) => rows.push(row),
      (fields) => {
        oids = fields.map(({ type }) => typeOid(type))
      },
    )
    return { oids, rows }
  }

  /** A SUBSCRIBE, row by row as they come; the promise ends with it. `cancel` is not an error of it. */
  async follow(sql: string, onRow: (row: TextRow) => void): Promise<void> {
    try {
      await this.#run(sql, onRow)
    } catch (error) {
      if (!(error instanceof SqlError) || error.sqlstate !== '57014') throw error
    }
  }
  cancel(): void {
    this.session.cancel()
  }

  async #run(
    sql: string,
    onRow: (row: TextRow) => void,
    onFields: (fields: readonly ResultField[]) => void = () => {},
  ): Promise<void> {
    let failed: SqlError | null = null
    const sink: ResultSink = {
      rowDescription: onFields,
      rows: async (batch, fields) => {
        const types = fields.map((f) => f.type)
        rowsOf(batch, types).forEach((row, i) => {
          const text = row.map((v, c) => (v === null ? null : formatText(v, types[c]!, { timeZone: this.#timeZone })))
          for (let n = batch.diffs[i]!; n > 0; n--) onRow(text)
        })
      },
      copyOutStart() {},
      async copyData() {},
      copyOutEnd() {},
      async *copyIn() {},
      commandComplete() {},
      emptyQuery() {},
      portalSuspended() {},
      notice() {},
      parameterStatus: (name, value) => {
        if (name === 'TimeZone') this.#timeZone = value
      },
      async flush() {},
      error(error) {
        failed = error
      },
    }
    await this.session.simpleQuery(sql, sink)
    if (failed !== null) throw failed
  }
}
