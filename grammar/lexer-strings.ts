// The quoted forms: '…', E'…', B'…', X'…', U&'…', $tag$…$tag$, "…", `…`.
import { GrammarError, syntaxError } from './errors.ts'

export type Quoted = { value: string; end: number }

function unterminated(what: string, sql: string, at: number) {
  return new GrammarError(syntaxError, `unterminated ${what} at or near "${sql.slice(at)}"`, at)
}

// Two strings apart by blanks with a line end in them are one (SQL's continuation).
const continuation = /(?:[ \t\f\v]|--[^\n\r]*)*[\n\r](?:[ \t\n\r\f\v]|--[^\n\r]*[\n\r])*'/y

/** Raw text between quotes, doubled quotes kept; `end` behind the last quote. `skip` says how a backslash is treated. */
function raw(sql: string, at: number, start: number, escapes: boolean, what: string): Quoted {
  let value = ''
  let i = start
  for (;;) {
    const from = i
    for (; ; i++) {
      const c = sql.charCodeAt(i)
      if (Number.isNaN(c)) throw unterminated(what, sql, at)
      if (escapes && c === 92) i++
      else if (c === 39) {
        if (sql.charCodeAt(i + 1) === 39) i++
        else break
      }
    }
    value += sql.slice(from, i)
    i++
    continuation.lastIndex = i
    if (!continuation.test(sql)) return { value, end: i }
    i = continuation.lastIndex
  }
}

export function plainString(sql: string, at: number): Quoted {
  const s = raw(sql, at, at + 1, false, 'quoted string')
  return { value: s.value.replaceAll("''", "'"), end: s.end }
}

export function bitString(sql: string, at: number): Quoted {
  const base = sql[at].toLowerCase()
  const s = raw(sql, at, at + 2, false, base === 'b' ? 'bit string literal' : 'hexadecimal string literal')
  const bad = base === 'b' ? /[^01]/.exec(s.value) : /[^0-9a-fA-F]/.exec(s.value)
  if (bad) {
    const kind = base === 'b' ? 'binary' : 'hexadecimal'
    throw new GrammarError('22P02', `"${bad[0]}" is not a valid ${kind} digit`, at)
  }
  return { value: base + s.value, end: s.end }
}

const simpleEscapes: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

export function escapeString(sql: string, at: number): Quoted {
  const s = raw(sql, at, at + 2, true, 'quoted string')
  const pattern = /''|\\(?:([0-7]{1,3})|x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([\s\S]))/g
  // Octal and hexadecimal escapes are bytes; a run of them may spell one UTF-8 character.
  let bytes: number[] = []
  let out = ''
  let last = 0
  const flush = () => {
    if (bytes.length > 0) out += utf8(bytes, at)
    bytes = []
  }
  for (const m of s.value.matchAll(pattern)) {
    if (m.index > last) {
      flush()
      out += s.value.slice(last, m.index)
    }
    last = m.index + m[0].length
    const byte = m[1] ? Number.parseInt(m[1], 8) & 255 : m[2] ? Number.parseInt(m[2], 16) : -1
    if (byte >= 0) {
      if (byte === 0) throw new GrammarError('22021', 'invalid byte sequence for encoding "UTF8": 0x00', at)
      bytes.push(byte)
      continue
    }
    flush()
    if (m[0] === "''") out += "'"
    else if (m[3] || m[4]) out += codePoint(Number.parseInt(m[3] ?? m[4], 16), at)
    else if (m[5] === 'u' || m[5] === 'U') throw new GrammarError('22025', 'invalid Unicode escape', at)
    else out += simpleEscapes[m[5]] ?? m[5]
  }
  flush()
  return { value: out + s.value.slice(last), end: s.end }
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The characters that bytes spell; PostgreSQL names the first ones that spell none. */
function utf8(bytes: readonly number[], at: number): string {
  try {
    return decoder.decode(Uint8Array.from(bytes))
  } catch {
    let from = 0
    while (lengthAt(bytes, from) > 0) from += lengthAt(bytes, from)
    const lead = bytes[from]
    const wanted =
      lead >= 0xf0 && lead < 0xf8 ? 4 : lead >= 0xe0 && lead < 0xf0 ? 3 : lead >= 0xc0 && lead < 0xe0 ? 2 : 1
    const shown = bytes.slice(from, from + wanted).map((b) => `0x${b.toString(16).padStart(2, '0')}`)
    throw new GrammarError('22021', `invalid byte sequence for encoding "UTF8": ${shown.join(' ')}`, at)
  }
}

/** Bytes of the character that begins there; 0 where none does. */
function lengthAt(bytes: readonly number[], from: number): number {
  for (let n = 1; n <= 4 && from + n <= bytes.length; n++) {
    try {
      decoder.decode(Uint8Array.from(bytes.slice(from, from + n)))
      return n
    } catch {
      // Not yet a whole character.
    }
  }
  return 0
}

function codePoint(code: number, at: number) {
  if (code === 0 || code > 0x10ffff) throw new GrammarError(syntaxError, 'invalid Unicode escape value', at)
  // A lone surrogate is the first half of a pair whose second half follows; UTF-16 strings join them by themselves.
  return code > 0xffff ? String.fromCodePoint(code) : String.fromCharCode(code)
}

const uescape =
  /(?:[ \t\n\r\f\v]|--[^\n\r]*[\n\r])*[uU][eE][sS][cC][aA][pP][eE](?:[ \t\n\r\f\v]|--[^\n\r]*[\n\r])*'([^0-9a-fA-F+'"\s])'/y

export function unicodeEscapes(sql: string, at: number): Quoted & { name: boolean } {
  const name = sql[at + 2] === '"'
  const s = name ? quotedName(sql, at + 2, '"') : plainString(sql, at + 2)
  let end = s.end
  let mark = '\\'
  uescape.lastIndex = end
  const m = uescape.exec(sql)
  if (m) {
    mark = m[1]
    end = uescape.lastIndex
  }
  let value = ''
  for (let i = 0; i < s.value.length; i++) {
    if (s.value[i] !== mark) value += s.value[i]
    else if (s.value[i + 1] === mark) {
      value += mark
      i++
    } else {
      const hex = /^(?:([0-9a-fA-F]{4})|\+([0-9a-fA-F]{6}))/.exec(s.value.slice(i + 1, i + 8))
      if (!hex) throw new GrammarError(syntaxError, 'invalid Unicode escape', at)
      value += codePoint(Number.parseInt(hex[1] ?? hex[2], 16), at)
      i += hex[0].length
    }
  }
  return { value, end, name }
}

const dollarTag = /\$(?:[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$/y

export function dollarString(sql: string, at: number): Quoted | undefined {
  dollarTag.lastIndex = at
  if (!dollarTag.test(sql)) return undefined
  const start = dollarTag.lastIndex
  const tag = sql.slice(at, start)
  const end = sql.indexOf(tag, start)
  if (end < 0) throw unterminated('dollar-quoted string', sql, at)
  return { value: sql.slice(start, end), end: end + tag.length }
}

export function quotedName(sql: string, at: number, quote: '"' | '`'): Quoted {
  let i = at + 1
  for (;;) {
    i = sql.indexOf(quote, i)
    if (i < 0) throw unterminated('quoted identifier', sql, at)
    if (sql[i + 1] !== quote) break
    i += 2
  }
  const value = sql.slice(at + 1, i).replaceAll(quote + quote, quote)
  if (value === '')
    throw new GrammarError(syntaxError, `zero-length delimited identifier at or near "${quote}${quote}"`, at)
  return { value, end: i + 1 }
}
