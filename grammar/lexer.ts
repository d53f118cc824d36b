// Text to tokens, after PostgreSQL's scanner with standard_conforming_strings on. Names and operators are read by one
// pattern each and then retagged from a table; nothing here knows the grammar.
import type { TokenType } from 'chevrotain'
import { EOF } from './chevrotain.ts'
import { GrammarError, syntaxError } from './errors.ts'
import { bitString, dollarString, escapeString, plainString, quotedName, unicodeEscapes } from './lexer-strings.ts'
import { retag } from './retag.ts'
import { SqlToken } from './token.ts'
import { Identifier, keywordTypes, symbolTypes, T } from './tokens.ts'

const space = /[ \t\n\r\f\v]+|--[^\n\r]*/y
const word = /[A-Za-z_\u0080-\uffff][A-Za-z0-9_$\u0080-\uffff]*/y
const operator = /[~!@#^&|`?+\-*/%<>=]+/y
const number =
  /0[xX](?:_?[0-9A-Fa-f])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:\d(?:_?\d)*(?:\.(?!\.)(?:\d(?:_?\d)*)?)?|\.\d(?:_?\d)*)(?:[eE][+-]?\d(?:_?\d)*)?/y
const beyondAscii = /[\u0080-\uffff]/
const param = /\$\d+/y
const punctuation: Record<string, TokenType> = {
  ',': T.Comma,
  ';': T.Semicolon,
  '(': T.LParen,
  ')': T.RParen,
  '[': T.LBracket,
  ']': T.RBracket,
  '{': T.LBrace,
  '}': T.RBrace,
}

export function lex(sql: string): SqlToken[] {
  const tokens: SqlToken[] = []
  const end = sql.length
  let at = 0
  const push = (type: TokenType, to: number, value: string, quoted = false) => {
    tokens.push(new SqlToken(type, sql.slice(at, to), at, value, quoted))
    at = to
  }
  try {
    while (at < end) {
      const c = sql[at]
      if ((c <= ' ' || c === '-') && matches(space, sql, at)) {
        at = space.lastIndex
        continue
      }
      if (c === '/' && sql[at + 1] === '*') {
        at = skipComment(sql, at)
        continue
      }
      const simple = punctuation[c]
      if (simple) {
        push(simple, at + 1, c)
      } else if (c === "'") {
        const s = plainString(sql, at)
        push(T.String, s.end, s.value)
      } else if (c === '"') {
        const s = quotedName(sql, at, '"')
        push(Identifier, s.end, s.value, true)
      } else if (c === '`') {
        // Flink's quotes. PostgreSQL has an operator of this letter that nobody defines.
        const s = quotedName(sql, at, '`')
        push(Identifier, s.end, s.value, true)
      } else if (matches(word, sql, at)) {
        readWord(sql, at, word.lastIndex, push)
      } else if ((c >= '0' && c <= '9') || (c === '.' && isDigit(sql[at + 1]))) {
        readNumber(sql, at, push)
      } else if (c === '$') {
        if (matches(param, sql, at)) {
          const to = param.lastIndex
          if (matches(word, sql, to)) throw junk('trailing junk after parameter', sql, at, word.lastIndex)
          push(T.Param, to, sql.slice(at + 1, to))
        } else {
          const s = dollarString(sql, at)
          if (!s) throw near('syntax error', '$', at)
          push(T.String, s.end, s.value)
        }
      } else if (c === '.') {
        if (sql.startsWith('...', at)) push(T.Ellipsis, at + 3, '...')
        else push(T.Dot, at + 1, '.')
      } else if (c === ':') {
        if (sql[at + 1] === ':') push(T.DoubleColon, at + 2, '::')
        else if (sql[at + 1] === '=') push(T.Assign, at + 2, ':=')
        else push(T.Colon, at + 1, ':')
      } else if (c === '…') {
        push(T.Ellipsis, at + 1, '...')
      } else if (matches(operator, sql, at)) {
        const to = operatorEnd(sql, at, operator.lastIndex)
        const text = sql.slice(at, to)
        push(symbolTypes[text] ?? T.Op, to, text === '!=' ? '<>' : text)
      } else {
        throw near('syntax error', String.fromCodePoint(sql.codePointAt(at) as number), at)
      }
    }
  } catch (e) {
    if (!(e instanceof GrammarError)) throw e
    const bad = new SqlToken(T.Bad, sql.slice(at, end), at, '', false)
    bad.error = e
    tokens.push(bad)
  }
  matchParens(tokens)
  retag(tokens)
  return tokens
}

