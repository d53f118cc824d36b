import type { RowType } from '../types/sql-type.ts'
import type { PhysicalPlan } from './physical.ts'

/** All columns of one relation: what stores a source, and what follows one. */
export function getPlan(object: number, rowType: RowType): PhysicalPlan {
  const types = rowType.map((f) => f.type)
  return {
    formatVersion: 1,
    nodes: [
      { op: 'get', object, columns: types.map((_, c) => c), types, position: -1, appendOnly: false, growth: 'none' },
    ],
    root: 0,
    types,
    fingerprint: `get ${object}`,
  }
}
