import type { ConnectorSpec } from '../../catalog/entry.ts'
import { validateConnector } from '../../connectors/registry.ts'
import type { ConnectorPlan } from '../../plan/ddl.ts'
import type { CallContext } from '../api.ts'
import type { World } from '../world.ts'

/** Checks a connector's options and fills in the defaults: what the catalog keeps. Says what has no effect. */
export function connectorSpec(world: World, plan: ConnectorPlan, call: CallContext): ConnectorSpec {
  const { kind, options } = plan.transport
  const { name, ...rest } = options
  // All load generators are one transport to the language; here each is its own.
  const [connector, given] = kind === 'generator' ? [String(name), rest] : [kind, options]
  const { options: complete, notices } = validateConnector(connector, given, world.runtime.nowMs())
  for (const message of notices) call.notice({ severity: 'NOTICE', sqlstate: '00000', message })
  return { ...plan, transport: { kind: connector, options: complete } }
}
