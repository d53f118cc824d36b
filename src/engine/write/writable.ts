import type { Pieces, Slices } from '../../base/slices.ts'
import type { ForeignKeyEntry, TableEntry } from '../../catalog/entry.ts'
import type { UniqueKey } from '../../catalog/unique-key.ts'
import type { PhysicalPlan } from '../../plan/physical.ts'
import type { SqlType } from '../../types/sql-type.ts'
import type { Datum, Row } from '../../types/value.ts'
import type { ForeignKeys } from '../foreign-keys.ts'
import type { Violations } from './referential/violations.ts'
import type { ProgramEnv } from './row-program.ts'

/**
 * What one DML statement sees: tables that it may change and plans that it may run. Behind it stand the engine's tables
 * (autocommit, at the commit tick) or a transaction's snapshot with its own writes over it.
 */
export interface WriteScope {
  table(id: number): WritableTable
  /** Rows of a plan as this scope sees them, counts expanded. */
  run(plan: PhysicalPlan): Promise<Row[]>
  /** A new value of a column's DEFAULT. */
  columnDefault(entry: TableEntry, column: number): Datum
  /** Whether a foreign key is checked by the transaction's end only. */
  defers(fk: ForeignKeyEntry): boolean
  readonly violations: Violations
  /** What expressions of the statement are compiled and evaluated with. */
  readonly program: ProgramEnv
  /** Loops over all rows of the statement give way through this; a cancelled call ends there. */
  readonly slices: Slices
}

export interface WritableTable {
  readonly entry: TableEntry
  readonly types: readonly SqlType[]
  /** What is unique in it, the primary key first. */
  readonly keys: readonly UniqueKey[]
  readonly foreignKeys: ForeignKeys
  /** The row of a key, null when there is none; of the first of `keys` where none is said. */
  lookup(values: Row, of?: UniqueKey): Row | null
  /** The row that one which takes this key would meet. A key that another transaction locked stops the statement. */
  met(values: Row, of: UniqueKey): Row | null
  /** Whether the key of a row that arrives is there: as `met`, but nothing is read but that it is free. */
  isTaken(values: Row, of: UniqueKey): boolean
  /** Whether a key is there that a row refers to: nothing else is read. One that another transaction takes away stops the statement. */
  isPresent(values: Row, of: UniqueKey): boolean
  /** The rows that have these values (in the order of its columns) under one of the table's foreign keys. */
  referencing(values: Row, fk: ForeignKeyEntry): readonly Row[]
  /** A key that leaves: one that rows of another transaction refer to stops the statement. */
  checkLeaving(values: Row, of: UniqueKey): void
  /** Number of copies of a row (tables without primary key). */
  count(row: Row): number
  /** All rows, counts expanded. */
  rows(): Row[]
  /** Carries out checked changes. Fails only when the statement changes more than it may, and then changed nothing. */
  apply(changes: readonly RowChange[]): Pieces
  /** A row lock held by another transaction stops the statement until it is released. */
  checkLock(key: Row): void
}

/** old null: insert; next null: delete. */
export interface RowChange {
  readonly old: Row | null
  readonly next: Row | null
  /** Of the FROM or USING row that matched: what RETURNING also sees. */
  readonly beside?: Row
}

/** Rows of one statement in one piece, where they are looked at one by one. */
export const PIECE_ROWS = 512

/** The rows of changes with their diffs, in batches of about a piece each; in pieces. */
export function* signedRows(changes: readonly RowChange[]): Generator<{ rows: Row[]; diffs: number[] }> {
  for (let start = 0; start < changes.length; start += PIECE_ROWS) {
    const rows: Row[] = []
    const diffs: number[] = []
    for (const { old, next } of changes.slice(start, start + PIECE_ROWS)) {
      if (old !== null) {
        rows.push(old)
        diffs.push(-1)
      }
      if (next !== null) {
        rows.push(next)
        diffs.push(1)
      }
    }
    if (rows.length > 0) yield { rows, diffs }
  }
}
