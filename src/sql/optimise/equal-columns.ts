import type { Scalar } from '../../plan/scalar.ts'
import type { RowType } from '../../types/sql-type.ts'
import { operatorOf } from '../function-facts.ts'

/** Columns that conditions make equal, in classes. */
export interface EqualColumns {
  /** With the column itself. */
  of(column: number): readonly number[]
}

/** Of the equalities between columns of one type among `conditions`. */
export function equalColumns(conditions: readonly Scalar[], row: RowType): EqualColumns {
  const classOf = new Map<number, number[]>()
  for (const c of conditions) {
    const pair = columnEquality(c, row)
    if (pair === null) continue
    const [a, b] = pair.map((column) => classOf.get(column) ?? [column])
    if (a === b) continue
    const both = [...a, ...b]
    for (const column of both) classOf.set(column, both)
  }
  return { of: (column) => classOf.get(column) ?? [column] }
}

/** `a = b` of two columns whose equality is the same relation everywhere. */
export function columnEquality(c: Scalar, row: RowType): readonly [number, number] | null {
  if (c.kind !== 'call' || c.args.length !== 2 || operatorOf(c.fn) !== '=') return null
  const [a, b] = c.args
  if (a.kind !== 'column' || b.kind !== 'column') return null
  const [s, t] = [row[a.index].type, row[b.index].type]
  // Blanks at the end count in one of two lengths and not in the other; jsonb has equal values of several texts.
  const plain = s.kind === t.kind && s.kind !== 'jsonb' && (s.kind !== 'bpchar' || s.length === t.length)
  return plain ? [a.index, b.index] : null
}
