import { SqlError } from '../../base/sql-error.ts'
import type { CopyOptions } from './options.ts'

/** One record of COPY FROM: its text without the line end, and the number of the line that it ends on. */
export interface CopyRecord {
  readonly text: string
  readonly line: number
}

/** A record longer than this is no data but a missing quote or newline. */
const RECORD_LENGTH_MAX = 64 * 1024 * 1024

/**
 * Cuts incoming bytes into records, whatever the chunks: at newlines that are not escaped (text) or quoted (CSV).
 * `\.` alone on a line ends the data.
 */
export class RecordSplitter {
  private readonly options: CopyOptions
  private readonly decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  private rest = ''
  /** How far `rest` was searched, and whether that place is inside quotes. */
  private searched = 0
  private quoted = false
  /** The character before `searched` was an escape that is not used up. */
  private escaped = false
  private line = 0
  private ended = false

  constructor(options: CopyOptions) {
    this.options = options
  }

  get lineNumber(): number {
    return this.line
  }

  push(chunk: Uint8Array): CopyRecord[] {
    if (this.ended) return []
    this.rest += this.decode(chunk, true)
    const records: CopyRecord[] = []
    for (;;) {
      const end = this.options.format === 'csv' ? this.csvEnd() : this.textEnd()
      if (end < 0) break
      const record = this.cut(end)
      if (record === null) return records
      records.push(record)
    }
    if (this.rest.length > RECORD_LENGTH_MAX) throw new SqlError('54000', 'a line of COPY data is too long')
    return records
  }

  /** What follows the last newline is a record too. */
  finish(): CopyRecord[] {
    if (this.ended) return []
    this.rest += this.decode(new Uint8Array(0), false)
    if (this.rest === '') return []
    this.line++
    if (this.quoted) throw new SqlError('22P04', 'unterminated CSV quoted field')
    const text = withoutCarriageReturn(this.rest)
    return text === '\\.' ? [] : [{ text, line: this.line }]
  }

  private decode(chunk: Uint8Array, stream: boolean): string {
    try {
      return this.decoder.decode(chunk, { stream })
    } catch {
      this.line++
      throw new SqlError('22021', 'invalid byte sequence for encoding "UTF8"')
    }
  }

  private cut(end: number): CopyRecord | null {
    const text = withoutCarriageReturn(this.rest.slice(0, end))
    this.rest = this.rest.slice(end + 1)
    this.searched = 0
    this.line++
    if (text === '\\.') {
      this.ended = true
      return null
    }
    return { text, line: this.line }
  }

  private textEnd(): number {
    for (let i = this.searched; i < this.rest.length; i++) {
      const c = this.rest.charCodeAt(i)
      if (this.escaped) this.escaped = false
      else if (c === 0x5c) this.escaped = true
      else if (c === 0x0a) return i
    }
    this.searched = this.rest.length
    return -1
  }

  private csvEnd(): number {
    const quote = this.options.quote.charCodeAt(0)
    // Where the escape is the quote itself, a doubled quote closes and opens again: no state is needed.
    const escapeBy = this.options.escape === this.options.quote ? -1 : this.options.escape.charCodeAt(0)
    for (let i = this.searched; i < this.rest.length; i++) {
      const c = this.rest.charCodeAt(i)
      if (this.escaped) this.escaped = false
      else if (this.quoted && c === escapeBy) this.escaped = true
      else if (c === quote) this.quoted = !this.quoted
      else if (c === 0x0a) {
        if (!this.quoted) return i
        this.line++
      }
    }
    this.searched = this.rest.length
    return -1
  }
}

const withoutCarriageReturn = (text: string): string => (text.endsWith('\r') ? text.slice(0, -1) : text)
