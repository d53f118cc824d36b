import type { RowType, SqlType } from '../types/sql-type.ts'
import type { EnumLabel } from '../types/user-type.ts'
import type { Datum } from '../types/value.ts'
import type { BoundTerm } from './bounds.ts'
import type { PhysicalPlan } from './physical.ts'
import type { Scalar } from './scalar.ts'

/**
 * Bound DDL: names resolved, types known, nothing changed yet. `sql` is the canonical text (no secrets). `schema` is an
 * object id. Connector options are validated by connectors/ when the engine carries the statement out.
 */
export type DdlPlan =
  | { readonly kind: 'createSchema'; readonly name: string; readonly ifNotExists: boolean; readonly sql: string }
  | (Create & {
      readonly kind: 'createTable'
      readonly columns: readonly ColumnPlan[]
      readonly primaryKey: readonly number[] | null
      readonly primaryKeyName?: string
      readonly uniques?: readonly UniquePlan[]
      readonly watermark?: WatermarkPlan | null
      /** Columns `p AS PROCTIME()`. */
      readonly arrivals?: readonly string[]
      readonly appendOnly?: true
      readonly checks?: readonly CheckPlan[]
      readonly foreignKeys?: readonly ForeignKeyPlan[]
      readonly onCommit?: 'delete' | 'drop'
      /** Other columns `c AS expr`, over the stored ones. */
      readonly computed?: readonly ComputedPlan[]
      /** How long rows live after they last came. */
      readonly ttlMicros?: number | null
      /** CREATE TABLE … FROM SOURCE s: stores that source's rows from now on, starting at its beginning. */
      readonly fromSource: number | null
      /** CREATE TABLE … WITH (connector = …): a source of its own whose rows are stored. */
      readonly connector: ConnectorPlan | null
      /** CREATE TABLE … AS query. */
      readonly query: PhysicalPlan | null
      /** Of the query, bound before the table is made. */
      readonly paramTypes?: readonly SqlType[]
    })
  | (Create & {
      readonly kind: 'createSource'
      readonly rowType: RowType
      readonly connector: ConnectorPlan
      readonly upsertKey: readonly number[] | null
      readonly watermark?: WatermarkPlan | null
      /** The text has one over columns that a schema registry knows: it is bound with them. */
      readonly laterWatermark?: true
      readonly arrivals?: readonly string[]
      /** Other columns `c AS expr`, over the stored ones. */
      readonly computed?: readonly ComputedPlan[]
    })
  | (Create & { readonly kind: 'createView'; readonly rowType: RowType; readonly orReplace: boolean })
  | (Create & {
      readonly kind: 'createMaterializedView'
      readonly rowType: RowType
      readonly plan: PhysicalPlan
      readonly onError: 'poison' | 'divert'
      /** Its columns that watermarks close: for the plans of those who read it. */
      readonly bounds?: readonly ColumnBoundPlan[]
      /** The statement as it was written; `start`: its place in the whole text, from which the plan's places count. */
      readonly written?: { readonly text: string; readonly start: number }
    })
  | (Create & {
      readonly kind: 'createIndex'
      readonly on: number
      readonly columns: readonly number[]
      /** As in the catalog's entry. */
      readonly orders?: readonly number[]
      readonly unique: boolean
      readonly nullsNotDistinct?: true
      /** As a constraint: ALTER TABLE … ADD. */
      readonly constraint?: true
    })
  | (Create & {
      readonly kind: 'createConnection'
      readonly transport: string
      readonly options: Readonly<Record<string, Datum>>
    })
  | (Create & {
      readonly kind: 'createFunction'
      readonly orReplace: boolean
      /** What the catalog's entry says beside what all of them do. */
      readonly entry: FunctionPlan
    })
  | (Create & {
      readonly kind: 'createSequence'
      readonly spec: SequencePlan
      readonly ownedBy: { readonly table: number; readonly column: number } | null
    })
  /** An enum has labels, a domain rules, a composite type fields. */
  | (Create & {
      readonly kind: 'createType'
      readonly labels?: readonly string[]
      readonly rules?: DomainPlan
      readonly fields?: RowType
    })
  /** The labels of an enum as they are to be. `label`: that it takes a new name. */
  | {
      readonly kind: 'alterEnum'
      readonly object: number
      readonly labels: readonly EnumLabel[]
      readonly renames: boolean
    }
  /** The rules of a domain as they are to be. `checked`: those that its values are held to that are stored. */
  | {
      readonly kind: 'alterDomain'
      readonly object: number
      readonly rules: DomainPlan
      readonly checked: { readonly notNull: boolean; readonly checks: readonly CheckPlan[] }
    }
  | {
      readonly kind: 'alterSequence'
      readonly object: number
      readonly spec: SequencePlan
      /** RESTART; null: it goes on where it stands. */
      readonly restart: bigint | null
      /** Absent: as it was. */
      readonly ownedBy?: { readonly table: number; readonly column: number } | null
    }
  | {
      readonly kind: 'alterColumns'
      readonly table: number
      /** The table's columns as they are to be, and their values over those that it has. */
      readonly columns: readonly ColumnPlan[]
      readonly values: readonly Scalar[]
      /** Column number of now → then; -1: it goes. */
      readonly moved: readonly number[]
      readonly primaryKey: readonly number[] | null
      /** Of a new one. */
      readonly primaryKeyName?: string
      /** The one that goes; with `cascade` the foreign keys that refer to it go along. */
      readonly droppedKey?: { readonly name: string; readonly cascade: boolean }
      readonly checks: readonly CheckPlan[]
      /** New ones. */
      readonly uniques: readonly UniquePlan[]
      readonly foreignKeys: readonly ForeignKeyPlan[]
      /** The user's types that the statement names. */
      readonly types?: readonly number[]
    }
  /** `column`: from 1; 0: of the object itself. */
  | { readonly kind: 'comment'; readonly object: number; readonly column: number; readonly comment: string | null }
  /** All of them, or none. */
  | { readonly kind: 'alterTable'; readonly table: number; readonly changes: readonly TableChange[] }
  /** Objects in the statement's order; dependants are found by the engine (2BP01 without cascade). */
  | { readonly kind: 'drop'; readonly objects: readonly number[]; readonly cascade: boolean }
  | { readonly kind: 'rename'; readonly object: number; readonly newName: string }
  | { readonly kind: 'renameColumn'; readonly object: number; readonly column: number; readonly newName: string }
  | { readonly kind: 'skipErrors'; readonly object: number }
  | { readonly kind: 'replan'; readonly object: number }
  /** `rows`: late rows of the relation, all columns and the watermark that each carries. */
  | { readonly kind: 'mergeLate'; readonly view: number; readonly relation: number; readonly rows: PhysicalPlan }
  /** `sql`: the text of the relation with it. */
  | { readonly kind: 'addWatermark'; readonly object: number; readonly watermark: WatermarkPlan; readonly sql: string }
  | { readonly kind: 'dropWatermark'; readonly object: number; readonly sql: string }
  /** LATENESS of a column of a view over `object`. */
  | {
      readonly kind: 'viewTime'
      readonly view: number
      readonly column: number
      readonly object: number
      readonly watermark: WatermarkPlan
    }

