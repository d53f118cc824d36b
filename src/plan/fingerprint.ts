import { createHash } from 'node:crypto'
import { canonicalJson } from '../base/canonical-json.ts'
import type { PhysicalPlan } from './physical.ts'

/** Equal plans, equal fingerprint; positions in the SQL text do not count. */
export function fingerprint(plan: Omit<PhysicalPlan, 'fingerprint'>): string {
  return createHash('sha256')
    .update(canonicalJson(withoutPositions(plan)))
    .digest('hex')
    .slice(0, 16)
}

function withoutPositions(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPositions)
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return value
  const entries = Object.entries(value).filter(([key]) => key !== 'position')
  return Object.fromEntries(entries.map(([k, v]) => [k, withoutPositions(v)]))
}
