import { itemsOf } from '../types/array-value.ts'
import type { AnyColumn, Column, F64Column, NumColumn } from '../types/column.ts'
import { scaleAt } from '../types/column-read.ts'
import { isInterval, isNumeric } from '../types/datum.ts'
import { equalAt } from '../types/hash.ts'
import { isRange } from '../types/range-value.ts'
import type { Datum, Interval, Numeric, RangeValue, Value } from '../types/value.ts'

/** Rows that nobody can tell apart: SQL's equality and the same representation (1.0 is not 1.00, 0 is not -0). */
export function identicalRows(a: readonly Column[], i: number, b: readonly Column[], j: number): boolean {
  for (let c = 0; c < a.length; c++) {
    if (!equalAt(a[c], i, b[c], j) || !sameForm(a[c], i, b[c], j)) return false
  }
  return true
}

function sameForm(a: Column, i: number, b: Column, j: number): boolean {
  if (a.nulls !== null && a.nulls[i] === 1) return true
  switch (a.kind) {
    case 'f64':
      return b.kind !== 'f64' || a.data[i] !== 0 || Object.is((a as F64Column).data[i], b.data[j])
    case 'num':
      return scaleAt(a, i) === scaleAt(b as NumColumn, j)
    case 'any':
      return sameForms(a.data[i] as Datum, (b as AnyColumn).data[j] as Datum)
    default:
      return true
  }
}

function sameForms(a: Datum, b: Datum): boolean {
  if (a === null || b === null || typeof a !== 'object') return a !== 0 || Object.is(a, b)
  if (isNumeric(a)) return a.scale === (b as Numeric).scale
  if (isInterval(a)) return a.months === (b as Interval).months && a.days === (b as Interval).days
  if (a instanceof Uint8Array) return true
  if (isRange(a)) return sameForms(a.low, (b as RangeValue).low) && sameForms(a.high, (b as RangeValue).high)
  // Equal arrays have one shape.
  const other = itemsOf(b as Value)
  return itemsOf(a).every((item, k) => sameForms(item, other[k]))
}
