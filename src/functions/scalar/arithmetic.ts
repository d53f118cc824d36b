import { SqlError } from '../../base/sql-error.ts'
import { compareNumeric, isSpecial, parseNumericText } from '../../types/numeric.ts'
import {
  divisionByZero,
  numericAbs,
  numericAdd,
  numericDiv,
  numericMod,
  numericMul,
  numericNegate,
  numericSub,
} from '../../types/numeric-arith.ts'
import type { Numeric } from '../../types/value.ts'
import { checkedInt8 } from '../cast-values.ts'
import { def } from '../define.ts'
import type { ScalarFunction } from '../function.ts'
import { checkedFloat4, H, outOfRange } from '../inline-helpers.ts'

/** + - * / % and signs of int2, int4, int8, float4, float8, numeric: PostgreSQL's result types and errors. */
type Int8 = number | bigint

function smallIntegers(t: 'int2' | 'int4', check: (x: number) => number, h: string): ScalarFunction[] {
  const fallible = { fallible: true }
  const cast = t === 'int2' ? '::int2' : ''
  return [
    def(`${t}pl(${t},${t}) ${t}`, (a: number, b: number) => check(a + b), {
      ...fallible,
      op: '+',
      inline: ([a, b]) => `H.${h}(${a} + ${b})`,
      example: [`2${cast} + 3${cast}`, '5'],
    }),
    def(`${t}mi(${t},${t}) ${t}`, (a: number, b: number) => check(a - b), {
      ...fallible,
      op: '-',
      inline: ([a, b]) => `H.${h}(${a} - ${b})`,
      example: [`2${cast} - 3${cast}`, '-1'],
    }),
    def(`${t}mul(${t},${t}) ${t}`, (a: number, b: number) => check(a * b) + 0, {
      ...fallible,
      op: '*',
      inline: ([a, b]) => `(H.${h}(${a} * ${b}) + 0)`,
      example: [`2${cast} * 3${cast}`, '6'],
    }),
    def(`${t}div(${t},${t}) ${t}`, (a: number, b: number) => check(H.idiv(a, b)), {
      ...fallible,
      op: '/',
      inline: ([a, b]) => `H.${h}(H.idiv(${a}, ${b}))`,
      example: [`-7${cast} / 2${cast}`, '-3'],
    }),
    def(`${t}mod(${t},${t}) ${t}`, H.imod, {
      ...fallible,
      op: '%',
      inline: ([a, b]) => `H.imod(${a}, ${b})`,
      example: [`-7${cast} % 2${cast}`, '-1'],
    }),
    def(`mod(${t},${t}) ${t}`, H.imod, {
      ...fallible,
      inline: ([a, b]) => `H.imod(${a}, ${b})`,
      example: [`mod(7${cast}, 4${cast})`, '3'],
    }),
    def(`${t}um(${t}) ${t}`, (a: number) => check(-a) + 0, {
      ...fallible,
      op: '-',
      inline: ([a]) => `(H.${h}(-${a}) + 0)`,
      example: [`- 2${cast}`, '-2'],
    }),
    def(`${t}up(${t}) ${t}`, (a: number) => a, { op: '+', inline: ([a]) => a, example: [`+ 2${cast}`, '2'] }),
    def(`${t}abs(${t}) ${t}`, (a: number) => check(Math.abs(a)), {
      ...fallible,
      op: '@',
      inline: ([a]) => `H.${h}(Math.abs(${a}))`,
      example: [`@ 2${cast}`, '2'],
    }),
    def(`abs(${t}) ${t}`, (a: number) => check(Math.abs(a)), {
      ...fallible,
      inline: ([a]) => `H.${h}(Math.abs(${a}))`,
      example: [`abs(-2${cast})`, '2'],
    }),
  ]
}

/** The exact result: a safe number, else computed in bigints and checked against 64 bits. */
function exact(quick: number, a: Int8, b: Int8, slow: (a: bigint, b: bigint) => bigint): Int8 {
  return Number.isSafeInteger(quick) ? quick + 0 : checkedInt8(slow(BigInt(a), BigInt(b)))
}
const bothNumbers = (a: Int8, b: Int8): boolean => typeof a === 'number' && typeof b === 'number'

