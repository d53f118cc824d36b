// What CREATE TABLE, STREAM, SOURCE and SINK are made of: columns, constraints, watermarks, connectors, formats.
import type { Expr } from './ast.ts'
import type { Ident, Name, Spanned, TypeName, WithOption } from './ast-base.ts'

export type ColumnDef = Spanned & {
  kind: 'column'
  name: Ident
  /** Missing in CREATE TABLE … AS, in Flink's computed columns and in RisingWave's bare key columns. */
  type?: TypeName
  collation?: Name
  constraints: ColumnConstraint[]
  /** Flink `METADATA [FROM 'key'] [VIRTUAL]`, ksqlDB `KEY`, `HEADER('h')` / `HEADERS`. */
  metadata?: { from?: string; virtual?: boolean }
  key?: boolean
  header?: string | true
  options: WithOption[]
}
export type ConstraintTiming = {
  deferrable?: boolean
  initiallyDeferred?: boolean
  enforced?: boolean
  notValid?: boolean
  noInherit?: boolean
}
export type ColumnConstraint = Spanned & { name?: Ident; timing: ConstraintTiming } & (
    | { kind: 'notNull' }
    | { kind: 'nullable' }
    | { kind: 'default'; expr: Expr }
    /** ksqlDB/RisingWave `AS expr`, Flink `AS expr`, PostgreSQL `GENERATED ALWAYS AS (expr) STORED|VIRTUAL`. */
    | { kind: 'generated'; expr: Expr; spelling: 'as' | 'generated'; storage?: 'STORED' | 'VIRTUAL' }
    | { kind: 'identity'; when: 'ALWAYS' | 'BY DEFAULT'; options: SequenceOption[] }
    | { kind: 'primaryKey'; options: WithOption[] }
    | { kind: 'unique'; nullsNotDistinct?: boolean; options: WithOption[] }
    | { kind: 'check'; expr: Expr }
    | ({ kind: 'references' } & References)
    | { kind: 'lateness'; delay: Expr }
    | { kind: 'watermark'; delay: Expr }
  )
export type References = {
  table: Name
  columns: Ident[]
  match?: 'FULL' | 'PARTIAL' | 'SIMPLE'
  onDelete?: RefAction
  onUpdate?: RefAction
}
export type RefAction = { action: 'NO ACTION' | 'RESTRICT' | 'CASCADE' | 'SET NULL' | 'SET DEFAULT'; columns: Ident[] }
export type TableConstraint = Spanned & { name?: Ident; timing: ConstraintTiming } & (
    | { kind: 'tablePrimaryKey'; columns: Ident[]; include: Ident[]; options: WithOption[]; usingIndex?: Ident }
    | {
        kind: 'tableUnique'
        columns: Ident[]
        include: Ident[]
        nullsNotDistinct?: boolean
        options: WithOption[]
        usingIndex?: Ident
      }
    | { kind: 'tableCheck'; expr: Expr }
    | ({ kind: 'foreignKey'; from: Ident[] } & References)
  )
/** `WATERMARK FOR ts AS ts - INTERVAL '5' SECOND [WITH TTL]` */
export type Watermark = Spanned & { kind: 'watermarkFor'; column: Ident; expr: Expr; withTtl?: boolean }
export type LikeClause = Spanned & { kind: 'likeTable'; table: Name; options: { include: boolean; what: string }[] }
/** RisingWave's `*` among the columns of a table with a schema registry. */
export type AllColumns = Spanned & { kind: 'allColumns' }
export type TableElement = ColumnDef | TableConstraint | Watermark | LikeClause | AllColumns

/** Where the bytes come from; absent when the connector is named in WITH alone. */
export type Transport =
  | (Spanned & {
      kind: 'kafka'
      /** `BROKER 'a:1'` / `BROKERS ('a:1', 'b:2')` xor `CONNECTION c`. */
      brokers: string[]
      connection?: Name
      /** `TOPIC 'orders'` beside the parentheses; inside them it is the option `topic`. */
      topic?: string
      options: WithOption[]
    })
  | (Spanned & { kind: 'loadGenerator'; generator: string; options: WithOption[] })
  /** `FROM POSTGRES CONNECTION c (…)`, `FROM WEBHOOK …`: parsed so that the binder can refuse them by name. */
  | (Spanned & { kind: 'otherTransport'; name: string; connection?: Name; options: WithOption[] })
/** `FORMAT AVRO USING …` (Materialize) or `FORMAT PLAIN ENCODE JSON (…)` (RisingWave, `encode` present). */
export type Format = Spanned & {
  kind: 'format'
  /** Upper case: JSON, TEXT, BYTES, CSV, AVRO, PROTOBUF, REGEX, … or with `encode` PLAIN, UPSERT, DEBEZIUM, … */
  format: string
  encode?: string
  keyEncode?: string
  options: WithOption[]
  registry?: { url?: string; connection?: Name; confluent?: boolean; options: WithOption[] }
  /** `USING SCHEMA '…'`, `MESSAGE 'm' USING SCHEMA '…'` */
  schema?: string
  message?: string
  /** CSV: `WITH n COLUMNS` or `WITH HEADER [(a, b)]`; `DELIMITED BY 'c'`. */
  csv?: { columns?: number; header?: Ident[]; delimiter?: string }
  regex?: string
}
/** `INCLUDE KEY AS k`, `INCLUDE HEADER 'h' AS h [BYTES]`; `what` is upper case. */
export type Include = Spanned & { kind: 'include'; what: string; argument?: string; alias?: Ident; type?: TypeName }
export type SourceEnvelope = Spanned & { kind: 'envelope'; envelope: string; options: WithOption[] }
export type Encoding = {
  keyFormat?: Format
  valueFormat?: Format
  format?: Format
  include: Include[]
  envelope?: SourceEnvelope
}

export type SequenceOption = Spanned & {
  kind: 'sequenceOption'
  option:
    | 'AS'
    | 'INCREMENT'
    | 'MINVALUE'
    | 'NO MINVALUE'
    | 'MAXVALUE'
    | 'NO MAXVALUE'
    | 'START'
    | 'RESTART'
    | 'CACHE'
    | 'CYCLE'
    | 'NO CYCLE'
    | 'OWNED BY'
  value?: string
  type?: TypeName
  name?: Name
}
