import type { Expr, GroupItem } from '../../../grammar/ast.ts'
import { SqlError } from '../../base/sql-error.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { sameScalar } from '../../plan/scalar-walk.ts'
import { INT4 } from '../../types/sql-type.ts'
import { bindError } from './bind-error.ts'
import type { ExprPlace, Statement } from './context.ts'
import { handled } from './handled.ts'

/** What GROUP BY says: its expressions, each once, and the sets of them that are grouped by. */
export interface Grouping {
  readonly keys: readonly Scalar[]
  /** Numbers of keys; one set with all of them is a plain GROUP BY. */
  readonly sets: readonly (readonly number[])[]
}

const SETS_MAX = 4096
const CUBE_MAX = 12
const GROUPING_ARGS_MAX = 31

/** GROUPING SETS, ROLLUP and CUBE multiplied out, as PostgreSQL does: items of the list combine, sets of a set stand side by side. */
export function bindGroupingSets(
  items: readonly GroupItem[],
  distinct: boolean,
  bind: (node: Expr) => Scalar,
): Grouping {
  const keys: Scalar[] = []
  const key = (node: Expr): number => {
    const s = bind(node)
    const known = keys.findIndex((k) => sameScalar(k, s))
    return known >= 0 ? known : keys.push(s) - 1
  }
  /** A row in parentheses is several expressions that go together. */
  const element = (node: Expr): number[] =>
    node.kind === 'row' && !node.explicit ? node.fields.flatMap(element) : [key(node)]
  const setsOf = (item: GroupItem): number[][] => {
    switch (item.kind) {
      case 'groupExpr':
        return [element(item.expr)]
      case 'emptyGroup':
        return [[]]
      case 'groupingSets':
        return bounded(item.sets.flatMap(setsOf))
      case 'rollup': {
        const elements = item.items.map(element)
        return Array.from({ length: elements.length + 1 }, (_, i) => elements.slice(0, elements.length - i).flat())
      }
      case 'cube': {
        if (item.items.length > CUBE_MAX) throw bindError('54011', `CUBE is limited to ${CUBE_MAX} elements`, item)
        return item.items.map(element).reduce<number[][]>((sets, e) => sets.flatMap((s) => [[...s, ...e], s]), [[]])
      }
    }
  }
  const all = items.reduce<number[][]>(
    (sets, item) => {
      const own = setsOf(item)
      if (sets.length * own.length > SETS_MAX) throw tooMany()
      return sets.flatMap((s) => own.map((o) => [...s, ...o]))
    },
    [[]],
  )
  const sorted = all.map((set) => [...new Set(set)].sort((a, b) => a - b))
  const once = (set: number[], i: number): boolean => sorted.findIndex((s) => s.join() === set.join()) === i
  return { keys, sets: distinct ? sorted.filter(once) : sorted }
}

function bounded(sets: number[][]): number[][] {
  if (sets.length > SETS_MAX) throw tooMany()
  return sets
}

const tooMany = (): SqlError => new SqlError('54001', `too many grouping sets present (maximum ${SETS_MAX})`)

/** The same with more keys in each set: the bounds of time windows. */
export function withKeys({ keys, sets }: Grouping, more: readonly Scalar[]): Grouping {
  const all = [...keys]
  const added = more.map((s) => {
    const known = all.findIndex((k) => sameScalar(k, s))
    return known >= 0 ? known : all.push(s) - 1
  })
  return { keys: all, sets: sets.map((set) => [...new Set([...set, ...added])].sort((a, b) => a - b)) }
}

/** What every set groups by: only that is there in each row. */
export const commonKeys = ({ keys, sets }: Grouping): Scalar[] =>
  keys.filter((_, i) => sets.every((set) => set.includes(i)))

/** `GROUPING(a, b)`: a bit for each argument, set where the row's set does not group by it. */
export function bindGroupingCall(st: Statement, node: Extract<Expr, { kind: 'grouping' }>, place: ExprPlace): Scalar {
  handled(node, ['args'])
  if (!place.aggregates || place.inAggregate) {
    throw bindError('42803', `grouping operations are not allowed in ${place.clause}`, node)
  }
  if (node.args.length > GROUPING_ARGS_MAX) {
    throw bindError('54023', `GROUPING must have fewer than ${GROUPING_ARGS_MAX + 1} arguments`, node)
  }
  const args = node.args.map((arg) => st.bind.expr(st, arg, place))
  return st.slot({ kind: 'grouping', places: node.args.map((a) => a.span.start) }, args, INT4, node)
}

/** The value of a GROUPING call in the rows of one set. */
export function groupingBits(groups: readonly number[], set: readonly number[]): number {
  return groups.reduce((bits, key) => bits * 2 + (set.includes(key) ? 0 : 1), 0)
}

/** The keys that a GROUPING call asks about. */
export function groupingKeys(keys: readonly Scalar[], args: readonly Scalar[], places: readonly number[]): number[] {
  return args.map((arg, i) => {
    const at = keys.findIndex((k) => sameScalar(k, arg))
    if (at >= 0) return at
    const message = 'arguments to GROUPING must be grouping expressions of the associated query level'
    throw bindError('42803', message, { span: { start: places[i] } })
  })
}
