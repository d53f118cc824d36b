import { SqlError } from '../../base/sql-error.ts'
import { formatNumeric, isSpecial, makeNumeric } from '../../types/numeric.ts'
import { numericMul, numericRound } from '../../types/numeric-arith.ts'
import { numericPower } from '../../types/numeric-math.ts'
import type { Numeric } from '../../types/value.ts'
import { checkedInt8, roundEven, toSmallInteger } from '../cast-values.ts'
import { def } from '../define.ts'
import type { ScalarFunction } from '../function.ts'
import { fixedDigits, power10, scientificDigits } from './float-digits.ts'
import { fillPicture, type Printed } from './number-fill.ts'
import { type NumberPicture, numberPicture } from './number-picture.ts'
import { roman } from './roman.ts'

/**
 * to_char of numbers. Each type has its own digits, as in PostgreSQL: integers are exact, floats as printf writes them
 * (no more digits than the type holds), numerics rounded half away from zero. number-fill.ts writes them into the picture.
 */
type ToRoman<V> = (value: V) => number
type Digits<V> = (value: V, picture: NumberPicture) => { readonly text: string; readonly fraction: number }

interface Writing<V> {
  readonly roman: ToRoman<V>
  /** EEEE; null where it cannot be written. */
  readonly scientific: (value: V, places: number) => string | null
  /** Digits with the shift of V, a minus before them. */
  readonly digits: Digits<V>
}

function toChar<V>(writing: Writing<V>): (value: V, template: string) => string {
  return (value, template) => {
    if (template === '') return ''
    const picture = numberPicture(template)
    if (picture.roman) return fillPicture(picture, romanNumber(writing.roman(value)))
    if (picture.scientific) return scientific(picture, writing.scientific(value, picture.fraction))
    const { text, fraction } = writing.digits(value, picture)
    return fillPicture(picture, laidOut(text, picture, fraction))
  }
}

const romanNumber = (value: number): Printed => ({ digits: roman(value), sign: '', blanks: 0, whole: 0, fraction: 0 })

/** Nothing but the number is shown, text of the picture neither. */
function scientific({ whole, fraction }: NumberPicture, text: string | null): string {
  if (text === null) return ` ${'#'.repeat(whole)}.${'#'.repeat(fraction + 4)}`
  return text.startsWith('-') ? text : ` ${text}`
}

/** Crosses where the digits before the point are more than the picture's. */
function laidOut(text: string, picture: NumberPicture, fraction: number): Printed {
  const negative = text.startsWith('-')
  const digits = negative ? text.slice(1) : text
  const whole = picture.whole + (picture.shifted ? picture.shift : 0)
  const point = digits.indexOf('.')
  const length = point < 0 ? digits.length : point
  const sign = negative ? '-' : '+'
  if (length <= whole) return { digits, sign, blanks: whole - length, whole, fraction }
  return { digits: `${'#'.repeat(whole)}.${'#'.repeat(fraction)}`, sign, blanks: 0, whole, fraction }
}

/** An integer's digits, with as many zeros behind the point as the picture has. */
function integerDigits(value: number | bigint, { fraction }: NumberPicture) {
  return { text: fraction === 0 ? String(value) : `${value}.${'0'.repeat(fraction)}`, fraction }
}

const INT4: Writing<number> = {
  roman: (value) => value,
  scientific: scientificDigits,
  // PostgreSQL multiplies 32-bit integers here without looking for an overflow.
  digits: (value, picture) => {
    const factor = picture.shift <= 9 ? 10 ** picture.shift : -2147483648
    return integerDigits(picture.shifted ? Math.imul(value, factor) : value, picture)
  },
}

const INT8: Writing<number | bigint> = {
  roman: toSmallInteger('int4'),
  scientific: (value, places) => numericScientific(makeNumeric(value, 0), places),
  digits: (value, picture) =>
    integerDigits(picture.shifted ? checkedInt8(BigInt(value) * checkedPower(picture.shift)) : value, picture),
}

const checkedPower = (exponent: number): bigint => BigInt(checkedInt8(10n ** BigInt(Math.min(exponent, 400))))

const FLOAT_DIGITS = { float4: 6, float8: 15 } as const

function floating(kind: 'float4' | 'float8'): Writing<number> {
  const digitsMax = FLOAT_DIGITS[kind]
  const round = kind === 'float4' ? Math.fround : (value: number) => value
  return {
    // What has no 32-bit integer becomes one that has no Roman numeral.
    roman: (value) => (Number.isFinite(value) ? roundEven(value) : 0),
    scientific: (value, places) => (Number.isFinite(value) ? scientificDigits(value, places) : null),
    digits: (value, { shifted, shift, fraction }) => {
      const moved = shifted ? round(value * round(10 ** shift)) : value
      const whole = floatText(Math.abs(moved), 0).length
      const places = whole >= digitsMax ? 0 : Math.min(fraction, digitsMax - whole)
      return { text: floatText(moved, places), fraction: places }
    },
  }
}

const floatText = (value: number, places: number): string =>
  Number.isFinite(value) ? fixedDigits(value, places) : String(value)

const NUMERIC: Writing<Numeric> = {
  roman: (value) => {
    if (isSpecial(value)) {
      const name = Number.isNaN(Number(value.mantissa)) ? 'NaN' : 'infinity'
      throw new SqlError('0A000', `cannot convert ${name} to integer`)
    }
    return toSmallInteger('int4')(numericRound(value, 0).mantissa)
  },
  scientific: (value, places) => (isSpecial(value) ? null : numericScientific(value, places)),
  digits: (value, { shifted, shift, fraction }) => {
    const moved = shifted ? numericMul(value, numericPower(makeNumeric(10, 0), makeNumeric(shift, 0))) : value
    return { text: formatNumeric(numericRound(moved, fraction)), fraction }
  },
}

/** PostgreSQL settles the exponent before it rounds: 9.96 with one place is 10.0e+00. */
function numericScientific(value: Numeric, places: number): string {
  const digits = String(value.mantissa).replace('-', '')
  const exponent = digits === '0' ? 0 : digits.length - 1 - value.scale
  const significand = numericRound({ mantissa: value.mantissa, scale: digits.length - 1 }, places)
  return formatNumeric(significand) + power10(exponent)
}

const row = (kind: string, run: (value: never, template: string) => string, sql: string, result: string) =>
  def(`to_char(${kind},text) text`, run, { volatility: 'stable', fallible: true, example: [sql, result] })

export const toCharNumberFunctions: readonly ScalarFunction[] = [
  row('int4', toChar(INT4), "to_char(-1234, '9,999')", '-1,234'),
  row('int8', toChar(INT8), "to_char(42::int8, '00000')", ' 00042'),
  row('float8', toChar(floating('float8')), "to_char('3.14159'::float8, 'FM999.00')", '3.14'),
  row('float4', toChar(floating('float4')), "to_char('3.14159'::float4, 'FM999.00')", '3.14'),
  row('numeric', toChar(NUMERIC), "to_char(1234.567, '9999.99')", ' 1234.57'),
]
