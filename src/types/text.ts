import { SqlError } from '../base/sql-error.ts'
import { isShapedArray } from './array-value.ts'
import { isInterval, isNumeric } from './datum.ts'
import { applyModifiers, checkNull } from './modifiers.ts'
import { formatNumeric } from './numeric.ts'
import { userTypeName } from './pg-type.ts'
import { subtypeOf } from './range-type.ts'
import { isRange } from './range-value.ts'
import { type SqlType, TEXT, type TypeKind } from './sql-type.ts'
import { formatArray, formatRecord, parseArray } from './text/array.ts'
import { parseBits } from './text/bits.ts'
import { type Clock, parseDate, parseTime, parseTimestamp, parseTimestamptz } from './text/datetime.ts'
import { formatDate, formatInterval, formatTime, formatTimestamp, formatTimestamptz } from './text/datetime-output.ts'
import { parseInterval } from './text/interval.ts'
import { parseJsonPathText } from './text/jsonpath.ts'
import {
  formatFloat4,
  formatFloat8,
  parseBool,
  parseFloat4,
  parseFloat8,
  parseInt8,
  parseInteger,
  parseNumeric,
  parseOid,
} from './text/number.ts'
import { formatMultirange, formatRange, parseMultirange, parseRange } from './text/range.ts'
import { recordFields } from './text/record.ts'
import {
  formatBytea,
  formatChar,
  parseBytea,
  parseChar,
  parseJsonbText,
  parseJsonText,
  parseName,
  parseUuid,
} from './text/string.ts'
import { zoneByName } from './time-zone.ts'
import type { Interval, Numeric, RangeValue, ShapedArray, Value, ValueArray } from './value.ts'

/** PostgreSQL's text input and output of every type. */
export interface TextOptions {
  /** The session's TimeZone; UTC when left out. */
  readonly timeZone?: string
  /** What now, today … mean in date/time input; they are refused when left out. */
  readonly nowMicros?: number
  /** extra_float_digits, where it is 0 or below; floats are written in their shortest exact form when left out. */
  readonly floatDigits?: number | undefined
}

interface TextCodec {
  readonly parse: (text: string, type: SqlType, opts: TextOptions) => Value
  readonly format: (value: never, type: SqlType, opts: TextOptions) => string
}

const clockOf = (opts: TextOptions): Clock => ({ zone: zoneByName(opts.timeZone ?? 'UTC'), nowMicros: opts.nowMicros })
const asIs = (text: string): string => text
const string: TextCodec = { parse: asIs, format: asIs }
const number = (parse: TextCodec['parse']): TextCodec => ({ parse, format: (value: number) => String(value) })

