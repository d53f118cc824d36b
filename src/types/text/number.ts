import { SqlError } from '../../base/sql-error.ts'
import { parseNumericText } from '../numeric.ts'
import type { Numeric } from '../value.ts'
import { normalizeInt } from '../value.ts'
import { badSyntax, valueOutOfRange } from './errors.ts'

/** Text of integers, floats, numerics and booleans. */
const INTEGER = /^\s*([+-]?\d+)\s*$/

/** Digits that are too many are told before what stands behind them. */
function readInteger(text: string, typeName: string, min: bigint, max: bigint): string {
  const match = INTEGER.exec(text)
  if (match !== null) return match[1]
  const digits = /^\s*([+-]?\d+)/.exec(text)?.[1].replace('+', '')
  if (digits !== undefined && (BigInt(digits) < min || BigInt(digits) > max)) throw valueOutOfRange(typeName, text)
  throw badSyntax(typeName, text)
}

export function parseInteger(text: string, typeName: string, min: number, max: number): number {
  const value = Number(readInteger(text, typeName, BigInt(min), BigInt(max)))
  if (value < min || value > max) throw valueOutOfRange(typeName, text)
  return value + 0
}

export function parseInt8(text: string): number | bigint {
  const digits = readInteger(text, 'bigint', -(2n ** 63n), 2n ** 63n - 1n)
  if (digits.length < 16) return Number(digits) + 0
  const value = BigInt(digits.replace('+', ''))
  if (value < -(2n ** 63n) || value >= 2n ** 63n) throw valueOutOfRange('bigint', text)
  return normalizeInt(value)
}

/** oid: unsigned 32 bits; negative numbers wrap. */
export function parseOid(text: string): number {
  const match = INTEGER.exec(text)
  if (match === null) throw badSyntax('oid', text)
  const value = Number(match[1])
  if (value < -0x80000000 || value > 0xffffffff) throw valueOutOfRange('oid', text)
  return value < 0 ? value + 0x100000000 : value
}

const FLOAT = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/

export function parseFloat8(text: string): number {
  return parseFloatText(text, 'double precision', (value) => value)
}

export function parseFloat4(text: string): number {
  return parseFloatText(text, 'real', Math.fround)
}

function parseFloatText(text: string, typeName: string, round: (value: number) => number): number {
  if (!FLOAT.test(text)) {
    const named = NAMED_FLOATS[text.trim().toLowerCase()]
    if (named === undefined) throw badSyntax(typeName, text)
    return named
  }
  const value = round(Number(text))
  if (!Number.isFinite(value) || (value === 0 && /[1-9]/.test(text.replace(/[eE].*/, '')))) {
    throw new SqlError('22003', `"${text}" is out of range for type ${typeName}`)
  }
  return value
}

const NAMED_FLOATS: Readonly<Record<string, number>> = {
  nan: NaN,
  infinity: Infinity,
  '+infinity': Infinity,
  '-infinity': -Infinity,
  inf: Infinity,
  '+inf': Infinity,
  '-inf': -Infinity,
}

/** Shortest text that reads back as the same double. */
export function formatFloat8(value: number, extraDigits?: number): string {
  if (extraDigits !== undefined) return rounded(value, 15 + extraDigits)
  if (Number.isInteger(value) && value > -1e15 && value < 1e15) return Object.is(value, -0) ? '-0' : String(value)
  return formatFloat(value, shortestFloat8(value), 15)
}

/** Shortest text that reads back as the same single. */
export function formatFloat4(value: number, extraDigits?: number): string {
  if (extraDigits !== undefined) return rounded(value, 6 + extraDigits)
  if (Number.isInteger(value) && value > -1e6 && value < 1e6) return Object.is(value, -0) ? '-0' : String(value)
  if (Number.isFinite(value)) {
    for (let digits = 1; digits < 9; digits++) {
      const text = value.toPrecision(digits)
      if (Math.fround(Number(text)) === value && !isBetween(Number(text), value))
        return formatFloat(value, String(Number(toDigits(value, digits))), 6)
    }
  }
  return formatFloat(value, String(Number(value.toPrecision(9))), 6)
}

