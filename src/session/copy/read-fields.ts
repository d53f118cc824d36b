import { SqlError } from '../../base/sql-error.ts'
import type { CopyOptions } from './options.ts'

/** Columns in which a quoted NULL mark is NULL too, and those in which none is. */
export interface ForcedNulls {
  readonly null: readonly boolean[]
  readonly notNull: readonly boolean[]
}
const NONE: ForcedNulls = { null: [], notNull: [] }

/** The fields of one record; null is the NULL mark. */
export function readFields(record: string, options: CopyOptions, forced: ForcedNulls = NONE): (string | null)[] {
  return options.format === 'csv' ? csvFields(record, options, forced) : textFields(record, options)
}

function textFields(record: string, options: CopyOptions): (string | null)[] {
  const { delimiter } = options
  const fields: (string | null)[] = []
  if (!record.includes('\\')) {
    checkCarriageReturn(record)
    for (const raw of record.split(delimiter)) fields.push(raw === options.null ? null : raw)
    return fields
  }
  // The NULL mark is compared before escapes are undone: \N is NULL, \\N is a text.
  const push = (raw: string): number => fields.push(raw === options.null ? null : unescaped(raw))
  let start = 0
  for (let i = 0; i < record.length; i++) {
    if (record[i] === '\\') i++
    else if (record[i] === delimiter) {
      push(record.slice(start, i))
      start = i + 1
    }
  }
  push(record.slice(start))
  return fields
}

function checkCarriageReturn(raw: string): void {
  if (!raw.includes('\r')) return
  throw new SqlError('22P04', 'literal carriage return found in data', {
    hint: 'Use "\\r" to represent carriage return.',
  })
}

const SINGLE: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

function unescaped(raw: string): string {
  checkCarriageReturn(raw.replaceAll('\\\r', ''))
  if (!raw.includes('\\')) return raw
  // Octal and hexadecimal escapes are bytes: several of them together may be one character.
  if (!/\\(?:[0-7]|x[0-9a-fA-F])/.test(raw)) return raw.replace(/\\([\s\S]?)/g, (_, c: string) => SINGLE[c] ?? c)
  const bytes: Buffer[] = []
  const pattern = /\\([0-7]{1,3})|\\x([0-9a-fA-F]{1,2})|\\([\s\S]?)|([^\\]+)/g
  for (const [, octal, hex, single, plain] of raw.matchAll(pattern)) {
    if (octal !== undefined) bytes.push(Buffer.from([Number.parseInt(octal, 8) & 0xff]))
    else if (hex !== undefined) bytes.push(Buffer.from([Number.parseInt(hex, 16)]))
    else bytes.push(Buffer.from(plain ?? SINGLE[single] ?? single))
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(bytes))
    if (!text.includes('\0')) return text
  } catch {
    // Falls through to the error.
  }
  throw new SqlError('22021', 'invalid byte sequence for encoding "UTF8"')
}

function csvFields(record: string, options: CopyOptions, forced: ForcedNulls): (string | null)[] {
  const { delimiter, quote, escape: escapeBy } = options
  const fields: (string | null)[] = []
  let value = ''
  let wasQuoted = false
  let inside = false
  const push = (): void => {
    const column = fields.length
    const counts = wasQuoted ? forced.null[column] && !forced.notNull[column] : !forced.notNull[column]
    fields.push(counts && value === options.null ? null : value)
    value = ''
    wasQuoted = false
  }
  for (let i = 0; i < record.length; i++) {
    const c = record[i]
    if (inside) {
      const next = record[i + 1]
      if (c === escapeBy && (next === quote || next === escapeBy)) {
        value += next
        i++
      } else if (c === quote) inside = false
      else value += c
    } else if (c === quote) {
      inside = true
      wasQuoted = true
    } else if (c === delimiter) push()
    else value += c
  }
  if (inside) throw new SqlError('22P04', 'unterminated CSV quoted field')
  push()
  return fields
}
