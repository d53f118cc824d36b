import { assert } from '../base/assert.ts'
import { findCast } from '../functions/cast.ts'
import type { AggregateFunction, Cast, ScalarFunction } from '../functions/function.ts'
import { aggregateById, scalarById, tableFunctionById } from '../functions/lookup.ts'
import type { TableFunction } from '../functions/table-function.ts'
import type { SqlType } from '../types/sql-type.ts'

/** Function rows by the ids that plans hold. A plan never names one that is not there. */
export function scalarRow(id: string): ScalarFunction {
  const row = scalarById(id)
  assert(row !== undefined, `the plan's function ${id} exists`)
  return row
}
export function aggregateRow(id: string): AggregateFunction {
  const row = aggregateById(id)
  assert(row !== undefined, `the plan's aggregate ${id} exists`)
  return row
}
export function tableRow(id: string): TableFunction {
  const row = tableFunctionById(id)
  assert(row !== undefined, `the plan's table function ${id} exists`)
  return row
}
export function castRow(from: SqlType, to: SqlType, explicit: boolean): Cast {
  const row = findCast(from, to, explicit ? 'explicit' : 'assignment')
  assert(row !== undefined, `the plan's cast from ${from.kind} to ${to.kind} exists`)
  return row
}
