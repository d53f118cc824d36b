import type { Log } from '../base/log.ts'
import { SqlError } from '../base/sql-error.ts'
import { StoreFailure } from '../state/store.ts'

/** What clients are told before their connections end, when the server can acknowledge nothing any more. */
export function failureForClients(error: Error): SqlError {
  if (!(error instanceof StoreFailure)) {
    return new SqlError('XX000', 'the server ends after an internal error', { hint: 'The server log has the details.' })
  }
  const detail = 'What was acknowledged is stored. The server ends.'
  if (error.noRoomFor === null)
    return new SqlError('58030', 'the storage failed', { detail, hint: 'The server log has the details.' })
  return new SqlError('53100', `could not extend file "${error.noRoomFor}": No space left on device`, {
    detail,
    hint: 'Check free disk space, then start the server again.',
  })
}

/** The orderly end of a server; the exit code. What could not be checkpointed any more lies in the journal. */
export async function stopServer(
  server: { close(): Promise<void> },
  log: Log,
  kill: () => void = () => process.kill(process.pid, 'SIGKILL'),
): Promise<number> {
  log.info('stopping')
  try {
    await server.close()
  } catch (error) {
    if (!(error instanceof StoreFailure)) throw error
    log.error('stopped without a last checkpoint; what was acknowledged is stored', { error: error.message })
    // An orderly exit would wait for the storage thread.
    if (error.hangs) kill()
    return 1
  }
  log.info('stopped')
  return 0
}
