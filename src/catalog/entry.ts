import type { RowType, SqlType } from '../types/sql-type.ts'
import type { EnumLabel } from '../types/user-type.ts'
import type { Datum } from '../types/value.ts'

/**
 * Catalog entries: immutable data. The binder gets a CatalogSnapshot, the runtime knows ids and plans only.
 * The physical plan of a materialized
 * view lies beside its state, under the same id. Object ids are never reused; user objects start at 16384 (they are the oids that pg_catalog shows).
 */
export type CatalogEntry =
  | SchemaEntry
  | TableEntry
  | SourceEntry
  | ViewEntry
  | MaterializedViewEntry
  | IndexEntry
  | ForeignKeyEntry
  | ConnectionEntry
  | SequenceEntry
  | FunctionEntry
  | TypeEntry
  | SystemEntry

interface EntryBase {
  readonly id: number
  readonly name: string
  /** Id of the schema; 0 for schemas themselves. */
  readonly schema: number
  /** Canonical SQL that made it (secrets never inside). */
  readonly sql: string
  /** Ids of the objects that it reads. */
  readonly dependsOn: readonly number[]
  /** COMMENT ON: of the object (0) and of its columns, from 1. Absent: none. */
  readonly comments?: readonly (readonly [column: number, text: string])[]
}

export interface SchemaEntry extends EntryBase {
  readonly kind: 'schema'
}

/**
 * CREATE FUNCTION … LANGUAGE sql. Its `name` is `fn(types)`: functions of several signatures share a name, and none with a
 * relation. Calls are replaced by the body where they are bound.
 */
export interface FunctionEntry extends EntryBase {
  readonly kind: 'function'
  readonly fn: string
  readonly parameters: readonly FunctionParameterEntry[]
  /** Of a value, or of each row of a set with one column; null with `columns`. */
  readonly returns: SqlType | null
  /** RETURNS TABLE, and SETOF a relation. */
  readonly columns: RowType | null
  readonly set: boolean
  /** A query; names of objects in it are qualified. */
  readonly body: string
  /** NULL, or no rows, when an argument is NULL. */
  readonly strict: boolean
  /** As declared; nothing follows from it here. */
  readonly volatility: 'immutable' | 'stable' | 'volatile'
}

export interface FunctionParameterEntry {
  readonly name: string | null
  readonly type: SqlType
  /** SQL text; null: the argument must be given. */
  readonly defaultSql: string | null
}

export interface TableEntry extends EntryBase {
  readonly kind: 'table'
  readonly columns: readonly TableColumn[]
  /** Column numbers of the primary key, in key order; null when there is none. */
  readonly primaryKey: readonly number[] | null
  /** Absent: the table's name and `_pkey`. */
  readonly primaryKeyName?: string
  /** A table fed by a connector (CREATE TABLE … FROM SOURCE, RisingWave's CREATE TABLE … WITH (connector)). */
  readonly fedBy: number | null
  /** Its event time; such a table only ever grows. */
  readonly watermark?: WatermarkSpec | null
  /** Rows leave so long after they last came; absent: never. */
  readonly ttlMicros?: number | null
  readonly computed?: readonly ComputedColumn[]
  readonly arrivals?: ArrivalColumns
  /** RisingWave's APPEND ONLY: rows are inserted, and stay. */
  readonly appendOnly?: true
  /** Absent: none. */
  readonly checks?: readonly CheckConstraint[]
  /** Of a temporary one; absent: its rows stay. */
  readonly onCommit?: 'delete' | 'drop'
}

/** CHECK: a row for which `expr` (planning's, over the table's columns) is false is refused. */
export interface CheckConstraint {
  readonly name: string
  /** The expression as text, in its parentheses where it is more than a name or a call. */
  readonly sql: string
  readonly expr: unknown
}

/** `ts AS expr`: behind the stored columns, made of them where the relation is read. `expr`: planning's expression. */
export interface ComputedColumn {
  readonly name: string
  readonly type: SqlType
  readonly expr: unknown
}

/** Columns `p AS PROCTIME()`, by name: behind the others, made where the relation is read. Absent: none. */
export type ArrivalColumns = readonly string[]

