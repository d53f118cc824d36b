import { readsClock } from '../../plan/clock-shape.ts'
import type { Logical } from '../../plan/logical.ts'
import { columnsOfRow, extend, filter, join, projectColumns, semiJoin } from '../../plan/logical-make.ts'
import { rewriteLogical } from '../../plan/logical-walk.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { column, conjunction, conjuncts, constant, notDistinct } from '../../plan/scalar-walk.ts'
import type { RowType } from '../../types/sql-type.ts'
import { canFail } from '../function-facts.ts'

/**
 * Only filters and projections follow the clock. Joins whose condition reads it become joins without that part and a
 * filter behind; what an outer, semi or anti join says of rows without a match is asked of the filtered pairs. Arguments
 * of table functions are computed before.
 */
export const clockJoins = (plan: Logical): Logical =>
  rewriteLogical(plan, (p) => {
    switch (p.kind) {
      case 'join':
      case 'semiJoin':
        return readsClock(p.on) ? overPairs(p) : p
      case 'flatMap':
        return p.args.some(readsClock) ? overColumns(p) : p
      default:
        return p
    }
  })

/** Conditions as far as they are the same at all times, and the rest: what may fail stays behind what guards it. */
export function splitClock(predicate: Scalar): {
  readonly steady: readonly Scalar[]
  readonly moving: readonly Scalar[]
} {
  const steady: Scalar[] = []
  const moving: Scalar[] = []
  for (const c of conjuncts(predicate)) {
    if (readsClock(c) || (moving.length > 0 && canFail(c))) moving.push(c)
    else steady.push(c)
  }
  return { steady, moving }
}

function overPairs(p: Extract<Logical, { kind: 'join' | 'semiJoin' }>): Logical {
  const { left, right, position } = p
  const { steady, moving } = splitClock(p.on)
  const pairs = filter(join('inner', left, right, conjunction(steady), position), conjunction(moving), position)
  const width = left.rowType.length
  const total = width + right.rowType.length
  const leftOfPairs = projectColumns(pairs, range(0, width))
  if (p.kind === 'semiJoin') return semiJoin(p.anti, left, leftOfPairs, sameRow(left.rowType), position)
  if (p.type === 'inner') return pairs
  const inputs: Logical[] = [pairs]
  if (p.type !== 'right') {
    const alone = semiJoin(true, left, leftOfPairs, sameRow(left.rowType), position)
    inputs.push(padded(p.rowType, alone, columnsOfRow(left.rowType), nulls(right.rowType)))
  }
  if (p.type !== 'left') {
    const rightOfPairs = projectColumns(pairs, range(width, total))
    const alone = semiJoin(true, right, rightOfPairs, sameRow(right.rowType), position)
    inputs.push(padded(p.rowType, alone, nulls(left.rowType), columnsOfRow(right.rowType)))
  }
  return { kind: 'unionAll', inputs, rowType: p.rowType }
}

/** Every column is the same, NULL like NULL: rows that are equal have the same matches. */
const sameRow = (row: RowType): Scalar =>
  conjunction(row.map((f, i) => notDistinct(column(i, f.type), column(row.length + i, f.type))))

const nulls = (row: RowType): Scalar[] => row.map((f) => constant(null, f.type))
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i)

const padded = (rowType: RowType, input: Logical, first: readonly Scalar[], then: readonly Scalar[]): Logical => ({
  kind: 'project',
  input,
  exprs: [...first, ...then],
  rowType,
})

function overColumns(p: Extract<Logical, { kind: 'flatMap' }>): Logical {
  const width = p.input.rowType.length
  const input = extend(
    p.input,
    p.args,
    p.args.map((_, i) => `arg${i}`),
  )
  const args = p.args.map((a, i) => column(width + i, a.type))
  const made = p.rowType.slice(width)
  const expanded: Logical = { ...p, input, args, rowType: [...input.rowType, ...made] }
  const kept = [...range(0, width), ...range(input.rowType.length, input.rowType.length + made.length)]
  return projectColumns(expanded, kept)
}
