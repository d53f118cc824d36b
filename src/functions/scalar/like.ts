import { SqlError } from '../../base/sql-error.ts'
import { def } from '../define.ts'
import type { ScalarFunction } from '../function.ts'

/** LIKE and ILIKE: patterns become matchers once and are kept; plain prefixes, suffixes and infixes need no RegExp. */
type Matcher = (text: string) => boolean

const cache = new Map<string, Matcher>()
const CACHED_MAX = 500

export function likeMatcher(pattern: string, escaping: string, ignoreCase: boolean): Matcher {
  const key = `${ignoreCase ? 'i' : 'c'}${escaping}/${pattern}`
  let matcher = cache.get(key)
  if (matcher === undefined) {
    matcher = compile(pattern, escaping, ignoreCase)
    if (cache.size >= CACHED_MAX) cache.clear()
    cache.set(key, matcher)
  }
  return matcher
}

function compile(pattern: string, escaping: string, ignoreCase: boolean): Matcher {
  const simple = !ignoreCase && !pattern.includes('_') && (escaping === '' || !pattern.includes(escaping))
  const infix = simple ? /^(%?)([^%]*)(%?)$/.exec(pattern) : null
  if (infix !== null) {
    const [, before, middle, after] = infix
    if (before === '' && after === '') return (text) => text === middle
    if (before === '') return (text) => text.startsWith(middle)
    return after === '' ? (text) => text.endsWith(middle) : (text) => text.includes(middle)
  }
  return wildcards(tokens(pattern, escaping, ignoreCase), ignoreCase)
}

const ANY_ONE = -1
const ANY_MANY = -2
/** An escape character with nothing behind it: an error for texts that come as far. */
const CUT_OFF = -3

/** The pattern as code points, `_` and `%` as negative numbers. */
function tokens(pattern: string, escaping: string, ignoreCase: boolean): number[] {
  const out: number[] = []
  const units = [...pattern]
  for (let i = 0; i < units.length; i++) {
    if (units[i] === '%') out.push(ANY_MANY)
    else if (units[i] === '_') out.push(ANY_ONE)
    else {
      if (units[i] === escaping && ++i === units.length) {
        out.push(CUT_OFF)
        break
      }
      for (const unit of ignoreCase ? units[i].toLowerCase() : units[i]) out.push(unit.codePointAt(0)!)
    }
  }
  return out
}

/**
 * Matches by going back to the last `%` only: what stood before an earlier one need not be tried again. At most the
 * product of both lengths, where a regular expression takes a power of the number of `%`.
 */
function wildcards(pattern: readonly number[], ignoreCase: boolean): Matcher {
  return (given) => {
    const text = codePoints(ignoreCase ? given.toLowerCase() : given)
    let at = 0
    let from = 0
    let many = -1
    for (let i = 0; i < text.length; ) {
      const token = pattern[at]
      if (token === ANY_MANY) {
        many = at++
        from = i
        if (pattern[at] === CUT_OFF) throw cutOff()
      } else if (token === ANY_ONE || (token !== undefined && token === text[i])) {
        at++
        i++
      } else if (token === CUT_OFF) throw cutOff()
      else if (many >= 0) {
        at = many + 1
        i = ++from
      } else return false
    }
    while (pattern[at] === ANY_MANY) at++
    if (pattern[at] === CUT_OFF && pattern[at - 1] < 0 && many >= 0) throw cutOff()
    return at === pattern.length
  }
}

const cutOff = (): SqlError => new SqlError('22025', 'LIKE pattern must not end with escape character')

function codePoints(text: string): ArrayLike<number> {
  const points = new Uint32Array(text.length)
  let n = 0
  for (let i = 0; i < text.length; i++) {
    const point = text.codePointAt(i)!
    if (point > 0xffff) i++
    points[n++] = point
  }
  return points.subarray(0, n)
}

const like = (text: string, pattern: string): boolean => likeMatcher(pattern, '\\', false)(text)
const ilike = (text: string, pattern: string): boolean => likeMatcher(pattern, '\\', true)(text)

/** LIKE … ESCAPE e: the pattern with the usual escape character instead. */
export function likeEscape(pattern: string, escaping: string): string {
  const units = [...escaping]
  if (units.length > 1)
    throw new SqlError('22025', 'invalid escape string', { hint: 'Escape string must be empty or one character.' })
  if (escaping === '\\') return pattern
  const out: string[] = []
  const all = [...pattern]
  for (let i = 0; i < all.length; i++) {
    if (all[i] === units[0] && units.length === 1) out.push('\\', all[++i] ?? '')
    else out.push(all[i] === '\\' ? '\\\\' : all[i])
  }
  return out.join('')
}

function operators(kind: 'text' | 'name' | 'bpchar'): ScalarFunction[] {
  const row = (
    name: string,
    op: string,
    test: (text: string, pattern: string) => boolean,
    pattern: string,
    result: string,
  ) =>
    def(`${kind}${name}(${kind},text) bool`, test, {
      op,
      fallible: true,
      example: [`'abc'::${kind} ${op} '${pattern}'`, result],
    })
  return [
    row('like', '~~', like, 'a%', 't'),
    row('nlike', '!~~', (t, p) => !like(t, p), '_b_', 'f'),
    row('iclike', '~~*', ilike, 'A_C', 't'),
    row('icnlike', '!~~*', (t, p) => !ilike(t, p), '%x', 't'),
  ]
}

export const likeFunctions: readonly ScalarFunction[] = [
  ...operators('text'),
  ...operators('name'),
  ...operators('bpchar'),
  def('like(text,text) bool', like, { fallible: true, example: ["like('a%c'::text, 'a\\%c')", 't'] }),
  def('notlike(text,text) bool', (t: string, p: string) => !like(t, p), {
    fallible: true,
    example: ["notlike('abc'::text, '%')", 'f'],
  }),
  def('like(name,text) bool', like, { fallible: true, example: ["like('abc'::name, 'a%')", 't'] }),
  def('notlike(name,text) bool', (t: string, p: string) => !like(t, p), {
    fallible: true,
    example: ["notlike('abc'::name, 'a%')", 'f'],
  }),
  def('like_escape(text,text) text', likeEscape, {
    fallible: true,
    example: ["like_escape('a!%b\\'::text, '!')", 'a\\%b\\\\'],
  }),
]
