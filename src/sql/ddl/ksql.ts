import type { WithOption } from '../../../grammar/ast-base.ts'
import type { CreateTable } from '../../../grammar/ast-ddl.ts'
import type { ColumnDef } from '../../../grammar/ast-table.ts'
import { notSupported } from '../../base/sql-error.ts'
import { KAFKA_BROKERS_DEFAULT, parseConnectorDefaults } from '../../catalog/connector-defaults.ts'
import type { DdlPlan } from '../../plan/ddl.ts'
import { bindError } from '../bind/bind-error.ts'
import { handled } from '../bind/handled.ts'
import type { PlanningContext } from '../planned.ts'
import { resolveType } from '../type-name.ts'
import { planCreateSource } from './create-table.ts'
import { planCreateMaterializedView } from './create-view.ts'
import { windowed, withBounds } from './ksql-bounds.ts'
import { withRowTime } from './ksql-rowtime.ts'
import { type NamedOption, namedOptions, optionText } from './option-value.ts'

/**
 * ksqlDB's statements as what they are here: a stream or a table over a topic is a source (a table keeps the newest row of
 * each key), one AS a query is a materialized view.
 */
export function isKsql(node: CreateTable): boolean {
  if (node.word !== 'TABLE') return true
  if (node.as !== undefined) return node.as.emit !== undefined || windowed(node.as) !== null
  return node.with.some((o) => o.kind === 'option' && OWN.has(o.name.toLowerCase()))
}

/** Options that only ksqlDB has. */
const OWN: ReadonlySet<string> = new Set(['kafka_topic', 'value_format'])
/** Of the topic that ksqlDB would make. */
const OF_NEW_TOPICS: ReadonlySet<string> = new Set(['partitions', 'replicas', 'retention_ms'])

export function planKsql(node: CreateTable, context: PlanningContext): DdlPlan {
  handled(node, ['ifNotExists', 'word', 'name', 'elements', 'hasElements', 'with', 'as', 'include'])
  if (node.word !== 'TABLE' && node.word !== 'STREAM') throw notSupported(`CREATE ${node.word}`, node.span)
  const { ifNotExists = false, name, span } = node
  if (node.as !== undefined) {
    if (node.hasElements) throw notSupported(`columns of CREATE ${node.word} … AS`, node.span)
    const [option] = node.with
    if (option !== undefined) throw notSupported(`a topic of CREATE ${node.word} … AS`, option.span)
    const { query, added } = withBounds(node.as, context.sql)
    const view = { kind: 'createMaterializedView', ifNotExists, name, columns: [], with: [], query, span } as const
    return planCreateMaterializedView({ ...view, columns: [], with: [] }, context, added)
  }
  const { options: given, keyFormat } = topicOptions(node, context)
  const declared = node.word === 'STREAM' ? streamColumns(node, keyFormat) : node.elements
  const { elements, options } = withRowTime(declared, given)
  const table = node.word === 'TABLE'
  const source = { kind: 'createSource', ifNotExists, name, elements, hasElements: true, include: [], span } as const
  return planCreateSource(
    {
      ...source,
      include: [],
      with: table ? [...options, text('key.format', tableKey(node, keyFormat), node.span)] : options,
      ...(table ? { envelope: { kind: 'envelope', envelope: 'UPSERT', options: [], span } } : {}),
    },
    context,
  )
}

type At = WithOption['span']

const text = (name: string, value: string, span: At): NamedOption => ({
  kind: 'option',
  name,
  quoted: true,
  value: { kind: 'optionString', value, span },
  span,
})