/** Event time: a record allows the watermark `column - delay` of its partition. Numbers are those of the column's values. */
export interface WatermarkSpec {
  readonly column: number
  readonly delay: number
  /** A partition without records for so long holds nothing back; null: it always does. */
  readonly idleMs: number | null
  /** Records further ahead of the clock are dead letters; null: none are. In the column's unit. */
  readonly maxFuture: number | null
  /** What a record allows where it is not the column less `delay`: planning's expression over the relation's columns. */
  readonly allows?: unknown
  /**
   * The event time is made of the relation's columns and hidden behind them. `own`: it is the relation's computed column of
   * this number, a record without it is a dead letter; else that of a view, and a record without it is no row of the view.
   */
  readonly event?: { readonly expr: unknown; readonly type: SqlType; readonly own?: number }
  /** Where partitions stood when an ALTER declared it: records before that carry no watermark and allow none. */
  readonly since?: readonly (readonly [partition: number, offset: number])[]
}

export interface TableColumn {
  readonly name: string
  readonly type: SqlType
  readonly notNull: boolean
  /** SQL text of the DEFAULT expression, null when none. */
  readonly defaultSql: string | null
  /** The default is the next value of this sequence (by id): serial, identity, DEFAULT nextval('name'). */
  readonly sequence?: number
  readonly identity?: 'always' | 'byDefault'
  /** GENERATED ALWAYS AS (…) STORED: its text, and planning's expression over the table's columns. */
  readonly generated?: { readonly sql: string; readonly expr: unknown }
}

export interface SourceEntry extends EntryBase {
  readonly kind: 'source'
  /** All columns, declared and included (partition, offset, timestamp, key, headers). */
  readonly rowType: RowType
  readonly connector: ConnectorSpec
  /** false: records only ever insert (envelope none, generators that append). */
  readonly upsertKey: readonly number[] | null
  readonly watermark?: WatermarkSpec | null
  readonly computed?: readonly ComputedColumn[]
  readonly arrivals?: ArrivalColumns
  /** Errors relation and the like are entries of their own kind of name: `"<source>$errors"`. */
}

/** transport + format + envelope, as validated options. Plain data; `connectors/` gives it meaning. */
export interface ConnectorSpec {
  readonly transport: { readonly kind: string; readonly options: Readonly<Record<string, Datum>> }
  readonly keyFormat: { readonly kind: string; readonly options: Readonly<Record<string, Datum>> } | null
  readonly format: { readonly kind: string; readonly options: Readonly<Record<string, Datum>> } | null
  readonly envelope: {
    readonly kind: 'none' | 'upsert' | 'debezium'
    readonly options: Readonly<Record<string, Datum>>
  }
  /** What the columns are called in payloads, by number: as they were at CREATE, whatever they were renamed to since. */
  readonly names?: readonly string[]
  /** Metadata columns: what, and which column number it fills. */
  readonly include: readonly {
    readonly what: 'key' | 'partition' | 'offset' | 'timestamp' | 'headers'
    readonly column: number
  }[]
}

export interface ViewEntry extends EntryBase {
  readonly kind: 'view'
  readonly rowType: RowType
  readonly lateness?: ViewTime
}

/** A column of a view that is the event time of the relation that it shows rows of. */
export interface ViewTime {
  readonly column: number
  readonly object: number
}

export interface MaterializedViewEntry extends EntryBase {
  readonly kind: 'materializedView'
  readonly rowType: RowType
  readonly onError: 'poison' | 'divert'
  /** Absent: no column has one. */
  readonly bounds?: readonly ColumnBound[]
  readonly lateness?: ViewTime
  /** Relations whose late rows it leaves out, and the ids under which those are kept that were merged later. */
  readonly merged?: readonly { readonly relation: number; readonly id: number }[]
  /** Absent: the plan was made from `sql`. */
  readonly written?: WrittenText
}

/** The statement as its user wrote it, and where it began in the text that came: places in its plan count from there. */
export interface WrittenText {
  readonly text: string
  readonly start: number
}

