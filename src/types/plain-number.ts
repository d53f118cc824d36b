import { isNumeric } from './datum.ts'
import { numericToFloat } from './numeric-arith.ts'
import type { Datum } from './value.ts'

/** A number, or a time as its number, in double precision: of two values the lower is never the higher one here. */
export const plainNumber = (value: Datum): number => (isNumeric(value) ? numericToFloat(value) : Number(value))
