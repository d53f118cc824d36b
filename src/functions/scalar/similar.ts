import { SqlError } from '../../base/sql-error.ts'
import { def } from '../define.ts'
import type { ScalarFunction } from '../function.ts'
import { compileRegex } from '../regex/regex.ts'

/** SIMILAR TO: SQL's regular expressions, as PostgreSQL rewrites them into its own. */
function similarPattern(pattern: string, escaping: string | null): string {
  const units = [...(escaping ?? '\\')]
  if (units.length > 1) {
    throw new SqlError('22025', 'invalid escape string', { hint: 'Escape string must be empty or one character.' })
  }
  const mark = units[0]
  let out = '^(?:'
  let escaped = false
  let inClass = false
  let separators = 0
  for (const unit of pattern) {
    if (escaped) {
      escaped = false
      // An escaped quote parts what is around the wanted text from it, for SUBSTRING.
      if (unit === '"' && !inClass) out += separator(separators++)
      else out += `\\${unit}`
    } else if (unit === mark) escaped = true
    else if (inClass) {
      out += unit === '\\' ? '\\\\' : unit
      if (unit === ']') inClass = false
    } else if (unit === '[') {
      out += unit
      inClass = true
    } else out += PLAIN[unit] ?? unit
  }
  return `${out})$`
}

/** SQL's wildcards; groups do not capture; what only regular expressions know stands for itself. */
const PLAIN: Readonly<Record<string, string>> = {
  '%': '.*',
  _: '.',
  '(': '(?:',
  '\\': '\\\\',
  '.': '\\.',
  '^': '\\^',
  $: '\\$',
}

function separator(before: number): string {
  if (before === 0) return '){1,1}?('
  if (before === 1) return '){1,1}(?:'
  throw new SqlError('2200C', 'SQL regular expression may not contain more than two escape-double-quote separators')
}

function similarSubstring(text: string, pattern: string, escaping: string): string | null {
  const match = compileRegex(similarPattern(pattern, escaping)).exec(text)
  return match === null ? null : match.group(match.groups > 0 ? 1 : 0)
}

const fallible = { fallible: true }

export const similarFunctions: readonly ScalarFunction[] = [
  def('similar_to_escape(text) text', (p: string) => similarPattern(p, null), {
    ...fallible,
    example: ["similar_to_escape('a%(b|c)_')", '^(?:a.*(?:b|c).)$'],
  }),
  def('similar_to_escape(text,text) text', similarPattern, {
    ...fallible,
    example: ["similar_to_escape('a#%', '#')", '^(?:a\\%)$'],
  }),
  def(
    'similar_escape(text,text) text',
    (p: string | null, e: string | null) => (p === null ? null : similarPattern(p, e)),
    { ...fallible, strict: false, example: ["similar_escape('a.b', null)", '^(?:a\\.b)$'] },
  ),
  def('substring(text,text,text) text', similarSubstring, {
    ...fallible,
    example: ["substring('foobar', '%#\"o_b#\"%', '#')", 'oob'],
  }),
]
