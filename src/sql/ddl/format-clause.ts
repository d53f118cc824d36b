import type { Encoding, Format } from '../../../grammar/ast-table.ts'
import { notSupported } from '../../base/sql-error.ts'
import type { ConnectorPlan } from '../../plan/ddl.ts'
import type { Datum } from '../../types/value.ts'
import { bindError, type Place } from '../bind/bind-error.ts'
import type { Statement } from '../bind/context.ts'
import { handled } from '../bind/handled.ts'
import { type NamedOption, namedOptions, optionText } from './option-value.ts'
import { flinkRegistry, registryClause, risingWaveRegistry } from './registry-clause.ts'

export type Part = NonNullable<ConnectorPlan['format']>
export type EnvelopeKind = ConnectorPlan['envelope']['kind']
type Options = Readonly<Record<string, Datum>>

/** What the FORMAT clauses and options of a source come to, in whichever dialect. */
export interface Formats {
  readonly value: Part
  readonly key: Part | null
  /** What the format says of a record's meaning: RisingWave's FORMAT UPSERT, Flink's debezium-json; null: nothing. */
  readonly envelope: EnvelopeKind | null
  readonly envelopeOptions: Options
  readonly dependsOn: readonly number[]
}

interface Side {
  readonly part: Part
  readonly envelope: EnvelopeKind | null
  readonly envelopeOptions: Options
  readonly dependsOn: readonly number[]
}

/** Formats whose payloads name a schema of a registry. */
const WITH_SCHEMA: ReadonlySet<string> = new Set(['avro', 'protobuf', 'json-schema'])
const PLAIN: ReadonlySet<string> = new Set(['json', 'text', 'bytes'])

/** `flink`: the options of WITH, when the source is declared by them. `topic`: names the subjects. */
export function bindFormats(
  st: Statement,
  node: Encoding & Place,
  flink: readonly NamedOption[],
  topic: string | undefined,
): Formats {
  const clause = node.format ?? node.valueFormat
  const option = flink.find((o) => o.name === 'format') ?? flink.find((o) => o.name === 'value.format')
  if (clause && option) throw bindError('42601', 'FORMAT and a format option say the same', clause)
  const value = clause ? ofClause(st, clause, 'value', topic) : option ? ofOption(option, flink, 'value', topic) : null
  if (value === null) throw bindError('42601', 'a Kafka source needs a FORMAT', node)
  const keyOption = flink.find((o) => o.name === 'key.format')
  let key: Side | null = null
  if (node.keyFormat) key = ofClause(st, node.keyFormat, 'key', topic)
  else if (keyOption) key = ofOption(keyOption, flink, 'key', topic)
  else if (clause?.keyEncode) key = encoded(clause.keyEncode, clause, keyRegistry(value.part, topic))
  // One FORMAT with a registry is that of the key too: its subject is asked for when the key is needed.
  else if (node.format && WITH_SCHEMA.has(value.part.kind)) {
    key = { ...value, part: { kind: value.part.kind, options: keyRegistry(value.part, topic) } }
  }
  return {
    value: value.part,
    key: key?.part ?? null,
    envelope: value.envelope,
    envelopeOptions: value.envelopeOptions,
    dependsOn: [...value.dependsOn, ...(key?.dependsOn ?? [])],
  }
}

/** The same registry, asked for the subject of keys. */
function keyRegistry(value: Part, topic: string | undefined): Record<string, Datum> {
  const registry = Object.entries(value.options).filter(([name]) => name.startsWith('registry '))
  const message = value.options['key message']
  return {
    ...Object.fromEntries(registry),
    subject: value.options['key subject'] ?? (topic === undefined ? null : `${topic}-key`),
    ...(message === undefined ? {} : { message }),
  }
}

// ---------------------------------------------------------------- FORMAT …

function ofClause(st: Statement, node: Format, side: 'key' | 'value', topic: string | undefined): Side {
  handled(node, ['format', 'encode', 'keyEncode', 'options', 'registry', 'message'])
  const options = namedOptions(node.options)
  const subject: Options = { subject: topic === undefined ? null : `${topic}-${side}` }
  if (node.encode !== undefined) return risingWave(node, options, topic)
  const message: Options = node.message === undefined ? {} : { message: node.message }
  if (node.message !== undefined && node.format !== 'PROTOBUF') throw notSupported('MESSAGE', node.span)
  if (options.length > 0) throw notSupported(`options of FORMAT ${node.format}`, node.span)
  if (node.registry === undefined) return encoded(node.format, node, {})
  const { options: registry, dependsOn } = registryClause(st, node.registry, node)
  return { ...encoded(node.format, node, { ...registry, ...subject, ...message }), dependsOn }
}

const ROW_KINDS: Readonly<Record<string, EnvelopeKind>> = { PLAIN: 'none', UPSERT: 'upsert', DEBEZIUM: 'debezium' }
/** Options of ENCODE that say how Debezium was set up. */
const DEBEZIUM_OPTIONS: ReadonlySet<string> = new Set(['decimal.handling.mode', 'time.precision.mode'])

