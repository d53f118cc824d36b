import type { Logical } from '../../plan/logical.ts'
import { columnsOfRow, filter, join, projectColumns } from '../../plan/logical-make.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { column, columnsOf, conjunction, conjuncts, mapColumns } from '../../plan/scalar-walk.ts'
import { correlatedSlots } from './decorrelate.ts'
import { slotsIn } from './slot.ts'

/** A plan without correlation, and the correlated conditions over its columns that were taken out of it. */
export interface Peeled {
  /** Its first columns are those of the plan peeled; more may follow. */
  readonly plan: Logical
  readonly conditions: readonly Scalar[]
}

/**
 * Takes the correlated conditions out of the WHERE clauses of a subquery: the simple correlation that most queries
 * use, which then becomes a plain join condition. `existence`: only whether a row exists matters, so DISTINCT may go.
 * Undefined where the correlation lies deeper.
 */
export function peel(plan: Logical, known: (slot: number) => boolean, existence: boolean): Peeled | undefined {
  if (correlatedSlots(plan, known).length === 0) return { plan, conditions: [] }
  const correlated = (s: Scalar): boolean => [...slotsIn(s)].some(known)
  switch (plan.kind) {
    case 'filter': {
      const inner = peel(plan.input, known, existence)
      if (!inner) return undefined
      const all = conjuncts(plan.predicate)
      const own = all.filter((c) => !correlated(c))
      return {
        plan: filter(inner.plan, conjunction(own), plan.position),
        conditions: [...inner.conditions, ...all.filter(correlated)],
      }
    }
    case 'project': {
      if (plan.exprs.some(correlated)) return undefined
      const inner = peel(plan.input, known, existence)
      if (!inner) return undefined
      const needed = [...new Set(inner.conditions.flatMap((c) => [...columnsOf(c)]))]
      const width = plan.exprs.length
      const row = inner.plan.rowType
      return {
        plan: {
          kind: 'project',
          input: inner.plan,
          exprs: [...plan.exprs, ...needed.map((c) => column(c, row[c].type))],
          rowType: [...plan.rowType, ...needed.map((c) => row[c])],
        },
        conditions: inner.conditions.map((c) => mapColumns(c, (i) => width + needed.indexOf(i))),
      }
    }
    case 'join': {
      if (plan.type !== 'inner') return undefined
      const left = peel(plan.left, known, existence)
      const right = peel(plan.right, known, existence)
      if (!left || !right) return undefined
      const l = plan.left.rowType.length
      const r = plan.right.rowType.length
      const newLeft = left.plan.rowType.length
      const moved = (i: number): number => (i < l ? i : newLeft + i - l)
      const all = conjuncts(plan.on)
      const joined = join(
        'inner',
        left.plan,
        right.plan,
        mapColumns(conjunction(all.filter((c) => !correlated(c))), moved),
        plan.position,
      )
      // Own columns of both sides first, what peeling added behind them.
      const extraLeft = newLeft - l
      const order = [
        ...columnsOfRow(plan.left.rowType).map((_, i) => i),
        ...columnsOfRow(plan.right.rowType).map((_, i) => newLeft + i),
        ...Array.from({ length: extraLeft }, (_, i) => l + i),
        ...Array.from({ length: right.plan.rowType.length - r }, (_, i) => newLeft + r + i),
      ]
      return {
        plan: projectColumns(joined, order),
        conditions: [
          ...all.filter(correlated),
          ...left.conditions.map((c) => mapColumns(c, (i) => (i < l ? i : l + r + i - l))),
          ...right.conditions.map((c) => mapColumns(c, (i) => (i < r ? l + i : l + r + extraLeft + i - r))),
        ],
      }
    }
    case 'distinct':
      return existence ? peel(plan.input, known, existence) : undefined
    default:
      return undefined
  }
}