export function int8Add(a: Int8, b: Int8): Int8 {
  return exact(bothNumbers(a, b) ? (a as number) + (b as number) : NaN, a, b, (x, y) => x + y)
}
function int8Sub(a: Int8, b: Int8): Int8 {
  return exact(bothNumbers(a, b) ? (a as number) - (b as number) : NaN, a, b, (x, y) => x - y)
}
function int8Mul(a: Int8, b: Int8): Int8 {
  return exact(bothNumbers(a, b) ? (a as number) * (b as number) : NaN, a, b, (x, y) => x * y)
}
function int8Div(a: Int8, b: Int8): Int8 {
  if (b === 0) throw divisionByZero()
  return bothNumbers(a, b) ? H.i8div(a as number, b as number) : checkedInt8(BigInt(a) / BigInt(b))
}
function int8Mod(a: Int8, b: Int8): Int8 {
  if (b === 0) throw divisionByZero()
  return bothNumbers(a, b) ? ((a as number) % (b as number)) + 0 : checkedInt8(BigInt(a) % BigInt(b))
}
function int8Negate(a: Int8): Int8 {
  return typeof a === 'number' ? -a + 0 : checkedInt8(-a)
}
const int8Abs = (a: Int8): Int8 => (a < 0 ? int8Negate(a) : a)

const big: readonly ScalarFunction[] = [
  def('int8pl(int8,int8) int8', int8Add, {
    op: '+',
    fallible: true,
    inline: ([a, b]) => `H.i8(${a} + ${b})`,
    example: ['9007199254740991::int8 + 2::int8', '9007199254740993'],
  }),
  def('int8mi(int8,int8) int8', int8Sub, {
    op: '-',
    fallible: true,
    inline: ([a, b]) => `H.i8(${a} - ${b})`,
    example: ['2::int8 - 3::int8', '-1'],
  }),
  def('int8mul(int8,int8) int8', int8Mul, {
    op: '*',
    fallible: true,
    inline: ([a, b]) => `H.i8mul(${a}, ${b})`,
    example: ['3037000499::int8 * 3037000499::int8', '9223372030926249001'],
  }),
  def('int8div(int8,int8) int8', int8Div, {
    op: '/',
    fallible: true,
    inline: ([a, b]) => `H.i8div(${a}, ${b})`,
    example: ['-7::int8 / 2::int8', '-3'],
  }),
  def('int8mod(int8,int8) int8', int8Mod, {
    op: '%',
    fallible: true,
    inline: ([a, b]) => `H.imod(${a}, ${b})`,
    example: ['-7::int8 % 2::int8', '-1'],
  }),
  def('mod(int8,int8) int8', int8Mod, {
    fallible: true,
    inline: ([a, b]) => `H.imod(${a}, ${b})`,
    example: ['mod(7::int8, 4::int8)', '3'],
  }),
  def('int8um(int8) int8', int8Negate, {
    op: '-',
    fallible: true,
    inline: ([a]) => `(-${a} + 0)`,
    example: ['- 2::int8', '-2'],
  }),
  def('int8up(int8) int8', (a: Int8) => a, { op: '+', inline: ([a]) => a, example: ['+ 2::int8', '2'] }),
  def('int8abs(int8) int8', int8Abs, {
    op: '@',
    fallible: true,
    inline: ([a]) => `Math.abs(${a})`,
    example: ['@ 2::int8', '2'],
  }),
  def('abs(int8) int8', int8Abs, {
    fallible: true,
    inline: ([a]) => `Math.abs(${a})`,
    example: ['abs(-2::int8)', '2'],
  }),
]

const finite = (a: number, b: number): boolean => Number.isFinite(a) && Number.isFinite(b)

