// What rules are, and what some of them hand to each other.
import type { Ident, Span } from './ast-base.ts'

/** Callable only through `g.sub`; the brand keeps a rule from being called as a function. */
export type Rule<A extends unknown[], R> = { readonly ruleName: string; readonly rule: (...args: A) => R }

export type NamedOperator = { op: string; schema?: Ident[]; span: Span }

/** What stands between CREATE and the kind of object. */
export type CreateHead = {
  start: number
  orReplace?: true
  temporary?: true
  unlogged?: true
  local?: true
  recursive?: true
  unique?: true
  default?: true
}
