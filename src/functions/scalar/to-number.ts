import { SqlError } from '../../base/sql-error.ts'
import { makeNumeric } from '../../types/numeric.ts'
import { applyPrecision, numericMul } from '../../types/numeric-arith.ts'
import { numericPower } from '../../types/numeric-math.ts'
import { parseText } from '../../types/text.ts'
import type { Numeric } from '../../types/value.ts'
import { def } from '../define.ts'
import type { ScalarFunction } from '../function.ts'
import { type NumberPattern, type NumberPicture, numberPicture } from './number-picture.ts'

/**
 * to_number: a text read along a picture of digits. The picture only says where digits, point, group separators and
 * signs may stand; what does not fit is skipped, one character for each place of the picture, as PostgreSQL does.
 */
const isDigit = (char: string | undefined): boolean => char !== undefined && char >= '0' && char <= '9'

class Reader {
  /** UTF-8, a byte a unit: places of digits go byte by byte, all others character by character. */
  readonly #text: string
  readonly #picture: NumberPicture
  #at = 0
  #digits = ''
  #sign = ''
  #point = false
  #read = 0
  #readFraction = 0

  constructor(text: string, picture: NumberPicture) {
    this.#text = Buffer.from(text).toString('latin1')
    this.#picture = picture
  }

  run(): { readonly text: string; readonly fraction: number } {
    for (const { pattern } of this.#picture.parts) {
      if (this.#at >= this.#text.length) break
      if (pattern === null) this.#character()
      else if (this.#place(pattern)) this.#at++
    }
    const digits = this.#digits.endsWith('.') ? this.#digits.slice(0, -1) : this.#digits
    return { text: (this.#sign || ' ') + digits, fraction: this.#readFraction }
  }

  /** Whether the place takes its character of the text. */
  #place(pattern: NumberPattern): boolean {
    const char = this.#text[this.#at]
    switch (pattern) {
      case '9':
      case '0':
      case '.':
      case 'D':
        this.#digit(pattern === '9' || pattern === '0')
        return true
      case ',':
      case 'G':
        return !this.#picture.trimmed && char === ','
      case 'L':
        this.#skip(1)
        return false
      case 'TH':
        if (!this.#picture.point) this.#skip(2)
        return false
      case 'MI':
        return this.#signed(char, '-')
      case 'PL':
        return this.#signed(char, '+')
      case 'SG':
        return this.#signed(char, '+-')
      default:
        return false
    }
  }

  #signed(char: string, wanted: string): boolean {
    if (wanted.includes(char)) {
      this.#sign = char
      return true
    }
    this.#skip(1)
    return false
  }

  #skip(count: number): void {
    for (let n = 0; n < count && this.#at < this.#text.length; n++) {
      if ('0123456789.,+-'.includes(this.#text[this.#at])) return
      this.#character()
    }
  }

  /** Past one character, by what its first byte says of its length. */
  #character(): void {
    const byte = this.#text.charCodeAt(this.#at)
    this.#at += byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4
  }

  #digit(mayBeSigned: boolean): void {
    const { brackets, point, fraction } = this.#picture
    if (this.#text[this.#at] === ' ') this.#at++
    if (this.#sign === '' && mayBeSigned && this.#read === 0) {
      const char = this.#text[this.#at]
      const bracket = char === '<' && brackets
      if (char === '-' || char === '+' || bracket) {
        this.#sign = bracket ? '-' : char
        this.#at++
      }
    }
    const char = this.#text[this.#at]
    if (char === undefined) return
    let taken = false
    if (isDigit(char)) {
      if (this.#point && this.#readFraction === fraction) return
      this.#digits += char
      this.#read++
      if (this.#point) this.#readFraction++
      taken = true
    } else if (point && !this.#point && char === '.') {
      this.#digits += '.'
      this.#point = true
      taken = true
    }
    if (this.#sign === '' && this.#read > 0) this.#signBehind(taken)
  }

  /** A sign behind the number, whose exact place the picture leaves open. */
  #signBehind(taken: boolean): void {
    const { sign, plus, minus } = this.#picture
    const next = this.#text[this.#at + 1]
    if (sign !== null) {
      if (taken && next !== undefined && !isDigit(next) && (next === '-' || next === '+')) {
        this.#sign = next
        this.#at++
      }
    } else if (!taken && (plus || minus)) {
      const char = this.#text[this.#at]
      if (char === '-' || char === '+') this.#sign = char
    }
  }
}

function toNumber(text: string, template: string): Numeric | null {
  if (template === '') return null
  const picture = numberPicture(template)
  if (picture.scientific) throw new SqlError('0A000', '"EEEE" not supported for input')
  if (picture.roman) throw new SqlError('0A000', '"RN" not supported for input')
  const read = new Reader(text, picture).run()
  const value = parseText(read.text, { kind: 'numeric' }) as Numeric
  const fitted = applyPrecision(value, picture.whole + picture.shift + read.fraction, read.fraction)
  if (!picture.shifted) return fitted
  return numericMul(fitted, numericPower(makeNumeric(10, 0), makeNumeric(-picture.shift, 0)))
}

export const toNumberFunctions: readonly ScalarFunction[] = [
  def('to_number(text,text) numeric', toNumber, {
    volatility: 'stable',
    fallible: true,
    example: ["to_number('12,454.8-', '99G999D9S')", '-12454.8'],
  }),
]