interface Create {
  readonly schema: number
  readonly name: string
  readonly ifNotExists: boolean
  readonly sql: string
  readonly dependsOn: readonly number[]
}

export interface ColumnPlan {
  readonly name: string
  readonly type: SqlType
  readonly notNull: boolean
  readonly defaultSql: string | null
  /** Default: the next value of this sequence (by id). */
  readonly sequence?: number
  /** Default: the next value of a sequence that is made with the column. */
  readonly ownSequence?: SequencePlan
  readonly identity?: 'always' | 'byDefault'
  readonly generated?: { readonly sql: string; readonly expr: Scalar }
}

/** Same shape as the catalog's DomainRules. */
export interface DomainPlan {
  readonly base: SqlType
  readonly notNull: boolean
  readonly defaultSql: string | null
  readonly checks: readonly CheckPlan[]
}

/** Same shape as the catalog's SequenceSpec. */
export interface SequencePlan {
  readonly type: 'int2' | 'int4' | 'int8'
  readonly start: bigint
  readonly increment: bigint
  readonly min: bigint
  readonly max: bigint
  readonly cache: bigint
  readonly cycle: boolean
}

/** What ALTER TABLE changes of a table's rules. `index`: of a UNIQUE constraint or a FOREIGN KEY, 0 of others. */
export type TableChange =
  | { readonly kind: 'addCheck'; readonly check: CheckPlan }
  | { readonly kind: 'addUnique'; readonly unique: UniquePlan }
  | { readonly kind: 'addForeignKey'; readonly foreignKey: ForeignKeyPlan }
  /** `constraint`: of a foreign key, by id; null: a CHECK, whose rows were checked when it was made. */
  | { readonly kind: 'validate'; readonly constraint: number | null }
  | {
      readonly kind: 'dropConstraint'
      readonly name: string
      readonly index: number
      readonly cascade: boolean
    }
  | { readonly kind: 'renameConstraint'; readonly name: string; readonly newName: string; readonly index: number }
  | {
      readonly kind: 'default'
      readonly column: number
      readonly defaultSql: string | null
      readonly sequence?: number
    }
  | { readonly kind: 'notNull'; readonly column: number; readonly notNull: boolean }

