import type { Logical } from '../../plan/logical.ts'

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
}
