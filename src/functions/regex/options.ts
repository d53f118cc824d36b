import { notSupported, SqlError } from '../../base/sql-error.ts'
import { invalidRegex } from './errors.ts'

/** The options of a regular expression, after letters given beside it (`flags`) and in front of it (`***:`, `(?i)`). */
export interface RegexOptions {
  /** Advanced expressions have escapes, shy quantifiers and lookarounds; extended ones are POSIX's. */
  advanced: boolean
  /** The text itself: no expression at all. */
  literal: boolean
  ignoreCase: boolean
  /** White space and comments in the pattern do not count. */
  expanded: boolean
  /** `.` and `[^…]` do not match newlines. */
  newlineStops: boolean
  /** `^` and `$` match at newlines too. */
  newlineAnchors: boolean
}

export function optionsOf(flags: string): RegexOptions {
  const options: RegexOptions = {
    advanced: true,
    literal: false,
    ignoreCase: false,
    expanded: false,
    newlineStops: false,
    newlineAnchors: false,
  }
  for (const flag of flags) {
    if (flag !== 'g' && !setOption(options, flag)) {
      throw new SqlError('22023', `invalid regular expression option: "${flag}"`)
    }
  }
  return options
}

function setOption(options: RegexOptions, flag: string): boolean {
  switch (flag) {
    case 'b':
      throw notSupported('a basic regular expression')
    case 'c':
    case 'i':
      options.ignoreCase = flag === 'i'
      return true
    case 'e':
    case 'q':
      options.advanced = false
      options.literal = flag === 'q'
      return true
    case 'm':
    case 'n':
    case 's':
      options.newlineStops = flag !== 's'
      options.newlineAnchors = flag !== 's'
      return true
    case 'p':
    case 'w':
      options.newlineStops = flag === 'p'
      options.newlineAnchors = flag === 'w'
      return true
    case 't':
    case 'x':
      options.expanded = flag === 'x'
      return true
    default:
      return false
  }
}

/** Takes the director and the embedded options off the front of the pattern; where the expression begins. */
export function readPrefix(pattern: string, options: RegexOptions): number {
  if (options.literal) return 0
  let at = 0
  if (pattern.startsWith('***')) {
    const director = pattern[3]
    if (director === '=') {
      options.literal = true
      return 4
    }
    if (director !== ':') throw invalidRegex('quantifier operand invalid')
    options.advanced = true
    at = 4
  }
  if (!options.advanced || !/^\(\?[A-Za-z]/.test(pattern.slice(at, at + 3))) return at
  for (at += 2; at < pattern.length && /[A-Za-z]/.test(pattern[at]); at++) {
    if (!setOption(options, pattern[at])) throw invalidRegex('invalid embedded option')
  }
  if (pattern[at] !== ')') throw invalidRegex('invalid embedded option')
  return at + 1
}
