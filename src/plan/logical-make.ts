import type { Field, RowType } from '../types/sql-type.ts'
import type { Logical } from './logical.ts'
import { nullableRow } from './logical-walk.ts'
import { scalarNullable } from './nullable.ts'
import type { Scalar } from './scalar.ts'
import { column, columnsOf, conjunction, conjuncts, isTrue } from './scalar-walk.ts'

/** Makers that compute row types, so that no caller forgets what an outer join or a filter does to nullability. */

export const NO_POSITION = -1

export function project(input: Logical, exprs: readonly Scalar[], names: readonly string[]): Logical {
  return { kind: 'project', input, exprs, rowType: projectedRow(input.rowType, exprs, names) }
}

export function projectedRow(input: RowType, exprs: readonly Scalar[], names: readonly string[]): RowType {
  return exprs.map((e, i) => ({ name: names[i], type: e.type, nullable: scalarNullable(e, input) }))
}

/** The columns of the input as scalars. */
export const columnsOfRow = (row: RowType, from = 0): Scalar[] => row.map((f, i) => column(from + i, f.type))

export function projectColumns(input: Logical, columns: readonly number[]): Logical {
  const identity = columns.length === input.rowType.length && columns.every((c, i) => c === i)
  if (identity) return input
  return {
    kind: 'project',
    input,
    exprs: columns.map((c) => column(c, input.rowType[c].type)),
    rowType: columns.map((c) => input.rowType[c]),
  }
}

/** Input columns plus computed ones at the end. */
export function extend(input: Logical, exprs: readonly Scalar[], names: readonly string[]): Logical {
  if (exprs.length === 0) return input
  return {
    kind: 'project',
    input,
    exprs: [...columnsOfRow(input.rowType), ...exprs],
    rowType: [...input.rowType, ...projectedRow(input.rowType, exprs, names)],
  }
}

/** The time at which a row came, as one more column at the end. */
export const arrival = (input: Logical, position: number): Logical => ({
  kind: 'arrival',
  input,
  rowType: [...input.rowType, { name: 'proctime', type: { kind: 'timestamptz' }, nullable: false }],
  position,
})

/** Columns that the predicate proves not null are so in the output. */
export function filter(input: Logical, predicate: Scalar, position: number = NO_POSITION): Logical {
  if (isTrue(predicate)) return input
  return { kind: 'filter', input, predicate, rowType: notNullUnder(input.rowType, predicate), position }
}

function notNullUnder(row: RowType, predicate: Scalar): RowType {
  const proven = new Set<number>()
  for (const c of conjuncts(predicate)) {
    if (c.kind === 'isNull' && c.negated && c.arg.kind === 'column') proven.add(c.arg.index)
  }
  if (proven.size === 0) return row
  return row.map((f, i) => (f.nullable && proven.has(i) ? { ...f, nullable: false } : f))
}

export function join(
  type: 'inner' | 'left' | 'right' | 'full',
  left: Logical,
  right: Logical,
  on: Scalar,
  position: number = NO_POSITION,
): Logical {
  const l = type === 'right' || type === 'full' ? nullableRow(left.rowType) : left.rowType
  const r = type === 'left' || type === 'full' ? nullableRow(right.rowType) : right.rowType
  return { kind: 'join', type, left, right, on, rowType: [...l, ...r], position }
}

export function semiJoin(
  anti: boolean,
  left: Logical,
  right: Logical,
  on: Scalar,
  position: number = NO_POSITION,
): Logical {
  return { kind: 'semiJoin', anti, left, right, on, rowType: left.rowType, position }
}

export const distinct = (input: Logical): Logical => ({ kind: 'distinct', input, rowType: input.rowType })

/** Whether any node of the plan, `let` values included, is of this kind. */
export function onlyReads(s: Scalar, from: number, to: number): boolean {
  for (const c of columnsOf(s)) if (c < from || c >= to) return false
  return true
}

export const and = (...args: readonly Scalar[]): Scalar => conjunction(args)

export const field = (name: string, type: Field['type'], nullable: boolean): Field => ({ name, type, nullable })
