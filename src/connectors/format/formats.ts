import { SqlError } from '../../base/sql-error.ts'
import type { ConnectorSpec } from '../../catalog/entry.ts'
import type { RowType, SqlType } from '../../types/sql-type.ts'
import { BytesDecoder } from './bytes.ts'
import type { PayloadDecoder } from './format.ts'
import { JsonDecoder, JsonKeyDecoder, JsonValueDecoder } from './json.ts'
import { TextDecoder } from './text.ts'

export type FormatSpec = NonNullable<ConnectorSpec['format']>

/** The formats, as FORMAT names them. */
export const FORMATS = ['json', 'text', 'bytes'] as const
export type FormatKind = (typeof FORMATS)[number]

export function isFormat(kind: string): kind is FormatKind {
  return (FORMATS as readonly string[]).includes(kind)
}

/**
 * The decoder of a value into these fields. Option `document`: the whole payload is one value. A field that is not wanted
 * is judged, but may come as NULLs.
 */
export function valueDecoder(format: FormatSpec, fields: RowType, wanted?: readonly boolean[]): PayloadDecoder {
  const kind = known(format)
  if (kind === 'text') return new TextDecoder(single(fields, kind, ['text', 'varchar']))
  if (kind === 'bytes') return new BytesDecoder(single(fields, kind, ['bytea']))
  if (format.options['document'] !== true) return new JsonDecoder(fields, wanted)
  return new JsonValueDecoder(single(fields, kind, ['jsonb', 'json', 'text']))
}

/** The decoder of a key. `whole`: INCLUDE KEY, which takes the key as one value. */
export function keyDecoder(format: FormatSpec, fields: RowType, whole: boolean): PayloadDecoder {
  if (known(format) !== 'json') return valueDecoder(format, fields)
  if (whole) return new JsonValueDecoder(fields[0])
  return fields.length === 1 ? new JsonKeyDecoder(fields[0]) : new JsonDecoder(fields)
}

function known({ kind }: FormatSpec): FormatKind {
  if (isFormat(kind)) return kind
  throw new SqlError('0A000', `FORMAT ${kind.toUpperCase()} is not supported`, { hint: 'JSON, TEXT and BYTES are.' })
}

function single(fields: RowType, format: FormatKind, kinds: readonly SqlType['kind'][]) {
  const field = fields[0]
  if (fields.length === 1 && kinds.includes(field.type.kind)) return field
  const what = `one column of type ${kinds.join(' or ')}`
  const found = fields.length === 1 ? `column "${field.name}" is ${field.type.kind}` : `${fields.length} are declared`
  throw new SqlError('42601', `FORMAT ${format.toUpperCase()} fills ${what}, but ${found}`)
}