function floats(t: 'float4' | 'float8', add: F, sub: F, mul: F, div: F): ScalarFunction[] {
  const inline = (h: string) => (t === 'float8' ? { inline: ([a, b]: readonly string[]) => `H.${h}(${a}, ${b})` } : {})
  const one = (js: (a: string) => string) => ({ inline: ([a]: readonly string[]) => js(a) })
  const v = (text: string) => `'${text}'::${t}`
  return [
    def(`${t}pl(${t},${t}) ${t}`, add, {
      op: '+',
      fallible: true,
      ...inline('fadd'),
      example: [`${v('1.5')} + ${v('2')}`, '3.5'],
    }),
    def(`${t}mi(${t},${t}) ${t}`, sub, {
      op: '-',
      fallible: true,
      ...inline('fsub'),
      example: [`${v('1.5')} - ${v('2')}`, '-0.5'],
    }),
    def(`${t}mul(${t},${t}) ${t}`, mul, {
      op: '*',
      fallible: true,
      ...inline('fmul'),
      example: [`${v('1.5')} * ${v('2')}`, '3'],
    }),
    def(`${t}div(${t},${t}) ${t}`, div, {
      op: '/',
      fallible: true,
      ...inline('fdiv'),
      example: [`${v('1')} / ${v('3')}`, t === 'float4' ? '0.33333334' : '0.3333333333333333'],
    }),
    def(`${t}um(${t}) ${t}`, (a: number) => -a, { op: '-', ...one((a) => `(-${a})`), example: [`- ${v('2')}`, '-2'] }),
    def(`${t}up(${t}) ${t}`, (a: number) => a, { op: '+', ...one((a) => a), example: [`+ ${v('2')}`, '2'] }),
    def(`${t}abs(${t}) ${t}`, Math.abs, { op: '@', ...one((a) => `Math.abs(${a})`), example: [`@ ${v('-2')}`, '2'] }),
    def(`abs(${t}) ${t}`, Math.abs, { ...one((a) => `Math.abs(${a})`), example: [`abs(${v('-2')})`, '2'] }),
  ]
}
type F = (a: number, b: number) => number

const numerics: readonly ScalarFunction[] = [
  def('numeric_add(numeric,numeric) numeric', numericAdd, { op: '+', fallible: true, example: ['0.1 + 0.20', '0.30'] }),
  def('numeric_sub(numeric,numeric) numeric', numericSub, {
    op: '-',
    fallible: true,
    example: ['0.1 - 0.20', '-0.10'],
  }),
  def('numeric_mul(numeric,numeric) numeric', numericMul, {
    op: '*',
    fallible: true,
    example: ['1.5 * 1.50', '2.250'],
  }),
  def('numeric_div(numeric,numeric) numeric', numericDiv, {
    op: '/',
    fallible: true,
    example: ['1.0 / 3', '0.33333333333333333333'],
  }),
  def('numeric_mod(numeric,numeric) numeric', numericMod, { op: '%', fallible: true, example: ['-7.5 % 2', '-1.5'] }),
  def('mod(numeric,numeric) numeric', numericMod, { fallible: true, example: ['mod(7.5, 2)', '1.5'] }),
  def('numeric_uminus(numeric) numeric', numericNegate, { op: '-', example: ['- 1.50', '-1.50'] }),
  def('numeric_uplus(numeric) numeric', (a: Numeric) => a, { op: '+', example: ['+ 1.50', '1.50'] }),
  def('numeric_abs(numeric) numeric', numericAbs, { op: '@', example: ['@ -1.50', '1.50'] }),
  def('abs(numeric) numeric', numericAbs, { example: ['abs(-1.50)', '1.50'] }),
]

function float4Div(a: number, b: number): number {
  if (b === 0 && !Number.isNaN(a)) throw divisionByZero()
  return checkedFloat4(a / b, finite(a, b), a === 0)
}

type Bits = (a: bigint, b: bigint) => bigint

function bits(t: 'int2' | 'int4' | 'int8', width: number): ScalarFunction[] {
  const wide = (a: Int8, b: Int8, op: Bits): Int8 => checkedInt8(BigInt.asIntN(width, op(BigInt(a), BigInt(b))))
  const v = (n: number) => `${n}::${t}`
  const op2 = (name: string, symbol: string, op: Bits, result: string) =>
    def(`${t}${name}(${t},${t}) ${t}`, (a: Int8, b: Int8) => wide(a, b, op), {
      op: symbol,
      example: [`${v(5)} ${symbol} ${v(3)}`, result],
    })
  // Shift counts wrap at the width of the machine word that PostgreSQL shifts in.
  const count = (n: bigint) => n & (width === 64 ? 63n : 31n)
  const shift = (name: string, symbol: string, op: Bits, result: string) =>
    def(`${t}${name}(${t},int4) ${t}`, (a: Int8, b: number) => wide(a, b, op), {
      op: symbol,
      example: [`${v(5)} ${symbol} 1`, result],
    })
  return [
    op2('and', '&', (a, b) => a & b, '1'),
    op2('or', '|', (a, b) => a | b, '7'),
    op2('xor', '#', (a, b) => a ^ b, '6'),
    def(`${t}not(${t}) ${t}`, (a: Int8) => wide(a, 0, (x) => ~x), { op: '~', example: [`~ ${v(5)}`, '-6'] }),
    shift('shl', '<<', (a, n) => a << count(n), '10'),
    shift('shr', '>>', (a, n) => a >> count(n), '2'),
  ]
}

