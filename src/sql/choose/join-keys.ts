import { onlyReads } from '../../plan/logical-make.ts'
import { scalarNullable } from '../../plan/nullable.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { columnsOf, conjunction, conjuncts, isTrue, shiftColumns } from '../../plan/scalar-walk.ts'
import type { RowType, SqlType } from '../../types/sql-type.ts'
import { INT8 } from '../../types/sql-type.ts'
import { operatorOf } from '../function-facts.ts'
import { sharedText } from '../shared-text.ts'

export interface JoinKeys {
  /** Pairs of equal expressions, each over the columns of its own side. */
  readonly left: readonly Scalar[]
  readonly right: readonly Scalar[]
  readonly nullSafe: boolean
  /** What the keys do not say, over left then right columns; null when nothing is left. */
  readonly residual: Scalar | null
}

/** Splits a join condition into hashable equalities and the rest. */
export function joinKeys(on: Scalar, left: RowType, right: RowType): JoinKeys {
  const width = left.length
  const total = width + right.length
  const pairs: { l: Scalar; r: Scalar; nullSafe: boolean; whole: Scalar }[] = []
  const rest: Scalar[] = []
  for (const c of conjuncts(on)) {
    const pair = equality(c)
    const found = pair && sides(pair[0], pair[1], width, total)
    if (!found) {
      rest.push(c)
      continue
    }
    const [l, r] = found
    const nullable = scalarNullable(l, left) && scalarNullable(r, right)
    pairs.push({ l, r, nullSafe: c.kind === 'distinctFrom' && nullable, whole: c })
  }
  const nullSafe = pairs.some((p) => p.nullSafe)
  // All keys of a join treat NULLs alike: beside a null-safe key a plain equality is checked once more.
  if (nullSafe) {
    for (const p of pairs) {
      const plain = p.whole.kind === 'call' && scalarNullable(p.l, left) && scalarNullable(p.r, right)
      if (plain) rest.push(p.whole)
    }
  }
  const residual = conjunction(rest)
  return {
    left: pairs.map((p) => p.l),
    right: pairs.map((p) => p.r),
    nullSafe,
    residual: isTrue(residual) ? null : residual,
  }
}

function equality(c: Scalar): [Scalar, Scalar] | undefined {
  if (c.kind === 'distinctFrom' && c.negated) return keyed(c.left, c.right)
  if (c.kind !== 'call' || c.args.length !== 2 || operatorOf(c.fn) !== '=') return undefined
  const [a, b] = c.args
  if (a.type.kind === b.type.kind) return keyed(a, b)
  return isInteger(a.type) && isInteger(b.type) ? [widened(a), widened(b)] : undefined
}

/** Keys are compared by their texts, in which equal values may differ: jsonb (1.0 and 1.00), and blanks at the end. */
function keyed(a: Scalar, b: Scalar): [Scalar, Scalar] {
  const sameLength = a.type.length !== undefined && a.type.length === b.type.length
  return a.type.kind === 'bpchar' && sameLength ? [a, b] : [sharedText(a), sharedText(b)]
}

const isInteger = (t: SqlType): boolean => t.kind === 'int2' || t.kind === 'int4' || t.kind === 'int8'

const widened = (s: Scalar): Scalar =>
  s.type.kind === 'int8' ? s : { kind: 'cast', arg: s, explicit: false, type: INT8, position: -1 }

function sides(a: Scalar, b: Scalar, width: number, total: number): [Scalar, Scalar] | undefined {
  const isLeft = (s: Scalar): boolean => columnsOf(s).size > 0 && onlyReads(s, 0, width)
  const isRight = (s: Scalar): boolean => columnsOf(s).size > 0 && onlyReads(s, width, total)
  if (isLeft(a) && isRight(b)) return [a, shiftColumns(b, -width)]
  if (isLeft(b) && isRight(a)) return [b, shiftColumns(a, -width)]
  return undefined
}
