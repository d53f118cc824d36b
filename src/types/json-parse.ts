import { type JsonNode, JsonNumber, JsonObject } from './json-tree.ts'

/** What is wrong with a JSON text, in PostgreSQL's words (the DETAIL of its error). */
export class JsonSyntaxError extends Error {
  readonly at: number
  constructor(detail: string, at: number) {
    super(detail)
    this.at = at
  }
}

/** Objects and arrays inside each other: whoever walks the tree does so on a stack of bounded size. */
export const JSON_DEPTH_MAX = 1000

/** Valid as far as it was read, and nested too deeply to be read on. */
export class JsonDepthError extends JsonSyntaxError {}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
/** As far as PostgreSQL reads what begins like a number. */
const NUMBER_LIKE = /-?(?:0|[1-9]\d*)?(?:\.\d*)?(?:[eE][+-]?\d*)?[A-Za-z0-9_\u0080-\uffff]*/y
const WORD = /[A-Za-z0-9_\u0080-\uffff]+/y
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids bare control characters in strings
const PLAIN_STRING = /"[^"\\\u0000-\u001f]*"/y

/** RFC 8259, strictly: one value, white space around it. Throws JsonSyntaxError. */
export function parseJson(text: string): JsonNode {
  const parser = new Parser(text, true)
  const node = parser.value(0)
  parser.end()
  return node
}

/** Throws as parseJson does; escapes that stand for no character are let through, as a value of type json may have them. */
export function checkJson(text: string): void {
  const parser = new Parser(text, false)
  parser.value(0)
  parser.end()
}

/** A JSON text taken apart once: its members or items as they are written. */
export type JsonParts =
  | { readonly kind: 'object'; readonly entries: readonly (readonly [key: string, text: string])[] }
  | { readonly kind: 'array'; readonly items: readonly string[] }
  /** A value of neither kind. */
  | { readonly kind: 'scalar'; readonly node: JsonNode }

/** `decoded`: every escape must stand for a character, inside the parts too. */
export function jsonParts(text: string, decoded = true): JsonParts {
  return new Parser(text, decoded).parts()
}

class Parser {
  private readonly text: string
  private readonly decoded: boolean
  private at = 0

  constructor(text: string, decoded: boolean) {
    this.text = text
    this.decoded = decoded
  }

  parts(): JsonParts {
    this.space()
    const first = this.text[this.at]
    if (first === '{') {
      const entries: [string, string][] = []
      this.object(0, (key, from) => entries.push([key, this.text.slice(from, this.at)]))
      this.end()
      return { kind: 'object', entries }
    }
    if (first === '[') {
      const items: string[] = []
      this.array(0, (from) => items.push(this.text.slice(from, this.at)))
      this.end()
      return { kind: 'array', items }
    }
    const node = this.value(0)
    this.end()
    return { kind: 'scalar', node }
  }

  value(depth: number): JsonNode {
    this.space()
    const unit = this.text.charCodeAt(this.at)
    if (unit === 0x22) return this.string()
    if (unit === 0x7b || unit === 0x5b) {
      if (depth === JSON_DEPTH_MAX) throw new JsonDepthError('JSON nesting is too deep.', this.at)
      return unit === 0x7b ? this.object(depth) : this.array(depth)
    }
    if (unit === 0x2d || (unit >= 0x30 && unit <= 0x39)) return this.number()
    return this.word()
  }

  end(): void {
    this.space()
    if (this.at < this.text.length) throw this.unexpected('Expected end of input')
  }

  /** `seen`: told of each member when it has been read, and where its value begins. */
  private object(depth: number, seen?: (key: string, from: number) => void): JsonObject {
    this.at++
    const entries: [string, JsonNode][] = []
    this.space()
    if (this.take('}')) return new JsonObject(entries)
    for (;;) {
      this.space()
      if (this.text[this.at] !== '"')
        throw this.unexpected(entries.length === 0 ? 'Expected string or "}"' : 'Expected string')
      const key = this.string()
      this.space()
      if (!this.take(':')) throw this.unexpected('Expected ":"')
      this.space()
      const from = this.at
      entries.push([key, this.value(depth + 1)])
      seen?.(key, from)
      this.space()
      if (this.take('}')) return new JsonObject(entries)
      if (!this.take(',')) throw this.unexpected('Expected "," or "}"')
    }
  }

  private array(depth: number, seen?: (from: number) => void): JsonNode[] {
    this.at++
    const items: JsonNode[] = []
    this.space()
    if (this.take(']')) return items
    for (;;) {
      this.space()
      const from = this.at
      items.push(this.value(depth + 1))
      seen?.(from)
      this.space()
      if (this.take(']')) return items
      if (!this.take(',')) throw this.unexpected('Expected "," or "]"')
    }
  }

