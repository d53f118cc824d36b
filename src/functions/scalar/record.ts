import type { Datum, ValueArray } from '../../types/value.ts'
import { def } from '../define.ts'
import type { ScalarFunction } from '../function.ts'

/**
 * Parts of composite values, as (c).f and IS NULL ask for them. A record IS NULL where it is NULL or all its fields are, and
 * IS NOT NULL where none of its fields is NULL: of some records neither is true.
 */
export const recordFunctions: readonly ScalarFunction[] = [
  def('record_field(record,int4) any', (record: ValueArray, at: number) => record[at]),
  def('record_is_null(record) bool', (record: ValueArray | null) => record?.every((field) => field === null) ?? true, {
    strict: false,
  }),
  def(
    'record_is_not_null(record) bool',
    (record: ValueArray | null) => record?.every((field) => field !== null) ?? false,
    { strict: false },
  ),
  /** The record with another value of one field; a NULL record has none. `n`: how many fields there are. */
  def(
    'record_with(record,any,int4,int4) record',
    (record: ValueArray | null, value: Datum, at: number, n: number) => {
      const fields = record === null ? new Array<Datum>(n).fill(null) : [...record]
      fields[at] = value
      return fields
    },
    { strict: false, returns: (args) => args[0] },
  ),
]
