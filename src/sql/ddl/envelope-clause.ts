import type { SourceEnvelope } from '../../../grammar/ast-table.ts'
import { notSupported } from '../../base/sql-error.ts'
import type { ColumnPlan } from '../../plan/ddl.ts'
import type { Datum } from '../../types/value.ts'
import { bindError, type Place } from '../bind/bind-error.ts'
import { handled } from '../bind/handled.ts'
import { typeText } from '../type-text.ts'
import type { Columns } from './columns.ts'
import type { EnvelopeKind, Formats } from './format-clause.ts'
import { type NamedOption, namedOptions, optionText } from './option-value.ts'

export interface BoundEnvelope {
  readonly kind: EnvelopeKind
  readonly options: Readonly<Record<string, Datum>>
}

const KINDS: Readonly<Record<string, EnvelopeKind>> = { NONE: 'none', UPSERT: 'upsert', DEBEZIUM: 'debezium' }

/** How Debezium was set up, where its messages do not say; its own names and values. */
const DEBEZIUM: Readonly<Record<string, readonly string[]>> = {
  'decimal.handling.mode': ['string', 'precise', 'double'],
  'time.precision.mode': ['adaptive', 'adaptive_time_microseconds', 'connect', 'microseconds', 'isostring'],
}

/** ENVELOPE …, or what the format says of it. */
export function bindEnvelope(
  clause: SourceEnvelope | undefined,
  formats: Formats,
  upsertTopic: boolean,
): BoundEnvelope {
  const said = formats.envelope ?? (upsertTopic ? 'upsert' : null)
  if (clause === undefined) return { kind: said ?? 'none', options: checked(formats.envelopeOptions, undefined) }
  handled(clause, ['envelope', 'options'])
  const kind = Object.hasOwn(KINDS, clause.envelope) ? KINDS[clause.envelope] : undefined
  if (kind === undefined) throw notSupported(`ENVELOPE ${clause.envelope}`, clause.span)
  if (said !== null && said !== 'none' && said !== kind) {
    throw bindError('42601', `ENVELOPE ${clause.envelope} and the format's own meaning of records conflict`, clause)
  }
  const options: Record<string, Datum> = { ...formats.envelopeOptions }
  for (const option of namedOptions(clause.options)) {
    if (kind !== 'debezium') throw notSupported(`options of ENVELOPE ${clause.envelope}`, clause.span)
    options[option.name.replaceAll(' ', '.').replaceAll('_', '.')] = optionText(option)
  }
  return { kind, options: checked(options, clause) }
}

function checked(options: Readonly<Record<string, Datum>>, at: Place | undefined): Record<string, Datum> {
  const result: Record<string, Datum> = {}
  for (const [name, value] of Object.entries(options)) {
    const allowed = Object.hasOwn(DEBEZIUM, name) ? DEBEZIUM[name] : undefined
    const text = String(value).toLowerCase()
    if (allowed === undefined) throw bindError('42601', `ENVELOPE DEBEZIUM has no option ${name}`, at)
    if (!allowed.includes(text)) {
      throw bindError('22023', `option ${name} takes ${allowed.join(', ')}, not '${text}'`, at)
    }
    result[name] = text
  }
  return result
}

/** A key without a format of its own is one text, or bytes: other columns would fail at every record. */
export function checkPlainKey(key: readonly number[], columns: readonly ColumnPlan[], at: Place): void {
  const hint = "Say how keys are written: KEY FORMAT JSON before VALUE FORMAT, or WITH ('key.format' = 'json')."
  if (key.length > 1) {
    const names = key.map((c) => `"${columns[c].name}"`).join(', ')
    throw bindError('42601', `a key of several columns (${names}) needs a format of its own`, at, { hint })
  }
  const { name, type } = columns[key[0]]
  if (['text', 'varchar', 'bytea'].includes(type.kind)) return
  const detail = 'Without one the bytes of a key are taken as text.'
  throw bindError('42601', `key column "${name}" of type ${typeText(type)} needs a format of the key`, at, {
    detail,
    hint,
  })
}

/** What identifies a row: columns by number, by names that are known later, or whatever the key's schema says. */
export type KeyColumns =
  | { readonly kind: 'columns'; readonly columns: readonly number[] }
  | { readonly kind: 'names'; readonly names: readonly string[] }
  | { readonly kind: 'schema' }

export function keyOf(
  envelope: EnvelopeKind,
  declared: Columns,
  wholeKey: number | undefined,
  keyFields: NamedOption | undefined,
  columns: readonly ColumnPlan[],
  keySchema: boolean,
  at: Place,
): KeyColumns {
  // A change event has the key's columns in itself.
  if (wholeKey !== undefined && envelope === 'upsert') {
    const named = declared.laterKey
    if (named && (named.length !== 1 || named[0] !== columns[wholeKey].name)) {
      throw notSupported('a PRIMARY KEY beside INCLUDE KEY', at.span)
    }
    return { kind: 'columns', columns: [wholeKey] }
  }
  if (declared.laterKey) return { kind: 'names', names: declared.laterKey }
  if (declared.primaryKey) return { kind: 'columns', columns: declared.primaryKey }
  if (declared.keys.length > 0) return { kind: 'columns', columns: declared.keys }
  if (keyFields) {
    const found = optionText(keyFields)
      .split(';')
      .map((name) => {
        const c = columns.findIndex((each) => each.name === name)
        if (c < 0) throw bindError('42703', `column "${name}" of key.fields does not exist`, keyFields)
        return c
      })
    return { kind: 'columns', columns: found }
  }
  if (keySchema) return { kind: 'schema' }
  throw bindError('42601', `ENVELOPE ${envelope.toUpperCase()} needs a key`, at, {
    hint: envelope === 'upsert' ? 'Add INCLUDE KEY, or declare a PRIMARY KEY.' : 'Declare a PRIMARY KEY.',
  })
}
