import { SqlError } from '../../base/sql-error.ts'
import { endsNumber, isBlank, isSeparator, type Node, templateNodes } from './date-template.ts'

/** The fields that a text has by a template, as PostgreSQL reads them; 0 is what was not there. */
export interface Fields {
  mode: 'gregorian' | 'iso' | null
  hh: number
  mi: number
  ss: number
  ssss: number
  ms: number
  us: number
  pm: number
  twelve: boolean
  year: number
  /** Digits of the year's pattern. */
  yearDigits: number
  bc: number
  cc: number
  mm: number
  dd: number
  ddd: number
  /** Sunday is 1. */
  d: number
  ww: number
  w: number
  j: number
  zoneSign: number
  zoneHours: number
  zoneMinutes: number
}

const NOTHING: Fields = {
  mode: null,
  hh: 0,
  mi: 0,
  ss: 0,
  ssss: 0,
  ms: 0,
  us: 0,
  pm: 0,
  twelve: false,
  year: 0,
  yearDigits: 0,
  bc: 0,
  cc: 0,
  mm: 0,
  dd: 0,
  ddd: 0,
  d: 0,
  ww: 0,
  w: 0,
  j: 0,
  zoneSign: 0,
  zoneHours: 0,
  zoneMinutes: 0,
}

type NumberField = Exclude<keyof Fields, 'mode' | 'twelve'>

const MONTHS = 'january february march april may june july august september october november december'.split(' ')
const DAYS = 'sunday monday tuesday wednesday thursday friday saturday'.split(' ')
const ROMAN = 'xii xi x ix viii vii vi v iv iii ii i'.split(' ')
const cut = (words: readonly string[]): readonly string[] => words.map((word) => word.slice(0, 3))

const invalid = (message: string, detail: string, hint?: string): SqlError =>
  new SqlError('22007', message, { detail, ...(hint === undefined ? {} : { hint }) })

const FIXED_WIDTH_HINT = 'If your source string is not fixed-width, try using the "FM" modifier.'

export function readFields(text: string, template: string): Fields {
  return new Reader(text, templateNodes(template)).read()
}

class Reader {
  private readonly fields: Fields = { ...NOTHING }
  private readonly text: string
  private readonly nodes: readonly Node[]
  private at = 0
  /** Blanks that were passed over beyond those of the template. */
  private skipped = 0
  private fixed = false

  constructor(text: string, nodes: readonly Node[]) {
    this.text = text
    this.nodes = nodes
  }

  read(): Fields {
    for (let i = 0; i < this.nodes.length && this.at < this.text.length; i++) {
      const node = this.nodes[i]
      const isPattern = node.kind === 'pattern'
      if (!this.fixed && !(isPattern && /^fx$/i.test(node.name)) && (isPattern || i === 0)) this.skipBlanks()
      if (isPattern) {
        this.pattern(node.name, i)
        if (!this.fixed) {
          this.skipped = 0
          this.skipBlanks()
        }
      } else this.literal(node)
    }
    return this.fields
  }

  private skipBlanks(): void {
    while (isBlank(this.text[this.at] ?? '')) {
      this.at++
      this.skipped++
    }
  }

  private literal({ kind }: Node): void {
    const size = String.fromCodePoint(this.text.codePointAt(this.at)!).length
    if (this.fixed) this.at += size
    else if (kind === 'text') {
      if (this.skipped > 0) this.skipped--
      else this.at += size
    } else {
      // One blank or separator of the template is one of the text, or none.
      this.skipped--
      if (isBlank(this.text[this.at]) || isSeparator(this.text[this.at])) {
        this.at++
        this.skipped++
      }
    }
  }

  private pattern(written: string, i: number): void {
    const name = written.toUpperCase()
    this.setMode(name)
    const number = (field: NumberField, width = name.length) =>
      this.set(field, this.number(written, i, width).value, written)
    switch (name) {
      case 'FX':
        this.fixed = true
        return
      case 'AM':
      case 'PM':
      case 'A.M.':
      case 'P.M.':
        this.set('pm', this.word(name.length === 2 ? ['am', 'pm'] : ['a.m.', 'p.m.'], written), written)
        this.fields.twelve = true
        return
      case 'AD':
      case 'BC':
      case 'A.D.':
      case 'B.C.':
        this.set('bc', this.word(name.length === 2 ? ['ad', 'bc'] : ['a.d.', 'b.c.'], written), written)
        return
      case 'HH':
      case 'HH12':
        number('hh', 2)
        this.fields.twelve = true
        break
      case 'HH24':
        number('hh', 2)
        break
      case 'MI':
        number('mi')
        break
      case 'SS':
        number('ss')
        break
      case 'SSSS':
      case 'SSSSS':
        number('ssss')
        break
      case 'MS':
        this.fraction('ms', 3, written, i, 3)
        break
      case 'US':
        this.fraction('us', 6, written, i, 6)
        break
      case 'TZ':
      case 'OF':
        throw new SqlError('0A000', `formatting field "${written}" is only supported in to_char`)
      case 'TZH':
        this.zoneSign()
        number('zoneHours', 2)
        return
      case 'TZM':
        if (this.fields.zoneSign === 0) this.fields.zoneSign = 1
        number('zoneMinutes', 2)
        return
      case 'MONTH':
      case 'MON':
        this.set('mm', this.word(name === 'MON' ? cut(MONTHS) : MONTHS, written) + 1, written)
        return
      case 'RM':
        this.set('mm', 12 - this.word(ROMAN, written), written)
        return
      case 'DAY':
      case 'DY':
        this.set('d', this.word(name === 'DY' ? cut(DAYS) : DAYS, written), written)
        this.fields.d++
        return
      case 'IDDD':
        number('ddd', 3)
        break
      case 'ID':
        number('d', 1)
        this.fields.d = this.fields.d >= 7 ? 1 : this.fields.d + 1
        break
      case 'MM':
      case 'DDD':
      case 'DD':
      case 'D':
      case 'WW':
      case 'W':
      case 'CC':
      case 'J':
        number(name.toLowerCase() as NumberField)
        break
      case 'IW':
        number('ww')
        break
      case 'Q':
        this.number(written, i, 1)
        break
      case 'Y,YYY':
        this.thousands(written)
        break
      default:
        if (name.startsWith('FF')) this.fraction('us', Number(name[2]), written, i, 6)
        else this.year(written, i)
    }
    if ((this.nodes[i] as { ordinal?: boolean }).ordinal === true) this.at = Math.min(this.text.length, this.at + 2)
  }