/** The options in the names of a Kafka source; the server's own broker, which is told. */
function topicOptions(node: CreateTable, context: PlanningContext): { options: WithOption[]; keyFormat: string } {
  const options: WithOption[] = [text('connector', 'kafka', node.span)]
  let keyFormat = 'KAFKA'
  let format: NamedOption | undefined
  let hasTopic = false
  let hasBroker = false
  const without: string[] = []
  for (const option of namedOptions(node.with)) {
    const name = option.name.toLowerCase()
    if (name === 'key_format') keyFormat = optionText(option).toUpperCase()
    else if (name === 'value_format') format = option
    else if (name === 'format') {
      format = option
      keyFormat = optionText(option).toUpperCase()
    } else if (OF_NEW_TOPICS.has(name)) without.push(option.name.toUpperCase())
    else if (name === 'timestamp' || name === 'kafka_topic' || name.includes('.')) {
      options.push({ ...option, name })
      hasTopic ||= name === 'kafka_topic'
      hasBroker ||= name.includes('bootstrap.server')
    } else throw notSupported(`option ${option.name.toUpperCase()} of CREATE ${node.word}`, option.span)
  }
  if (!hasTopic) throw bindError('42601', `CREATE ${node.word} needs the option KAFKA_TOPIC`, node)
  if (format === undefined) throw bindError('42601', `CREATE ${node.word} needs the option VALUE_FORMAT`, node)
  if (optionText(format).toUpperCase() !== 'JSON') {
    throw notSupported(
      `VALUE_FORMAT ${optionText(format).toUpperCase()}`,
      format.span,
      'Formats of a schema registry: CREATE SOURCE … FORMAT AVRO USING SCHEMA REGISTRY.',
    )
  }
  options.push(text('format', 'json', format.span))
  const tell = (message: string) => context.notice({ severity: 'NOTICE', sqlstate: '00000', message })
  if (without.length > 0) tell(`${without.join(', ')} without effect: topics are not made here`)
  if (!hasBroker) {
    const defaults = parseConnectorDefaults(context.setting('connector_default') ?? '')
    const broker = defaults.get('kafka.brokers') ?? KAFKA_BROKERS_DEFAULT
    options.push(text('properties.bootstrap.servers', broker, node.span))
    tell(`read from Kafka at ${broker}, from the earliest offset`)
  }
  return { options, keyFormat }
}

/** `k VARCHAR KEY` is the record's key. */
function streamColumns(node: CreateTable, keyFormat: string): CreateTable['elements'] {
  return node.elements.map((element) => {
    if (element.kind === 'tablePrimaryKey') throw streamKey(element)
    if (element.kind !== 'column') return element
    const primary = element.constraints.find((c) => c.kind === 'primaryKey')
    if (primary) throw streamKey(primary)
    if (!element.key) return element
    if (!isText(element) || !TEXT_KEYS.has(keyFormat)) throw keyNotSupported(element, keyFormat)
    const { key: _, ...column } = element
    return { ...column, metadata: { from: 'key' } }
  })
}

const streamKey = (at: Parameters<typeof bindError>[2]) => bindError('42601', 'a stream has a KEY, no PRIMARY KEY', at)

/** The format of a table's key. */
function tableKey(node: CreateTable, keyFormat: string): string {
  const columns = node.elements.filter((e): e is ColumnDef => e.kind === 'column')
  const key = columns.find((c) => c.constraints.some((each) => each.kind === 'primaryKey'))
  if (key === undefined) throw bindError('42601', 'CREATE TABLE of a topic needs a PRIMARY KEY column', node)
  if (keyFormat === 'JSON') return 'json'
  if (TEXT_KEYS.has(keyFormat) && isText(key)) return 'text'
  throw keyNotSupported(key, keyFormat)
}

/** Formats in which a text is its own bytes. */
const TEXT_KEYS: ReadonlySet<string> = new Set(['KAFKA', 'DELIMITED'])

const isText = (column: ColumnDef): boolean =>
  column.type !== undefined && ['text', 'varchar'].includes(resolveType(column.type).kind)

const keyNotSupported = (column: ColumnDef, keyFormat: string) =>
  notSupported(
    `KEY_FORMAT ${keyFormat} of key column "${column.name.name}"`,
    column.span,
    "A KEY is a text; a PRIMARY KEY of another type is read with KEY_FORMAT = 'JSON'.",
  )
