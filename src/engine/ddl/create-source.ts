import { SqlError } from '../../base/sql-error.ts'
import type { ConnectorSpec, SourceEntry } from '../../catalog/entry.ts'
import type { SourceConnector } from '../../connectors/contract.ts'
import type { DdlPlan } from '../../plan/ddl.ts'
import { laterWatermark } from '../../sql/ddl/later-watermark.ts'
import type { RowType } from '../../types/sql-type.ts'
import type { CallContext } from '../api.ts'
import { evalEnv } from '../eval-env.ts'
import { SourceRuntime } from '../source.ts'
import { type StreamStart, streamStart } from '../stream-start.ts'
import { completed, connectorSpec } from './connector-spec.ts'
import { checkStillThere, type DdlDeps, errorsRelation, exists } from './deps.ts'
import { lateRelation } from './late-relation.ts'
import { typesOfColumns } from './type-uses.ts'

type CreateSource = Extract<DdlPlan, { kind: 'createSource' }>

/** Asks the service first (≤ 10 s): a missing topic or an unreachable broker fails the statement and leaves nothing. */
export async function createSource(deps: DdlDeps, plan: CreateSource, call: CallContext): Promise<void> {
  if (exists(deps, plan, call)) return
  const whole = await completed(deps.connectors, { ...plan, columns: plan.rowType })
  const { columns: rowType, upsertKey } = whole
  const { catalog } = deps.world
  const watermark = plan.laterWatermark
    ? laterWatermark(plan.sql, rowType, upsertKey !== null, {
        catalog,
        database: call.database,
        evalEnv: evalEnv(deps.world, call),
      })
    : plan.watermark
  const spec = connectorSpec(deps.world, whole.connector, rowType, call)
  const { connector } = await openConnector(deps, spec, rowType)
  let kept = false
  try {
    await deps.world.exclusive.run(async () => {
      if (exists(deps, plan, call)) return
      const { world } = deps
      const { name, schema, sql, dependsOn, computed, arrivals } = plan
      checkStillThere(deps, [schema, ...dependsOn])
      const id = world.catalog.nextId
      const entry: SourceEntry = {
        kind: 'source',
        id,
        name,
        schema,
        sql,
        dependsOn: [...dependsOn, ...typesOfColumns(rowType)],
        rowType,
        connector: spec,
        upsertKey,
        ...(watermark && { watermark }),
        ...(computed && { computed }),
        ...(arrivals && { arrivals }),
      }
      const errors = errorsRelation(deps, entry, id + 1)
      const made = [entry, errors, ...lateRelation(world, entry, id + 2)]
      world.catalog = world.catalog.apply(made.map((e) => ({ kind: 'put' as const, entry: e })))
      startSource(deps, entry, connector)
      kept = true
      await deps.checkpoint()
    })
  } finally {
    if (!kept) await connector.close()
  }
}

/** A connector that answered, and where its stream begins and ends now. */
export async function openConnector(
  deps: DdlDeps,
  spec: ConnectorSpec,
  rowType: RowType,
): Promise<{ readonly connector: SourceConnector; readonly start: StreamStart }> {
  const connector = deps.connectors(spec, rowType)
  try {
    return { connector, start: await streamStart(connector) }
  } catch (error) {
    await connector.close()
    throw error instanceof SqlError
      ? error
      : new SqlError('58000', `source cannot be read: ${error instanceof Error ? error.message : error}`)
  }
}

/** Puts a source into the circuit, its feed still shut; recovery calls it too. */
export function startSource(
  { world }: Pick<DdlDeps, 'world'>,
  entry: SourceEntry,
  connector: SourceConnector,
): SourceRuntime {
  const source = new SourceRuntime(entry, connector, world.states, world.log)
  world.circuit.add([source.input])
  world.sources.set(entry.id, source)
  if (source.watermarks !== null) world.watermarks.set(entry.id, source.watermarks)
  return source
}
