import { setFlagsFromString } from 'node:v8'
import { SqlError } from '../../base/sql-error.ts'
import { padBlanks } from '../../types/modifiers.ts'
import type { Datum, Row, ValueArray } from '../../types/value.ts'
import { def, defEnv } from '../define.ts'
import type { ScalarFunction } from '../function.ts'

/**
 * POSIX regular expressions over JavaScript's: the same for ordinary patterns. Character classes, word boundaries and
 * options are translated; the longest-alternative rule of POSIX is not kept (JavaScript takes the first that matches).
 */
const cache = new Map<string, Compiled>()
const CACHED_MAX = 500

/**
 * A match that goes back 50,000 times is begun again by V8's engine that takes linear time. That one knows neither the u
 * and i flags nor references and lookarounds, so a pattern goes without u where it makes no difference: when neither it
 * nor the text has characters beyond 16 bits or classes of Unicode.
 */
setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks')
const NEEDS_UNICODE = /[\ud800-\udfff]|\\[pPu]/
const SURROGATE = /[\ud800-\udfff]/

/** One pattern in both forms; `units` matches UTF-16 units, null where that is not the same. */
interface Compiled {
  readonly unicode: RegExp
  readonly units: RegExp | null
}

/** The pattern as it is matched against `text`. `places`: matches also tell where their groups are. */
export function compileRegex(text: string, pattern: string, flags: string, global = false, places = false): RegExp {
  const key = `${flags}${global ? 'G' : ''}${places ? 'D' : ''}/${pattern}`
  let compiled = cache.get(key)
  if (compiled === undefined) {
    compiled = build(pattern, flags, `${global ? 'g' : ''}${places ? 'd' : ''}s`)
    if (cache.size >= CACHED_MAX) cache.clear()
    cache.set(key, compiled)
  }
  const regex = compiled.units === null || SURROGATE.test(text) ? compiled.unicode : compiled.units
  regex.lastIndex = 0
  return regex
}

function build(pattern: string, flags: string, kind: string): Compiled {
  // PostgreSQL's dot matches newlines and its anchors only the ends, unless n, m, p or w say otherwise.
  let js = kind
  for (const flag of flags) {
    if (flag === 'i') js += js.includes('i') ? '' : 'i'
    else if (flag === 'c') js = js.replace('i', '')
    else if (flag === 'n' || flag === 'm') js = `${js.replace('s', '')}m`
    else if (flag === 'p') js = js.replace('s', '')
    else if (flag === 'w') js += 'm'
    else if (flag !== 's' && flag !== 'g' && flag !== 'x' && flag !== 'q' && flag !== 'e' && flag !== 't') {
      throw new SqlError('22023', `invalid regular expression option: "${flag}"`)
    }
  }
  let source = pattern
  const embedded = /^\(\?([a-z]+)\)/.exec(pattern)
  if (embedded !== null) return build(pattern.slice(embedded[0].length), flags + embedded[1], kind)
  if (source.startsWith('***=') || flags.includes('q')) {
    source = source.replace(/^\*\*\*=/, '').replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
  } else source = translate(source.replace(/^\*\*\*:/, ''), flags.includes('x'))
  const once = [...new Set(js)].join('')
  try {
    const unicode = new RegExp(source, `${once}u`)
    const same = !once.includes('i') && !NEEDS_UNICODE.test(source)
    return { unicode, units: same ? new RegExp(source, once) : null }
  } catch (error) {
    const detail = error instanceof Error ? error.message.replace(/^.*: /, '') : String(error)
    throw new SqlError('2201B', `invalid regular expression: ${detail.toLowerCase()}`)
  }
}

