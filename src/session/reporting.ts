import type { Run } from './run.ts'

/** Runs what may change settings and tells the client the new values of those that it follows. */
export async function reporting(run: Pick<Run, 'session' | 'sink'>, change: () => Promise<void> | void): Promise<void> {
  const { settings } = run.session
  const before = new Map(settings.reported())
  try {
    await change()
  } finally {
    for (const [name, value] of settings.reported()) {
      if (before.get(name) !== value) run.sink.parameterStatus(name, value)
    }
  }
}
