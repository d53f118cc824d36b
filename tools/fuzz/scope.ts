import type { Choices } from './choices.ts'
import { TYPES, type Type } from './values.ts'

/** A value that an expression may name: a column, or a grouping expression, an aggregate or a window function in its place. */
export interface Leaf {
  readonly sql: string
  readonly type: Type
  /** Also inside a subquery of this query. */
  readonly inner: boolean
}

/** What can be named at one place of a query. */
export interface Scope {
  readonly leaves: readonly Leaf[]
  /** Of the queries around this one. */
  readonly outer: readonly Leaf[]
  readonly relations: readonly Relation[]
  /** Levels of nesting that may still come. */
  readonly depth: number
}

/** A table or a common table expression. */
export interface Relation {
  readonly name: string
  readonly columns: readonly { readonly name: string; readonly type: Type }[]
}

/** Inside a subquery at this place. */
export function below(scope: Scope): Scope {
  const outer = [...scope.outer, ...scope.leaves.filter((leaf) => leaf.inner)]
  return { leaves: [], outer, relations: scope.relations, depth: scope.depth - 1 }
}

export const leavesOf = (scope: Scope, type: Type): readonly Leaf[] => scope.leaves.filter((leaf) => leaf.type === type)

/** Mostly one of which there is something to name. */
export function someType(choices: Choices, scope: Scope): Type {
  const leaves = scope.leaves.length > 0 ? scope.leaves : scope.outer
  return leaves.length > 0 && !choices.chance(15) ? choices.one(leaves).type : choices.one(TYPES)
}

/** Names that are not used twice in a statement. */
export class Names {
  #last = 0
  next(prefix: string): string {
    return `${prefix}${++this.#last}`
  }
}

export interface Maker {
  readonly choices: Choices
  readonly names: Names
  /** `(SELECT …)` of the given columns. */
  readonly query: (scope: Scope, types: readonly Type[] | null) => MadeQuery
}

export interface MadeQuery {
  readonly sql: string
  readonly types: readonly Type[]
}