/** C's `%.*g`, which rounds halves to even. */
function rounded(value: number, digits: number): string {
  if (!Number.isFinite(value)) return String(value)
  if (Object.is(value, -0)) return '-0'
  const kept = Math.max(digits, 1)
  return formatFloat(value, toDigits(value, kept), kept)
}

function toDigits(value: number, kept: number): string {
  // A double that lies halfway between two texts is written in full by a few digits more.
  const [, head, last, tail, exponent] = /^(-?[\d.]*?)(\d)\.?(\d{40})e(.*)$/.exec(value.toExponential(kept + 39))!
  const half = /^50*$/.test(tail!) && Number(last) % 2 === 0
  return half ? `${head}${last}e${exponent}` : value.toExponential(kept - 1)
}

/** A number in the middle of two is written with more digits, though reading would round it to the even one. */
function shortestFloat8(value: number): string {
  const shortest = String(value)
  const size = Math.abs(value)
  if (!(size > 2 ** 53 && size < 1e22)) return shortest
  for (let digits = shortest.replace(/e.*/, '').replace(/\D/g, '').replace(/0+$/, '').length; digits < 17; digits++) {
    const text = value.toPrecision(digits)
    if (Number(text) === value && !isMiddle(text, value)) return String(text)
  }
  return value.toPrecision(17)
}

function isMiddle(text: string, value: number): boolean {
  const written = parseNumericText(text)!
  const exact = BigInt(written.mantissa)
  const half = BigInt(2 ** (Math.floor(Math.log2(Math.abs(value))) - 53))
  const apart = exact - BigInt(value)
  return apart === half || apart === -half
}

function isBetween(decimal: number, single: number): boolean {
  const bits = new Int32Array(new Float32Array([single]).buffer)
  const neighbours = [1, -1].map((step) => new Float32Array(Int32Array.of(bits[0] + step).buffer)[0])
  return neighbours.some((other) => decimal === (other + single) / 2)
}

/** PostgreSQL writes an exponent below 1e-4 and from 1e15 (1e6 for singles) on, of two digits at least. */
function formatFloat(value: number, shortest: string, plainDigits: number): string {
  if (!Number.isFinite(value)) return shortest
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(shortest)!
  const [, sign, whole, fraction = '', exponent = '0'] = match
  const all = whole + fraction
  const digits = all.replace(/^0+/, '').replace(/0+$/, '') || '0'
  const leading = all.length - all.replace(/^0+/, '').length
  const power = Number(exponent) + whole.length - leading - 1
  if (power < -4 || power >= plainDigits) {
    const rest = digits.slice(1)
    const size = String(Math.abs(power)).padStart(2, '0')
    return `${sign}${digits[0]}${rest === '' ? '' : `.${rest}`}e${power < 0 ? '-' : '+'}${size}`
  }
  if (power < 0) return `${sign}0.${'0'.repeat(-power - 1)}${digits}`
  const padded = digits.padEnd(power + 1, '0')
  const tail = padded.slice(power + 1)
  return `${sign}${padded.slice(0, power + 1)}${tail === '' ? '' : `.${tail}`}`
}

export function parseNumeric(text: string): Numeric {
  const value = parseNumericText(text)
  if (value === undefined) throw badSyntax('numeric', text)
  return value
}

const BOOLEANS: readonly (readonly [word: string, shortest: number, value: boolean])[] = [
  ['true', 1, true],
  ['false', 1, false],
  ['yes', 1, true],
  ['no', 1, false],
  ['on', 2, true],
  ['off', 2, false],
  ['1', 1, true],
  ['0', 1, false],
]

/** Any unambiguous beginning of true, false, yes, no, on, off; 1 and 0. */
export function parseBool(text: string): boolean {
  const word = text.trim().toLowerCase()
  for (const [full, shortest, value] of BOOLEANS) {
    if (word.length >= shortest && full.startsWith(word)) return value
  }
  throw badSyntax('boolean', text)
}
