import { SqlError } from '../../base/sql-error.ts'
import type { Datum, Row, ValueArray } from '../../types/value.ts'
import { def } from '../define.ts'
import type { ScalarFunction } from '../function.ts'
import type { Match } from '../regex/matching.ts'
import { compileRegex } from '../regex/regex.ts'

/** The operators and functions of regular expressions that look at a text from its beginning. */
const matches = (text: string, pattern: string, flags: string): boolean => compileRegex(pattern, flags).test(text)

export function refuseGlobal(flags: string, fn: string, hint?: string): void {
  if (flags.includes('g')) throw new SqlError('22023', `${fn}() does not support the "global" option`, { hint })
}

/** regexp_replace's \1 … \9, \& and \\; literally everything else. */
export function replacer(replacement: string): (match: Match) => string {
  if (!replacement.includes('\\')) return () => replacement
  return (match) =>
    replacement.replace(/\\([1-9&\\])/g, (_, code: string) =>
      code === '\\' ? '\\' : (match.group(code === '&' ? 0 : Number(code)) ?? ''),
    )
}

function regexReplace(text: string, pattern: string, replacement: string, flags: string): string {
  if (/^[0-9]/.test(flags)) {
    throw new SqlError('22023', `invalid regular expression option: "${flags[0]}"`, {
      hint: 'If you meant to use regexp_replace() with a start parameter, cast the fourth argument to integer explicitly.',
    })
  }
  const by = replacer(replacement)
  let out = ''
  let done = 0
  for (const match of compileRegex(pattern, flags).all(text)) {
    out += text.slice(done, match.start) + by(match)
    done = match.end
    if (!flags.includes('g')) break
  }
  return out + text.slice(done)
}

function regexMatch(text: string, pattern: string, flags: string): Datum {
  refuseGlobal(flags, 'regexp_match', 'Use the regexp_matches function instead.')
  const match = compileRegex(pattern, flags).exec(text)
  return match === null ? null : groupsOf(match)
}

/** The parenthesized groups, or the whole match where there are none. */
function groupsOf(match: Match): ValueArray {
  return match.groups === 0 ? [match.group(0)] : Array.from({ length: match.groups }, (_, i) => match.group(i + 1))
}

/** regexp_matches: one row a match; the first alone without the flag g. */
export function* regexMatches(text: string, pattern: string, flags: string): Generator<Row, void, void> {
  for (const match of compileRegex(pattern, flags).all(text)) {
    yield [groupsOf(match)]
    if (!flags.includes('g')) return
  }
}

export function regexSplit(text: string, pattern: string, flags: string, fn = 'regexp_split_to_table'): string[] {
  refuseGlobal(flags, fn)
  const parts: string[] = []
  let from = 0
  let previous = 0
  for (const match of compileRegex(pattern, flags).all(text)) {
    // Empty matches at the ends and right behind another match split nothing.
    if (match.start < text.length && match.end > previous) {
      parts.push(text.slice(from, match.start))
      from = match.end
    }
    previous = match.end
  }
  parts.push(text.slice(from))
  return parts
}

function regexLike(text: string, pattern: string, flags: string): boolean {
  refuseGlobal(flags, 'regexp_like')
  return matches(text, pattern, flags)
}

function countMatches(text: string, pattern: string): number {
  let n = 0
  for (const _ of compileRegex(pattern).all(text)) n++
  return n
}

function splitToArray(text: string, pattern: string, flags = ''): string[] {
  return regexSplit(text, pattern, flags, 'regexp_split_to_array')
}

const fallible = { fallible: true }

function operators(kind: 'text' | 'name' | 'bpchar'): ScalarFunction[] {
  const prefix = kind
  const row = (suffix: string, op: string, flags: string, wanted: boolean, result: string) =>
    def(
      `${prefix}${suffix}(${kind},text) bool`,
      (text: string, pattern: string) => matches(text, pattern, flags) === wanted,
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
      const match = compileRegex(p).exec(s)
      return match === null ? null : match.group(match.groups > 0 ? 1 : 0)
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
  def('regexp_like(text,text,text) bool', regexLike, {
    ...fallible,
    example: ["regexp_like('Hello', 'ELL', 'i')", 't'],
  }),
  def('regexp_count(text,text) int4', countMatches, {
    ...fallible,
    example: ["regexp_count('a1b2', '[0-9]')", '2'],
  }),
  def('regexp_substr(text,text) text', (s: string, p: string) => compileRegex(p).exec(s)?.group(0) ?? null, {
    ...fallible,
    example: ["regexp_substr('number of your street', '[a-z]{4}')", 'numb'],
  }),
  def('regexp_split_to_array(text,text) text[]', splitToArray, {
    ...fallible,
    example: ["regexp_split_to_array('hello world', '\\s+')", '{hello,world}'],
  }),
  def('regexp_split_to_array(text,text,text) text[]', splitToArray, {
    ...fallible,
    example: ["regexp_split_to_array('aXbxc', 'x', 'i')", '{a,b,c}'],
  }),
]
