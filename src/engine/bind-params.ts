import type { PhysicalPlan } from '../plan/physical.ts'
import type { Scalar } from '../plan/scalar.ts'
import type { Row } from '../types/value.ts'

/** The plan with the values of its parameters in place. */
export function bindParams(plan: PhysicalPlan, params: Row): PhysicalPlan {
  return params.length === 0 ? plan : (bindNode(plan, params) as PhysicalPlan)
}

/** Plans are plain data: every `param` scalar, wherever it stands, becomes a constant. */
function bindNode(node: unknown, params: Row): unknown {
  if (Array.isArray(node)) return node.map((item) => bindNode(item, params))
  if (typeof node !== 'object' || node === null || node instanceof Uint8Array) return node
  const scalar = node as Scalar
  if (scalar.kind === 'param') return { kind: 'const', value: params[scalar.index] ?? null, type: scalar.type }
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, bindNode(value, params)]))
}
