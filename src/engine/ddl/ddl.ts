import { unreachable } from '../../base/assert.ts'
import type { DdlPlan } from '../../plan/ddl.ts'
import type { CallContext } from '../api.ts'
import { alterColumns } from './alter-columns.ts'
import { alterTable } from './alter-table.ts'
import { alterWatermark } from './alter-watermark.ts'
import { comment } from './comment.ts'
import { createSource } from './create-source.ts'
import { createTable } from './create-table.ts'
import { createIndex, createMaterializedView, createView } from './create-view.ts'
import { change, type DdlDeps } from './deps.ts'
import { dropObjects } from './drop-types.ts'
import { createFunction } from './function.ts'
import { mergeLate } from './merge-late.ts'
import { rename, renameColumn } from './rename.ts'
import { replan } from './replan.ts'
import { alterSequence, createSequence } from './sequence.ts'
import { skipErrors } from './skip-errors.ts'
import { alterDomain, alterEnum, createType } from './types.ts'
import { viewTime } from './view-time.ts'

/**
 * Autocommit DDL. The catalog changes and the running objects with it, in the exclusive lane; a checkpoint makes both
 * durable at once, so the journal never spans a change of the catalog. What can fail is asked before anything changes.
 * Answers with the rows that CREATE TABLE … AS put in, or MERGE LATE brought in, else null.
 */
export async function executeDdl(deps: DdlDeps, plan: DdlPlan, call: CallContext): Promise<number | null> {
  if (plan.kind === 'createTable') return createTable(deps, plan, call)
  if (plan.kind === 'mergeLate') return mergeLate(deps, plan, call)
  await otherDdl(deps, plan, call)
  return null
}

async function otherDdl(
  deps: DdlDeps,
  plan: Exclude<DdlPlan, { kind: 'createTable' | 'mergeLate' }>,
  call: CallContext,
): Promise<void> {
  switch (plan.kind) {
    case 'createSchema':
      return change(deps, plan, call, (id) => [
        { kind: 'put', entry: { kind: 'schema', id, name: plan.name, schema: 0, sql: plan.sql, dependsOn: [] } },
      ])
    case 'createConnection':
      return change(deps, plan, call, (id) => {
        const { name, schema, sql, dependsOn, transport, options } = plan
        return [{ kind: 'put', entry: { kind: 'connection', id, name, schema, sql, dependsOn, transport, options } }]
      })
    case 'createSource':
      return createSource(deps, plan, call)
    case 'createView':
      return createView(deps, plan, call)
    case 'createMaterializedView':
      return createMaterializedView(deps, plan, call)
    case 'createIndex':
      return createIndex(deps, plan, call)
    case 'comment':
      return comment(deps, plan)
    case 'alterColumns':
      return alterColumns(deps, plan, call)
    case 'alterTable':
      return alterTable(deps, plan, call)
    case 'createFunction':
      return createFunction(deps, plan)
    case 'createSequence':
      return createSequence(deps, plan, call)
    case 'alterSequence':
      return alterSequence(deps, plan)
    case 'createType':
      return createType(deps, plan, call)
    case 'alterEnum':
      return alterEnum(deps, plan)
    case 'alterDomain':
      return alterDomain(deps, plan, call)
    case 'drop':
      return dropObjects(deps, plan, call)
    case 'rename':
      return rename(deps, plan, call)
    case 'renameColumn':
      return renameColumn(deps, plan, call)
    case 'replan':
      return replan(deps, plan, call)
    case 'addWatermark':
    case 'dropWatermark':
      return alterWatermark(deps, plan, call)
    case 'viewTime':
      return viewTime(deps, plan)
    case 'skipErrors':
      return skipErrors(deps, plan)
    default:
      return unreachable(plan)
  }
}
