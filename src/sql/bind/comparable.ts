/** Refuses what cannot be sorted or told apart: json, which is text as it was written, and arrays of it. */
import type { Scalar } from '../../plan/scalar.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { typeText } from '../type-text.ts'
import { bindError, type Place } from './bind-error.ts'

const HINT = 'Use an explicit ordering operator or modify the query.'

const incomparable = (type: SqlType): boolean =>
  type.kind === 'json' ||
  type.kind === 'jsonpath' ||
  (type.kind === 'array' && type.element !== undefined && incomparable(type.element))

export function refuseUnordered(by: Scalar, at: Place | undefined): void {
  if (!incomparable(by.type)) return
  throw bindError('42883', `could not identify an ordering operator for type ${typeText(by.type)}`, at, { hint: HINT })
}

export function refuseUnequal(by: Scalar, at: Place | undefined): void {
  if (!incomparable(by.type)) return
  throw bindError('42883', `could not identify an equality operator for type ${typeText(by.type)}`, at)
}