/** No row whose value in the column is below all of `terms` comes or goes any more. */
export interface ColumnBound {
  readonly column: number
  readonly tight: boolean
  /** `bound`: planning's expression over the watermark of `object`, as column 0. */
  readonly terms: readonly { readonly object: number; readonly bound: unknown }[]
  /** Outer joins that make the column NULL: sets of their sides, of which one is missing then. */
  readonly absent?: readonly (readonly string[])[]
}

export interface IndexEntry extends EntryBase {
  readonly kind: 'index'
  readonly on: number
  readonly columns: readonly number[]
  /** The order that each column was declared with, as PostgreSQL numbers it: 1 DESC, 2 NULLS FIRST. Left out: all 0. It is only shown. */
  readonly orders?: readonly number[]
  readonly unique: boolean
  /** It is a UNIQUE constraint of that name. */
  readonly constraint?: true
  readonly nullsNotDistinct?: true
}

/**
 * FOREIGN KEY: each row of `on` refers to one of `references` by a unique key of that. Its name is a constraint's, beside those
 * of its table, and none of a relation. Goes with either table.
 */
export interface ForeignKeyEntry extends EntryBase {
  readonly kind: 'foreignKey'
  readonly on: number
  readonly columns: readonly number[]
  readonly references: number
  /** Pairwise to `columns`: those of the key, in whatever order. */
  readonly referenced: readonly number[]
  /** The index of a UNIQUE key; 0: the primary key. */
  readonly key: number
  readonly match: 'simple' | 'full'
  readonly onDelete: ReferentialAction
  readonly onUpdate: ReferentialAction
  /** ON DELETE SET NULL | DEFAULT of these only; absent: of all. */
  readonly setColumns?: readonly number[]
  readonly deferrable?: Deferrable
  /** Rows of before were not checked. */
  readonly notValid?: true
}

export type ReferentialAction = 'noAction' | 'restrict' | 'cascade' | 'setNull' | 'setDefault'

/** When a DEFERRABLE constraint is checked where nobody says otherwise: with the statement, or at COMMIT. */
export type Deferrable = 'initiallyImmediate' | 'initiallyDeferred'

export interface ConnectionEntry extends EntryBase {
  readonly kind: 'connection'
  readonly transport: string
  readonly options: Readonly<Record<string, Datum>>
}

/** Where it stands is no part of the catalog: that moves with every value. */
export interface SequenceEntry extends EntryBase {
  readonly kind: 'sequence'
  /** As a relation: its one row. */
  readonly rowType: RowType
  readonly spec: SequenceSpec
  /** The column that it goes with. */
  readonly ownedBy: { readonly table: number; readonly column: number } | null
}

export interface SequenceSpec {
  readonly type: 'int2' | 'int4' | 'int8'
  readonly start: bigint
  readonly increment: bigint
  readonly min: bigint
  readonly max: bigint
  /** As declared; sessions keep no values back. */
  readonly cache: bigint
  readonly cycle: boolean
}

/** CREATE TYPE, CREATE DOMAIN. */
export interface TypeEntry extends EntryBase {
  readonly kind: 'type'
  readonly type: SqlType
  /** Of an enum, in their order. */
  readonly labels?: readonly EnumLabel[]
  /** Of a domain. */
  readonly rules?: DomainRules
}

export interface DomainRules {
  /** What it is over: a type, or another domain. */
  readonly base: SqlType
  readonly notNull: boolean
  readonly defaultSql: string | null
  /** Over the value as column 0. */
  readonly checks: readonly CheckConstraint[]
}

/** A relation computed from the server's own state at each read: pg_catalog, information_schema, millrace, `"x$errors"`. */
export interface SystemEntry extends EntryBase {
  readonly kind: 'system'
  readonly rowType: RowType
  /** Which computation answers it (engine/system/). */
  readonly relation: string
}

/** What binding reads: one immutable state of the catalog. */
export interface CatalogSnapshot {
  /** Grows by one with every DDL statement. */
  readonly version: number
  byId(id: number): CatalogEntry | undefined
  /** Relations, sources, views, indexes, connections share one namespace per schema; schemas have schema = 0. */
  byName(schema: number, name: string): CatalogEntry | undefined
  all(): Iterable<CatalogEntry>
  dependants(id: number): readonly number[]
}
