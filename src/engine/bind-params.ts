import { SqlError } from '../base/sql-error.ts'
import type { Finishing } from '../plan/logical.ts'
import type { PhysicalPlan } from '../plan/physical.ts'
import type { Scalar } from '../plan/scalar.ts'
import type { Datum, Row } from '../types/value.ts'

/** The plan with the values of its parameters in place. */
export function bindParams(plan: PhysicalPlan, params: Row): PhysicalPlan {
  return params.length === 0 ? plan : (bindNode(plan, params) as PhysicalPlan)
}

/** LIMIT and OFFSET may be parameters too: NULL means none; a negative one is 2201W / 2201X. */
export function bindFinishing(finishing: Finishing, params: Row): Finishing {
  const { limitParam, offsetParam } = finishing
  if (limitParam === undefined && offsetParam === undefined) return finishing
  const limit = limitParam === undefined ? finishing.limit : rowsOf(params[limitParam] ?? null)
  const offset = offsetParam === undefined ? finishing.offset : (rowsOf(params[offsetParam] ?? null) ?? 0)
  if (limit !== null && limit < 0) throw new SqlError('2201W', 'LIMIT must not be negative')
  if (offset < 0) throw new SqlError('2201X', 'OFFSET must not be negative')
  return { order: finishing.order, project: finishing.project, limit, offset }
}

const rowsOf = (value: Datum): number | null => (value === null ? null : Number(value))

/** Plans are plain data: every `param` scalar, wherever it stands, becomes a constant. */
function bindNode(node: unknown, params: Row): unknown {
  if (Array.isArray(node)) return node.map((item) => bindNode(item, params))
  if (typeof node !== 'object' || node === null || node instanceof Uint8Array) return node
  const scalar = node as Scalar
  if (scalar.kind === 'param') return { kind: 'const', value: params[scalar.index] ?? null, type: scalar.type }
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, bindNode(value, params)]))
}