const CLASSES: Readonly<Record<string, string>> = {
  alpha: '\\p{L}',
  digit: '\\p{Nd}',
  alnum: '\\p{L}\\p{Nd}',
  upper: '\\p{Lu}',
  lower: '\\p{Ll}',
  space: '\\s',
  blank: ' \\t',
  punct: '!-\\/:-@\\[-`\\{-~',
  xdigit: '0-9a-fA-F',
  cntrl: '\\x00-\\x1f\\x7f',
  print: '\\x20-\\x7e\\u00a0-\\u{10ffff}',
  graph: '\\x21-\\x7e\\u00a1-\\u{10ffff}',
}

const ESCAPES: Readonly<Record<string, string>> = {
  m: '\\b(?=\\w)',
  M: '\\b(?<=\\w)',
  y: '\\b',
  Y: '\\B',
  A: '(?<![\\s\\S])',
  Z: '(?![\\s\\S])',
  a: '\\x07',
  e: '\\x1b',
}

function translate(pattern: string, expanded: boolean): string {
  let out = ''
  let inClass = false
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i]
    if (char === '\\') {
      const next = pattern[++i]
      if (next === undefined) throw new SqlError('2201B', 'invalid regular expression: invalid escape \\ sequence')
      if (!inClass && ESCAPES[next] !== undefined) out += ESCAPES[next]
      else if (/[A-Za-z0-9]/.test(next) || /[\\^$.*+?()[\]{}|/-]/.test(next))
        out += next === '-' && !inClass ? '-' : `\\${next}`
      else out += next
    } else if (inClass) {
      const named = /^\[:(\w+):\]/.exec(pattern.slice(i))
      if (named !== null) {
        const set = CLASSES[named[1]]
        if (set === undefined) throw new SqlError('2201B', 'invalid regular expression: invalid character class')
        out += set
        i += named[0].length - 1
      } else if (char === ']') {
        inClass = false
        out += ']'
      } else out += char === '[' ? '\\[' : char
    } else if (char === '[') {
      inClass = true
      out += '['
      if (pattern[i + 1] === '^') out += pattern[++i]
      // A bracket that comes first stands for itself.
      if (pattern[i + 1] === ']') {
        i++
        out += '\\]'
      }
    } else if (expanded && /\s/.test(char)) {
      // x: white space does not count.
    } else if (char === '{' && !/^\{\d+(,\d*)?\}/.test(pattern.slice(i))) out += '\\{'
    else if (char === '}' && !/\{\d+(,\d*)?$/.test(pattern.slice(0, i))) out += '\\}'
    else out += char
  }
  return out
}

const matches = (text: string, pattern: string, flags: string): boolean => compileRegex(text, pattern, flags).test(text)

/** regexp_replace's \1 … \9 and \&, literally everything else. */
export function replacer(replacement: string): (...groups: readonly unknown[]) => string {
  return (...groups) =>
    replacement.replace(/\\([0-9&\\])/g, (_, code: string) =>
      code === '\\' ? '\\' : String(groups[code === '&' ? 0 : Number(code)] ?? ''),
    )
}

function regexReplace(text: string, pattern: string, replacement: string, flags: string): string {
  return text.replace(compileRegex(text, pattern, flags, flags.includes('g')), replacer(replacement))
}

function regexMatch(text: string, pattern: string, flags: string): Datum {
  if (flags.includes('g')) {
    throw new SqlError('22023', 'regexp_match() does not support the "global" option', {
      hint: 'Use the regexp_matches function instead.',
    })
  }
  const match = compileRegex(text, pattern, flags).exec(text)
  return match === null ? null : groupsOf(match)
}

/** The parenthesized groups, or the whole match where there are none. */
function groupsOf(match: RegExpMatchArray): ValueArray {
  return match.length === 1 ? [match[0]] : match.slice(1).map((group) => group ?? null)
}

/** regexp_matches: one row a match; the first alone without the flag g. */
export function* regexMatches(text: string, pattern: string, flags: string): Generator<Row, void, void> {
  for (const match of text.matchAll(compileRegex(text, pattern, flags, true))) {
    yield [groupsOf(match)]
    if (!flags.includes('g')) return
  }
}

