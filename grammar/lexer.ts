// Text to tokens, after PostgreSQL's scanner with standard_conforming_strings on. Names and operators are read by one
// pattern each and then retagged from a table; nothing here knows the grammar.
import type { TokenType } from 'chevrotain'
import { EOF } from './chevrotain.ts'
import { GrammarError, syntaxError } from './errors.ts'
import { bitString, dollarString, escapeString, plainString, quotedName, unicodeEscapes } from './lexer-strings.ts'
import { retag } from './retag.ts'
import { SqlToken } from './token.ts'
import { Identifier, keywordTypes, symbolTypes, T } from './tokens.ts'

const comment = /--[^\n\r]*/y
const word = /[A-Za-z_\u0080-\uffff][A-Za-z0-9_$\u0080-\uffff]*/y
const operator = /[~!@#^&|`?+\-*/%<>=]+/y
const number =
  /0[xX](?:_?[0-9A-Fa-f])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:\d(?:_?\d)*(?:\.(?!\.)(?:\d(?:_?\d)*)?)?|\.\d(?:_?\d)*)(?:[eE][+-]?\d(?:_?\d)*)?/y
const param = /\$\d+/y

const dollar = 36
const dot = 46

/** What a character may begin, by its code; those beyond ASCII begin words. */
const blank = 1
const wordStart = 2
const digit = 3
const punctuation: TokenType[] = []
const startOf = new Uint8Array(128)
for (const c of ' \t\n\r\f\v') startOf[c.charCodeAt(0)] = blank
for (let c = 0; c < 26; c++) startOf[65 + c] = startOf[97 + c] = wordStart
startOf[95] = wordStart
for (let c = 48; c < 58; c++) startOf[c] = digit
const closers = { ',': T.Comma, ';': T.Semicolon, '(': T.LParen, ')': T.RParen }
const brackets = { '[': T.LBracket, ']': T.RBracket, '{': T.LBrace, '}': T.RBrace }
for (const [c, type] of Object.entries({ ...closers, ...brackets })) punctuation[c.charCodeAt(0)] = type

export function lex(sql: string): SqlToken[] {
  const tokens: SqlToken[] = []
  const end = sql.length
  let at = 0
  try {
    while (at < end) {
      const code = sql.charCodeAt(at)
      const start = code < 128 ? startOf[code] : wordStart
      if (start === blank) at++
      else if (start === wordStart) at = readWord(sql, at, tokens)
      else if (start === digit) at = readNumber(sql, at, tokens)
      else if (punctuation[code] !== undefined) {
        tokens.push(new SqlToken(punctuation[code], sql, at, at + 1, sql[at], false))
        at++
      } else at = readOther(sql, at, tokens)
    }
  } catch (e) {
    if (!(e instanceof GrammarError)) throw e
    const bad = new SqlToken(T.Bad, sql, at, end, '', false)
    bad.error = e
    tokens.push(bad)
  }
  matchParens(tokens)
  retag(tokens)
  return tokens
}

export function endToken(offset: number): SqlToken {
  return new SqlToken(EOF, '', offset, offset, '', false)
}

function matches(pattern: RegExp, sql: string, at: number) {
  pattern.lastIndex = at
  return pattern.test(sql)
}
function isDigit(code: number) {
  return code >= 48 && code <= 57
}
function near(message: string, text: string, at: number) {
  return new GrammarError(syntaxError, `${message} at or near "${text}"`, at)
}
function junk(message: string, sql: string, at: number, to: number) {
  return near(message, sql.slice(at, to), at)
}

/** Adds a token and says where the next may begin. */
function push(tokens: SqlToken[], type: TokenType, sql: string, at: number, to: number, value: string, quoted = false) {
  tokens.push(new SqlToken(type, sql, at, to, value, quoted))
  return to
}

