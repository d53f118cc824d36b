import { unreachable } from '../base/assert.ts'
import type { RowType } from '../types/sql-type.ts'
import type { Scalar } from './scalar.ts'

/**
 * Whether a scalar may be NULL over rows of this type. True when in doubt: a function is trusted to keep non-null
 * arguments non-null only when its id is one of the operators' that PostgreSQL's catalog shows to do so.
 */
export function scalarNullable(s: Scalar, row: RowType): boolean {
  switch (s.kind) {
    case 'column':
      return row[s.index]?.nullable ?? true
    case 'const':
      return s.value === null
    case 'param':
      return true
    case 'isNull':
    case 'distinctFrom':
    case 'array':
    case 'row':
    case 'error':
      return false
    case 'call':
      return !neverMakesNull(s.fn) || s.args.some((a) => scalarNullable(a, row))
    case 'and':
    case 'or':
      return s.args.some((a) => scalarNullable(a, row))
    case 'not':
      return scalarNullable(s.arg, row)
    case 'cast':
      return s.type.kind === 'jsonb' || s.arg.type.kind === 'jsonb' || scalarNullable(s.arg, row)
    case 'inList':
      return s.values.includes(null) || scalarNullable(s.arg, row)
    case 'case':
      return s.arms.some((a) => scalarNullable(a.then, row)) || scalarNullable(s.otherwise, row)
    case 'coalesce':
      return s.args.every((a) => scalarNullable(a, row))
    case 'anyAll':
      return true
    default:
      return unreachable(s)
  }
}

/** Comparison and arithmetic of the plain types: `int4eq(…)`, `numeric_add(…)`, `text_lt(…)`. */
const TOTAL = /^(?:[a-z0-9_]+?_?(?:eq|ne|lt|le|gt|ge|pl|mi|mul|div|mod|um)|numeric_[a-z_]+)\(/

const neverMakesNull = (fn: string): boolean => TOTAL.test(fn)
