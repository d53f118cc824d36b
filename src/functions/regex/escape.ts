import { type CharSet, complement } from './char-set.ts'
import { type ClassName, classOf } from './classes.ts'
import { invalidRegex } from './errors.ts'

/** What stands behind a backslash: a character, a class, a condition, or a reference to a group. */
export type Escape = { readonly next: number } & (
  | { readonly kind: 'char'; readonly code: number }
  | { readonly kind: 'class'; readonly set: CharSet }
  | { readonly kind: 'condition'; readonly name: (typeof CONDITIONS)[keyof typeof CONDITIONS] }
  | { readonly kind: 'reference'; readonly group: number }
)

const CHARS: Readonly<Record<string, number>> = { a: 7, b: 8, B: 92, e: 27, f: 12, n: 10, r: 13, t: 9, v: 11 }
const CLASSES: Readonly<Record<string, ClassName>> = { d: 'digit', s: 'space', w: 'word' }
const CONDITIONS = {
  A: 'text start',
  Z: 'text end',
  m: 'word start',
  M: 'word end',
  y: 'word edge',
  Y: 'not word edge',
} as const

const badEscape = () => invalidRegex('invalid escape \\ sequence')

/** Reads what follows the backslash at `at - 1`. `groups`: how many groups have been opened so far. */
export function readEscape(pattern: string, at: number, groups: number): Escape {
  const code = pattern.codePointAt(at)
  if (code === undefined) throw badEscape()
  const char = String.fromCodePoint(code)
  const next = at + char.length
  if (!/[A-Za-z0-9]/.test(char)) return { kind: 'char', code, next }
  if (Object.hasOwn(CHARS, char)) return { kind: 'char', code: CHARS[char], next }
  if (Object.hasOwn(CONDITIONS, char)) {
    return { kind: 'condition', name: CONDITIONS[char as keyof typeof CONDITIONS], next }
  }
  const lower = char.toLowerCase()
  if (Object.hasOwn(CLASSES, lower)) {
    const set = classOf(CLASSES[lower])
    return { kind: 'class', set: lower === char ? set : complement(set), next }
  }
  switch (char) {
    case 'c': {
      const control = pattern.codePointAt(next)
      if (control === undefined) throw badEscape()
      return { kind: 'char', code: control & 31, next: next + (control > 0xffff ? 2 : 1) }
    }
    case 'u':
      return number(pattern, next, /^[0-9a-fA-F]{4}/, 16)
    case 'U':
      return number(pattern, next, /^[0-9a-fA-F]{8}/, 16)
    case 'x':
      return number(pattern, next, /^[0-9a-fA-F]{1,255}/, 16)
    default:
      return decimal(pattern, at, groups)
  }
}

function number(pattern: string, at: number, form: RegExp, base: number): Escape {
  const digits = form.exec(pattern.slice(at, at + 255))?.[0]
  if (digits === undefined) throw badEscape()
  const code = Number.parseInt(digits, base)
  if (code > 0x10ffff) throw badEscape()
  return { kind: 'char', code, next: at + digits.length }
}

/** \1: a reference; \12 one if there are so many groups; otherwise up to three octal digits. */
function decimal(pattern: string, at: number, groups: number): Escape {
  const digits = /^[0-9]{1,255}/.exec(pattern.slice(at, at + 255))?.[0]
  if (digits === undefined) throw badEscape()
  if (digits[0] !== '0' && (digits.length === 1 || Number(digits) <= groups)) {
    return { kind: 'reference', group: Number(digits), next: at + digits.length }
  }
  let octal = /^[0-7]{1,3}/.exec(digits)?.[0]
  if (octal === undefined) throw badEscape()
  if (Number.parseInt(octal, 8) > 0xff) octal = octal.slice(0, -1)
  return { kind: 'char', code: Number.parseInt(octal, 8), next: at + octal.length }
}
