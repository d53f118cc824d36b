import type { Logical } from '../../plan/logical.ts'
import type { Row } from '../../types/value.ts'

/**
 * One step of the optimiser: a plan to an equal plan. Law: over every input the output Z-set is the same, and no row
 * error appears that the plan before would not raise (an expression that can fail never moves below what guards it).
 */
export interface Rule {
  readonly name: string
  apply(plan: Logical, facts: Facts): Logical
}

/** What rules know beyond the plan. */
export interface Facts {
  /** Columns that identify a row of a catalog object; null when none are known. */
  primaryKey(object: number): readonly number[] | null
  /** Whether a relation only ever grows. */
  appendOnly?(object: number): boolean
  /** Whether a relation hands on to its readers what closes by time. */
  closesTime?(object: number): boolean
  /** Figures of a relation that is stored and has rows; null, or left out: nothing is known. */
  readonly statistics?: ((object: number) => RelationStatistics | null) | undefined
}

/** What a relation holds now. Plans that live on are chosen by it once, at CREATE, and stay as they are. */
export interface RelationStatistics {
  readonly rows: number
  /** About so many different values does a column have. */
  distinct(column: number): number
  /** Some of the rows, evenly from all of them. */
  readonly sample: readonly Row[]
}
