/** A jsonpath as a tree. A path is a head and what is applied to it in turn. */
export type PathExpr =
  | { readonly kind: 'path'; readonly head: PathHead; readonly steps: readonly PathStep[] }
  | { readonly kind: 'arith'; readonly op: ArithOp; readonly left: PathExpr; readonly right: PathExpr }
  | { readonly kind: 'sign'; readonly op: '+' | '-'; readonly arg: PathExpr }
  | PathPredicate

export type ArithOp = '+' | '-' | '*' | '/' | '%'
export type CompareOp = '==' | '<>' | '<' | '>' | '<=' | '>='

export type PathPredicate =
  | { readonly kind: 'and' | 'or'; readonly left: PathExpr; readonly right: PathExpr }
  | { readonly kind: 'not' | 'isUnknown' | 'exists'; readonly arg: PathExpr }
  | { readonly kind: 'compare'; readonly op: CompareOp; readonly left: PathExpr; readonly right: PathExpr }
  | { readonly kind: 'startsWith'; readonly left: PathExpr; readonly right: PathExpr }
  | { readonly kind: 'likeRegex'; readonly arg: PathExpr; readonly pattern: string; readonly flags: string }

export type PathHead =
  | { readonly kind: 'root' | 'current' }
  | { readonly kind: 'last' | 'null' }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'string'; readonly value: string }
  /** As numeric prints it. */
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'variable'; readonly name: string }
  /** `(…)` with steps behind it. */
  | { readonly kind: 'group'; readonly expr: PathExpr }

/** Levels of `**`; LEAVES: those without anything below. */
export const LEVEL_LAST = 4294967295

export type PathMethod = 'type' | 'size' | 'double' | 'ceiling' | 'floor' | 'abs' | 'keyvalue'

export type PathStep =
  | { readonly kind: 'key'; readonly name: string }
  | { readonly kind: 'anyKey' | 'anyArray' }
  | { readonly kind: 'index'; readonly items: readonly { readonly from: PathExpr; readonly to: PathExpr | null }[] }
  | { readonly kind: 'any'; readonly first: number; readonly last: number }
  | { readonly kind: 'method'; readonly name: PathMethod }
  | { readonly kind: 'datetime'; readonly template: string | null }
  | { readonly kind: 'filter'; readonly predicate: PathExpr }

export interface JsonPath {
  readonly lax: boolean
  readonly expr: PathExpr
}

export const isPredicate = (expr: PathExpr): expr is PathPredicate =>
  expr.kind !== 'path' && expr.kind !== 'arith' && expr.kind !== 'sign'
