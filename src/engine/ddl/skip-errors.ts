import { SqlError } from '../../base/sql-error.ts'
import { ChangedMeanwhile } from '../changed-meanwhile.ts'
import type { DdlDeps } from './deps.ts'

/**
 * ALTER MATERIALIZED VIEW … SKIP ERRORS: the view's readers, dependants among them, lose its present errors, all at the
 * one journaled tick in which that happens. Later errors come through.
 */
export async function skipErrors({ world, ticker }: DdlDeps, { object }: { readonly object: number }): Promise<void> {
  const view = world.views.get(object)
  if (view === undefined) throw new ChangedMeanwhile()
  // What a snapshot has not given yet could not be told from what comes later.
  if (!view.live) throw new SqlError('55000', `materialized view "${view.entry?.name}" is not hydrated yet`)
  await ticker.mark([{ kind: 'setAside', object }])
}
