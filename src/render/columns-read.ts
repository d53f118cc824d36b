import { scalarById } from '../functions/lookup.ts'
import type { PhysicalNode } from '../plan/physical.ts'
import type { Scalar } from '../plan/scalar.ts'
import { someScalar } from '../plan/scalar-walk.ts'
import { inputsOf } from '../plan/sub-plans.ts'
import { castRow } from './function-rows.ts'
import { columnsOf } from './scalar-columns.ts'

/**
 * The columns of a node that are ever read, when one map is all that reads it; null: all of them. A map that can fail
 * reads all: the error of a row shows the whole row.
 */
export function columnsRead(
  nodes: readonly PhysicalNode[],
  number: number,
  root: number | null,
): readonly number[] | null {
  if (root === null || number === root) return null
  const readers = nodes.filter((node) => inputsOf(node).includes(number))
  const [reader] = readers
  if (readers.length !== 1 || reader.op !== 'map') return null
  const scalars = reader.filter === null ? reader.exprs : [reader.filter, ...reader.exprs]
  if (scalars.some(canFail)) return null
  const read = new Set<number>()
  for (const scalar of scalars) columnsOf(scalar, read)
  return [...read].sort((a, b) => a - b)
}

function canFail(scalar: Scalar): boolean {
  return someScalar(scalar, (each) => {
    if (each.kind === 'error') return true
    if (each.kind === 'call' || each.kind === 'anyAll') return scalarById(each.fn)?.fallible ?? true
    return each.kind === 'cast' && castRow(each.arg.type, each.type, each.explicit).fallible
  })
}
