import { SqlError } from '../../base/sql-error.ts'
import { formatNumeric, isSpecial, makeNumeric, parseNumericText } from '../../types/numeric.ts'
import { numericMul, numericRound, numericTrunc } from '../../types/numeric-arith.ts'
import { type Numeric, normalizeInt } from '../../types/value.ts'
import { def } from '../define.ts'
import type { ScalarFunction } from '../function.ts'
import { outOfRange } from '../inline-helpers.ts'

/** Sizes in bytes as people read and write them. Each unit is used below its limit; from kB on the last bit is rounded. */
const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'] as const
const BYTES_LIMIT = 10n * 1024n
const LIMIT = 20n * 1024n - 1n
const abs = (n: bigint): bigint => (n < 0n ? -n : n)

/** `whole`: without its fraction, which only bytes show as `shown`. */
function pretty(whole: bigint, shown: string): string {
  if (abs(whole) < BYTES_LIMIT) return `${shown} bytes`
  // Twice the number of the unit's: the last bit tells which way to round.
  let twice = whole / 512n
  let unit = 1
  while (unit < UNITS.length - 1 && abs(twice) >= LIMIT) {
    twice /= 1024n
    unit++
  }
  return `${(twice + (twice < 0n ? -1n : 1n)) / 2n} ${UNITS[unit]}`
}

function prettyNumeric(size: Numeric): string {
  if (isSpecial(size)) return `${formatNumeric(size)} PB`
  return pretty(BigInt(numericTrunc(size, 0).mantissa), formatNumeric(size))
}

const POWERS: Readonly<Record<string, number>> = { bytes: 0, b: 0, kb: 10, mb: 20, gb: 30, tb: 40, pb: 50 }

/** '1.5 MB' in bytes. */
function sizeBytes(text: string): number | bigint {
  const match = /^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*([^\s].*?)?\s*$/is.exec(text)
  const number = match === null ? undefined : parseNumericText(match[1])
  if (match === null || number === undefined) throw new SqlError('22023', `invalid size: "${text}"`)
  const unit = match[2]
  const power = unit === undefined ? 0 : POWERS[unit.toLowerCase()]
  if (power === undefined)
    throw new SqlError('22023', `invalid size: "${text}"`, {
      detail: `Invalid size unit: "${unit}".`,
      hint: 'Valid units are "bytes", "kB", "MB", "GB", "TB", and "PB".',
    })
  const bytes = BigInt(numericRound(numericMul(number, makeNumeric(2 ** power, 0)), 0).mantissa)
  if (bytes < -(2n ** 63n) || bytes >= 2n ** 63n) throw outOfRange('bigint')
  return normalizeInt(bytes)
}

export const sizeFunctions: readonly ScalarFunction[] = [
  def('pg_size_pretty(numeric) text', prettyNumeric, { example: ['pg_size_pretty(20480.0)', '20 kB'] }),
  def('pg_size_pretty(int8) text', (n: number | bigint) => pretty(BigInt(n), String(n)), {
    example: ['pg_size_pretty(1048576::int8)', '1024 kB'],
  }),
  def('pg_size_bytes(text) int8', sizeBytes, { fallible: true, example: ["pg_size_bytes('1.5 kB')", '1536'] }),
]