export function regexSplit(text: string, pattern: string, flags: string): string[] {
  const parts: string[] = []
  let from = 0
  for (const match of text.matchAll(compileRegex(text, pattern, flags, true))) {
    const at = match.index
    // An empty match at the ends splits nothing.
    if (match[0] === '' && (at === from || at === text.length)) {
      if (at === 0 || at === text.length) continue
    }
    parts.push(text.slice(from, at))
    from = at + match[0].length
  }
  parts.push(text.slice(from))
  return parts
}

const fallible = { fallible: true }

function operators(kind: 'text' | 'name' | 'bpchar'): ScalarFunction[] {
  const prefix = kind
  const row = (suffix: string, op: string, flags: string, wanted: boolean, result: string) =>
    defEnv(
      `${prefix}${suffix}(${kind},text) bool`,
      ([text, pattern], _, types) => matches(padBlanks(text as string, types[0]), pattern as string, flags) === wanted,
      { op, ...fallible, example: [`'Abc'::${kind} ${op} '^a.c'`, result] },
    )
  return [
    row('regexeq', '~', '', true, 'f'),
    row('icregexeq', '~*', 'i', true, 't'),
    row('regexne', '!~', '', false, 't'),
    row('icregexne', '!~*', 'i', false, 'f'),
  ]
}

export const regexFunctions: readonly ScalarFunction[] = [
  ...operators('text'),
  ...operators('name'),
  ...operators('bpchar'),
  def(
    'substring(text,text) text',
    (s: string, p: string) => {
      const m = compileRegex(s, p, '').exec(s)
      return m === null ? null : ((m.length > 1 ? m[1] : m[0]) ?? null)
    },
    { ...fallible, example: ["substring('foobar', 'o(.)b')", 'o'] },
  ),
  def('regexp_replace(text,text,text) text', (s: string, p: string, r: string) => regexReplace(s, p, r, ''), {
    ...fallible,
    example: ["regexp_replace('foobarbaz', 'b(..)', 'X\\1Y')", 'fooXarYbaz'],
  }),
  def('regexp_replace(text,text,text,text) text', regexReplace, {
    ...fallible,
    example: ["regexp_replace('foobarbaz', 'b..', 'X', 'g')", 'fooXX'],
  }),
  def('regexp_match(text,text) text[]', (s: string, p: string) => regexMatch(s, p, ''), {
    ...fallible,
    example: ["regexp_match('foobarbequebaz', '(bar)(beque)')", '{bar,beque}'],
  }),
  def('regexp_match(text,text,text) text[]', regexMatch, {
    ...fallible,
    example: ["regexp_match('ABC', 'b', 'i')", '{B}'],
  }),
  def('regexp_like(text,text) bool', (s: string, p: string) => matches(s, p, ''), {
    ...fallible,
    example: ["regexp_like('Hello', 'ell')", 't'],
  }),
  def('regexp_like(text,text,text) bool', matches, { ...fallible, example: ["regexp_like('Hello', 'ELL', 'i')", 't'] }),
  def('regexp_count(text,text) int4', (s: string, p: string) => [...s.matchAll(compileRegex(s, p, '', true))].length, {
    ...fallible,
    example: ["regexp_count('a1b2', '[0-9]')", '2'],
  }),
  def('regexp_substr(text,text) text', (s: string, p: string) => compileRegex(s, p, '').exec(s)?.[0] ?? null, {
    ...fallible,
    example: ["regexp_substr('number of your street', '[a-z]{4}')", 'numb'],
  }),
  def('regexp_split_to_array(text,text) text[]', (s: string, p: string) => regexSplit(s, p, ''), {
    ...fallible,
    example: ["regexp_split_to_array('hello world', '\\s+')", '{hello,world}'],
  }),
  def('regexp_split_to_array(text,text,text) text[]', regexSplit, {
    ...fallible,
    example: ["regexp_split_to_array('aXbxc', 'x', 'i')", '{a,b,c}'],
  }),
]
