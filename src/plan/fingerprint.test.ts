import { expect, test } from 'vitest'
import { INT8, NUMERIC } from '../types/sql-type.ts'
import { fingerprint } from './fingerprint.ts'
import type { PhysicalPlan } from './physical.ts'

const plan = (position: number, value: number | bigint): PhysicalPlan => {
  const rows = [[value, { mantissa: 2n ** 70n, scale: 2 }]]
  const types = [INT8, NUMERIC]
  const unsigned = {
    formatVersion: 1,
    nodes: [{ op: 'constant', rows, types, position, appendOnly: true, growth: 'none' }],
    root: 0,
    types,
  } as const
  return { ...unsigned, fingerprint: fingerprint(unsigned) }
}

test('the fingerprint follows what the plan does, not where its text stood', () => {
  expect(plan(3, 1).fingerprint).toBe(plan(40, 1).fingerprint)
  expect(plan(3, 1).fingerprint).not.toBe(plan(3, 2).fingerprint)
})
