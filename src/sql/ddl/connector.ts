import type { WithOption } from '../../../grammar/ast-base.ts'
import type { Encoding, Format, Include, Transport } from '../../../grammar/ast-table.ts'
import { notSupported } from '../../base/sql-error.ts'
import { GENERATOR_RELATIONS } from '../../catalog/generator-relations.ts'
import { findObject } from '../../catalog/resolve-name.ts'
import type { ColumnPlan, ConnectorPlan } from '../../plan/ddl.ts'
import { BYTEA, INT4, INT8, JSONB, type SqlType, TEXT, TIMESTAMPTZ } from '../../types/sql-type.ts'
import type { Datum } from '../../types/value.ts'
import { bindError, type Place } from '../bind/bind-error.ts'
import type { Statement } from '../bind/context.ts'
import { handled } from '../bind/handled.ts'
import { resolveType } from '../type-name.ts'
import type { Columns } from './columns.ts'
import { kafkaOptions } from './kafka-spelling.ts'
import { hasRest, type NamedOption, namedOptions, optionDatum, optionText } from './option-value.ts'

/** What the clauses of a source or connected table come to, whichever dialect wrote them. */
export interface BoundConnector {
  readonly connector: ConnectorPlan
  /** All columns: declared ones, the one of a format without columns, metadata. */
  readonly columns: readonly ColumnPlan[]
  readonly upsertKey: readonly number[] | null
  readonly dependsOn: readonly number[]
}

type Clauses = Encoding & Place & { readonly transport?: Transport; readonly with: readonly WithOption[] }
type What = ConnectorPlan['include'][number]['what']
type Part = NonNullable<ConnectorPlan['format']>

export function bindConnector(st: Statement, node: Clauses, declared: Columns, hasColumns: boolean): BoundConnector {
  const options = namedOptions(node.with)
  const named = options.find((o) => o.name === 'connector')
  if (node.transport && named) throw bindError('42601', 'FROM and a connector option say the same', named)
  if (node.transport?.kind === 'loadGenerator') return bindGenerator(node, node.transport, declared)
  if (node.transport?.kind === 'otherTransport') throw notSupported(`FROM ${node.transport.name}`, node.transport.span)
  const transport = node.transport
    ? fromKafka(st, node.transport, options)
    : fromOptions(named, options, node, node.with)
  return bindKafka(node, declared, hasColumns, transport)
}

// ---------------------------------------------------------------- transports

interface KafkaParts {
  readonly options: Record<string, Datum>
  readonly formats: FlinkFormats
  readonly upsert: boolean
  readonly dependsOn: readonly number[]
}

/** Materialize: FROM KAFKA BROKER … TOPIC … (…) or FROM KAFKA CONNECTION c (TOPIC …). */
function fromKafka(
  st: Statement,
  node: Extract<Transport, { kind: 'kafka' }>,
  more: readonly NamedOption[],
): KafkaParts {
  handled(node, ['brokers', 'connection', 'topic', 'options'])
  const options = kafkaOptions([...namedOptions(node.options), ...more])
  if (hasRest(node.options)) throw notSupported('... among the options of a source', node.span)
  const dependsOn: number[] = []
  if (node.brokers.length > 0) options['broker'] = node.brokers.join(',')
  if (node.connection) {
    const parts = node.connection.parts.map((p) => p.name)
    const entry = findObject(st.env.catalog, parts, st.env, node.connection.span.start + 1)
    if (entry?.kind !== 'connection') {
      throw bindError('42704', `connection "${parts.join('.')}" does not exist`, node.connection)
    }
    if (entry.transport !== 'kafka')
      throw bindError('42809', `connection "${entry.name}" is not one to Kafka`, node.connection)
    Object.assign(options, { ...entry.options, ...options })
    dependsOn.push(entry.id)
  }
  if (node.topic !== undefined) options['topic'] = node.topic
  return { options, formats: NO_FORMATS, upsert: false, dependsOn }
}

/** RisingWave and Flink: WITH (connector = 'kafka', …). */
function fromOptions(
  named: NamedOption | undefined,
  options: readonly NamedOption[],
  at: Place,
  all: readonly WithOption[],
): KafkaParts {
  if (!named) throw bindError('42601', 'a source needs FROM KAFKA, FROM LOAD GENERATOR or a connector option', at)
  const kind = optionText(named)
  if (kind !== 'kafka' && kind !== 'upsert-kafka') throw notSupported(`connector '${kind}'`, named.span)
  if (hasRest(all)) throw notSupported('... among the options of a source', at.span)
  const formats = flinkFormats(options)
  const rest = options.filter((o) => o !== named && !FORMAT_OPTIONS.has(o.name))
  return { options: kafkaOptions(rest), formats, upsert: kind === 'upsert-kafka', dependsOn: [] }
}

