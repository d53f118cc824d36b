import { SqlError } from '../../base/sql-error.ts'

/** The pictures of to_char and to_number for numbers: text → patterns and what they say together. */

// biome-ignore format: longer ones first where one begins another
const PATTERNS = [
  ',', '.', '0', '9', 'B', 'C', 'D', 'EEEE', 'FM', 'G', 'L', 'MI', 'PL', 'PR', 'RN', 'SG', 'SP', 'S', 'TH', 'V',
] as const
export type NumberPattern = (typeof PATTERNS)[number]

/** A pattern, or a character that stands for itself. `small`: written in small letters, which shows in TH and RN only. */
export type PicturePart =
  | { readonly pattern: NumberPattern; readonly small: boolean }
  | { readonly pattern: null; readonly text: string }

export interface NumberPicture {
  readonly parts: readonly PicturePart[]
  /** Digits before the point, behind it, and (9 only) behind V. */
  readonly whole: number
  readonly fraction: number
  readonly shift: number
  /** Where the first 0 before the point stands, and behind which digit the last 0 of all stands; -1 and 0: none. */
  readonly zeroFrom: number
  readonly zeroEnd: number
  readonly point: boolean
  /** S: before or behind the number; null: none. */
  readonly sign: 'before' | 'behind' | null
  /** Digits before the S. */
  readonly digitsBeforeSign: number
  readonly trimmed: boolean
  readonly brackets: boolean
  readonly plus: boolean
  readonly minus: boolean
  readonly roman: boolean
  readonly shifted: boolean
  readonly scientific: boolean
}

type Building = { -readonly [K in keyof NumberPicture]: NumberPicture[K] } & { blank: boolean }

const wrong = (message: string, detail?: string): SqlError => new SqlError('42601', message, { detail })

/** The last picture: a column is mostly printed by one. */
let known: { readonly template: string; readonly picture: NumberPicture } | null = null

export function numberPicture(template: string): NumberPicture {
  if (known?.template !== template) known = { template, picture: readPicture(template) }
  return known.picture
}

function readPicture(template: string): NumberPicture {
  const parts: PicturePart[] = []
  const p: Building = {
    parts,
    whole: 0,
    fraction: 0,
    shift: 0,
    zeroFrom: -1,
    zeroEnd: 0,
    point: false,
    sign: null,
    digitsBeforeSign: 0,
    trimmed: false,
    brackets: false,
    plus: false,
    minus: false,
    roman: false,
    shifted: false,
    scientific: false,
    blank: false,
  }
  for (let at = 0; at < template.length; ) {
    const found = patternAt(template, at)
    if (found !== null) {
      parts.push(found)
      note(p, found.pattern)
      at += found.pattern.length
    } else if (template[at] === '"') at = quoted(template, at + 1, parts)
    else {
      // Elsewhere a backslash means something before a double quote only.
      if (template[at] === '\\' && template[at + 1] === '"') at++
      at = literal(template, at, parts)
    }
  }
  return p
}

/** Patterns are written in capitals, or all in small letters. */
function patternAt(template: string, at: number): { pattern: NumberPattern; small: boolean } | null {
  for (const pattern of PATTERNS) {
    if (template.startsWith(pattern, at)) return { pattern, small: false }
    if (template.startsWith(pattern.toLowerCase(), at)) return { pattern, small: true }
  }
  return null
}

function literal(template: string, at: number, parts: PicturePart[]): number {
  const text = String.fromCodePoint(template.codePointAt(at) as number)
  parts.push({ pattern: null, text })
  return at + text.length
}

function quoted(template: string, from: number, parts: PicturePart[]): number {
  let at = from
  while (at < template.length) {
    if (template[at] === '"') return at + 1
    if (template[at] === '\\' && at + 1 < template.length) at++
    at = literal(template, at, parts)
  }
  return at
}

function note(p: Building, pattern: NumberPattern): void {
  if (p.scientific && pattern !== 'EEEE') throw wrong('"EEEE" must be the last pattern used')
  switch (pattern) {
    case '9':
      if (p.brackets) throw wrong('"9" must be ahead of "PR"')
      if (p.shifted) p.shift++
      else if (p.point) p.fraction++
      else p.whole++
      break
    case '0':
      if (p.brackets) throw wrong('"0" must be ahead of "PR"')
      if (p.zeroFrom < 0 && !p.point) p.zeroFrom = p.whole
      if (p.point) p.fraction++
      else p.whole++
      p.zeroEnd = p.whole + p.fraction
      break
    case 'B':
      if (p.whole === 0 && p.fraction === 0 && p.zeroFrom < 0) p.blank = true
      break
    case '.':
    case 'D':
      if (p.point) throw wrong('multiple decimal points')
      if (p.shifted) throw wrong('cannot use "V" and decimal point together')
      p.point = true
      break
    case 'FM':
      p.trimmed = true
      break
    case 'V':
      if (p.point) throw wrong('cannot use "V" and decimal point together')
      p.shifted = true
      break
    case 'RN':
      p.roman = true
      break
    case 'EEEE':
      noteScientific(p)
      break
    default:
      noteSign(p, pattern)
  }
}

function noteScientific(p: Building): void {
  if (p.scientific) throw wrong('cannot use "EEEE" twice')
  if (p.blank || p.trimmed || p.sign !== null || p.brackets || p.minus || p.plus || p.roman || p.shifted) {
    throw wrong(
      '"EEEE" is incompatible with other formats',
      '"EEEE" may only be used together with digit and decimal point patterns.',
    )
  }
  p.scientific = true
}

function noteSign(p: Building, pattern: NumberPattern): void {
  switch (pattern) {
    case 'S':
      if (p.sign !== null) throw wrong('cannot use "S" twice')
      if (p.plus || p.minus || p.brackets) throw wrong('cannot use "S" and "PL"/"MI"/"SG"/"PR" together')
      p.sign = p.point ? 'behind' : 'before'
      if (!p.point) p.digitsBeforeSign = p.whole
      break
    case 'MI':
    case 'PL':
    case 'SG':
      if (p.sign !== null) throw wrong(`cannot use "S" and "${pattern}" together`)
      if (pattern !== 'PL') p.minus = true
      if (pattern !== 'MI') p.plus = true
      break
    case 'PR':
      if (p.sign !== null || p.plus || p.minus) throw wrong('cannot use "PR" and "S"/"PL"/"MI"/"SG" together')
      p.brackets = true
      break
    default:
  }
}
