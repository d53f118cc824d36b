import { SqlError } from '../../base/sql-error.ts'
import type { ValueArray } from '../../types/value.ts'
import { def } from '../define.ts'
import type { ScalarFunction } from '../function.ts'

/** parse_ident: a dotted name as SQL writes it, in parts; unquoted ones fold to small letters. */
const QUOTED = /"((?:[^"]|"")*)"/y
const PLAIN = /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y
const BLANKS = /[ \t\n\r\f]*/y

function parseIdent(text: string, strict: boolean): ValueArray {
  const wrong = (detail?: string) =>
    new SqlError('22023', `string is not a valid identifier: "${text}"`, detail === undefined ? {} : { detail })
  const parts: string[] = []
  let at = 0
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    const match = pattern.exec(text)
    if (match !== null) at = pattern.lastIndex
    return match
  }
  take(BLANKS)
  for (;;) {
    const quoted = text[at] === '"' ? take(QUOTED) : null
    const plain = quoted === null && text[at] !== '"' ? take(PLAIN) : null
    if (quoted !== null) {
      if (quoted[1] === '') throw wrong('Quoted identifier must not be empty.')
      parts.push(quoted[1].replaceAll('""', '"'))
    } else if (plain !== null) parts.push(plain[0].replace(/[A-Z]/g, (letter) => letter.toLowerCase()))
    else if (text[at] === '"') throw wrong('String has unclosed double quotes.')
    else if (text[at] === '.') throw wrong('No valid identifier before ".".')
    else throw wrong(parts.length > 0 ? 'No valid identifier after ".".' : undefined)
    take(BLANKS)
    if (text[at] !== '.') break
    at++
    take(BLANKS)
  }
  if (strict && at < text.length) throw wrong()
  return parts
}

export const parseIdentFunctions: readonly ScalarFunction[] = [
  def('parse_ident(text) text[]', (text: string) => parseIdent(text, true), {
    fallible: true,
    example: ['parse_ident(\'Schema."Table"\')', '{schema,Table}'],
  }),
  def('parse_ident(text,bool) text[]', parseIdent, {
    fallible: true,
    example: ["parse_ident('name(integer)', false)", '{name}'],
  }),
]
