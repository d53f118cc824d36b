import type { Scalar } from '../plan/scalar.ts'
import { mapInputs, scalarInputs } from '../plan/scalar-walk.ts'

/** The same expression over renumbered columns. */
export function shiftColumns(scalar: Scalar, to: (index: number) => number): Scalar {
  if (scalar.kind === 'column') return { ...scalar, index: to(scalar.index) }
  return mapInputs(scalar, (input) => shiftColumns(input, to))
}

/** Numbers of the columns that an expression reads, into `into`. */
export function columnsOf(scalar: Scalar, into: Set<number>): Set<number> {
  if (scalar.kind === 'column') into.add(scalar.index)
  for (const input of scalarInputs(scalar)) columnsOf(input, into)
  return into
}