function readWord(sql: string, at: number, tokens: SqlToken[]): number {
  let to = at
  let highest = 0
  for (; to < sql.length; to++) {
    const code = sql.charCodeAt(to)
    if (code < 128 && startOf[code] < wordStart && code !== dollar) break
    if (code > highest) highest = code
  }
  if (to === at + 1) {
    const next = sql[to]
    const c = sql[at].toLowerCase()
    if (next === "'" && 'ebxn'.includes(c)) {
      const s = c === 'e' ? escapeString(sql, at) : c === 'n' ? plainString(sql, at + 1) : bitString(sql, at)
      return push(tokens, c === 'b' || c === 'x' ? T.BitString : T.String, sql, at, s.end, s.value)
    }
    if (next === '&' && c === 'u' && (sql[to + 1] === "'" || sql[to + 1] === '"')) {
      const s = unicodeEscapes(sql, at)
      return push(tokens, s.name ? Identifier : T.String, sql, at, s.end, s.value, s.name)
    }
  }
  // Only ASCII folds, as in a UTF-8 database.
  const text = sql.slice(at, to)
  const folded = highest > 127 ? text.replace(/[A-Z]+/g, (m) => m.toLowerCase()) : text.toLowerCase()
  return push(tokens, keywordTypes.get(folded) ?? Identifier, sql, at, to, folded)
}

function readNumber(sql: string, at: number, tokens: SqlToken[]): number {
  let to = at
  while (isDigit(sql.charCodeAt(to))) to++
  const next = sql.charCodeAt(to)
  // Nothing but digits, the common number.
  if (to > at && next !== dot && !(next < 128 && startOf[next] === wordStart) && !(next > 127))
    return push(tokens, T.Number, sql, at, to, sql.slice(at, to))
  if (!matches(number, sql, at)) throw near('syntax error', sql[at], at)
  to = number.lastIndex
  if (matches(word, sql, to)) throw junk('trailing junk after numeric literal', sql, at, word.lastIndex)
  const text = sql.slice(at, to).replaceAll('_', '')
  return push(tokens, T.Number, sql, at, to, /^0[xob]/i.test(text) ? BigInt(text).toString() : text)
}

/** Quoted text, comments, parameters, dots, colons, operators. */
function readOther(sql: string, at: number, tokens: SqlToken[]): number {
  const c = sql[at]
  const next = sql[at + 1]
  if (c === '-' && next === '-' && matches(comment, sql, at)) return comment.lastIndex
  if (c === '/' && next === '*') return skipComment(sql, at)
  if (c === "'") {
    const s = plainString(sql, at)
    return push(tokens, T.String, sql, at, s.end, s.value)
  }
  // The second are Flink's quotes. PostgreSQL has an operator of this letter that nobody defines.
  if (c === '"' || c === '`') {
    const s = quotedName(sql, at, c)
    return push(tokens, Identifier, sql, at, s.end, s.value, true)
  }
  if (c === '.') {
    if (isDigit(sql.charCodeAt(at + 1))) return readNumber(sql, at, tokens)
    if (sql.startsWith('...', at)) return push(tokens, T.Ellipsis, sql, at, at + 3, '...')
    return push(tokens, T.Dot, sql, at, at + 1, '.')
  }
  if (c === ':') {
    if (next === ':') return push(tokens, T.DoubleColon, sql, at, at + 2, '::')
    if (next === '=') return push(tokens, T.Assign, sql, at, at + 2, ':=')
    return push(tokens, T.Colon, sql, at, at + 1, ':')
  }
  if (c === '$') return readDollar(sql, at, tokens)
  if (!matches(operator, sql, at)) throw near('syntax error', String.fromCodePoint(sql.codePointAt(at) as number), at)
  const to = operatorEnd(sql, at, operator.lastIndex)
  const text = sql.slice(at, to)
  return push(tokens, symbolTypes[text] ?? T.Op, sql, at, to, text === '!=' ? '<>' : text)
}

function readDollar(sql: string, at: number, tokens: SqlToken[]): number {
  if (matches(param, sql, at)) {
    const to = param.lastIndex
    if (matches(word, sql, to)) throw junk('trailing junk after parameter', sql, at, word.lastIndex)
    return push(tokens, T.Param, sql, at, to, sql.slice(at + 1, to))
  }
  const s = dollarString(sql, at)
  if (!s) throw near('syntax error', '$', at)
  return push(tokens, T.String, sql, at, s.end, s.value)
}

/** PostgreSQL's rule: a comment ends the operator, and a trailing + or - belongs to it only beside one of ~!@#^&|`?% */
function operatorEnd(sql: string, at: number, to: number) {
  if (to === at + 1) return to
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
