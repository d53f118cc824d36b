import { SqlError } from '../../base/sql-error.ts'
import { typeName } from '../../types/pg-type.ts'
import type { SqlType } from '../../types/sql-type.ts'
import type { EnumLabel } from '../../types/user-type.ts'
import type { Datum } from '../../types/value.ts'
import { def, defEnv } from '../define.ts'
import type { ScalarFunction } from '../function.ts'

/**
 * What enums have: their labels in their order. The type of the argument says which, its value may be NULL. Stable, not
 * immutable: ALTER TYPE adds labels.
 */
const labelsOf = (types: readonly SqlType[]): readonly EnumLabel[] => types[0].user?.labels ?? []

function endOf(types: readonly SqlType[], end: 0 | -1): number {
  const found = labelsOf(types).at(end)
  if (found === undefined) throw new SqlError('55000', `enum ${typeName(types[0])} contains no values`)
  return found.order
}

function range(types: readonly SqlType[], from: Datum, to: Datum): number[] {
  const orders = labelsOf(types).map((label) => label.order)
  return orders.filter(
    (order) => (from === null || order >= (from as number)) && (to === null || order <= (to as number)),
  )
}

const ofType = { strict: false, volatility: 'stable' } as const
const listOf = (args: readonly SqlType[]): SqlType => ({ kind: 'array', element: args[0] })

export const enumFunctions: readonly ScalarFunction[] = [
  defEnv('enum_first(anyenum) anyenum', (_, __, types) => endOf(types, 0), { ...ofType, fallible: true }),
  defEnv('enum_last(anyenum) anyenum', (_, __, types) => endOf(types, -1), { ...ofType, fallible: true }),
  defEnv('enum_range(anyenum) anyarray', (_, __, types) => range(types, null, null), { ...ofType, returns: listOf }),
  defEnv('enum_range(anyenum,anyenum) anyarray', ([from, to], _, types) => range(types, from, to), {
    ...ofType,
    returns: listOf,
  }),
  def('enum_cmp(anyenum,anyenum) int4', (a: number, b: number) => Math.sign(a - b)),
  def('enum_smaller(anyenum,anyenum) anyenum', (a: number, b: number) => Math.min(a, b)),
  def('enum_larger(anyenum,anyenum) anyenum', (a: number, b: number) => Math.max(a, b)),
]
