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
 * Cuts incoming bytes into records, whatever the chunks: at line ends that are not escaped (text) or quoted (CSV). The
 * first one says what a line end is (newline, carriage return or both); another kind later is an error.
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
  private lineEnd: '' | '\n' | '\r' | '\r\n' = ''

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
    if (this.take(records, false)) return records
    if (this.rest.length > RECORD_LENGTH_MAX) throw new SqlError('54000', 'a line of COPY data is too long')
    return records
  }

  /** What follows the last newline is a record too. */
  finish(): CopyRecord[] {
    if (this.ended) return []
    this.rest += this.decode(new Uint8Array(0), false)
    const records: CopyRecord[] = []
    if (this.take(records, true) || this.rest === '') return records
    this.line++
    // A quote that was not closed is found when its fields are read.
    if (this.rest !== '\\.') records.push({ text: this.rest, line: this.line })
    return records
  }

  /** All records that end; true when the data do. */
  private take(records: CopyRecord[], last: boolean): boolean {
    for (;;) {
      const end = this.options.format === 'csv' ? this.csvEnd() : this.textEnd()
      const width = end < 0 ? 0 : this.widthAt(end, last)
      if (width === 0) return false
      const record = this.cut(end, width)
      if (record === null) return true
      records.push(record)
    }
  }

  /** Of the line end there; 0 where only the next chunk tells. */
  private widthAt(at: number, last: boolean): number {
    const known = this.lineEnd
    let found: '\n' | '\r' | '\r\n' = '\n'
    if (this.rest[at] === '\r') {
      found = '\r'
      if (known !== '\n' && known !== '\r') {
        if (at + 1 === this.rest.length && !last) return 0
        if (this.rest[at + 1] === '\n') found = '\r\n'
      }
    }
    const isMark = at === 2 && this.rest.startsWith('\\.')
    if (known !== '' && known !== found && !isMark) {
      this.line++
      throw mixedLineEnds(found === '\n', this.options.format === 'csv')
    }
    if (known === '') this.lineEnd = found
    return found.length
  }

  private decode(chunk: Uint8Array, stream: boolean): string {
    try {
      return this.decoder.decode(chunk, { stream })
    } catch {
      this.line++
      throw new SqlError('22021', 'invalid byte sequence for encoding "UTF8"')
    }
  }

  private cut(end: number, width: number): CopyRecord | null {
    const text = this.rest.slice(0, end)
    this.rest = this.rest.slice(end + width)
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
      else if (c === 0x0a || c === 0x0d) {
        this.searched = i
        return i
      }
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
      else if (c === 0x0a || c === 0x0d) {
        if (!this.quoted) {
          this.searched = i
          return i
        }
        // As PostgreSQL counts: before the first line end it takes carriage returns for lines.
        if (c === (this.lineEnd === '\n' ? 0x0a : 0x0d)) this.line++
      }
    }
    this.searched = this.rest.length
    return -1
  }
}

function mixedLineEnds(newline: boolean, csv: boolean): SqlError {
  const name = newline ? 'newline' : 'carriage return'
  return new SqlError('22P04', `${csv ? 'unquoted' : 'literal'} ${name} found in data`, {
    hint: csv ? `Use quoted CSV field to represent ${name}.` : `Use "${newline ? '\\n' : '\\r'}" to represent ${name}.`,
  })
}
