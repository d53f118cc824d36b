import { SqlError } from '../base/sql-error.ts'
import { readFrontend } from './frontend.ts'
import type { Input } from './input.ts'
import { FatalError, protocolViolation } from './protocol-error.ts'

/** How reading COPY data ended: all of it was read, the statement stopped early, or the connection cannot go on. */
export type CopyEnd =
  | { readonly kind: 'complete' }
  | { readonly kind: 'abandoned' }
  | { readonly kind: 'lost'; readonly error: FatalError }

/**
 * The data of COPY FROM STDIN. Sync and Flush that libpq sends ahead are passed over, as in PostgreSQL. Aborting `signal`
 * ends it with that reason, also while the client sends nothing.
 */
export async function* copyChunks(
  input: Input,
  signal: AbortSignal | undefined,
  onEnd: (end: CopyEnd) => void,
): AsyncGenerator<Uint8Array> {
  let end: CopyEnd = { kind: 'abandoned' }
  const lost = (error: SqlError): SqlError => {
    end = { kind: 'lost', error: new FatalError(error) }
    return error
  }
  try {
    for (;;) {
      const frame = await input.frame(signal).catch((error: unknown) => {
        if (signal?.aborted) throw signal.reason
        // Framing is gone.
        throw lost(error instanceof FatalError ? error.error : protocolViolation(String(error)))
      })
      if (frame === null) throw lost(new SqlError('08006', 'the client closed the connection during COPY from stdin'))
      const message = readFrontend(frame)
      switch (message.kind) {
        case 'copyData':
          yield message.data
          break
        case 'copyDone':
          end = { kind: 'complete' }
          return
        case 'copyFail':
          end = { kind: 'complete' }
          throw new SqlError('57014', `COPY from stdin failed: ${message.reason}`)
        case 'flush':
        case 'sync':
          break
        default:
          throw lost(protocolViolation(`unexpected ${message.kind} message during COPY from stdin`))
      }
    }
  } finally {
    onEnd(end)
  }
}
