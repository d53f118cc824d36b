import type { ByteWriter } from './byte-writer.ts'

/** Decimal digits straight into the buffer: no JS string for the numbers that most results are made of. */
const ZERO = 48
const MINUS = 45
const POINT = 46

/** An integer within ±(2^53 - 1). */
export function putInteger(out: ByteWriter, value: number): void {
  out.ensure(17)
  if (value < 0) {
    out.buffer[out.at++] = MINUS
    value = -value
  }
  putDigits(out, value, countDigits(value))
}

/** mantissa / 10^scale with all `scale` digits after the point. */
export function putDecimal(out: ByteWriter, mantissa: number, scale: number): void {
  if (scale === 0) {
    putInteger(out, mantissa)
    return
  }
  out.ensure(20 + scale)
  if (mantissa < 0) {
    out.buffer[out.at++] = MINUS
    mantissa = -mantissa
  }
  const digits = Math.max(countDigits(mantissa), scale + 1)
  const start = out.at
  putDigits(out, mantissa, digits)
  const point = start + digits - scale
  out.buffer.copyWithin(point + 1, point, out.at)
  out.buffer[point] = POINT
  out.at++
}

function countDigits(value: number): number {
  let digits = 1
  for (let bound = 10; value >= bound && digits < 16; bound *= 10) digits++
  return digits
}

function putDigits(out: ByteWriter, value: number, digits: number): void {
  const b = out.buffer
  let i = out.at + digits
  out.at = i
  // Above 2^31 the division stays in doubles; below it in the faster 32-bit integers.
  while (value > 0x7fffffff) {
    const tens = Math.floor(value / 10)
    b[--i] = ZERO + (value - tens * 10)
    value = tens
    digits--
  }
  let small = value | 0
  while (digits-- > 0) {
    const tens = (small / 10) | 0
    b[--i] = ZERO + (small - tens * 10)
    small = tens
  }
}
