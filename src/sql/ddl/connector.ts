import type { WithOption } from '../../../grammar/ast-base.ts'
import type { Transport } from '../../../grammar/ast-table.ts'
import { notSupported } from '../../base/sql-error.ts'
import { KAFKA_BROKERS_DEFAULT, parseConnectorDefaults } from '../../catalog/connector-defaults.ts'
import { findObject } from '../../catalog/resolve-name.ts'
import type { ColumnPlan, InferredPlan } from '../../plan/ddl.ts'
import { BYTEA, JSONB, TEXT } from '../../types/sql-type.ts'
import type { Datum } from '../../types/value.ts'
import { bindError, type Place } from '../bind/bind-error.ts'
import type { Statement } from '../bind/context.ts'
import { handled } from '../bind/handled.ts'
import type { BoundConnector, Clauses } from './bound-connector.ts'
import type { Columns } from './columns.ts'
import { bindEnvelope, checkPlainKey, keyOf } from './envelope-clause.ts'
import { bindFormats, isFormatOption, type Part } from './format-clause.ts'
import { bindIncluded } from './include-clause.ts'
import { kafkaOptions } from './kafka-spelling.ts'
import { bindGenerator } from './load-generator.ts'
import { hasRest, type NamedOption, namedOptions, optionText } from './option-value.ts'

/** Of the object that is made: its name, and whom to tell what `...` was filled with. */
export interface Made {
  readonly name: string
  readonly notice: (message: string) => void
}

export function bindConnector(
  st: Statement,
  node: Clauses,
  declared: Columns,
  hasColumns: boolean,
  made: Made,
): BoundConnector {
  const options = namedOptions(node.with)
  const named = options.find((o) => o.name === 'connector')
  if (node.transport && named) throw bindError('42601', 'FROM and a connector option say the same', named)
  if (node.transport?.kind === 'loadGenerator') return bindGenerator(node, node.transport, declared)
  if (node.transport?.kind === 'otherTransport') throw notSupported(`FROM ${node.transport.name}`, node.transport.span)
  const transport = node.transport
    ? fromKafka(st, node.transport, options)
    : fromOptions(st, named, options, node, node.with, made)
  return bindKafka(st, node, declared, hasColumns, transport)
}

// ---------------------------------------------------------------- transports

interface KafkaParts {
  readonly options: Record<string, Datum>
  /** Options of WITH, which may name formats. */
  readonly flink: readonly NamedOption[]
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
  return { options, flink: [], upsert: false, dependsOn }
}

/** RisingWave and Flink: WITH (connector = 'kafka', …). */
function fromOptions(
  st: Statement,
  named: NamedOption | undefined,
  given: readonly NamedOption[],
  at: Clauses,
  all: readonly WithOption[],
  made: Made,
): KafkaParts {
  if (!named) throw bindError('42601', 'a source needs FROM KAFKA, FROM LOAD GENERATOR or a connector option', at)
  const kind = optionText(named)
  if (kind !== 'kafka' && kind !== 'upsert-kafka') throw notSupported(`connector '${kind}'`, named.span)
  const rest = given.filter((o) => o !== named && !isFormatOption(o, given))
  const options = kafkaOptions(rest)
  if (!hasRest(all)) return { options, flink: given, upsert: kind === 'upsert-kafka', dependsOn: [] }
  const flink = filledIn(st, given, options, at, made)
  return { options, flink, upsert: kind === 'upsert-kafka', dependsOn: [] }
}

/** The literal `...`: whatever else a source of Kafka needs, said in a notice. */
function filledIn(
  st: Statement,
  given: readonly NamedOption[],
  options: Record<string, Datum>,
  at: Clauses,
  made: Made,
): readonly NamedOption[] {
  const filled: string[] = []
  const fill = (name: string, spelt: string, value: string): void => {
    if (options[name] !== undefined) return
    options[name] = value
    filled.push(`'${spelt}' = '${value}'`)
  }
  const defaults = parseConnectorDefaults(st.env.evalEnv.setting('connector_default') ?? '')
  fill('topic', 'topic', made.name)
  fill('broker', 'properties.bootstrap.servers', defaults.get('kafka.brokers') ?? KAFKA_BROKERS_DEFAULT)
  if (options['start offset'] === undefined && options['start timestamp'] === undefined) {
    fill('start mode', 'scan.startup.mode', 'earliest')
  }
  const hasFormat = at.format ?? at.valueFormat ?? given.find((o) => o.name === 'format' || o.name === 'value.format')
  if (hasFormat === undefined) filled.push("'format' = 'json'")
  made.notice(`"..." stands for ${filled.length === 0 ? 'nothing: all was said' : filled.join(', ')}`)
  if (hasFormat !== undefined) return given
  const span = { start: at.span.start, end: at.span.start }
  const value = { kind: 'optionString', value: 'json', span } as const
  return [...given, { kind: 'option', name: 'format', quoted: true, value, span }]
}

