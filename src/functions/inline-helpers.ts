import { SqlError } from '../base/sql-error.ts'
import { divisionByZero } from '../types/numeric-arith.ts'

/**
 * The helpers that inline templates call as `H.name(…)`: plain numbers in, plain numbers out. `H.i8` cannot answer
 * beyond 2^53 and throws `INLINE_BAIL`: the generated loop then leaves the row to `eval`.
 */
export const INLINE_BAIL: unique symbol = Symbol('a value left the range of generated code')

function ranged(min: number, max: number, typeName: string): (x: number) => number {
  return (x) => {
    if (x < min || x > max) throw outOfRange(typeName)
    return x
  }
}

export function outOfRange(typeName: string): SqlError {
  return new SqlError('22003', `${typeName} out of range`)
}

export const H = {
  i2: ranged(-32768, 32767, 'smallint'),
  i4: ranged(-2147483648, 2147483647, 'integer'),
  i8(x: number): number {
    if (x > 9007199254740991 || x < -9007199254740991) throw INLINE_BAIL
    return x + 0
  },
  /** Integer division towards zero. */
  idiv(a: number, b: number): number {
    if (b === 0) throw divisionByZero()
    return Math.trunc(a / b) + 0
  },
  imod(a: number, b: number): number {
    if (b === 0) throw divisionByZero()
    return (a % b) + 0
  },
  /** The product of two int8: exact below 2^53. */
  i8mul(a: number, b: number): number {
    const product = a * b
    if (product > 9007199254740991 || product < -9007199254740991) throw INLINE_BAIL
    return product + 0
  },
  /** Exact quotients need both operands below 2^53, which they are: truncation of the rounded quotient may be off by one. */
  i8div(a: number, b: number): number {
    if (b === 0) throw divisionByZero()
    return (a - (a % b)) / b + 0
  },
  /** Floats: NaN equals NaN and is larger than everything. */
  feq: (a: number, b: number): boolean => a === b || (Number.isNaN(a) && Number.isNaN(b)),
  flt: (a: number, b: number): boolean => a < b || (Number.isNaN(b) && !Number.isNaN(a)),
  fle: (a: number, b: number): boolean => a <= b || Number.isNaN(b),
  fdiv(a: number, b: number): number {
    if (b === 0 && !Number.isNaN(a)) throw divisionByZero()
    return checkedFloat(a / b, Number.isFinite(a) && Number.isFinite(b), a === 0)
  },
  fadd: (a: number, b: number): number => checkedFloat(a + b, Number.isFinite(a) && Number.isFinite(b), true),
  fsub: (a: number, b: number): number => checkedFloat(a - b, Number.isFinite(a) && Number.isFinite(b), true),
  fmul: (a: number, b: number): number =>
    checkedFloat(a * b, Number.isFinite(a) && Number.isFinite(b), a === 0 || b === 0),
} as const

/** 22003 when finite operands give an infinity, or a zero that is none. */
export function checkedFloat(value: number, finite: boolean, zeroAllowed: boolean): number {
  if (!Number.isFinite(value)) {
    if (finite && !Number.isNaN(value)) throw new SqlError('22003', 'value out of range: overflow')
  } else if (value === 0 && finite && !zeroAllowed) throw new SqlError('22003', 'value out of range: underflow')
  return value
}

/** The same for float4: results are rounded to single precision first. */
export function checkedFloat4(value: number, finite: boolean, zeroAllowed: boolean): number {
  return checkedFloat(Math.fround(value), finite, zeroAllowed)
}