  private number(): JsonNumber {
    NUMBER.lastIndex = this.at
    const match = NUMBER.exec(this.text)
    NUMBER_LIKE.lastIndex = this.at
    const [token] = NUMBER_LIKE.exec(this.text)!
    // "01", "1x" and "1.": a number must end where its token does.
    if (match === null || match[0] !== token) throw this.invalid(token)
    this.at += token.length
    return new JsonNumber(token)
  }

  private word(): JsonNode {
    WORD.lastIndex = this.at
    const word = WORD.exec(this.text)?.[0]
    if (word !== 'true' && word !== 'false' && word !== 'null') throw this.unexpected('Expected JSON value')
    this.at += word.length
    return word === 'null' ? null : word === 'true'
  }

  private invalid(token: string): JsonSyntaxError {
    return new JsonSyntaxError(`Token "${token}" is invalid.`, this.at)
  }

  private string(): string {
    PLAIN_STRING.lastIndex = this.at
    const plain = PLAIN_STRING.exec(this.text)
    if (plain !== null) {
      this.at += plain[0].length
      return plain[0].slice(1, -1)
    }
    const start = this.at++
    let out = ''
    for (;;) {
      if (this.at >= this.text.length) throw new JsonSyntaxError(`Token "${this.text.slice(start)}" is invalid.`, start)
      const char = this.text[this.at++]
      if (char === '"') return out
      if (char === '\\') out += this.escape(start)
      else if (char < ' ') {
        const hex = char.charCodeAt(0).toString(16).padStart(2, '0')
        throw new JsonSyntaxError(`Character with value 0x${hex} must be escaped.`, this.at - 1)
      } else out += char
    }
  }

  /** `start`: where the string begins, which is no token if the text ends inside it. */
  private escape(start: number): string {
    const char = this.text[this.at++]
    const simple = ESCAPES[char]
    if (simple !== undefined) return simple
    if (char !== 'u') throw new JsonSyntaxError(`Escape sequence "\\${char ?? ''}" is invalid.`, this.at - 2)
    const hex = this.text.slice(this.at, this.at + 4)
    if (/^[0-9a-fA-F]{0,3}$/.test(hex)) throw this.unended(start)
    if (!/^[0-9a-fA-F]{4}$/.test(hex))
      throw new JsonSyntaxError('"\\u" must be followed by four hexadecimal digits.', this.at)
    this.at += 4
    const unit = Number.parseInt(hex, 16)
    if (!this.decoded) return String.fromCharCode(unit)
    if (unit === 0) throw new JsonSyntaxError('\\u0000 cannot be converted to text.', this.at)
    if (unit >= 0xdc00 && unit <= 0xdfff) throw lowSurrogate(this.at)
    if (unit < 0xd800 || unit > 0xdbff) return String.fromCharCode(unit)
    const low = /^\\u([dD][c-fC-F][0-9a-fA-F]{2})/.exec(this.text.slice(this.at, this.at + 6))
    if (low === null && this.at === this.text.length) throw this.unended(start)
    // A bare control character is told first.
    if (low === null && this.text[this.at] < ' ') return ''
    if (low === null) throw lowSurrogate(this.at)
    this.at += 6
    return String.fromCharCode(unit, Number.parseInt(low[1], 16))
  }

  private unended(start: number): JsonSyntaxError {
    return new JsonSyntaxError(`Token "${this.text.slice(start)}" is invalid.`, start)
  }

  private space(): void {
    for (;;) {
      const unit = this.text.charCodeAt(this.at)
      if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return
      this.at++
    }
  }

  private take(char: string): boolean {
    if (this.text[this.at] !== char) return false
    this.at++
    return true
  }

  /** What stands here was not expected; what is no token at all is told as such. */
  private unexpected(expected: string): JsonSyntaxError {
    if (this.at >= this.text.length) return new JsonSyntaxError('The input string ended unexpectedly.', this.at)
    const start = this.at
    const first = this.text[start]
    if (first === '"') this.string()
    else if (first === '-' || (first >= '0' && first <= '9')) this.number()
    else if ('{}[],:'.includes(first)) this.at++
    else {
      WORD.lastIndex = start
      const word = WORD.exec(this.text)?.[0] ?? String.fromCodePoint(this.text.codePointAt(start)!)
      if (word !== 'true' && word !== 'false' && word !== 'null') return this.invalid(word)
      this.at += word.length
    }
    return new JsonSyntaxError(`${expected}, but found "${this.text.slice(start, this.at)}".`, start)
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}

function lowSurrogate(at: number): JsonSyntaxError {
  return new JsonSyntaxError('Unicode low surrogate must follow a high surrogate.', at)
}
