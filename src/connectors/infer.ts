import type { Runtime } from '../base/runtime.ts'
import { SqlError } from '../base/sql-error.ts'
import type { ConnectorPlan } from '../plan/ddl.ts'
import type { Field, RowType, SqlType } from '../types/sql-type.ts'
import type { Datum } from '../types/value.ts'
import { withDeadline } from './deadline.ts'
import { type FormatSpec, registryOf, schemaKind } from './format/formats.ts'
import { inferrers } from './format/inferrers.ts'
import { schemaOptions } from './format/schema-options.ts'
import { shownUrl } from './schema-registry/http-get.ts'
import type { OpenRegistry, RegisteredSchema } from './schema-registry/registry.ts'
import { RegistryError } from './schema-registry/registry-error.ts'
import { sqlErrorOf } from './service-error.ts'

/** A source that is about to be made, as far as it is known. */
export interface SourcePlan {
  readonly columns: RowType
  readonly connector: ConnectorPlan
  readonly upsertKey: readonly number[] | null
}

export type CompleteSource = (plan: SourcePlan) => Promise<SourcePlan>

const DEADLINE_MS = 9_000

/**
 * Asks the schema registry for what the statement left open: the columns of the value (before all others), the type of
 * INCLUDE KEY, the columns of the key. The schemas that were read are kept with the source, so that it means the same for
 * ever. Fails in ≤ 10 s with a SqlError that names host and reason.
 */
export function completeSources(open: OpenRegistry, runtime: Runtime): CompleteSource {
  return async (plan) => {
    if (plan.connector.inferred === undefined) return plan
    const late = () => new RegistryError('connection', '08001', 'no answer from the schema registry in time')
    try {
      return await withDeadline(runtime, complete(plan, open), DEADLINE_MS, late)
    } catch (error) {
      throw sqlErrorOf(error)
    }
  }
}

async function complete(plan: SourcePlan, open: OpenRegistry): Promise<SourcePlan> {
  const { connector } = plan
  const inferred = connector.inferred!
  let { format, keyFormat } = connector
  let value: RowType = []
  if (inferred.value && format !== null) {
    const schema = await latest(format, open)
    value = inferrers[schemaKind(format)!].value(schema, connector.envelope.kind, format.options)
    format = withSchema(format, schema)
  }
  let key: RowType = []
  let keyType: SqlType | null = null
  if (inferred.key !== null && keyFormat !== null) {
    const schema = await latest(keyFormat, open, inferred.key === 'columns' ? KEYLESS : NO_KEY)
    const infer = inferrers[schemaKind(keyFormat)!]
    if (inferred.key === 'columns') key = infer.key(schema, keyFormat.options)
    else keyType = infer.keyType(schema, keyFormat.options)
    keyFormat = withSchema(keyFormat, schema)
  }
  const added = key.filter((field) => !value.some((each) => each.name === field.name))
  if (connector.envelope.kind === 'debezium' && added.length > 0) {
    throw new SqlError('42703', `column "${added[0].name}" of the key is no column of the changed table`)
  }
  const shift = added.length + value.length
  const wholeKey = connector.include.find((each) => each.what === 'key')?.column
  const rest = plan.columns.map((field, c): Field => (c === wholeKey && keyType ? { ...field, type: keyType } : field))
  const columns = [...added, ...value, ...rest]
  checkNames(columns)
  const names = inferred.primaryKey ?? (inferred.key === 'columns' ? key.map((field) => field.name) : null)
  const upsertKey =
    names === null ? (plan.upsertKey?.map((c) => c + shift) ?? null) : names.map((name) => numberOf(columns, name))
  return {
    columns: columns.map((field, c) => (upsertKey?.includes(c) ? { ...field, nullable: false } : field)),
    connector: {
      ...connector,
      format,
      keyFormat,
      envelope: { kind: connector.envelope.kind, options: envelopeOptions(connector, upsertKey, wholeKey) },
      include: connector.include.map(({ what, column }) => ({ what, column: column + shift })),
      inferred: undefined,
    },
    upsertKey,
  }
}

function envelopeOptions(
  { envelope }: ConnectorPlan,
  upsertKey: readonly number[] | null,
  wholeKey: number | undefined,
): Readonly<Record<string, Datum>> {
  const whole = wholeKey !== undefined && envelope.kind === 'upsert'
  return upsertKey === null || whole ? envelope.options : { ...envelope.options, key: [...upsertKey] }
}

const KEYLESS = 'Without it the key must be declared: PRIMARY KEY (…), or KEY FORMAT … with INCLUDE KEY.'
const NO_KEY = 'Keys of another format are read with KEY FORMAT TEXT, JSON or BYTES.'

async function latest(format: FormatSpec, open: OpenRegistry, hint?: string): Promise<RegisteredSchema> {
  const { subject } = format.options
  if (typeof subject !== 'string') {
    throw new SqlError('42601', 'a source with a schema registry needs the option TOPIC', {
      hint: 'The topic names the subject of the schema.',
    })
  }
  const schema = await registryOf(format, open).latest(subject)
  if (schema === null) {
    const where = shownUrl(String(format.options['registry url']))
    throw new SqlError('42704', `subject "${subject}" does not exist in schema registry "${where}"`, { hint })
  }
  const kind = schemaKind(format)
  if (schema.kind !== kind) {
    throw new SqlError('42809', `the schema of subject "${subject}" is of kind ${schema.kind}, not ${kind}`)
  }
  return schema
}

const withSchema = (format: FormatSpec, schema: RegisteredSchema): FormatSpec => ({
  ...format,
  options: { ...format.options, ...schemaOptions(schema) },
})

function checkNames(columns: RowType): void {
  const twice = columns.find((field, c) => columns.findIndex((each) => each.name === field.name) < c)
  if (twice === undefined) return
  throw new SqlError('42701', `column "${twice.name}" specified more than once`, {
    hint: 'Give what INCLUDE adds another name: INCLUDE … AS name.',
  })
}

function numberOf(columns: RowType, name: string): number {
  const found = columns.findIndex((field) => field.name === name)
  if (found < 0) throw new SqlError('42703', `column "${name}" named in key does not exist`)
  return found
}