function gcd(a: bigint, b: bigint): bigint {
  a = a < 0n ? -a : a
  b = b < 0n ? -b : b
  while (b !== 0n) [a, b] = [b, a % b]
  return a
}

function lcm(a: bigint, b: bigint): bigint {
  if (a === 0n || b === 0n) return 0n
  const product = (a / gcd(a, b)) * b
  return product < 0n ? -product : product
}

function divisors(t: 'int4' | 'int8'): ScalarFunction[] {
  const bounded = (v: bigint): Int8 => {
    if (t === 'int4' && (v > 2147483647n || v < -2147483648n)) throw outOfRange('integer')
    return checkedInt8(v)
  }
  return [
    def(`gcd(${t},${t}) ${t}`, (a: Int8, b: Int8) => bounded(gcd(BigInt(a), BigInt(b))), {
      fallible: true,
      example: [`gcd(-12::${t}, 18::${t})`, '6'],
    }),
    def(`lcm(${t},${t}) ${t}`, (a: Int8, b: Int8) => bounded(lcm(BigInt(a), BigInt(b))), {
      fallible: true,
      example: [`lcm(4::${t}, 6::${t})`, '12'],
    }),
  ]
}

/** width_bucket(value, low, high, count): the number of the equal part that holds the value. */
function widthBucket(value: Numeric, low: Numeric, high: Numeric, count: number): number {
  if (count <= 0) throw new SqlError('2201G', 'count must be greater than zero')
  if ([value, low, high].some((v) => Number.isNaN(v.mantissa)))
    throw new SqlError('2201G', 'operand, lower bound, and upper bound cannot be NaN')
  if (isSpecial(low) || isSpecial(high)) throw new SqlError('2201G', 'lower and upper bounds must be finite')
  const order = compareNumeric(low, high)
  if (order === 0) throw new SqlError('2201G', 'lower bound cannot equal upper bound')
  const up = order < 0
  if (up ? compareNumeric(value, low) < 0 : compareNumeric(value, low) > 0) return 0
  if (up ? compareNumeric(value, high) >= 0 : compareNumeric(value, high) <= 0) {
    if (count === 2147483647) throw outOfRange('integer')
    return count + 1
  }
  const part = numericDiv(
    numericMul(numericSub(value, low), parseNumericText(`${count}.0000000000000000`)!),
    numericSub(high, low),
  )
  return Number(BigInt(part.mantissa) / 10n ** BigInt(part.scale)) + 1
}

export const arithmeticFunctions: readonly ScalarFunction[] = [
  ...smallIntegers('int2', H.i2, 'i2'),
  ...smallIntegers('int4', H.i4, 'i4'),
  ...big,
  ...floats(
    'float4',
    (a, b) => checkedFloat4(a + b, finite(a, b), true),
    (a, b) => checkedFloat4(a - b, finite(a, b), true),
    (a, b) => checkedFloat4(a * b, finite(a, b), a === 0 || b === 0),
    float4Div,
  ),
  ...floats('float8', H.fadd, H.fsub, H.fmul, H.fdiv),
  ...numerics,
  ...bits('int2', 16),
  ...bits('int4', 32),
  ...bits('int8', 64),
  ...divisors('int4'),
  ...divisors('int8'),
  def('int4inc(int4) int4', (n: number) => H.i4(n + 1), { fallible: true, example: ['int4inc(2)', '3'] }),
  def('width_bucket(numeric,numeric,numeric,int4) int4', widthBucket, {
    fallible: true,
    example: ['width_bucket(5.35, 0.024, 10.06, 5)', '3'],
  }),
]
