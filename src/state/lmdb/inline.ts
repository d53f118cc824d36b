import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Runtime } from '../../base/runtime.ts'
import { SqlError } from '../../base/sql-error.ts'
import { QueuedStore } from '../queued-store.ts'
import type { Store } from '../store.ts'
import { ensureBallast } from './ballast.ts'
import { LmdbCore } from './core.ts'
import { lockDirectory } from './directory-lock.ts'

export interface LmdbOptions {
  readonly directory: string
  readonly runtime: Runtime
  readonly ballastBytes?: number | undefined
}

/** LMDB on the calling thread, for embedding: every commit blocks it for a sync. */
export function openInlineStore({ directory, runtime, ballastBytes }: LmdbOptions): Store {
  const unlock = lockDirectory(directory)
  ensureBallast(directory, ballastBytes)
  const store = new QueuedStore(new LmdbCore(directory), runtime)
  const close = store.close.bind(store)
  store.close = async () => {
    await close()
    unlock()
  }
  return store
}

/** For `millrace inspect`: reads only, without a lock, with the server stopped. */
export function openReadOnlyStore({ directory, runtime }: LmdbOptions): Store {
  if (!existsSync(join(directory, 'millrace.mdb'))) {
    throw new SqlError('58P01', `"${directory}" is not a data directory`, { hint: 'give --data-dir' })
  }
  return new QueuedStore(new LmdbCore(directory, true), runtime)
}
