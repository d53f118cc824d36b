import { SqlError } from '../../base/sql-error.ts'
import { itemsOf, shapeOf } from '../../types/array-value.ts'
import { compareDatum } from '../../types/compare.ts'
import { isSpecial, makeNumeric, mantissaAtScale } from '../../types/numeric.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { formatText } from '../../types/text.ts'
import type { Datum, Numeric, Value } from '../../types/value.ts'
import { def, defEnv, textOptions } from '../define.ts'
import type { EvalEnv, ScalarFunction } from '../function.ts'
import { outOfRange } from '../inline-helpers.ts'
import { quoteLiteral } from './text-format.ts'

/** Small functions of no family: counting NULLs, Unicode forms, buckets of bounds, literals of any type. */
const FORMS: ReadonlySet<string> = new Set(['NFC', 'NFD', 'NFKC', 'NFKD'])

function formOf(form: string): string {
  const upper = form.toUpperCase()
  if (!FORMS.has(upper)) throw new SqlError('22023', `invalid normalization form: ${form}`)
  return upper
}

/** Escapes `\XXXX`, `\+XXXXXX`, `\uXXXX`, `\UXXXXXXXX`. */
function unistr(text: string): string {
  return text.replace(
    /\\(?:\\|([0-9a-fA-F]{4})|\+([0-9a-fA-F]{6})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|)/g,
    (whole, ...groups: (string | undefined)[]) => {
      if (whole === '\\\\') return '\\'
      const hex = groups.slice(0, 4).find((g) => g !== undefined)
      if (hex === undefined) {
        throw new SqlError('42601', 'invalid Unicode escape', {
          hint: 'Unicode escapes must be \\XXXX, \\+XXXXXX, \\uXXXX, or \\UXXXXXXXX.',
        })
      }
      const code = Number.parseInt(hex, 16)
      if (code === 0 || code > 0x10ffff) throw new SqlError('22023', `invalid Unicode code point: ${hex}`)
      return code > 0xffff ? String.fromCodePoint(code) : String.fromCharCode(code)
    },
  )
}

function gcd(a: Numeric, b: Numeric): Numeric {
  if (isSpecial(a) || isSpecial(b)) return { mantissa: NaN, scale: 0 }
  const scale = Math.max(a.scale, b.scale)
  let x = BigInt(mantissaAtScale(a, scale))
  let y = BigInt(mantissaAtScale(b, scale))
  while (y !== 0n) [x, y] = [y, x % y]
  return makeNumeric(x < 0n ? -x : x, scale)
}

function lcm(a: Numeric, b: Numeric): Numeric {
  if (isSpecial(a) || isSpecial(b)) return { mantissa: NaN, scale: 0 }
  const scale = Math.max(a.scale, b.scale)
  const x = BigInt(mantissaAtScale(a, scale))
  const y = BigInt(mantissaAtScale(b, scale))
  if (x === 0n || y === 0n) return makeNumeric(0, scale)
  const divisor = BigInt(mantissaAtScale(gcd(a, b), scale))
  const product = (x / divisor) * y
  return makeNumeric(product < 0n ? -product : product, scale)
}

function floatBucket(value: number, low: number, high: number, count: number): number {
  if (count <= 0) throw new SqlError('2201G', 'count must be greater than zero')
  if ([value, low, high].some(Number.isNaN)) {
    throw new SqlError('2201G', 'operand, lower bound, and upper bound cannot be NaN')
  }
  if (!Number.isFinite(low) || !Number.isFinite(high)) {
    throw new SqlError('2201G', 'lower and upper bounds must be finite')
  }
  if (low === high) throw new SqlError('2201G', 'lower bound cannot equal upper bound')
  const up = low < high
  if (up ? value < low : value > low) return 0
  if (up ? value >= high : value <= high) {
    if (count === 2147483647) throw outOfRange('integer')
    return count + 1
  }
  const part = up ? (value - low) / (high - low) : (low - value) / (low - high)
  return Math.min(count, Math.floor(part * count) + 1)
}

/** The number of sorted lower bounds that are not above the value. */
function boundsBucket(value: Datum, array: Value, type: SqlType): number {
  if (shapeOf(array).dims.length > 1) throw new SqlError('2202E', 'thresholds must be one-dimensional array')
  const bounds = itemsOf(array)
  if (bounds.includes(null)) throw new SqlError('22004', 'thresholds array must not contain NULLs')
  let low = 0
  let high = bounds.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (compareDatum(type, value, bounds[middle]) < 0) high = middle
    else low = middle + 1
  }
  return low
}

/** As a cast to text has it: booleans in words. */
function asText(value: Value, type: SqlType, env: EvalEnv): string {
  return typeof value === 'boolean' ? String(value) : formatText(value, type, textOptions(env))
}

const nulls = (args: readonly Datum[]): number => args.filter((a) => a === null).length

export const everydayFunctions: readonly ScalarFunction[] = [
  defEnv('num_nulls(any) int4', nulls, { variadic: true, strict: false, example: ['num_nulls(1, null, 2)', '1'] }),
  defEnv('num_nonnulls(any) int4', (args) => args.length - nulls(args), {
    variadic: true,
    strict: false,
    example: ['num_nonnulls(1, null, 2)', '2'],
  }),
  def('normalize(text,text) text', (s: string, form: string) => s.normalize(formOf(form)), {
    fallible: true,
    example: ["normalize('ﬁ', 'NFKC')", 'fi'],
  }),
  def('is_normalized(text,text) bool', (s: string, form: string) => s.normalize(formOf(form)) === s, {
    fallible: true,
    example: ["is_normalized('ﬁ', 'NFKC')", 'f'],
  }),
  def('normalize(text) text', (s: string) => s.normalize('NFC'), { example: ["normalize(unistr('e\\0301'))", 'é'] }),
  def('is_normalized(text) bool', (s: string) => s.normalize('NFC') === s, { example: ["is_normalized('a')", 't'] }),
  def('unistr(text) text', unistr, { fallible: true, example: ["unistr('d\\0061t\\+000061')", 'data'] }),
  defEnv('quote_literal(anyelement) text', ([v], env, types) => quoteLiteral(asText(v as Value, types[0], env)), {
    volatility: 'stable',
    example: ['quote_literal(42.5)', "'42.5'"],
  }),
  defEnv(
    'quote_nullable(anyelement) text',
    ([v], env, types) => (v === null ? 'NULL' : quoteLiteral(asText(v, types[0], env))),
    { volatility: 'stable', strict: false, example: ['quote_nullable(42)', "'42'"] },
  ),
  def('gcd(numeric,numeric) numeric', gcd, { example: ['gcd(330.3::numeric, 462)', '0.3'] }),
  def('lcm(numeric,numeric) numeric', lcm, { example: ['lcm(330.3::numeric, 462)', '508662.0'] }),
  def('width_bucket(float8,float8,float8,int4) int4', floatBucket, {
    fallible: true,
    example: ["width_bucket('5.35'::float8, '0.024'::float8, '10.06'::float8, 5)", '3'],
  }),
  defEnv(
    'width_bucket(anycompatible,anycompatiblearray) int4',
    ([v, bounds], _, types) => boundsBucket(v, bounds as Value, types[0]),
    { shapes: true, fallible: true, example: ['width_bucket(5, array[1,3,4,10])', '3'] },
  ),
]
