import { SqlError } from '../base/sql-error.ts'
import type { ConnectorSpec } from '../catalog/entry.ts'
import type { RowType } from '../types/sql-type.ts'
import type { ValueArray } from '../types/value.ts'
import { type Judged, notJudged } from './contract.ts'
import { AppendEnvelope } from './envelope/append.ts'
import { DebeziumEnvelope } from './envelope/debezium.ts'
import { MetaColumns } from './envelope/meta-columns.ts'
import { UpsertEnvelope } from './envelope/upsert.ts'
import { changeDecoder, type FormatSpec, keyDecoder, valueDecoder } from './format/formats.ts'
import { RecordDecoder } from './kafka/record-decoder.ts'
import type { OpenRegistry } from './schema-registry/registry.ts'

/**
 * Which columns the key of a record fills, and which the value:
 * - INCLUDE KEY: the whole key is that column. Without KEY FORMAT it is text, or bytes for a bytea column.
 * - ENVELOPE UPSERT without INCLUDE KEY: the key columns (`envelope.options.key`, column numbers) come from the key:
 *   by name from a JSON object, or the only one as it is.
 * - The value fills the rest, apart from the metadata columns.
 */
export function columnPlan(spec: ConnectorSpec): {
  key: number[]
  keyFormat: FormatSpec | null
  included: Set<number>
} {
  const included = new Set(spec.include.map((each) => each.column))
  const keyColumn = spec.include.find((each) => each.what === 'key')
  if (keyColumn !== undefined) return { key: [keyColumn.column], keyFormat: spec.keyFormat, included }
  if (spec.envelope.kind === 'none') return { key: [], keyFormat: null, included }
  const key = (spec.envelope.options['key'] as ValueArray | null | undefined) ?? []
  return { key: key.map(Number), keyFormat: spec.keyFormat, included }
}

/** transport × format × envelope: the decoder of a source's records. Throws SqlError where they do not go together. */
export function recordDecoder(
  spec: ConnectorSpec,
  rowType: RowType,
  columns: readonly number[] | null,
  open: OpenRegistry,
  judged: Judged = notJudged(),
): RecordDecoder {
  return inPayloads(spec, payloadNames(spec, rowType), columns, open, judged)
}

/** The columns under the names that they have in payloads. */
function payloadNames({ names }: ConnectorSpec, rowType: RowType): RowType {
  return names === undefined ? rowType : rowType.map((field, c) => ({ ...field, name: names[c] ?? field.name }))
}

function inPayloads(
  spec: ConnectorSpec,
  rowType: RowType,
  columns: readonly number[] | null,
  open: OpenRegistry,
  judged: Judged = notJudged(),
): RecordDecoder {
  const { key, keyFormat, included } = columnPlan(spec)
  if (spec.format === null) throw new SqlError('42601', 'a Kafka source needs a FORMAT')
  if (spec.envelope.kind === 'debezium') return changesDecoder(spec, spec.format, rowType, columns, open, judged)
  const value = rowType.map((_, c) => c).filter((c) => !included.has(c) && !key.includes(c))
  const values = valueDecoder(
    spec.format,
    value.map((c) => rowType[c]),
    open,
    value.map((c) => columns === null || columns.includes(c)),
  )
  const keyFields = key.map((c) => rowType[c])
  const whole = spec.include.some((each) => each.what === 'key')
  const keys = key.length === 0 ? null : keyDecoder(keyFormat ?? plainKey(keyFields), keyFields, open, whole)
  const meta = new MetaColumns(spec.include, rowType)
  const place = { value, key }
  if (spec.envelope.kind === 'none') {
    return new RecordDecoder(rowType, new AppendEnvelope(values, keys), meta, place, columns, judged)
  }
  if (keys === null) {
    throw new SqlError('42601', 'ENVELOPE UPSERT needs a key', { hint: 'Add INCLUDE KEY, or declare a PRIMARY KEY.' })
  }
  return new RecordDecoder(rowType, new UpsertEnvelope(values, keys), meta, place, columns, judged)
}

/** Change events: the key's columns are among those of the row. */
function changesDecoder(
  spec: ConnectorSpec,
  format: FormatSpec,
  rowType: RowType,
  columns: readonly number[] | null,
  open: OpenRegistry,
  judged: Judged = notJudged(),
): RecordDecoder {
  const { options } = spec.envelope
  if (spec.include.some((each) => each.what === 'key')) {
    throw new SqlError('0A000', 'INCLUDE KEY with ENVELOPE DEBEZIUM is not supported', {
      hint: "The key's columns are among those of the row.",
    })
  }
  const key = ((options['key'] as ValueArray | null | undefined) ?? []).map(Number)
  if (key.length === 0) throw new SqlError('42601', 'ENVELOPE DEBEZIUM needs a key', { hint: 'Declare a PRIMARY KEY.' })
  const included = new Set(spec.include.map((each) => each.column))
  const value = rowType.map((_, c) => c).filter((c) => !included.has(c))
  const changes = changeDecoder(
    format,
    spec.keyFormat,
    value.map((c) => rowType[c]),
    key.map((c) => value.indexOf(c)),
    options,
    open,
  )
  const meta = new MetaColumns(spec.include, rowType)
  return new RecordDecoder(rowType, new DebeziumEnvelope(changes, value), meta, { value, key: [] }, columns, judged)
}

function plainKey(fields: RowType): FormatSpec {
  return { kind: fields[0].type.kind === 'bytea' ? 'bytes' : 'text', options: {} }
}
