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
const WORD = /[A-Za-z0-9_.+\-\u0080-\uffff]+/y
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids bare control characters in strings
const PLAIN_STRING = /"[^"\\\u0000-\u001f]*"/y

/** RFC 8259, strictly: one value, white space around it. Throws JsonSyntaxError. */
export function parseJson(text: string): JsonNode {
  const parser = new Parser(text)
  const node = parser.value(0)
  parser.end()
  return node
}

class Parser {
  private readonly text: string
  private at = 0

  constructor(text: string) {
    this.text = text
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

  private object(depth: number): JsonObject {
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
      entries.push([key, this.value(depth + 1)])
      this.space()
      if (this.take('}')) return new JsonObject(entries)
      if (!this.take(',')) throw this.unexpected('Expected "," or "}"')
    }
  }

  private array(depth: number): JsonNode[] {
    this.at++
    const items: JsonNode[] = []
    this.space()
    if (this.take(']')) return items
    for (;;) {
      items.push(this.value(depth + 1))
      this.space()
      if (this.take(']')) return items
      if (!this.take(',')) throw this.unexpected('Expected "," or "]"')
    }
  }

  private number(): JsonNumber {
    NUMBER.lastIndex = this.at
    const match = NUMBER.exec(this.text)
    WORD.lastIndex = this.at
    const word = WORD.exec(this.text)![0]
    // "01", "1x" and "1.": a number must end where its token does.
    if (match === null || match[0] !== word) throw new JsonSyntaxError(`Token "${word}" is invalid.`, this.at)
    this.at += word.length
    return new JsonNumber(word)
  }

  private word(): JsonNode {
    WORD.lastIndex = this.at
    const word = WORD.exec(this.text)?.[0]
    if (word === undefined) throw this.unexpected('Expected JSON value')
    if (word !== 'true' && word !== 'false' && word !== 'null') {
      throw new JsonSyntaxError(`Token "${word}" is invalid.`, this.at)
    }
    this.at += word.length
    return word === 'null' ? null : word === 'true'
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
      if (char === '\\') out += this.escape()
      else if (char < ' ') {
        const hex = char.charCodeAt(0).toString(16).padStart(2, '0')
        throw new JsonSyntaxError(`Character with value 0x${hex} must be escaped.`, this.at - 1)
      } else out += char
    }
  }

  private escape(): string {
    const char = this.text[this.at++]
    const simple = ESCAPES[char]
    if (simple !== undefined) return simple
    if (char !== 'u') throw new JsonSyntaxError(`Escape sequence "\\${char ?? ''}" is invalid.`, this.at - 2)
    const hex = this.text.slice(this.at, this.at + 4)
    if (!/^[0-9a-fA-F]{4}$/.test(hex))
      throw new JsonSyntaxError('"\\u" must be followed by four hexadecimal digits.', this.at)
    this.at += 4
    const unit = Number.parseInt(hex, 16)
    if (unit === 0) throw new JsonSyntaxError('\\u0000 cannot be converted to text.', this.at)
    if (unit >= 0xdc00 && unit <= 0xdfff) throw lowSurrogate(this.at)
    if (unit < 0xd800 || unit > 0xdbff) return String.fromCharCode(unit)
    const low = /^\\u([dD][c-fC-F][0-9a-fA-F]{2})/.exec(this.text.slice(this.at, this.at + 6))
    if (low === null) throw lowSurrogate(this.at)
    this.at += 6
    return String.fromCharCode(unit, Number.parseInt(low[1], 16))
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

  private unexpected(expected: string): JsonSyntaxError {
    if (this.at >= this.text.length) return new JsonSyntaxError('The input string ended unexpectedly.', this.at)
    WORD.lastIndex = this.at
    const token = WORD.exec(this.text)?.[0] ?? this.text[this.at]
    return new JsonSyntaxError(`${expected}, but found "${token}".`, this.at)
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