/** FORMAT PLAIN | UPSERT | DEBEZIUM ENCODE … (schema.registry = …). */
function risingWave(node: Format, options: readonly NamedOption[], topic: string | undefined): Side {
  const envelope = Object.hasOwn(ROW_KINDS, node.format) ? ROW_KINDS[node.format] : undefined
  if (envelope === undefined) throw notSupported(`FORMAT ${node.format}`, node.span)
  const { registry, rest } = risingWaveRegistry(options)
  const own: Record<string, Datum> = {}
  const envelopeOptions: Record<string, Datum> = {}
  let strategy = 'topic_name_strategy'
  for (const option of rest) {
    if (option.name === 'message') own['message'] = optionText(option)
    else if (option.name === 'key.message') own['key message'] = optionText(option)
    else if (option.name === 'schema.registry.name.strategy') strategy = optionText(option).toLowerCase()
    else if (envelope === 'debezium' && DEBEZIUM_OPTIONS.has(option.name))
      envelopeOptions[option.name] = optionText(option)
    else throw notSupported(`option ${option.name} of FORMAT ${node.format} ENCODE ${node.encode}`, option.span)
  }
  const given = registry['registry url'] !== undefined
  const subjects = given ? subjectsOf(strategy, topic, own, node) : {}
  return { ...encoded(node.encode!, node, { ...registry, ...own, ...subjects }), envelope, envelopeOptions }
}

function subjectsOf(strategy: string, topic: string | undefined, own: Options, at: Format): Options {
  const message = own['message']
  switch (strategy) {
    case 'topic_name_strategy':
      return topic === undefined ? {} : { subject: `${topic}-value`, 'key subject': `${topic}-key` }
    case 'record_name_strategy':
    case 'topic_record_name_strategy': {
      const prefix = strategy === 'record_name_strategy' ? '' : `${topic ?? ''}-`
      if (typeof message !== 'string') {
        throw bindError('42601', `schema.registry.name.strategy '${strategy}' needs the option message`, at)
      }
      const key = own['key message']
      return { subject: `${prefix}${message}`, ...(key === undefined ? {} : { 'key subject': `${prefix}${key}` }) }
    }
    default:
      throw notSupported(`schema.registry.name.strategy '${strategy}'`, at.span)
  }
}

// ---------------------------------------------------------------- 'format' = …

/** Flink's names of formats: the encoding, and what its records mean. */
const FLINK: Readonly<Record<string, { readonly kind: string; readonly envelope: EnvelopeKind | null }>> = {
  raw: { kind: 'bytes', envelope: null },
  'avro-confluent': { kind: 'avro', envelope: null },
  'debezium-json': { kind: 'json', envelope: 'debezium' },
  'debezium-avro-confluent': { kind: 'avro', envelope: 'debezium' },
}

function ofOption(
  option: NamedOption,
  all: readonly NamedOption[],
  side: 'key' | 'value',
  topic: string | undefined,
): Side {
  const name = optionText(option).toLowerCase()
  const known = Object.hasOwn(FLINK, name) ? FLINK[name] : undefined
  const own = all.flatMap((each): (readonly [string, NamedOption])[] => {
    const rest = ownName(each.name, name, side)
    return rest === null ? [] : [[rest, each]]
  })
  const registry = flinkRegistry(own)
  const kind = known?.kind ?? name
  const subject: Options = WITH_SCHEMA.has(kind) && topic !== undefined ? { subject: `${topic}-${side}` } : {}
  const part = encoded(kind, option, { ...subject, ...registry })
  return { ...part, envelope: known?.envelope ?? null }
}

function ownName(option: string, format: string, side: 'key' | 'value'): string | null {
  for (const prefix of side === 'value' ? [`${format}.`, `value.${format}.`] : [`key.${format}.`]) {
    if (option.startsWith(prefix)) return option.slice(prefix.length)
  }
  return null
}

/** True for options of WITH that speak of formats: the rest is the transport's. */
export function isFormatOption(option: NamedOption, all: readonly NamedOption[]): boolean {
  if (['format', 'value.format', 'key.format', 'key.fields'].includes(option.name)) return true
  return all.some(({ name, value }) => {
    if (value?.kind !== 'optionString' || !['format', 'value.format', 'key.format'].includes(name)) return false
    return ownName(option.name, value.value.toLowerCase(), name === 'key.format' ? 'key' : 'value') !== null
  })
}

function encoded(name: string, at: Place & { readonly span: { start: number } }, options: Options): Side {
  const withRegistry = options['registry url'] !== undefined
  const lower = name.toLowerCase()
  // JSON whose payloads name a schema is another format than JSON alone.
  const kind = lower === 'json' && withRegistry ? 'json-schema' : lower
  const side = { envelope: null, envelopeOptions: {}, dependsOn: [] }
  if (WITH_SCHEMA.has(kind) && lower !== 'json-schema') {
    if (withRegistry) return { part: { kind, options }, ...side }
    throw bindError('42601', `FORMAT ${name.toUpperCase()} needs a schema registry`, at, {
      hint: "Add USING SCHEMA REGISTRY 'http://host:port'.",
    })
  }
  if (!PLAIN.has(kind)) throw notSupported(`FORMAT ${name.toUpperCase()}`, at.span)
  if (withRegistry) throw notSupported(`FORMAT ${name.toUpperCase()} USING SCHEMA REGISTRY`, at.span)
  return { part: { kind, options: {} }, ...side }
}
