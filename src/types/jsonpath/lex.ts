import { SqlError } from '../../base/sql-error.ts'

/** The tokens of a jsonpath. */
export interface PathToken {
  readonly kind: 'end' | 'error' | 'op' | 'word' | 'string' | 'variable' | 'integer' | 'number'
  /** The operator; the word or string without quotes and escapes; the name; the digits. */
  readonly text: string
  /** What PostgreSQL's scanner holds when the token is complete, by which its errors name the place; '': the end. */
  readonly near: string
  /** What follows is no token: told by who comes to it. */
  readonly error?: SqlError
}

const OPERATOR = /&&|\|\||\*\*|<=|==|<>|!=|>=|[?%$.[\]{}()|&!=<>@#,*:\-+/]/y
const BLANK = /[ \t\n\r\f]+/y
const COMMENT = /\/\*[\s\S]*?\*\//y
const OTHER = /[^?%$.[\]{}()|&!=<>@#,*:\-+/\\" \t\n\r\f]+/y
const NUMBER = /(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?/y

export function pathError(message: string, near: string): SqlError {
  return new SqlError(
    '42601',
    near === '' ? `${message} at end of jsonpath input` : `${message} at or near "${near}" of jsonpath input`,
  )
}

export function lexPath(text: string): PathToken[] {
  const tokens: PathToken[] = []
  try {
    lexInto(text, tokens)
    tokens.push({ kind: 'end', text: '', near: '' })
  } catch (error) {
    if (!(error instanceof SqlError)) throw error
    tokens.push({ kind: 'error', text: '', near: '', error })
  }
  return tokens
}

function lexInto(text: string, tokens: PathToken[]): void {
  let at = 0
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    return pattern.exec(text)?.[0]
  }
  const push = (kind: PathToken['kind'], value: string, length: number, near = text.slice(at, at + length)): void => {
    tokens.push({ kind, text: value, near })
    at += length
  }
  while (at < text.length) {
    const blank = match(BLANK) ?? match(COMMENT)
    if (blank !== undefined) {
      at += blank.length
      continue
    }
    if (text.startsWith('/*', at)) throw pathError('unexpected end of comment', '')
    const number = match(NUMBER)
    if (number !== undefined) {
      const run = match(OTHER)?.length ?? 0
      const rest = text.slice(at + number.length)
      const fail = /^[eE][-+]/.exec(rest)
      if (fail !== null && !/[eE]/.test(number)) throw pathError('invalid numeric literal', number + fail[0])
      // Of what could be read here PostgreSQL takes the longest: more than one letter behind digits makes them a word.
      const junk = /^[^?%$.[\]{}()|&!=<>@#,*:\-+/\\" \t\n\r\f]/u.exec(rest)
      if (junk !== null && number.length + junk[0].length >= run) {
        throw pathError('trailing junk after numeric literal', number + junk[0])
      }
      if (number.length >= run) {
        push(/^\d+$/.test(number) ? 'integer' : 'number', number, number.length)
        continue
      }
    }
    if (text[at] === '"' || text.startsWith('$"', at)) {
      const variable = text[at] === '$'
      const { value, end } = quoted(text, at + (variable ? 2 : 1))
      push(variable ? 'variable' : 'string', value, end - at, '"')
      continue
    }
    if (text[at] === '$') {
      at++
      const name = match(OTHER)
      at--
      if (name !== undefined) {
        push('variable', name, name.length + 1)
        continue
      }
    }
    const operator = match(OPERATOR)
    if (operator !== undefined) {
      push('op', operator, operator.length)
      continue
    }
    const { value, end } = word(text, at)
    at = end
    // The scanner has gone on to what ends the word.
    const behind = match(BLANK) ?? (text.startsWith('/*', at) ? '/*' : '')
    tokens.push({ kind: 'word', text: value, near: behind })
  }
}

interface Read {
  readonly value: string
  readonly end: number
}

function quoted(text: string, from: number): Read {
  let value = ''
  let at = from
  for (;;) {
    if (at >= text.length) throw pathError('unexpected end of quoted string', '')
    const char = text[at]
    if (char === '"') return { value, end: at + 1 }
    if (char === '\\') {
      const read = escaped(text, at)
      value += read.value
      at = read.end
    } else {
      value += char
      at++
    }
  }
}

/** Letters and escapes, up to what separates. */
function word(text: string, from: number): Read {
  let value = ''
  let at = from
  for (;;) {
    OTHER.lastIndex = at
    const plain = OTHER.exec(text)?.[0]
    if (plain !== undefined) {
      value += plain
      at += plain.length
    } else if (text[at] === '\\') {
      const read = escaped(text, at)
      value += read.value
      at = read.end
    } else return { value, end: at }
  }
}

const SIMPLE: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

function escaped(text: string, from: number): Read {
  const next = text[from + 1]
  if (next === undefined) throw pathError('unexpected end after backslash', '\\')
  if (next === 'u') return unicode(text, from)
  if (next === 'x') {
    const hex = /^[0-9a-fA-F]{2}/.exec(text.slice(from + 2, from + 4))
    if (hex === null) {
      throw pathError(
        'invalid hex character sequence',
        text.slice(from, from + 2 + (/^[0-9a-fA-F]?/.exec(text.slice(from + 2)) as string[])[0].length),
      )
    }
    return { value: character(Number.parseInt(hex[0], 16)), end: from + 4 }
  }
  return { value: SIMPLE[next] ?? next, end: from + 2 }
}

const CODE = /\\u(?:([0-9a-fA-F]{4})|\{([0-9a-fA-F]{1,6})\})/y

/** Escapes that follow each other: a high surrogate asks for the low one. */
function unicode(text: string, from: number): Read {
  let value = ''
  let high = 0
  let at = from
  for (;;) {
    CODE.lastIndex = at
    const match = CODE.exec(text)
    if (match === null) {
      if (text.startsWith('\\u', at)) {
        const bad = /^\\u(?:\{[0-9a-fA-F]{0,6}|[0-9a-fA-F]{0,3})/.exec(text.slice(at)) as RegExpExecArray
        throw pathError('invalid unicode sequence', text.slice(from, at) + bad[0])
      }
      if (high !== 0) throw lowSurrogate()
      return { value, end: at }
    }
    at += match[0].length
    const code = Number.parseInt(match[1] ?? match[2], 16)
    if (code >= 0xd800 && code <= 0xdbff) {
      if (high !== 0) throw invalid('Unicode high surrogate must not follow a high surrogate.')
      high = code
    } else if (code >= 0xdc00 && code <= 0xdfff) {
      if (high === 0) throw lowSurrogate()
      value += String.fromCharCode(high, code)
      high = 0
    } else {
      if (high !== 0) throw lowSurrogate()
      value += character(code)
    }
  }
}

function character(code: number): string {
  if (code === 0) {
    throw new SqlError('22P05', 'unsupported Unicode escape sequence', {
      detail: '\\u0000 cannot be converted to text.',
    })
  }
  if (code > 0x10ffff) throw new SqlError('XX000', 'invalid Unicode code point')
  return String.fromCodePoint(code)
}

const invalid = (detail: string): SqlError =>
  new SqlError('22P02', 'invalid input syntax for type jsonpath', { detail })
const lowSurrogate = (): SqlError => invalid('Unicode low surrogate must follow a high surrogate.')
