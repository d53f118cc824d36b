import { SqlError } from '../../base/sql-error.ts'
import { def } from '../define.ts'
import type { ScalarFunction } from '../function.ts'
import type { Match } from '../regex/matching.ts'
import { compileRegex } from '../regex/regex.ts'
import { refuseGlobal, replacer } from './regex.ts'

/** The regexp functions that start at a character, count matches and pick one of them or one of its groups. */
function positive(value: number, name: string, least = 1): number {
  if (value >= least) return value
  throw new SqlError('22023', `invalid value for parameter "${name}": ${value}`)
}

/** UTF-16 offset of the character, behind the text where it has none; characters are counted from 1. */
function offsetOf(text: string, start: number): number {
  let at = 0
  for (let left = start - 1; left > 0 && at <= text.length; left--) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1
  return at
}

/** Matches from a character on; what stands before it is seen by look-behind alone. */
const matchesFrom = (text: string, pattern: string, start: number, flags: string): Iterable<Match> =>
  compileRegex(pattern, flags).all(text, offsetOf(text, start))

/** The nth match from a character on, n counted from 1. */
function nthMatch(text: string, pattern: string, start: number, n: number, flags: string): Match | null {
  let left = n
  for (const match of matchesFrom(text, pattern, start, flags)) if (--left === 0) return match
  return null
}

function count(text: string, pattern: string, start = 1, flags = ''): number {
  positive(start, 'start')
  refuseGlobal(flags, 'regexp_count')
  let n = 0
  for (const _ of matchesFrom(text, pattern, start, flags)) n++
  return n
}

function instr(text: string, pattern: string, start = 1, n = 1, end = 0, flags = '', group = 0): number {
  positive(start, 'start')
  positive(n, 'n')
  if (end !== 0 && end !== 1) throw new SqlError('22023', `invalid value for parameter "endoption": ${end}`)
  positive(group, 'subexpr', 0)
  refuseGlobal(flags, 'regexp_instr')
  const span = nthMatch(text, pattern, start, n, flags)?.span(group) ?? null
  return span === null ? 0 : charactersIn(text, span[end]) + 1
}

function charactersIn(text: string, offset: number): number {
  let n = 0
  for (let at = 0; at < offset; at += text.codePointAt(at)! > 0xffff ? 2 : 1) n++
  return n
}

function substr(text: string, pattern: string, start = 1, n = 1, flags = '', group = 0): string | null {
  positive(start, 'start')
  positive(n, 'n')
  positive(group, 'subexpr', 0)
  refuseGlobal(flags, 'regexp_substr')
  return nthMatch(text, pattern, start, n, flags)?.group(group) ?? null
}

/** From a character on: the nth match, or every one where n is 0. */
function replace(text: string, pattern: string, by: string, start: number, n = 1, flags = ''): string {
  positive(start, 'start')
  positive(n, 'n', 0)
  const with_ = replacer(by)
  let out = ''
  let done = 0
  let seen = 0
  for (const match of matchesFrom(text, pattern, start, flags)) {
    if (n !== 0 && ++seen !== n) continue
    out += text.slice(done, match.start) + with_(match)
    done = match.end
    if (n !== 0) break
  }
  return out + text.slice(done)
}

const fallible = { fallible: true }

export const regexMoreFunctions: readonly ScalarFunction[] = [
  def('regexp_count(text,text,int4) int4', count, { ...fallible, example: ["regexp_count('123123', '12', 2)", '1'] }),
  def('regexp_count(text,text,int4,text) int4', count, {
    ...fallible,
    example: ["regexp_count('aAa', 'A', 1, 'i')", '3'],
  }),
  def('regexp_instr(text,text) int4', instr, { ...fallible, example: ["regexp_instr('abcde', 'c.')", '3'] }),
  def('regexp_instr(text,text,int4) int4', instr, { ...fallible, example: ["regexp_instr('abab', 'b', 3)", '4'] }),
  def('regexp_instr(text,text,int4,int4) int4', instr, {
    ...fallible,
    example: ["regexp_instr('ababab', 'b', 1, 3)", '6'],
  }),
  def('regexp_instr(text,text,int4,int4,int4) int4', instr, {
    ...fallible,
    example: ["regexp_instr('abab', 'b', 1, 1, 1)", '3'],
  }),
  def('regexp_instr(text,text,int4,int4,int4,text) int4', instr, {
    ...fallible,
    example: ["regexp_instr('abAB', 'B', 1, 1, 0, 'i')", '2'],
  }),
  def('regexp_instr(text,text,int4,int4,int4,text,int4) int4', instr, {
    ...fallible,
    example: ["regexp_instr('foobar', 'f(o+)b(a)', 1, 1, 0, '', 2)", '5'],
  }),
  def('regexp_substr(text,text,int4) text', substr, {
    ...fallible,
    example: ["regexp_substr('ab1ab2', 'ab.', 2)", 'ab2'],
  }),
  def('regexp_substr(text,text,int4,int4) text', substr, {
    ...fallible,
    example: ["regexp_substr('ab1ab2', 'ab.', 1, 2)", 'ab2'],
  }),
  def('regexp_substr(text,text,int4,int4,text) text', substr, {
    ...fallible,
    example: ["regexp_substr('ab1AB2', 'ab.', 1, 2, 'i')", 'AB2'],
  }),
  def('regexp_substr(text,text,int4,int4,text,int4) text', substr, {
    ...fallible,
    example: ["regexp_substr('ab1AB2', 'ab(.)', 1, 2, 'i', 1)", '2'],
  }),
  def('regexp_replace(text,text,text,int4) text', replace, {
    ...fallible,
    example: ["regexp_replace('abab', 'a', 'X', 2)", 'abXb'],
  }),
  def('regexp_replace(text,text,text,int4,int4) text', replace, {
    ...fallible,
    example: ["regexp_replace('ababab', 'a', 'X', 1, 2)", 'abXbab'],
  }),
  def('regexp_replace(text,text,text,int4,int4,text) text', replace, {
    ...fallible,
    example: ["regexp_replace('aAa', 'A', 'b', 1, 0, 'i')", 'bbb'],
  }),
]
