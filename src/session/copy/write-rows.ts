import type { Batch } from '../../types/batch.ts'
import { datumAt } from '../../types/column-read.ts'
import type { RowType } from '../../types/sql-type.ts'
import { formatText, type TextOptions } from '../../types/text.ts'
import type { CopyOptions } from './options.ts'

/** Rows as lines of COPY TO: text or CSV, each with its newline. */
export class CopyLines {
  private readonly fields: RowType
  private readonly options: CopyOptions
  private readonly text: TextOptions
  private readonly encode: (value: string, alone: boolean, quoted?: boolean) => string
  private readonly quoted: readonly boolean[]

  constructor(fields: RowType, options: CopyOptions, text: TextOptions, quoted: readonly boolean[] = []) {
    this.quoted = quoted
    this.fields = fields
    this.options = options
    this.text = text
    this.encode = options.format === 'csv' ? csvField(options) : textField(options)
  }

  header(): string {
    const alone = this.fields.length === 1
    return `${this.fields.map((field) => this.encode(field.name, alone)).join(this.options.delimiter)}\n`
  }

  line(batch: Batch, i: number): string {
    const { fields, options } = this
    const alone = fields.length === 1
    let line = ''
    for (let c = 0; c < fields.length; c++) {
      if (c > 0) line += options.delimiter
      const { type } = fields[c]
      const value = datumAt(batch.cols[c], i, type)
      line += value === null ? options.null : this.encode(formatText(value, type, this.text), alone, this.quoted[c])
    }
    return `${line}\n`
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
}

function textField(options: CopyOptions): (value: string) => string {
  const { delimiter } = options
  const special = new RegExp(`[\\\\\\b\\f\\n\\r\\t\\v${classCharacter(delimiter)}]`, 'g')
  return (value) => value.replace(special, (c) => ESCAPES[c] ?? `\\${c}`)
}

function csvField(options: CopyOptions): (value: string, alone: boolean, quoted?: boolean) => string {
  const { delimiter, quote, escape: escapeBy } = options
  const special = new RegExp(`[${[delimiter, quote].map(classCharacter).join('')}\\n\\r]`)
  const escaped = new RegExp(`[${[quote, escapeBy].map(classCharacter).join('')}]`, 'g')
  return (value, alone, quoted = false) => {
    // A lone \. would end the data, a text like the NULL mark would read back as NULL.
    const plain = !quoted && !special.test(value) && value !== options.null && !(alone && value === '\\.')
    return plain ? value : quote + value.replace(escaped, (c) => escapeBy + c) + quote
  }
}

/** A character for use inside a class of a regular expression. */
const classCharacter = (c: string): string => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`