interface FlinkFormats {
  readonly value: NamedOption | undefined
  readonly key: NamedOption | undefined
  readonly keyFields: NamedOption | undefined
}

const NO_FORMATS: FlinkFormats = { value: undefined, key: undefined, keyFields: undefined }
const FORMAT_OPTIONS: ReadonlySet<string> = new Set(['format', 'value.format', 'key.format', 'key.fields'])

function flinkFormats(options: readonly NamedOption[]): FlinkFormats {
  const find = (name: string): NamedOption | undefined => options.find((o) => o.name === name)
  return { value: find('format') ?? find('value.format'), key: find('key.format'), keyFields: find('key.fields') }
}

// ---------------------------------------------------------------- load generators

function bindGenerator(
  node: Clauses,
  transport: Extract<Transport, { kind: 'loadGenerator' }>,
  declared: Columns,
): BoundConnector {
  handled(transport, ['generator', 'options'])

  const name = transport.generator.toLowerCase().replaceAll('_', ' ')
  const tables = Object.hasOwn(GENERATOR_RELATIONS, name) ? GENERATOR_RELATIONS[name] : undefined
  if (!tables) throw notSupported(`LOAD GENERATOR ${transport.generator}`, transport.span)
  if (declared.columns.length > 0) throw bindError('42601', 'a load generator has columns of its own', node)
  const clause = node.format ?? node.valueFormat ?? node.keyFormat ?? node.include[0]
  if (clause) throw bindError('42601', 'a load generator takes no FORMAT or INCLUDE', clause)
  if (node.envelope && node.envelope.envelope !== 'NONE')
    throw notSupported('ENVELOPE of a load generator', node.envelope.span)
  const options: Record<string, Datum> = { name }
  for (const option of [...namedOptions(transport.options), ...namedOptions(node.with)]) {
    options[option.name] = optionDatum(option)
  }
  const names = Object.keys(tables)
  const wanted = options['table'] ?? (names.length === 1 ? names[0] : undefined)
  const table = typeof wanted === 'string' && Object.hasOwn(tables, wanted) ? tables[wanted] : undefined
  if (!table) {
    throw bindError('42601', `LOAD GENERATOR ${name.toUpperCase()} needs the option TABLE`, transport, {
      hint: `It has ${names.join(', ')}.`,
    })
  }
  return {
    connector: {
      transport: { kind: 'generator', options },
      keyFormat: null,
      format: null,
      envelope: {
        kind: table.upsertKey ? 'upsert' : 'none',
        options: table.upsertKey ? { key: [...table.upsertKey] } : {},
      },
      include: [],
    },
    columns: table.rowType.map((f) => ({ name: f.name, type: f.type, notNull: !f.nullable, defaultSql: null })),
    upsertKey: table.upsertKey,
    dependsOn: [],
  }
}

// ---------------------------------------------------------------- format, envelope, metadata

function bindKafka(node: Clauses, declared: Columns, hasColumns: boolean, parts: KafkaParts): BoundConnector {
  const { formats } = parts
  const format = node.format ?? node.valueFormat
  if (format && formats.value) throw bindError('42601', 'FORMAT and a format option say the same', format)
  const value = format ? partOf(format) : formats.value ? plainPart(optionText(formats.value), formats.value) : null
  if (!value) throw bindError('42601', 'a Kafka source needs a FORMAT', node)
  let keyFormat: Part | null = null
  if (node.keyFormat) keyFormat = partOf(node.keyFormat)
  else if (formats.key) keyFormat = plainPart(optionText(formats.key), formats.key)
  else if (format?.keyEncode) keyFormat = plainPart(format.keyEncode, format)
  const upsert = isUpsert(node, format) || parts.upsert

  const columns: ColumnPlan[] = [...declared.columns]
  let documents = false
  const whole =
    value.kind === 'json'
      ? { name: 'data', type: JSONB }
      : value.kind === 'bytes'
        ? { name: 'data', type: BYTEA }
        : { name: 'text', type: TEXT }
  if (!hasColumns) {
    documents = value.kind === 'json'
    columns.unshift({ ...whole, notNull: false, defaultSql: null })
  }
  const include: { what: What; column: number }[] = []
  for (const m of declared.metadata) {
    const what = METADATA[m.what.toLowerCase()]
    if (!what) throw notSupported(`METADATA FROM '${m.what}'`, m.at.span)
    include.push({ what, column: m.column })
  }
  for (const item of node.include) {
    const what = METADATA[item.what.toLowerCase()]
    handled(item, ['what', 'alias', 'type'])
    if (!what) throw notSupported(`INCLUDE ${item.what}`, item.span)
    const column = includeColumn(item, what, keyFormat)
    if (columns.some((c) => c.name === column.name)) {
      throw bindError('42701', `column "${column.name}" specified more than once`, item)
    }
    include.push({ what, column: columns.push(column) - 1 })
  }
  const upsertKey = upsert ? keyOf(node, declared, include, formats, columns) : null
  const wholeKey = include.some((i) => i.what === 'key')
  const keyOptions: Record<string, Datum> = upsertKey && !wholeKey ? { key: [...upsertKey] } : {}
  const connector: ConnectorPlan = {
    transport: { kind: 'kafka', options: parts.options },
    keyFormat,
    format: documents ? { ...value, options: { ...value.options, document: true } } : value,
    envelope: { kind: upsert ? 'upsert' : 'none', options: keyOptions },
    include,
  }
  const notNull = columns.map((c, i) => (upsertKey?.includes(i) ? { ...c, notNull: true } : c))
  return { connector, columns: notNull, upsertKey, dependsOn: parts.dependsOn }
}

