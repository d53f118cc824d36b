// Columns, constraints, connectors and formats as text.

import type {
  ColumnConstraint,
  ColumnDef,
  ConstraintTiming,
  Encoding,
  Format,
  RefAction,
  References,
  SequenceOption,
  TableConstraint,
  TableElement,
  Transport,
} from './ast-table.ts'
import {
  clause,
  commas,
  full,
  ident,
  idents,
  options,
  type Printer,
  parens,
  quote,
  type,
  withOptions,
  words,
} from './deparse-base.ts'

export function elementText(p: Printer, e: TableElement): string {
  switch (e.kind) {
    case 'column':
      return columnText(p, e)
    case 'watermarkFor':
      return words(`WATERMARK FOR ${ident(e.column)} AS ${p.operand(e.expr)}`, e.withTtl && 'WITH TTL')
    case 'likeTable':
      return words('LIKE', full(e.table), ...e.options.map((o) => `${o.include ? 'INCLUDING' : 'EXCLUDING'} ${o.what}`))
    case 'allColumns':
      return '*'
    default:
      return tableConstraintText(p, e)
  }
}

export function columnText(p: Printer, c: ColumnDef): string {
  const header = c.header === true ? 'HEADERS' : clause('HEADER', c.header && `(${quote(c.header)})`)
  return words(
    ident(c.name),
    c.type && type(c.type),
    c.collation && `COLLATE ${full(c.collation)}`,
    c.metadata &&
      words(
        'METADATA',
        c.metadata.from !== undefined && `FROM ${quote(c.metadata.from)}`,
        c.metadata.virtual && 'VIRTUAL',
      ),
    ...c.constraints.map((x) => columnConstraintText(p, x)),
    c.key && 'KEY',
    header,
  )
}

function timingText(t: ConstraintTiming): string {
  const flag = (value: boolean | undefined, word: string) => value !== undefined && (value ? word : `NOT ${word}`)
  return words(
    flag(t.deferrable, 'DEFERRABLE'),
    t.initiallyDeferred !== undefined && `INITIALLY ${t.initiallyDeferred ? 'DEFERRED' : 'IMMEDIATE'}`,
    flag(t.enforced, 'ENFORCED'),
    t.notValid && 'NOT VALID',
    t.noInherit && 'NO INHERIT',
  )
}

export function columnConstraintText(p: Printer, c: ColumnConstraint): string {
  const body = () => {
    switch (c.kind) {
      case 'notNull':
        return 'NOT NULL'
      case 'nullable':
        return 'NULL'
      case 'default':
        return `DEFAULT ${p.operand(c.expr)}`
      case 'generated':
        return words(
          c.spelling === 'as' ? `AS ${p.operand(c.expr)}` : `GENERATED ALWAYS AS (${p.expr(c.expr)})`,
          c.storage,
        )
      case 'identity':
        return words(`GENERATED ${c.when} AS IDENTITY`, c.options.length > 0 && `(${sequenceText(c.options)})`)
      case 'primaryKey':
        return words('PRIMARY KEY', withOptions(c.options))
      case 'unique':
        return words('UNIQUE', c.nullsNotDistinct && 'NULLS NOT DISTINCT', withOptions(c.options))
      case 'check':
        return `CHECK (${p.expr(c.expr)})`
      case 'references':
        return referencesText(c)
      case 'lateness':
      case 'watermark':
        return `${c.kind.toUpperCase()} ${p.operand(c.delay)}`
    }
  }
  return words(c.name && `CONSTRAINT ${ident(c.name)}`, body(), timingText(c.timing))
}

function referencesText(r: References): string {
  const action = (word: string, a: RefAction | undefined) =>
    a && words(`ON ${word} ${a.action}`, a.columns.length > 0 && `(${idents(a.columns)})`)
  return words(
    'REFERENCES',
    full(r.table),
    r.columns.length > 0 && `(${idents(r.columns)})`,
    clause('MATCH', r.match),
    action('DELETE', r.onDelete),
    action('UPDATE', r.onUpdate),
  )
}

