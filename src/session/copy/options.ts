import type { OptionValue, WithOption } from '../../../grammar/ast-base.ts'
import { notSupported, SqlError } from '../../base/sql-error.ts'
import { FORCED_NAMES, type Forced, forcedOf } from './forced.ts'

/** The options of COPY that text and CSV share; defaults as PostgreSQL's. */
export interface CopyOptions {
  readonly format: 'text' | 'csv'
  readonly delimiter: string
  readonly null: string
  readonly header: 'none' | 'skip' | 'match'
  readonly quote: string
  readonly escape: string
  readonly forced: Forced
}

export function copyOptions(options: readonly WithOption[], direction: 'FROM' | 'TO'): CopyOptions {
  const given = new Map<string, OptionValue | undefined>()
  for (const option of options) {
    if (option.kind === 'rest') throw notSupported('... in COPY', option.span)
    if (given.has(option.name)) throw new SqlError('42601', 'conflicting or redundant options', at(option))
    if (!KNOWN.has(option.name)) throw unknownOption(option.name, option)
    given.set(option.name, option.value)
  }
  const format = word(given.get('format')) ?? 'text'
  const formatOption = options.find((o) => o.kind !== 'rest' && o.name === 'format')
  if (format === 'binary') throw notSupported('COPY … (FORMAT binary)', given.get('format')?.span)
  if (format !== 'text' && format !== 'csv') {
    throw new SqlError('22023', `COPY format "${format}" not recognized`, at(formatOption!))
  }
  const csv = format === 'csv'
  const delimiter = word(given.get('delimiter')) ?? (csv ? ',' : '\t')
  const quote = word(given.get('quote')) ?? '"'
  const result: CopyOptions = {
    format,
    delimiter,
    null: word(given.get('null')) ?? (csv ? '' : '\\N'),
    header: headerOf(given),
    quote,
    escape: word(given.get('escape')) ?? quote,
    forced: forcedOf(options, direction, csv),
  }
  check(result, given)
  return result
}

const KNOWN = new Set(['format', 'delimiter', 'null', 'header', 'quote', 'escape', 'encoding', ...FORCED_NAMES])
const REFUSED = new Set(['freeze', 'default', 'on_error', 'log_verbosity'])

function unknownOption(name: string, option: WithOption): SqlError {
  if (REFUSED.has(name)) return notSupported(`COPY option ${name.toUpperCase()}`, option.span)
  return new SqlError('42601', `option "${name}" not recognized`, at(option))
}

function check(options: CopyOptions, given: ReadonlyMap<string, unknown>): void {
  const single = (what: string, value: string): void => {
    if (Buffer.byteLength(value) !== 1) throw new SqlError('0A000', `COPY ${what} must be a single one-byte character`)
  }
  single('delimiter', options.delimiter)
  if (/[\r\n]/.test(options.delimiter))
    throw new SqlError('22023', 'COPY delimiter cannot be newline or carriage return')
  if (/[\r\n]/.test(options.null)) {
    throw new SqlError('22023', 'COPY null representation cannot use newline or carriage return')
  }
  if (options.format === 'text') {
    if (given.has('quote')) throw new SqlError('0A000', 'COPY quote available only in CSV mode')
    if (given.has('escape')) throw new SqlError('0A000', 'COPY escape available only in CSV mode')
    if (/[\\.a-z0-9]/.test(options.delimiter)) {
      throw new SqlError('22023', `COPY delimiter cannot be "${options.delimiter}"`)
    }
  } else {
    single('quote', options.quote)
    single('escape', options.escape)
    if (options.delimiter === options.quote) throw new SqlError('22023', 'COPY delimiter and quote must be different')
  }
  if (options.null.includes(options.delimiter)) {
    throw new SqlError('0A000', 'COPY delimiter must not appear in the NULL specification')
  }
  if (options.format === 'csv' && options.null.includes(options.quote)) {
    throw new SqlError('0A000', 'CSV quote character must not appear in the NULL specification')
  }
  const encoding = given.get('encoding') as OptionValue | undefined
  if (encoding !== undefined && !/^utf-?8$/i.test(word(encoding) ?? '')) {
    throw notSupported(`encoding "${word(encoding)}"`, encoding.span)
  }
}

function headerOf(given: ReadonlyMap<string, OptionValue | undefined>): CopyOptions['header'] {
  if (!given.has('header')) return 'none'
  const value = given.get('header')
  const text = value === undefined ? 'on' : (word(value) ?? '').toLowerCase()
  if (['true', 'on', '1'].includes(text)) return 'skip'
  if (['false', 'off', '0'].includes(text)) return 'none'
  if (text === 'match') return 'match'
  throw new SqlError('42601', 'header requires a Boolean value or "match"', at(value!))
}

function word(value: OptionValue | undefined): string | undefined {
  switch (value?.kind) {
    case undefined:
      return undefined
    case 'optionString':
    case 'optionInterval':
      return value.value
    case 'optionWord':
      return value.word
    case 'optionNumber':
      return value.text
    case 'optionSecret':
    case 'optionList':
    case 'optionMap':
      throw notSupported('this form of a COPY option', value.span)
  }
}

const at = (node: { readonly span: { readonly start: number } }) => ({ position: node.span.start + 1 })
