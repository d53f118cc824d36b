import { silentLog } from '../../base/log.ts'
import { type Runtime, systemRuntime } from '../../base/runtime.ts'
import type { Session } from '../contract.ts'
import type { SessionDeps } from '../deps.ts'
import { createSession } from '../session.ts'
import { FakeEngine, ID_LABEL } from './fake-engine.ts'
import { fakePlanner } from './fake-planner.ts'
import { Recorder } from './recorder.ts'

export interface Harness {
  readonly engine: FakeEngine
  readonly session: Session
  /** Id of table `t (id int not null, label text)` with rows 1 to 5. */
  readonly table: number
  /** A simple query; the transcript. */
  sql(text: string, input?: readonly string[]): Promise<string[]>
  /** An extended group of one statement. */
  extended(text: string, params?: readonly (number | string | null)[], maxRows?: number): Promise<string[]>
}

export function harness(options: Partial<SessionDeps> = {}, runtime: Runtime = systemRuntime): Harness {
  const engine = new FakeEngine()
  const rows = [1, 2, 3, 4, 5].map((id) => [id, `row ${id}`])
  const table = engine.addTable('t', ID_LABEL, rows)
  const session = createSession({
    engine,
    planner: fakePlanner,
    runtime,
    log: silentLog,
    settings: {},
    user: 'millrace',
    database: 'millrace',
    backendPid: 1,
    ...options,
  })
  return {
    engine,
    session,
    table,
    async sql(text, input = []) {
      const sink = new Recorder()
      sink.input = input
      await session.simpleQuery(text, sink)
      return sink.lines
    },
    extended: (text, params = [], maxRows = 0) => extended(session, text, params, maxRows),
  }
}

async function extended(
  session: Session,
  text: string,
  params: readonly (number | string | null)[],
  maxRows: number,
): Promise<string[]> {
  const sink = new Recorder()
  await session.parse('', text, [])
  await session.bind('', '', params, [])
  await session.execute('', maxRows, sink, true)
  await session.sync()
  return sink.lines
}

/** Waits until `condition` holds. */
export async function eventually(condition: () => boolean): Promise<void> {
  for (let i = 0; !condition(); i++) {
    if (i > 30_000) throw new Error('it never came about')
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}