const CODECS = {
  bool: { parse: parseBool, format: (value: boolean) => (value ? 't' : 'f') },
  int2: number((text) => parseInteger(text, 'smallint', -32768, 32767)),
  int4: number((text) => parseInteger(text, 'integer', -2147483648, 2147483647)),
  int8: { parse: parseInt8, format: (value: number | bigint) => String(value) },
  oid: number(parseOid),
  float4: { parse: parseFloat4, format: (value: number, _, opts) => formatFloat4(value, opts.floatDigits) },
  float8: { parse: parseFloat8, format: (value: number, _, opts) => formatFloat8(value, opts.floatDigits) },
  numeric: { parse: parseNumeric, format: formatNumeric },
  text: string,
  varchar: string,
  bpchar: string,
  name: { parse: parseName, format: asIs },
  char: { parse: parseChar, format: formatChar },
  bytea: { parse: parseBytea, format: formatBytea },
  date: { parse: (text, _, opts) => parseDate(text, clockOf(opts)), format: formatDate },
  time: { parse: (text, _, opts) => parseTime(text, clockOf(opts)), format: formatTime },
  timestamp: { parse: (text, _, opts) => parseTimestamp(text, clockOf(opts)), format: formatTimestamp },
  timestamptz: {
    parse: (text, _, opts) => parseTimestamptz(text, clockOf(opts)),
    format: (value: number | bigint, _, opts) => formatTimestamptz(value, zoneByName(opts.timeZone ?? 'UTC')),
  },
  interval: { parse: (text) => parseInterval(text), format: formatInterval },
  uuid: { parse: parseUuid, format: asIs },
  bit: { parse: parseBits, format: asIs },
  varbit: { parse: parseBits, format: asIs },
  json: { parse: parseJsonText, format: asIs },
  jsonb: { parse: parseJsonbText, format: asIs },
  jsonpath: { parse: (text) => parseJsonPathText(text), format: asIs },
  regclass: string,
  regtype: string,
  regproc: string,
  regnamespace: string,
  array: {
    parse: (text, type, opts) => parseArray(text, (item) => parseText(item, type.element ?? TEXT, opts)),
    format: (value: ValueArray | ShapedArray, type, opts) =>
      formatArray(value, (item) => formatText(item, type.element ?? TEXT, opts)),
  },
  range: {
    parse: (text, type, opts) => parseRange(text, subtypeOf(type), (end) => parseText(end, subtypeOf(type), opts)),
    format: (value: RangeValue, type, opts) => formatRange(value, (end) => formatText(end, subtypeOf(type), opts)),
  },
  multirange: {
    parse: (text, type, opts) => parseMultirange(text, subtypeOf(type), (end) => parseText(end, subtypeOf(type), opts)),
    format: (value: readonly RangeValue[], type, opts) =>
      formatMultirange(value, (end) => formatText(end, subtypeOf(type), opts)),
  },
  record: {
    parse: (text, type, opts) => {
      const { fields } = type
      if (fields === undefined) throw new SqlError('0A000', 'input of anonymous composite types is not implemented')
      return recordFields(text, fields.length).map((field, i) =>
        field === null ? checkNull(fields[i].type) : parseText(field, fields[i].type, opts),
      )
    },
    format: (value: ValueArray, { fields }, opts) =>
      formatRecord(value, (item, i) =>
        fields === undefined ? formatLoose(item, opts) : formatText(item, fields[i].type, opts),
      ),
  },
  enum: {
    parse: (text, type) => type.user?.orderOf(text, userTypeName(type.user)) ?? 0,
    format: (value: number, type) => type.user?.labelOf(value) ?? String(value),
  },
  unknown: string,
  void: { parse: () => '', format: () => '' },
} satisfies Record<TypeKind, TextCodec>

const TABLE: Readonly<Record<TypeKind, TextCodec>> = CODECS
const DEFAULTS: TextOptions = {}

/** The value that `text` spells; modifiers apply as in an assignment. Throws PostgreSQL's errors. */
export function parseText(text: string, type: SqlType, opts: TextOptions = DEFAULTS): Value {
  return applyModifiers(TABLE[type.kind].parse(text, type, opts), type, false)
}

/** The same without regard to modifiers: for explicit casts, which apply them their own way. */
export function parseTextLoose(text: string, type: SqlType, opts: TextOptions = DEFAULTS): Value {
  return TABLE[type.kind].parse(text, type, opts)
}

export function formatText(value: Value, type: SqlType, opts: TextOptions = DEFAULTS): string {
  return TABLE[type.kind].format(value as never, type, opts)
}

/** Fields of anonymous records are printed by their shape. */
function formatLoose(value: Value, opts: TextOptions): string {
  if (typeof value === 'boolean') return value ? 't' : 'f'
  if (typeof value === 'number') return formatFloat8(value, Number.isInteger(value) ? undefined : opts.floatDigits)
  if (typeof value === 'object') {
    if (value instanceof Uint8Array) return formatBytea(value)
    if (isNumeric(value)) return formatNumeric(value as Numeric)
    if (isInterval(value)) return formatInterval(value as Interval)
    if (isRange(value)) return formatRange(value, (end) => formatLoose(end, opts))
    if (isShapedArray(value)) return formatArray(value, (item) => formatLoose(item, opts))
    return formatRecord(value as ValueArray, (field) => formatLoose(field, opts))
  }
  return String(value)
}
