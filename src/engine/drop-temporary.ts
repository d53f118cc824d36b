import { isTemporarySchema } from '../catalog/temporary.ts'
import type { LiveEngine } from './engine.ts'

/** Tables of sessions that a crash ended. */
export async function dropTemporary(engine: LiveEngine): Promise<void> {
  const objects = [...engine.catalog().all()].flatMap((e) =>
    e.kind === 'schema' && isTemporarySchema(e.name) ? [e.id] : [],
  )
  if (objects.length === 0) return
  await engine.ddl(
    { kind: 'drop', objects, cascade: true },
    {
      signal: new AbortController().signal,
      lockTimeoutMs: 0,
      notice: () => {},
      setting: () => undefined,
      user: '',
      database: '',
      searchPath: [],
      timeZone: 'UTC',
    },
  )
}
