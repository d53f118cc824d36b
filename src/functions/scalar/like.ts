import { SqlError } from '../../base/sql-error.ts'
import { padBlanks } from '../../types/modifiers.ts'
import { def, defEnv } from '../define.ts'
import type { ScalarFunction } from '../function.ts'

/** LIKE and ILIKE: patterns become matchers once and are kept; plain prefixes, suffixes and infixes need no RegExp. */
type Matcher = (text: string) => boolean

const cache = new Map<string, Matcher>()
const CACHED_MAX = 500

function likeMatcher(pattern: string, escaping: string, ignoreCase: boolean): Matcher {
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
  let source = ''
  const units = [...pattern]
  for (let i = 0; i < units.length; i++) {
    if (units[i] === escaping) {
      if (++i === units.length) throw new SqlError('22025', 'LIKE pattern must not end with escape character')
      source += quote(units[i])
    } else if (units[i] === '%') source += '[^]*'
    else source += units[i] === '_' ? '[^]' : quote(units[i])
  }
  const regex = new RegExp(`^${source}$`, ignoreCase ? 'iu' : 'u')
  return (text) => regex.test(text)
}

function quote(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}

const like = (text: string, pattern: string): boolean => likeMatcher(pattern, '\\', false)(text)
const ilike = (text: string, pattern: string): boolean => likeMatcher(pattern, '\\', true)(text)

/** LIKE … ESCAPE e: the pattern with the usual escape character instead. */
function likeEscape(pattern: string, escaping: string): string {
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
    defEnv(
      `${kind}${name}(${kind},text) bool`,
      ([t, p], _, types) => test(padBlanks(t as string, types[0]), p as string),
      {
        op,
        fallible: true,
        example: [`'abc'::${kind} ${op} '${pattern}'`, result],
      },
    )
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
  def('like_escape(text,text) text', likeEscape, {
    fallible: true,
    example: ["like_escape('a!%b\\'::text, '!')", 'a\\%b\\\\'],
  }),
]