export function tableConstraintText(p: Printer, c: TableConstraint): string {
  const key = (k: Extract<TableConstraint, { kind: 'tablePrimaryKey' | 'tableUnique' }>) =>
    k.usingIndex
      ? `USING INDEX ${ident(k.usingIndex)}`
      : words(
          `(${idents(k.columns)})`,
          k.include.length > 0 && `INCLUDE (${idents(k.include)})`,
          withOptions(k.options),
        )
  const body = () => {
    switch (c.kind) {
      case 'tablePrimaryKey':
        return `PRIMARY KEY ${key(c)}`
      case 'tableUnique':
        return words('UNIQUE', c.nullsNotDistinct && 'NULLS NOT DISTINCT', key(c))
      case 'tableCheck':
        return `CHECK (${p.expr(c.expr)})`
      case 'foreignKey':
        return `FOREIGN KEY (${idents(c.from)}) ${referencesText(c)}`
    }
  }
  return words(c.name && `CONSTRAINT ${ident(c.name)}`, body(), timingText(c.timing))
}

export function sequenceText(list: SequenceOption[]): string {
  return list.map((o) => words(o.option, o.type && type(o.type), o.name && full(o.name), o.value)).join(' ')
}

export function transportText(t: Transport): string {
  const extra = t.options.filter((o) => o.kind === 'option' && /^for (all )?tables$/.test(o.name))
  const plain = t.options.filter((o) => !extra.includes(o))
  const given = plain.length > 0 && options(plain)
  const subsources = extra.map((o) => {
    if (o.kind !== 'option' || o.value?.kind !== 'optionList') return 'FOR ALL TABLES'
    return `FOR TABLES ${parens(o.value.items.map((i) => (i.kind === 'optionWord' ? i.word : '')))}`
  })
  switch (t.kind) {
    case 'kafka': {
      const brokers =
        t.brokers.length === 1 ? `BROKER ${quote(t.brokers[0])}` : `BROKERS ${parens(t.brokers.map(quote))}`
      const place = t.connection ? `CONNECTION ${full(t.connection)}` : brokers
      return words('KAFKA', place, t.topic !== undefined && `TOPIC ${quote(t.topic)}`, given, ...subsources)
    }
    case 'loadGenerator':
      return words('LOAD GENERATOR', t.generator, given, ...subsources)
    case 'otherTransport':
      return words(t.name, t.connection && `CONNECTION ${full(t.connection)}`, given, ...subsources)
  }
}

export function encodingText(e: Encoding): string {
  return words(
    e.keyFormat && `KEY ${formatText(e.keyFormat)}`,
    e.valueFormat && `VALUE ${formatText(e.valueFormat)}`,
    e.format && formatText(e.format),
    e.include.length > 0 &&
      `INCLUDE ${commas(e.include.map((i) => words(i.what, i.argument !== undefined && quote(i.argument), i.alias && `AS ${ident(i.alias)}`, i.type && type(i.type))))}`,
    e.envelope && words('ENVELOPE', e.envelope.envelope, e.envelope.options.length > 0 && options(e.envelope.options)),
  )
}

function formatText(f: Format): string {
  const r = f.registry
  const csv =
    f.csv &&
    words(
      'WITH',
      f.csv.columns !== undefined && `${f.csv.columns} COLUMNS`,
      f.csv.header && words('HEADER', f.csv.header.length > 0 && `(${idents(f.csv.header)})`),
      f.csv.delimiter !== undefined && `DELIMITED BY ${quote(f.csv.delimiter)}`,
    )
  const registry =
    r &&
    words(
      'USING',
      r.confluent && 'CONFLUENT',
      'SCHEMA REGISTRY',
      r.connection ? `CONNECTION ${full(r.connection)}` : quote(r.url ?? ''),
      r.options.length > 0 && options(r.options),
    )
  return words(
    'FORMAT',
    f.format,
    clause('ENCODE', f.encode),
    f.message !== undefined && `MESSAGE ${quote(f.message)}`,
    f.regex !== undefined && quote(f.regex),
    csv,
    registry,
    f.schema !== undefined && `USING SCHEMA ${quote(f.schema)}`,
    f.options.length > 0 && options(f.options),
    clause('KEY ENCODE', f.keyEncode),
  )
}
