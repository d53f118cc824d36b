import { notSupported } from '../../base/sql-error.ts'
import type { ConnectorSpec } from '../../catalog/entry.ts'
import type { SourcePlan } from '../../connectors/infer.ts'
import { validateConnector } from '../../connectors/registry.ts'
import type { ConnectorPlan } from '../../plan/ddl.ts'
import type { RowType } from '../../types/sql-type.ts'
import type { CallContext } from '../api.ts'
import type { ConnectorFactory, World } from '../world.ts'

/** Checks a connector's options and fills in the defaults: what the catalog keeps. Says what has no effect. */
export function connectorSpec(world: World, plan: ConnectorPlan, rowType: RowType, call: CallContext): ConnectorSpec {
  const { kind, options } = plan.transport
  const { name, ...rest } = options
  // All load generators are one transport to the language; here each is its own.
  const [connector, given] = kind === 'generator' ? [String(name), rest] : [kind, options]
  const { options: complete, notices } = validateConnector(connector, given, world.runtime.nowMs())
  for (const message of notices) call.notice({ severity: 'NOTICE', sqlstate: '00000', message })
  const { inferred: _, ...spec } = plan
  const names = rowType.map((field) => field.name)
  return { ...spec, names, transport: { kind: connector, options: complete } }
}

/** The source with everything that only a schema registry knows. */
export async function completed(connectors: ConnectorFactory, plan: SourcePlan): Promise<SourcePlan> {
  if (plan.connector.inferred === undefined) return plan
  if (connectors.complete === undefined) throw notSupported('a schema registry')
  return connectors.complete(plan)
}
