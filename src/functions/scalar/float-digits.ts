/** Decimal digits of a double as C's printf has them: exact, and of two equally near ones the even one. */

const scratch = new DataView(new ArrayBuffer(8))

/** |value| = numerator / 2^shift, exactly. */
function exactly(value: number): { readonly numerator: bigint; readonly shift: number } {
  scratch.setFloat64(0, Math.abs(value))
  const bits = scratch.getBigUint64(0)
  const exponent = Number(bits >> 52n)
  const fraction = bits & 0xfffffffffffffn
  const numerator = exponent === 0 ? fraction : fraction | 0x10000000000000n
  const shift = 1075 - Math.max(exponent, 1)
  return shift >= 0 ? { numerator, shift } : { numerator: numerator << BigInt(-shift), shift: 0 }
}

function divideEven(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator
  const twice = (numerator % denominator) * 2n
  return twice > denominator || (twice === denominator && quotient % 2n === 1n) ? quotient + 1n : quotient
}

const minus = (value: number): string => (value < 0 || Object.is(value, -0) ? '-' : '')

/** %.*f of a finite number. */
export function fixedDigits(value: number, places: number): string {
  const { numerator, shift } = exactly(value)
  const digits = String(divideEven(numerator * 10n ** BigInt(places), 1n << BigInt(shift))).padStart(places + 1, '0')
  const point = digits.length - places
  return `${minus(value)}${digits.slice(0, point)}${places === 0 ? '' : `.${digits.slice(point)}`}`
}

/** %.*e of a finite number. */
export function scientificDigits(value: number, places: number): string {
  const { numerator, shift } = exactly(value)
  if (numerator === 0n) return `${minus(value)}0${places === 0 ? '' : `.${'0'.repeat(places)}`}e+00`
  let exponent = Number(Math.abs(value).toExponential().split('e')[1])
  let digits = ''
  // Rounding up to the next power of ten makes one digit too many: once more.
  for (let round = 0; round < 2; round++) {
    const power = places - exponent
    const scaled = power >= 0 ? numerator * 10n ** BigInt(power) : numerator
    digits = String(divideEven(scaled, (1n << BigInt(shift)) * (power >= 0 ? 1n : 10n ** BigInt(-power))))
    if (digits.length === places + 1) break
    exponent += digits.length > places + 1 ? 1 : -1
  }
  return `${minus(value)}${digits[0]}${places === 0 ? '' : `.${digits.slice(1)}`}${power10(exponent)}`
}

export const power10 = (exponent: number): string =>
  `e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
