/** m · 2^e: what floats, their sums and their products are exactly. */
export interface Dyadic {
  readonly m: bigint
  readonly e: number
}

export const ZERO: Dyadic = { m: 0n, e: 0 }

const bits = new DataView(new ArrayBuffer(8))

/** The exact value of a finite float. */
export function dyadic(x: number): Dyadic {
  if (x === 0) return ZERO
  bits.setFloat64(0, x)
  const high = bits.getUint32(0)
  const exponent = (high >>> 20) & 0x7ff
  const fraction = (high & 0xfffff) * 2 ** 32 + bits.getUint32(4)
  const magnitude = exponent === 0 ? fraction : fraction + 2 ** 52
  return { m: BigInt(x < 0 ? -magnitude : magnitude), e: Math.max(exponent, 1) - 1075 }
}

export function plus(a: Dyadic, b: Dyadic): Dyadic {
  if (a.m === 0n) return b
  if (b.m === 0n) return a
  const e = Math.min(a.e, b.e)
  const m = (a.m << BigInt(a.e - e)) + (b.m << BigInt(b.e - e))
  return m === 0n ? ZERO : { m, e }
}

export const times = (a: Dyadic, b: Dyadic): Dyadic =>
  a.m === 0n || b.m === 0n ? ZERO : { m: a.m * b.m, e: a.e + b.e }

export const minus = (a: Dyadic, b: Dyadic): Dyadic => plus(a, { m: -b.m, e: b.e })

/** a / by as a float, rounded once, half to even; ±Infinity beyond the largest. */
export function quotient(a: Dyadic, by: bigint): number {
  if (a.m === 0n) return 0
  const magnitude = a.m < 0n ? -a.m : a.m
  // At least 64 bits of the quotient, and one below them that tells whether anything is left.
  const shift = Math.max(0, 65 - bitLength(magnitude) + bitLength(by))
  const numerator = magnitude << BigInt(shift)
  let digits = numerator / by
  if (digits * by !== numerator) digits |= 1n
  let e = a.e - shift
  // More bits than Number(…) takes within its range: fold them into the last one.
  const surplus = bitLength(digits) - 80
  if (surplus > 0) {
    const kept = digits >> BigInt(surplus)
    digits = kept << BigInt(surplus) === digits ? kept : kept | 1n
    e += surplus
  }
  // Below the normal floats fewer bits remain: those go before the one rounding.
  const lost = -1074 - e
  const spare = bitLength(digits) - lost
  if (lost > 0 && spare < 54) return (a.m < 0n ? -1 : 1) * subnormal(digits, lost)
  const value = scaled(Number(digits), e)
  return a.m < 0n ? -value : value
}

/** digits / 2^lost in units of the smallest float, half to even. */
function subnormal(digits: bigint, lost: number): number {
  const unit = 1n << BigInt(lost)
  let units = digits / unit
  const twice = (digits - units * unit) * 2n
  if (twice > unit || (twice === unit && units % 2n === 1n)) units += 1n
  return Number(units) * Number.MIN_VALUE
}

/** x · 2^e in steps that floats hold; exact as long as the result is normal. */
function scaled(x: number, e: number): number {
  for (; e > 1000; e -= 1000) x *= 2 ** 1000
  for (; e < -1000; e += 1000) x *= 2 ** -1000
  return x * 2 ** e
}

function bitLength(n: bigint): number {
  const hex = n.toString(16)
  return hex.length * 4 - (Math.clz32(Number.parseInt(hex[0], 16)) - 28)
}
