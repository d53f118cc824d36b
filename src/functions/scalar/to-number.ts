import { SqlError } from '../../base/sql-error.ts'
import { makeNumeric } from '../../types/numeric.ts'
import { numericMul, numericRound } from '../../types/numeric-arith.ts'
import { numericPower } from '../../types/numeric-math.ts'
import { parseText } from '../../types/text.ts'
import type { Numeric } from '../../types/value.ts'
import { def } from '../define.ts'
import type { ScalarFunction } from '../function.ts'

/**
 * to_number: a text read along a picture of digits. The picture only says where digits, point, group separators and
 * signs may stand; what does not fit is skipped, one character for each place of the picture, as PostgreSQL does.
 */
const WORDS = /"((?:[^"\\]|\\.)*)"|\\?(,|\.|0|9|EEEE|FM|G|L|MI|PL|PR|RN|SG|SP|S|TH|V|B|C|D)|([\s\S])/giy

interface Picture {
  readonly places: readonly { readonly word: string; readonly literal: boolean }[]
  /** Digits before the point, behind it, and behind V. */
  readonly whole: number
  readonly fraction: number
  readonly shift: number
  readonly point: boolean
  /** S stands before the point, so that a sign may come first. */
  readonly leadingSign: boolean
  readonly signs: ReadonlySet<string>
  readonly trimmed: boolean
}

function readPicture(template: string): Picture {
  const places: { word: string; literal: boolean }[] = []
  const signs = new Set<string>()
  let [whole, fraction, shift, point, leadingSign] = [0, 0, 0, false, false]
  for (const match of template.matchAll(WORDS)) {
    if (match[2] === undefined) {
      for (const char of match[1] ?? match[3]) places.push({ word: char, literal: true })
      continue
    }
    const word = match[2].toUpperCase()
    places.push({ word, literal: false })
    if (word === 'RN') throw new SqlError('0A000', '"RN" not supported for input')
    if (word === 'EEEE') throw new SqlError('0A000', '"EEEE" not supported for input')
    if (word === '9' || word === '0') {
      if (signs.has('V')) shift++
      else if (point) fraction++
      else whole++
    } else if (word === '.' || word === 'D') {
      if (point) throw new SqlError('42601', 'multiple decimal points')
      point = true
    } else if (word === 'S') {
      if (signs.has('S')) throw new SqlError('42601', 'cannot use "S" twice')
      leadingSign = !point
    }
    signs.add(word)
  }
  return { places, whole, fraction, shift, point, leadingSign, signs, trimmed: signs.has('FM') }
}

const isDigit = (char: string | undefined): boolean => char !== undefined && char >= '0' && char <= '9'

class Reader {
  readonly #text: string
  readonly #picture: Picture
  #at = 0
  #digits = ''
  #sign = ''
  #point = false
  #read = 0
  #readFraction = 0

  constructor(text: string, picture: Picture) {
    this.#text = text
    this.#picture = picture
  }

  run(): { readonly text: string; readonly fraction: number } {
    for (const { word, literal } of this.#picture.places) {
      if (this.#at >= this.#text.length) break
      if (literal || this.#place(word)) this.#at++
    }
    const digits = this.#digits.endsWith('.') ? this.#digits.slice(0, -1) : this.#digits
    return { text: (this.#sign || ' ') + digits, fraction: this.#readFraction }
  }

  /** Whether the place takes its character of the text. */
  #place(word: string): boolean {
    const char = this.#text[this.#at]
    switch (word) {
      case '9':
      case '0':
      case '.':
      case 'D':
        this.#digit(word === '9' || word === '0')
        return true
      case ',':
      case 'G':
        if (this.#read === 0 && this.#picture.trimmed) return false
        return char === ','
      case 'L':
        this.#skip(1)
        return false
      case 'TH':
        this.#skip(2)
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
    for (
      let n = 0;
      n < count && this.#at < this.#text.length && !'0123456789.,+-'.includes(this.#text[this.#at]);
      n++
    ) {
      this.#at++
    }
  }

  #digit(mayBeSigned: boolean): void {
    const { signs, leadingSign, point, fraction } = this.#picture
    if (this.#text[this.#at] === ' ') this.#at++
    if (this.#sign === '' && mayBeSigned && this.#read === 0) {
      const char = this.#text[this.#at]
      const bracket = char === '<' && signs.has('PR')
      if ((char === '-' || char === '+' || bracket) && (leadingSign || !signs.has('S'))) {
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
    const { signs } = this.#picture
    const next = this.#text[this.#at + 1]
    if (signs.has('S')) {
      if (taken && next !== undefined && !isDigit(next) && (next === '-' || next === '+')) {
        this.#sign = next
        this.#at++
      }
    } else if (!taken) {
      const char = this.#text[this.#at]
      if (char === '-' || char === '+') this.#sign = char
    }
  }
}

function toNumber(text: string, template: string): Numeric | null {
  if (template === '') return null
  const picture = readPicture(template)
  const read = new Reader(text, picture).run()
  const value = parseText(read.text, { kind: 'numeric' }) as Numeric
  const rounded = numericRound(value, read.fraction)
  if (picture.shift === 0) return rounded
  return numericMul(rounded, numericPower(makeNumeric(10, 0), makeNumeric(-picture.shift, 0)))
}

export const toNumberFunctions: readonly ScalarFunction[] = [
  def('to_number(text,text) numeric', toNumber, {
    volatility: 'stable',
    fallible: true,
    example: ["to_number('12,454.8-', '99G999D9S')", '-12454.8'],
  }),
]