// ---------------------------------------------------------------- columns, key, envelope

function bindKafka(
  st: Statement,
  node: Clauses,
  declared: Columns,
  hasColumns: boolean,
  parts: KafkaParts,
): BoundConnector {
  const topic = parts.options['topic']
  const formats = bindFormats(st, node, parts.flink, typeof topic === 'string' ? topic : undefined)
  const { value } = formats
  const envelope = bindEnvelope(node.envelope, formats, parts.upsert)
  const inferred = !hasColumns && usesRegistry(value)
  if (declared.all && !inferred) throw notSupported('* among the columns without a schema registry', node.span)

  const columns: ColumnPlan[] = [...declared.columns]
  const document = !hasColumns && !inferred ? wholeValue(value, envelope.kind, node) : null
  if (document !== null) columns.unshift(document)
  const include = bindIncluded(node.include, declared, columns, formats.key)
  const keyItem = node.include.find((item) => item.what === 'KEY')
  const wholeKey = include.find((each) => each.what === 'key')?.column
  const keySchema = formats.key !== null && usesRegistry(formats.key)
  const keyTyped = keyItem !== undefined && keyItem.type === undefined && keySchema

  const keyFields = parts.flink.find((o) => o.name === 'key.fields')
  const at = node.envelope ?? node
  const key =
    envelope.kind === 'none' ? null : keyOf(envelope.kind, declared, wholeKey, keyFields, columns, keySchema, at)
  if (key?.kind !== 'columns' && key !== null && !inferred) throw keyless(envelope.kind, at)
  const upsertKey = key?.kind === 'columns' ? key.columns : null
  if (upsertKey !== null && envelope.kind === 'upsert' && formats.key === null && !inferred) {
    checkPlainKey(upsertKey, columns, at)
  }
  const plan: InferredPlan = {
    value: inferred,
    key: key?.kind === 'schema' ? 'columns' : keyTyped ? 'column' : null,
    primaryKey: key?.kind === 'names' ? key.names : null,
  }
  const partial = wholeKey === undefined || envelope.kind === 'debezium'
  return {
    connector: {
      transport: { kind: 'kafka', options: parts.options },
      keyFormat: formats.key,
      format: document !== null && value.kind === 'json' ? { ...value, options: { document: true } } : value,
      envelope: {
        kind: envelope.kind,
        options: { ...envelope.options, ...(upsertKey && partial ? { key: [...upsertKey] } : {}) },
      },
      include,
      inferred: plan.value || plan.key !== null || plan.primaryKey !== null ? plan : undefined,
    },
    columns: columns.map((c, i) => (upsertKey?.includes(i) ? { ...c, notNull: true } : c)),
    upsertKey,
    dependsOn: [...parts.dependsOn, ...formats.dependsOn],
  }
}

function keyless(envelope: string, at: Place): Error {
  return bindError('42601', `ENVELOPE ${envelope.toUpperCase()} with declared columns needs a PRIMARY KEY`, at)
}

const usesRegistry = (part: Part): boolean => part.options['registry url'] !== undefined

/** The column of a source that declares none. */
function wholeValue(value: Part, envelope: string, at: Place): ColumnPlan {
  if (envelope === 'debezium') {
    throw bindError('42601', `ENVELOPE DEBEZIUM with FORMAT ${value.kind.toUpperCase()} needs columns`, at, {
      hint: 'Declare the columns of the table that the changes are of, and its PRIMARY KEY.',
    })
  }
  const column =
    value.kind === 'json'
      ? { name: 'data', type: JSONB }
      : value.kind === 'bytes'
        ? { name: 'data', type: BYTEA }
        : { name: 'text', type: TEXT }
  return { ...column, notNull: false, defaultSql: null }
}