/** FORMAT JSON, or RisingWave's FORMAT PLAIN ENCODE JSON. */
function partOf(node: Format): Part {
  handled(node, ['format', 'encode', 'keyEncode', 'options'])
  if (node.options.length > 0) throw notSupported(`options of FORMAT ${node.format}`, node.span)
  if (node.encode !== undefined) {
    if (node.format !== 'PLAIN' && node.format !== 'UPSERT') throw notSupported(`FORMAT ${node.format}`, node.span)
    return plainPart(node.encode, node)
  }
  return plainPart(node.format, node)
}

const FORMATS: ReadonlySet<string> = new Set(['json', 'text', 'bytes'])
/** Flink's `raw` is the bytes as they are. */
const FORMAT_NAMES: Readonly<Record<string, string>> = { raw: 'bytes' }

function plainPart(name: string, at: Place & { readonly span: { start: number } }): Part {
  const lower = name.toLowerCase()
  const kind = FORMAT_NAMES[lower] ?? lower
  if (!FORMATS.has(kind)) throw notSupported(`FORMAT ${name.toUpperCase()}`, at.span)
  return { kind, options: {} }
}

function isUpsert(node: Clauses, format: Format | undefined): boolean {
  const { envelope } = node
  if (envelope) {
    handled(envelope, ['envelope', 'options'])
    if (envelope.options.length > 0) throw notSupported('options of ENVELOPE', envelope.span)
    if (envelope.envelope !== 'NONE' && envelope.envelope !== 'UPSERT') {
      throw notSupported(`ENVELOPE ${envelope.envelope}`, envelope.span)
    }
    if (envelope.envelope === 'UPSERT') return true
  }
  return format?.encode !== undefined && format.format === 'UPSERT'
}

/** What identifies a row of an upsert source: the whole key, or the columns of PRIMARY KEY. */
function keyOf(
  node: Clauses,
  declared: Columns,
  include: readonly { what: What; column: number }[],
  formats: FlinkFormats,
  columns: readonly ColumnPlan[],
): readonly number[] {
  const whole = include.find((i) => i.what === 'key')
  if (whole) return [whole.column]
  if (declared.primaryKey) return declared.primaryKey
  if (declared.keys.length > 0) return declared.keys
  if (formats.keyFields) {
    const option = formats.keyFields
    return optionText(option)
      .split(';')
      .map((name) => {
        const at = columns.findIndex((c) => c.name === name)
        if (at < 0) throw bindError('42703', `column "${name}" of key.fields does not exist`, option)
        return at
      })
  }
  throw bindError('42601', 'ENVELOPE UPSERT needs a key', node.envelope ?? node, {
    hint: 'Add INCLUDE KEY, or declare a PRIMARY KEY.',
  })
}

const METADATA: Readonly<Record<string, What>> = {
  key: 'key',
  partition: 'partition',
  offset: 'offset',
  timestamp: 'timestamp',
  headers: 'headers',
}

const INCLUDE_TYPES: Readonly<Record<Exclude<What, 'key'>, { readonly type: SqlType; readonly notNull: boolean }>> = {
  partition: { type: INT4, notNull: true },
  offset: { type: INT8, notNull: true },
  timestamp: { type: TIMESTAMPTZ, notNull: false },
  headers: { type: JSONB, notNull: false },
}

function includeColumn(item: Include, what: What, keyFormat: Part | null): ColumnPlan {
  const name = item.alias?.name ?? what
  if (what !== 'key') {
    const known = INCLUDE_TYPES[what]
    if (item.type) throw notSupported(`a type of INCLUDE ${what.toUpperCase()}`, item.span)
    return { name, type: known.type, notNull: known.notNull, defaultSql: null }
  }
  const byFormat = keyFormat?.kind === 'json' ? JSONB : keyFormat?.kind === 'bytes' ? BYTEA : TEXT
  return { name, type: item.type ? resolveType(item.type) : byFormat, notNull: false, defaultSql: null }
}