  private setMode(name: string): void {
    const mode = /^I(?:W|D|DDD|Y{0,3})$/.test(name)
      ? 'iso'
      : /^(?:D{1,3}|MM|MON|MONTH|RM|WW?|Y,YYY|Y{1,4})$/.test(name)
        ? 'gregorian'
        : null
    if (mode === null) return
    if (this.fields.mode !== null && this.fields.mode !== mode)
      throw new SqlError('22007', 'invalid combination of date conventions', {
        hint: 'Do not mix Gregorian and ISO week date conventions in a formatting template.',
      })
    this.fields.mode = mode
  }

  private set(field: NumberField, value: number, written: string): void {
    if (this.fields[field] !== 0 && this.fields[field] !== value)
      throw invalid(
        `conflicting values for "${written}" field in formatting string`,
        'This value contradicts a previous setting for the same field type.',
      )
    this.fields[field] = value
  }

  /** `length`: characters that were read, blanks before included. */
  private number(written: string, i: number, width: number): { value: number; length: number } {
    const from = this.at
    const rest = this.text.slice(from)
    const bare = rest.trimStart()
    const copy = Buffer.from(bare).subarray(0, width).toString()
    const node = this.nodes[i] as { fillMode: boolean }
    let digits: string
    if (node.fillMode || endsNumber(this.nodes, i)) {
      digits = /^\s*([+-]?\d+)/.exec(rest)?.[0] ?? ''
      this.at += digits.length
    } else {
      if (bare.length < width)
        throw invalid(
          `source string too short for "${written}" formatting field`,
          `Field requires ${width} characters, but only ${bare.length} remain.`,
          FIXED_WIDTH_HINT,
        )
      digits = /^\s*[+-]?\d+/.exec(copy)?.[0] ?? ''
      if (digits !== '' && digits.length < width)
        throw invalid(
          `invalid value "${copy}" for "${written}"`,
          `Field requires ${width} characters, but only ${digits.length} could be parsed.`,
          FIXED_WIDTH_HINT,
        )
      this.at += rest.length - bare.length + digits.length
    }
    if (this.at === from) throw invalid(`invalid value "${copy}" for "${written}"`, 'Value must be an integer.')
    const value = Number(digits)
    if (value > 2147483647 || value < -2147483648)
      throw new SqlError('22008', `value for "${written}" in source string is out of range`, {
        detail: 'Value must be in the range -2147483648 to 2147483647.',
      })
    return { value, length: this.at - from }
  }

  private fraction(field: 'ms' | 'us', width: number, written: string, i: number, digits: number): void {
    const { value, length } = this.number(written, i, width)
    this.set(field, value, written)
    this.fields[field] *= 10 ** Math.max(0, digits - Math.max(1, length))
  }

  private word(words: readonly string[], written: string): number {
    const rest = this.text.slice(this.at).replace(/[A-Z]/g, (letter) => letter.toLowerCase())
    const index = words.findIndex((word) => rest.startsWith(word))
    if (index < 0)
      throw invalid(
        `invalid value "${this.text.slice(this.at).split(/[ \t\n\r\f]/, 1)[0]}" for "${written}"`,
        'The given value did not match any of the allowed values for this field.',
      )
    this.at += words[index].length
    return index
  }

  private zoneSign(): void {
    const sign = this.text[this.at]
    if (sign === '+' || sign === '-' || sign === ' ') {
      this.fields.zoneSign = sign === '-' ? -1 : 1
      this.at++
    } else this.fields.zoneSign = this.skipped > 0 && this.text[this.at - 1] === '-' ? -1 : 1
  }

  private thousands(written: string): void {
    const match = /^\s*([+-]?\d+),\s*([+-]?\d{1,3})/.exec(this.text.slice(this.at))
    if (match === null) throw new SqlError('22007', 'invalid input string for "Y,YYY"')
    this.set('year', Number(match[1]) * 1000 + Number(match[2]), written)
    this.fields.yearDigits = 4
    this.at += match[0].length
  }

  private year(written: string, i: number): void {
    const width = written.length
    const { value, length } = this.number(written, i, width)
    this.set('year', value, written)
    const digits = written.replace(/i/gi, 'y').length
    this.fields.yearDigits = digits
    if (digits < 4 && length < 4) this.fields.year = nearYear(value)
  }
}

/** What is too short for a year means the one nearest to 2020. */
function nearYear(year: number): number {
  if (year < 70) return year + 2000
  if (year < 100) return year + 1900
  if (year < 520) return year + 2000
  return year < 1000 ? year + 1000 : year
}
