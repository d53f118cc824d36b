import type { SqlType } from '../types/sql-type.ts'

/** What functions over oids ask of the catalog: names and definitions of relations, their columns and keys. */
/** What pg_get_function_… tell of a function that was created. */
export interface FunctionText {
  readonly arguments: string
  /** Without defaults. */
  readonly identity: string
  readonly result: string
  readonly definition: string
}

export interface ObjectLookup {
  functionText(oid: number): FunctionText | undefined
  relation(oid: number): RelationName | undefined
  /** Relation of one, two or three name parts, along the search path. */
  relationOid(parts: readonly string[]): number | undefined
  schema(oid: number): string | undefined
  schemaOid(name: string): number | undefined
  /** A type that users made, or the array of one. */
  userType(oid: number): SqlType | undefined
  /** The same by its name, of one, two or three parts. */
  userTypeNamed(parts: readonly string[]): SqlType | undefined
  /** Composite type of a relation. */
  rowTypeName(oid: number): string | undefined
  /** The query of a view. */
  viewDefinition(relation: number): string | null
  /** The statement that makes an index; with `column` (from 1) that column alone. */
  indexDefinition(index: number, column: number): string | null
  /** `pretty`: without parentheses that change nothing. */
  constraintDefinition(constraint: number, pretty: boolean): string | null
  /** The sequence that belongs to a column, with its schema; SqlError when there is no such column. */
  serialSequence(relation: number, column: string): string | null
  /** COMMENT ON an object, or on a column of it (from 1); `catalog`: where PostgreSQL lists such objects. */
  comment(object: number, column: number, catalog: string | null): string | null
  /** Bytes of a relation's state; null when there is no such relation. */
  bytes(relation: number): number | null
}

export interface RelationName {
  readonly schema: string
  readonly name: string
  /** Found by the search path without its schema. */
  readonly visible: boolean
}