export function endToken(offset: number): SqlToken {
  return new SqlToken(EOF, '', offset, '', false)
}

function matches(pattern: RegExp, sql: string, at: number) {
  pattern.lastIndex = at
  return pattern.test(sql)
}
function isDigit(c: string | undefined) {
  return c !== undefined && c >= '0' && c <= '9'
}
function near(message: string, text: string, at: number) {
  return new GrammarError(syntaxError, `${message} at or near "${text}"`, at)
}
function junk(message: string, sql: string, at: number, to: number) {
  return near(message, sql.slice(at, to), at)
}

type Push = (type: TokenType, to: number, value: string, quoted?: boolean) => void

function readWord(sql: string, at: number, to: number, push: Push) {
  const next = sql[to]
  if (to === at + 1 && next === "'") {
    const c = sql[at]
    if (c === 'e' || c === 'E') {
      const s = escapeString(sql, at)
      return push(T.String, s.end, s.value)
    }
    if (c === 'b' || c === 'B' || c === 'x' || c === 'X') {
      const s = bitString(sql, at)
      return push(T.BitString, s.end, s.value)
    }
    if (c === 'n' || c === 'N') {
      const s = plainString(sql, at + 1)
      return push(T.String, s.end, s.value)
    }
  }
  if (
    to === at + 1 &&
    next === '&' &&
    (sql[at] === 'u' || sql[at] === 'U') &&
    (sql[to + 1] === "'" || sql[to + 1] === '"')
  ) {
    const s = unicodeEscapes(sql, at)
    return push(s.name ? Identifier : T.String, s.end, s.value, s.name)
  }
  // Only ASCII folds, as in a UTF-8 database.
  const text = sql.slice(at, to)
  const folded = beyondAscii.test(text) ? text.replace(/[A-Z]+/g, (m) => m.toLowerCase()) : text.toLowerCase()
  push(keywordTypes.get(folded) ?? Identifier, to, folded)
}

function readNumber(sql: string, at: number, push: Push) {
  if (!matches(number, sql, at)) throw near('syntax error', sql[at], at)
  const to = number.lastIndex
  if (matches(word, sql, to)) throw junk('trailing junk after numeric literal', sql, at, word.lastIndex)
  const text = sql.slice(at, to).replaceAll('_', '')
  push(T.Number, to, /^0[xob]/i.test(text) ? BigInt(text).toString() : text)
}

/** PostgreSQL's rule: a comment ends the operator, and a trailing + or - belongs to it only beside one of ~!@#^&|`?% */
function operatorEnd(sql: string, at: number, to: number) {
  let text = sql.slice(at, to)
  for (const mark of ['--', '/*', '`']) {
    const i = text.indexOf(mark)
    if (i > 0) text = text.slice(0, i)
  }
  while (text.length > 1 && /[+-]$/.test(text) && !/[~!@#^&|`?%]/.test(text.slice(0, -1))) text = text.slice(0, -1)
  return at + text.length
}

function skipComment(sql: string, at: number) {
  let depth = 0
  let i = at
  while (i < sql.length) {
    if (sql[i] === '/' && sql[i + 1] === '*') {
      depth++
      i += 2
    } else if (sql[i] === '*' && sql[i + 1] === '/') {
      i += 2
      if (--depth === 0) return i
    } else i++
  }
  throw near('unterminated /* comment', sql.slice(at), at)
}

/** Lets the grammar look behind a parenthesis at once, however long its contents are. */
function matchParens(tokens: SqlToken[]) {
  const open: number[] = []
  for (let i = 0; i < tokens.length; i++) {
    const type = tokens[i].tokenType
    if (type === T.LParen || type === T.LBracket) open.push(i)
    else if ((type === T.RParen || type === T.RBracket) && open.length > 0) {
      const from = open.pop() as number
      tokens[from].match = i - from
    } else if (type === T.Semicolon) open.length = 0
  }
}