/** A UNIQUE constraint; name null: PostgreSQL's choice. */
export interface UniquePlan {
  readonly name: string | null
  readonly columns: readonly number[]
  readonly nullsNotDistinct: boolean
}

/** A FOREIGN KEY, as the catalog's entry has it; `name` null: PostgreSQL's choice. */
export interface ForeignKeyPlan {
  readonly name: string | null
  readonly columns: readonly number[]
  /** null: the table itself, which is being made. */
  readonly references: number | null
  /** Those of a unique key of it, pairwise to `columns`. */
  readonly referenced: readonly number[]
  readonly match: 'simple' | 'full'
  readonly onDelete: ReferentialActionPlan
  readonly onUpdate: ReferentialActionPlan
  readonly setColumns?: readonly number[]
  readonly deferrable?: 'initiallyImmediate' | 'initiallyDeferred'
  readonly notValid?: true
}

export type ReferentialActionPlan = 'noAction' | 'restrict' | 'cascade' | 'setNull' | 'setDefault'

/** Same shape as the catalog's CheckConstraint. */
export interface CheckPlan {
  readonly name: string
  readonly sql: string
  readonly expr: Scalar
}

/** Same shape as the catalog's ComputedColumn. */
export interface ComputedPlan {
  readonly name: string
  readonly type: SqlType
  readonly expr: Scalar
}

/** Same shape as the catalog's ColumnBound. */
export interface ColumnBoundPlan {
  readonly column: number
  readonly tight: boolean
  readonly terms: readonly BoundTerm[]
  /** Outer joins that make the column NULL: sets of their sides, of which one is missing then. */
  readonly absent?: readonly (readonly string[])[]
}

/** Same shape as the catalog's WatermarkSpec. */
export interface WatermarkPlan {
  readonly column: number
  readonly delay: number
  readonly idleMs: number | null
  readonly maxFuture: number | null
  readonly allows?: Scalar
  readonly event?: { readonly expr: Scalar; readonly type: SqlType; readonly own?: number }
}

interface Part {
  readonly kind: string
  readonly options: Readonly<Record<string, Datum>>
}

/** What only a schema registry knows of a source: asked for when the statement is carried out. */
export interface InferredPlan {
  /** The columns of the value, which stand before all others. */
  readonly value: boolean
  /** From the key's schema: the type of INCLUDE KEY's column, or the columns of the key. */
  readonly key: 'column' | 'columns' | null
  /** PRIMARY KEY, by the names of columns that are not known yet. */
  readonly primaryKey: readonly string[] | null
}

/** Same shape as the catalog's ConnectorSpec, and what is still to be asked. */
export interface ConnectorPlan {
  readonly transport: Part
  readonly keyFormat: Part | null
  readonly format: Part | null
  readonly envelope: {
    readonly kind: 'none' | 'upsert' | 'debezium'
    readonly options: Readonly<Record<string, Datum>>
  }
  readonly include: readonly {
    readonly what: 'key' | 'partition' | 'offset' | 'timestamp' | 'headers'
    readonly column: number
  }[]
  /** Absent: everything is known. */
  readonly inferred?: InferredPlan | undefined
}

/** As in the catalog's entry. */
export interface FunctionPlan {
  readonly fn: string
  readonly parameters: readonly {
    readonly name: string | null
    readonly type: SqlType
    readonly defaultSql: string | null
  }[]
  readonly returns: SqlType | null
  readonly columns: RowType | null
  readonly set: boolean
  readonly body: string
  readonly strict: boolean
  readonly volatility: 'immutable' | 'stable' | 'volatile'
}
