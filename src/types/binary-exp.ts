import { pow10 } from './numeric.ts'

/**
 * e^x and ln x in binary fixed point of any precision: n·2^-bits. Shifts take the place of divisions by powers of ten, and about
 * √bits halvings those of most terms of the series: some thousand digits take milliseconds.
 */

/** Bits that hold so many decimal digits, and some to spare. */
export const bitsOfDigits = (digits: number): number => Math.ceil(digits * Math.log2(10)) + 64

const bitLength = (n: bigint): number => (n === 0n ? 0 : (n < 0n ? -n : n).toString(16).length * 4)

/** Halved until small, Taylor, squared back. The relative error is below 2^-bits. */
export function expBits(x: bigint, bits: number): bigint {
  const halvings = Math.floor(Math.sqrt(bits)) + Math.max(0, bitLength(x) - bits)
  const work = BigInt(bits + halvings + 32)
  const shift = work - BigInt(bits) - BigInt(halvings)
  const small = x << shift
  const one = 1n << work
  let sum = one
  let term = one
  for (let k = 1n; term !== 0n && term !== -1n; k++) {
    term = ((term * small) >> work) / k
    sum += term
  }
  for (let i = 0; i < halvings; i++) sum = (sum * sum) >> work
  return sum >> (work - BigInt(bits))
}

/** Halley's method on e^y = x for x near 1: each step triples the digits that are right. */
function lnNearOne(x: bigint, bits: number): bigint {
  const precisions: number[] = []
  for (let p = bits; p > 44; p = Math.ceil(p / 3) + 4) precisions.unshift(p)
  let at = 48
  let y = BigInt(Math.round(Math.log(Number(x >> BigInt(bits - 52)) / 2 ** 52) * 2 ** at))
  for (const p of precisions) {
    y = p >= at ? y << BigInt(p - at) : y >> BigInt(at - p)
    at = p
    const wanted = x >> BigInt(bits - p)
    const found = expBits(y, p)
    y += ((2n * (wanted - found)) << BigInt(p)) / (wanted + found)
  }
  return y
}

let ln2Known = { bits: 0, value: 0n }

function ln2(bits: number): bigint {
  if (ln2Known.bits < bits) ln2Known = { bits, value: lnNearOne(2n << BigInt(bits), bits) }
  return ln2Known.value >> BigInt(ln2Known.bits - bits)
}

/** ln(mantissa / 10^scale) as an integer of 10^-digits. */
export function lnOfDecimal(mantissa: bigint, scale: number, digits: number): bigint {
  const bits = bitsOfDigits(digits)
  const power = bitLength(mantissa) - Math.floor(scale * Math.log2(10)) - 2
  // Between 1 and 16, or near 1 where the number is.
  const twos = Math.abs(power) <= 8 ? 0 : power
  const up = bits - twos
  const numerator = up >= 0 ? mantissa << BigInt(up) : mantissa >> BigInt(-up)
  const near = numerator / pow10(scale)
  const guard = twos === 0 ? 0 : 24
  const ln = lnNearOne(near, bits) + ((BigInt(twos) * ln2(bits + guard)) >> BigInt(guard))
  return (ln * pow10(digits)) >> BigInt(bits)
}

/** e^(x / 10^digits) as an integer of 10^-digits. */
export function expOfDecimal(x: bigint, digits: number): bigint {
  const bits = bitsOfDigits(digits)
  const argument = ((x < 0n ? -x : x) << BigInt(bits)) / pow10(digits)
  const grown = expBits(argument, bits)
  const result = x < 0n ? (1n << BigInt(2 * bits)) / grown : grown
  return (result * pow10(digits)) >> BigInt(bits)
}

/** A number of about `bits` bits: m·2^e. */
interface Float {
  readonly m: bigint
  readonly e: number
}

function cut(m: bigint, e: number, bits: number): Float {
  const spare = bitLength(m) - bits
  return spare > 0 ? { m: m >> BigInt(spare), e: e + spare } : { m, e }
}

function powerOf(base: bigint, exponent: number, bits: number): Float {
  let result: Float = { m: 1n, e: 0 }
  let square = cut(base, 0, bits)
  for (let left = exponent; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = cut(result.m * square.m, result.e + square.e, bits)
    if (left > 1) square = cut(square.m * square.m, square.e * 2, bits)
  }
  return result
}

/** (mantissa / 10^baseScale)^±exponent, rounded to an integer of 10^-scale; `digits`: how many the result has. */
export function wholePower(
  mantissa: bigint,
  baseScale: number,
  exponent: number,
  inverse: boolean,
  scale: number,
  digits: number,
): bigint {
  const bits = bitsOfDigits(digits) + 64
  const above = powerOf(mantissa, exponent, bits)
  const below = powerOf(10n ** BigInt(baseScale), exponent, bits)
  const [over, under] = inverse ? [below, above] : [above, below]
  const twos = over.e - under.e
  const numerator = over.m * pow10(scale) * 2n
  const denominator = under.m
  const doubled = twos >= 0 ? (numerator << BigInt(twos)) / denominator : numerator / (denominator << BigInt(-twos))
  return (doubled + 1n) >> 1n
}
