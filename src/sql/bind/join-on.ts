import type { Logical } from '../../plan/logical.ts'
import { columnsOfRow, distinct, extend, join, projectColumns, semiJoin } from '../../plan/logical-make.ts'
import type { Scalar } from '../../plan/scalar.ts'
import {
  column,
  columnsOf,
  conjunction,
  conjuncts,
  constant,
  mapColumns,
  notDistinct,
  TRUE,
} from '../../plan/scalar-walk.ts'
import type { Statement } from './context.ts'
import { correlatedSlots } from './decorrelate.ts'
import type { Scope } from './scope.ts'
import { slotsIn } from './slot.ts'
import { Stage } from './stage.ts'

export type JoinType = 'inner' | 'left' | 'right' | 'full'

const isSubquery = (st: Statement, n: number): boolean => st.slots[n].kind === 'subquery'

export const holdsSubquery = (st: Statement, s: Scalar): boolean => [...slotsIn(s)].some((n) => isSubquery(st, n))

/**
 * A join whose condition holds subqueries. What depends on one side alone becomes a column of that side; where a
 * subquery depends on both, the pairs are made and filtered, and rows that have no pair stand beside them with NULLs.
 * `scope`: the names of both sides, left columns first.
 */
export function joinOnSubqueries(
  st: Statement,
  type: JoinType,
  left: Logical,
  right: Logical,
  on: Scalar,
  scope: Scope,
  position: number,
  make: typeof join = join,
): Logical {
  if (type === 'inner') return matching(st, left, right, on, scope, position, make)
  const width = left.rowType.length
  const total = width + right.rowType.length
  const plain: Scalar[] = []
  const ofLeft: Scalar[] = []
  const ofRight: Scalar[] = []
  for (const c of conjuncts(on)) {
    const read = columnsRead(st, c, scope)
    if (!holdsSubquery(st, c)) plain.push(c)
    else if (read.every((i) => i < width)) ofLeft.push(c)
    else if (read.every((i) => i >= width)) ofRight.push(c)
    else return padded(st, type, left, right, on, scope, position, make)
  }
  if (make !== join) return padded(st, type, left, right, on, scope, position, make)
  const l = withConditions(new Stage(st, scope, left), ofLeft, width)
  const toRight = (s: Scalar): Scalar => mapColumns(s, (i) => i - width)
  const r = withConditions(new Stage(st, scope, right, toRight), ofRight, total - width)
  const added = ofLeft.length
  const moved = conjunction(plain.map((c) => mapColumns(c, (i) => (i < width ? i : i + added))))
  const flags = [
    ...ofLeft.map((c, i) => column(width + i, c.type)),
    ...ofRight.map((c, i) => column(total + added + i, c.type)),
  ]
  const joined = join(type, l, r, conjunction([moved, ...flags]), position)
  return projectColumns(joined, [...range(0, width), ...range(width + added, total - width)])
}

/** Columns of both sides that the condition depends on, those that its subqueries read included. */
function columnsRead(st: Statement, s: Scalar, scope: Scope): number[] {
  const read = new Set(columnsOf(s))
  const known = (n: number): boolean => {
    const slot = st.slots[n]
    return slot.kind === 'outer' && slot.scope === scope
  }
  for (const n of slotsIn(s)) {
    const slot = st.slots[n]
    if (slot.kind !== 'subquery') continue
    for (const outer of correlatedSlots(slot.plan, known)) {
      const found = st.slots[outer]
      if (found.kind === 'outer') for (const i of columnsOf(found.expr)) read.add(i)
    }
  }
  return [...read]
}

/** The first `width` columns of a side, and a column for each of the conditions. */
function withConditions(stage: Stage, conditions: readonly Scalar[], width: number): Logical {
  if (conditions.length === 0) return stage.plan
  const values = conditions.map((c) => stage.resolve(c))
  const made = stage.plan.rowType.length
  const names = values.map((_, i) => `on${i}`)
  return projectColumns(extend(stage.plan, values, names), [...range(0, width), ...range(made, values.length)])
}

/** The pairs for which the condition holds. */
function matching(
  st: Statement,
  left: Logical,
  right: Logical,
  on: Scalar,
  scope: Scope,
  position: number,
  make: typeof join,
): Logical {
  const stage = new Stage(st, scope, make('inner', left, right, TRUE, position))
  stage.filter(on, position)
  return stage.plan
}

/** Equal rows of a side have equal pairs, so that what has none is told by its values. */
function padded(
  st: Statement,
  type: Exclude<JoinType, 'inner'>,
  left: Logical,
  right: Logical,
  on: Scalar,
  scope: Scope,
  position: number,
  make: typeof join,
): Logical {
  const l = shared(st, left)
  const r = type === 'left' ? { ref: right, wrap: (body: Logical) => body } : shared(st, right)
  const pairs = shared(st, matching(st, l.ref, r.ref, on, scope, position, make))
  const width = left.rowType.length
  const total = width + right.rowType.length
  const nulls = (row: Logical['rowType']): Scalar[] => row.map((f) => constant(null, f.type))
  const alone = (side: Logical, from: number): Logical => {
    const matched = distinct(projectColumns(pairs.ref, range(from, side.rowType.length)))
    const n = side.rowType.length
    const same = side.rowType.map((f, i) => notDistinct(column(i, f.type), column(n + i, f.type)))
    return semiJoin(true, side, matched, conjunction(same), position)
  }
  const names = [...left.rowType, ...right.rowType]
  const wide = (input: Logical, exprs: readonly Scalar[]): Logical => ({
    kind: 'project',
    input,
    exprs,
    rowType: names.map((f) => ({ ...f, nullable: true })),
  })
  const inputs: Logical[] = [wide(pairs.ref, columnsOfRow(pairs.ref.rowType))]
  if (type !== 'right') inputs.push(wide(alone(l.ref, 0), [...columnsOfRow(left.rowType), ...nulls(right.rowType)]))
  if (type !== 'left') {
    inputs.push(wide(alone(r.ref, width), [...nulls(left.rowType), ...columnsOfRow(right.rowType)]))
  }
  const nullable = (i: number): boolean => names[i].nullable || (i < width ? type !== 'left' : type !== 'right')
  const rowType = range(0, total).map((i) => ({ ...names[i], nullable: nullable(i) }))
  return l.wrap(r.wrap(pairs.wrap({ kind: 'unionAll', inputs, rowType })))
}

function shared(st: Statement, plan: Logical): { ref: Logical; wrap: (body: Logical) => Logical } {
  const binding = st.newBinding()
  return {
    ref: { kind: 'ref', binding, rowType: plan.rowType },
    wrap: (body) => ({ kind: 'let', binding, value: plan, body, rowType: body.rowType }),
  }
}

const range = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i)
