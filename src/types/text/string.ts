import { SqlError } from '../../base/sql-error.ts'
import { checkJson, JSON_DEPTH_MAX, JsonDepthError, JsonSyntaxError, parseJson } from '../json-parse.ts'
import { formatJsonb, normalizeJson } from '../jsonb.ts'
import { utf8Length } from '../utf8.ts'
import { badSyntax } from './errors.ts'

/** Text of the types that are strings or bytes: name, "char", uuid, json, jsonb, bytea. */
const NAME_BYTES_MAX = 63

export function parseName(text: string): string {
  if (text.length <= NAME_BYTES_MAX && utf8Length(text) <= NAME_BYTES_MAX) return text
  let cut = text
  while (utf8Length(cut) > NAME_BYTES_MAX) cut = [...cut].slice(0, -1).join('')
  return cut
}

/** "char" is one byte: the character of that number, '' for 0. Text gives its first byte, or the one that `\ooo` writes. */
export function parseChar(text: string): string {
  const octal = /^\\([0-3][0-7]{2})$/.exec(text)
  const byte = octal === null ? Buffer.from(text.slice(0, 2), 'utf8')[0] : Number.parseInt(octal[1], 8)
  return byte === undefined || byte === 0 ? '' : String.fromCharCode(byte)
}

export function formatChar(value: string): string {
  const code = value.charCodeAt(0)
  return code >= 0x80 ? `\\${code.toString(8)}` : value
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** 32 hexadecimal digits, hyphens after any group of four, braces around: printed in lower case, 8-4-4-4-12. */
export function parseUuid(text: string): string {
  if (UUID.test(text)) return text
  const inner = /^\{(.*)\}$/.exec(text)?.[1] ?? text
  if (!/^(?:[0-9a-fA-F]{4}-?){7}[0-9a-fA-F]{4}$/.test(inner)) throw badSyntax('uuid', text)
  const hex = inner.replaceAll('-', '').toLowerCase()
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** json keeps its text; it only must be JSON. */
export function parseJsonText(text: string): string {
  reading(() => checkJson(text))
  return text
}

export function parseJsonbText(text: string): string {
  return formatJsonb(normalizeJson(reading(() => parseJson(text))))
}

/** What is wrong with a JSON text, as the error that users see. */
export function reading<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error
    if (error instanceof JsonDepthError) {
      throw new SqlError('54001', 'stack depth limit exceeded', {
        hint: `JSON is read to a depth of ${JSON_DEPTH_MAX} objects and arrays inside each other.`,
      })
    }
    if (error.message.startsWith('\\u0000')) {
      throw new SqlError('22P05', 'unsupported Unicode escape sequence', { detail: error.message })
    }
    throw new SqlError('22P02', 'invalid input syntax for type json', { detail: error.message })
  }
}

export function parseBytea(text: string): Uint8Array {
  return text.startsWith('\\x') ? parseHex(text.slice(2)) : parseEscaped(text)
}

export function parseHex(text: string): Uint8Array {
  const digits = text.replace(/[ \n\t\r]/g, '')
  const bad = /[^0-9a-fA-F]/u.exec(digits)
  if (bad !== null) throw new SqlError('22023', `invalid hexadecimal digit: "${bad[0]}"`)
  if (digits.length % 2 !== 0) throw new SqlError('22023', 'invalid hexadecimal data: odd number of digits')
  return Uint8Array.from(Buffer.from(digits, 'hex'))
}

/** The escape format: \\ and \ooo, everything else as its UTF-8 bytes. */
export function parseEscaped(text: string): Uint8Array {
  const source = Buffer.from(text, 'utf8')
  const out: number[] = []
  for (let i = 0; i < source.length; i++) {
    if (source[i] !== 0x5c) out.push(source[i])
    else if (source[i + 1] === 0x5c) {
      out.push(0x5c)
      i++
    } else {
      const octal = /^[0-3][0-7]{2}$/.exec(source.toString('latin1', i + 1, i + 4))
      if (octal === null) throw new SqlError('22P02', 'invalid input syntax for type bytea')
      out.push(Number.parseInt(octal[0], 8))
      i += 3
    }
  }
  return Uint8Array.from(out)
}

export function formatBytea(value: Uint8Array): string {
  return `\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}`
}
