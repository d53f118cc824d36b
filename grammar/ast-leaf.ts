// The expressions that hold no other expression.
import type { Ident, Spanned, TypeName } from './ast-base.ts'

/** Unsigned. `text` is decimal (hex, octal and binary converted, underscores dropped) so no digit is lost; `integer` when written without point or exponent. */
export type NumberLiteral = Spanned & { kind: 'number'; text: string; integer: boolean }
export type StringLiteral = Spanned & { kind: 'string'; value: string }
/** `B'0101'` (base 2) or `X'1F'` (base 16). */
export type BitStringLiteral = Spanned & { kind: 'bitString'; base: 2 | 16; digits: string }
export type NullLiteral = Spanned & { kind: 'null' }
export type BooleanLiteral = Spanned & { kind: 'boolean'; value: boolean }
/** `valueSpan` is where errors of the text point. `date '2024-01-01'`, `timestamp(3) with time zone '…'`, `mytype '…'`. */
export type TypedLiteral = Spanned & {
  kind: 'typedLiteral'
  type: TypeName
  value: string
  valueSpan: Spanned['span']
}
/** `INTERVAL '5' SECOND`, `INTERVAL '1 day'`, `INTERVAL(3) '…'`; `fields` in PostgreSQL's upper-case words, e.g. `DAY TO SECOND`. */
export type IntervalLiteral = Spanned & {
  kind: 'interval'
  value: string
  valueSpan: Spanned['span']
  fields?: IntervalFields
  precision?: number
}
export type IntervalFields =
  | 'YEAR'
  | 'MONTH'
  | 'DAY'
  | 'HOUR'
  | 'MINUTE'
  | 'SECOND'
  | 'WEEK'
  | 'QUARTER'
  | 'MILLISECOND'
  | 'YEAR TO MONTH'
  | 'DAY TO HOUR'
  | 'DAY TO MINUTE'
  | 'DAY TO SECOND'
  | 'HOUR TO MINUTE'
  | 'HOUR TO SECOND'
  | 'MINUTE TO SECOND'
export type Param = Spanned & { kind: 'param'; index: number }
/** The functions SQL calls without parentheses. */
export type SqlValue = Spanned & {
  kind: 'sqlValue'
  name:
    | 'current_date'
    | 'current_time'
    | 'current_timestamp'
    | 'localtime'
    | 'localtimestamp'
    | 'current_role'
    | 'current_user'
    | 'user'
    | 'session_user'
    | 'system_user'
    | 'current_catalog'
    | 'current_schema'
  precision?: number
}
/** `DEFAULT` where PostgreSQL allows it: VALUES of INSERT, SET of UPDATE. */
export type DefaultValue = Spanned & { kind: 'default' }
/** `DESCRIPTOR(ts)` */
export type Descriptor = Spanned & { kind: 'descriptor'; columns: Ident[] }
/** `a`, `t.a`, `s.t.a`: which part is schema, table, column or field is the binder's business. */
export type ColumnRef = Spanned & { kind: 'column'; parts: Ident[] }

// biome-ignore format: a list of names
export type Leaf =
  | ColumnRef | NumberLiteral | StringLiteral | BitStringLiteral | NullLiteral | BooleanLiteral | TypedLiteral
  | IntervalLiteral | Param | SqlValue | DefaultValue | Descriptor
