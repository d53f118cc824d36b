import { SqlError } from '../../base/sql-error.ts'
import type { NumberPattern, NumberPicture } from './number-picture.ts'
import { ROMAN_WIDTH } from './roman.ts'

/** A number as its picture needs it. */
export interface Printed {
  /** Digits with their point and without a sign, or crosses, or a Roman numeral. */
  readonly digits: string
  readonly sign: '+' | '-' | ''
  /** Places of the picture before the first digit. */
  readonly blanks: number
  /** Places before the point, and as many digits behind it as the type holds. */
  readonly whole: number
  readonly fraction: number
}

/** The digits, signs and texts of a picture, one part after the other. */
export function fillPicture(picture: NumberPicture, number: Printed): string {
  const text = new Filling(picture, number).run()
  // Where a picture asks for more digits than there are, PostgreSQL's text ends.
  const end = text.indexOf('\0')
  return end < 0 ? text : text.slice(0, end)
}

class Filling {
  readonly #picture: NumberPicture
  readonly #number: Printed
  /** S stands before the number, behind it, or nowhere. */
  readonly #signPlace: 'before' | 'behind' | null
  readonly #brackets: boolean
  /** With FM: the last character of the digits that is shown, unless a 0 asks for more; -1: all are. */
  readonly #last: number
  /** Places in which digits and signs stand. */
  readonly #count: number
  #signed: boolean
  /** The next character of the digits, the place of the picture, and whether digits have begun. */
  #at = 0
  #place = 0
  #begun = false
  #out = ''

  constructor(picture: NumberPicture, number: Printed) {
    this.#picture = picture
    this.#number = number
    const { roman, trimmed, plus, minus } = picture
    const { sign, whole, fraction, blanks } = number
    const behind = picture.sign === 'before' && whole === picture.digitsBeforeSign
    this.#signPlace = roman ? null : behind ? 'behind' : picture.sign
    this.#brackets = !roman && picture.brackets && (sign === '-' || !trimmed || plus || minus)
    // MI, PL and SG write the sign themselves, PL only a plus.
    this.#signed = plus || minus ? !roman && minus : sign === '+' && trimmed && picture.sign === null
    this.#last = roman ? -1 : lastShown(picture, number)
    this.#count = whole + fraction - 1 + (!this.#signed && blanks === 0 ? 1 : 0)
  }

  run(): string {
    for (const part of this.#picture.parts) {
      if (part.pattern === null) this.#out += part.text
      else this.#put(part.pattern, part.small)
    }
    return this.#out
  }

  #put(pattern: NumberPattern, small: boolean): void {
    const { roman, trimmed, point } = this.#picture
    const { sign, digits } = this.#number
    switch (pattern) {
      case '9':
      case '0':
      case '.':
      case 'D':
        if (!roman) this.#digit(pattern)
        break
      case ',':
      case 'G':
        if (this.#begun) this.#out += ','
        else if (!trimmed) this.#out += ' '
        break
      case 'L':
        this.#out += ' '
        break
      case 'RN': {
        const numeral = trimmed ? digits : digits.padStart(ROMAN_WIDTH)
        this.#out += small ? numeral.toLowerCase() : numeral
        break
      }
      case 'TH':
        if (roman || digits.startsWith('#') || sign === '-' || point) break
        this.#out += small ? ordinal(digits).toLowerCase() : ordinal(digits)
        break
      case 'MI':
        if (sign === '-') this.#out += '-'
        else if (!trimmed) this.#out += ' '
        break
      case 'PL':
        if (sign === '+') this.#out += '+'
        else if (!trimmed) this.#out += ' '
        break
      case 'SG':
        this.#out += sign === '' ? '\0' : sign
        break
      default:
    }
  }

  #digit(pattern: NumberPattern): void {
    const { zeroFrom, point } = this.#picture
    const { blanks } = this.#number
    const place = this.#place
    this.#begun = false
    this.#leadingSign()
    const zero = zeroFrom >= 0 && zeroFrom <= place
    if (place < blanks && !zero) {
      if (!this.#picture.trimmed) this.#out += ' '
    } else if (place < blanks) {
      this.#out += '0'
      this.#begun = true
    } else this.#write(pattern)
    const end =
      this.#last >= 0 && this.#at === this.#last ? place : this.#count + (blanks > 0 ? 1 : 0) + (point ? 1 : 0)
    if (place + 1 === end) this.#closingSign()
    this.#place++
  }

  /** The sign, where the first digit, zero or point is about to be written. */
  #leadingSign(): void {
    const { zeroFrom, trimmed } = this.#picture
    const { blanks, sign } = this.#number
    if (this.#signed) return
    if (this.#place < blanks && zeroFrom !== this.#place) return
    if (this.#blankZero() && !this.#endsAtPoint()) return
    if (this.#signPlace !== null) {
      if (this.#signPlace === 'behind') return
      this.#out += sign
    } else if (this.#brackets) this.#out += sign === '+' ? ' ' : '<'
    else if (sign === '-') this.#out += '-'
    else if (!trimmed) this.#out += ' '
    this.#signed = true
  }

  #closingSign(): void {
    const { sign } = this.#number
    if (this.#signed && this.#brackets) this.#out += sign === '+' ? ' ' : '>'
    else if (this.#signPlace === 'behind') this.#out += sign
  }

  #write(pattern: NumberPattern): void {
    const { digits } = this.#number
    const char = digits[this.#at] ?? '\0'
    if (char === '.') this.#out += '.'
    else if (this.#last >= 0 && this.#at > this.#last && pattern !== '0') {
      // FM leaves it out.
    } else if (this.#blankZero()) {
      if (!this.#picture.trimmed) this.#out += ' '
      else if (this.#endsAtPoint()) this.#out += '0'
    } else {
      this.#out += char
      this.#begun = true
    }
    if (this.#at < digits.length) this.#at++
  }

  /** The zero before the point of 0.1, for which 9.9 has a blank. */
  #blankZero(): boolean {
    return this.#picture.zeroFrom < 0 && this.#at === 0 && this.#number.digits[0] === '0' && this.#number.fraction !== 0
  }

  #endsAtPoint(): boolean {
    return this.#last >= 0 && this.#number.digits[this.#last] === '.'
  }
}

/** FM cuts zeros at the end, but not those for which there is a 0. */
function lastShown({ trimmed, point, zeroEnd }: NumberPicture, { digits, blanks }: Printed): number {
  const start = digits.indexOf('.')
  if (!trimmed || !point || start < 0) return -1
  let last = start
  for (let i = start + 1; i < digits.length; i++) if (digits[i] !== '0') last = i
  return zeroEnd > blanks ? Math.max(last, Math.min(digits.length - 1, zeroEnd - blanks)) : last
}

/** ST, ND, RD or TH behind a number. */
function ordinal(digits: string): string {
  const last = digits[digits.length - 1]
  if (!(last >= '0' && last <= '9')) throw new SqlError('22P02', `"${digits}" is not a number`)
  if (digits[digits.length - 2] === '1') return 'TH'
  return ({ '1': 'ST', '2': 'ND', '3': 'RD' } as const)[last] ?? 'TH'
}
