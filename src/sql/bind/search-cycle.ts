import type { Cte, FromItem, QueryBody } from '../../../grammar/ast.ts'
import type { Ident } from '../../../grammar/ast-base.ts'
import { notSupported } from '../../base/sql-error.ts'
import type { Logical } from '../../plan/logical.ts'
import { filter, project } from '../../plan/logical-make.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { caseOf, column, constant, FALSE, TRUE } from '../../plan/scalar-walk.ts'
import { arrayOf, BOOL, type Field, INT8, type RowType, type SqlType } from '../../types/sql-type.ts'
import { bindError } from './bind-error.ts'
import { unify } from './coerce.ts'
import type { ExprPlace, Statement } from './context.ts'
import { fieldAt, rowOf } from './expr-record.ts'
import { callOperator } from './overload.ts'
import { EMPTY_SCOPE } from './scope.ts'

/**
 * SEARCH and CYCLE of WITH RECURSIVE, as the SQL standard rewrites them: columns behind those of the query that each round makes of
 * those of the row it came from. SEARCH DEPTH FIRST keeps the rows on the way, BREADTH FIRST their number and the row; CYCLE the
 * rows on the way and whether this one was among them: it gives no further rows. Stored with each row, so a change costs the
 * derivations that it touches and the length of their ways.
 */
export interface Marks {
  readonly fields: RowType
  /** The first rows with their marks. */
  start(plan: Logical): Logical
  /** The step with the marks of the rows that it reads, as targets of its select list. */
  reading(step: QueryBody): QueryBody
  /** The rows of such a step that go on, and the marks of what it makes, over its columns. */
  step(plan: Logical): { readonly plan: Logical; readonly exprs: readonly Scalar[] }
}

export function marksOf(st: Statement, cte: Cte, row: RowType): Marks | null {
  const { search, cycle } = cte
  if (search === undefined && cycle === undefined) return null
  const by = search === undefined ? [] : numbers(row, search.by, 'search')
  const on = cycle === undefined ? [] : numbers(row, cycle.columns, 'cycle')
  checkNames(cte, row)
  const width = row.length
  const cells = (columns: readonly number[]): Scalar => {
    const items = columns.map((c) => column(c, row[c]!.type))
    return rowOf(
      items,
      items.map((_, i) => `f${i + 1}`),
    )
  }
  const fields: Field[] = []
  const first: Scalar[] = []
  const later: Scalar[] = []
  const add = (name: Ident, type: SqlType, start: Scalar, next: (before: Scalar) => Scalar): void => {
    later.push(next(column(width + fields.length, type)))
    first.push(start)
    fields.push({ name: name.name, type, nullable: true })
  }
  const way = (name: Ident, columns: readonly number[]): void => {
    const cell = cells(columns)
    const type = arrayOf(cell.type)
    const fn = 'array_append(anycompatiblearray,anycompatible)'
    add(name, type, { kind: 'array', items: [cell], type }, (before) => {
      return { kind: 'call', fn, args: [before, cell], type, position: -1 }
    })
  }
  if (search?.order === 'DEPTH') way(search.set, by)
  else if (search !== undefined) {
    const cell = cells(by)
    const of = (depth: Scalar): Scalar =>
      rowOf([depth, ...(cell as Extract<Scalar, { kind: 'row' }>).items], ['f1', ...by.map((_, i) => `f${i + 2}`)])
    const start = of(constant(0, INT8))
    add(search.set, start.type, start, (before) => {
      const depth = fieldAt(before, start.type.fields!, 0)
      return of(callOperator(st, '+', [depth, constant(1, INT8)], search.set))
    })
  }
  let goesOn: Scalar | null = null
  if (cycle !== undefined) {
    const { to, otherwise } = markValues(st, cycle)
    const path = column(width + fields.length + 1, arrayOf(cells(on).type))
    const met: Scalar = {
      kind: 'anyAll',
      all: false,
      fn: 'record_eq(record,record)',
      left: cells(on),
      array: path,
      type: BOOL,
      position: -1,
    }
    goesOn = callOperator(st, '<>', [column(width + fields.length, to.type), to], cycle.set)
    add(cycle.set, to.type, otherwise, () => caseOf([[met, to]], otherwise))
    way(cycle.using, on)
  }
  const names = [...row, ...fields].map((f) => f.name)
  return {
    fields,
    start: (plan) => project(plan, [...row.map((f, i) => column(i, f.type)), ...first], names),
    reading: (step) => withTargets(step, cte, fields),
    step: (plan) => ({ plan: goesOn === null ? plan : filter(plan, goesOn), exprs: later }),
  }
}

function numbers(row: RowType, columns: readonly Ident[], what: 'search' | 'cycle'): number[] {
  return columns.map((name, i) => {
    const at = row.findIndex((f) => f.name === name.name)
    if (at < 0) throw bindError('42601', `${what} column "${name.name}" not in WITH query column list`, name)
    if (columns.findIndex((c) => c.name === name.name) < i)
      throw bindError('42701', `${what} column "${name.name}" specified more than once`, name)
    return at
  })
}

function checkNames({ search, cycle }: Cte, row: RowType): void {
  const taken = (what: string, name: Ident): void => {
    if (row.some((f) => f.name === name.name))
      throw bindError('42601', `${what} column name "${name.name}" already used in WITH query column list`, name)
  }
  if (search) taken('search sequence', search.set)
  if (cycle) {
    taken('cycle mark', cycle.set)
    taken('cycle path', cycle.using)
  }
  const same = (a: Ident | undefined, b: Ident | undefined, text: string): void => {
    if (a && b && a.name === b.name) throw bindError('42601', `${text} column name are the same`, a)
  }
  same(cycle?.set, cycle?.using, 'cycle mark column name and cycle path')
  same(search?.set, cycle?.set, 'search sequence column name and cycle mark')
  same(search?.set, cycle?.using, 'search sequence column name and cycle path')
}

function markValues(st: Statement, cycle: NonNullable<Cte['cycle']>): { to: Scalar; otherwise: Scalar } {
  if (cycle.to === undefined || cycle.default === undefined) return { to: TRUE, otherwise: FALSE }
  const place: ExprPlace = {
    scope: EMPTY_SCOPE,
    ctes: null,
    clause: 'CYCLE',
    aggregates: false,
    windows: false,
    rows: false,
  }
  const items = [cycle.to, cycle.default].map((node) => ({ scalar: st.bind.expr(st, node, place), at: node }))
  const [to, otherwise] = unify(st, items, 'CYCLE').scalars
  return { to: to!, otherwise: otherwise! }
}

/** The step reads the marks of its row of the recursive query: it is a plain SELECT that has it in FROM. */
function withTargets(step: QueryBody, cte: Cte, fields: RowType): QueryBody {
  if (step.kind !== 'select' || step.distinct || step.groupBy.length > 0)
    throw notSupported('SEARCH or CYCLE of a recursive term that is no plain SELECT', step.span)
  const alias = step.from.map((item) => aliasIn(item, cte.name.name)).find((a) => a !== undefined)
  if (alias === undefined)
    throw notSupported('SEARCH or CYCLE of a recursive term that reads its query in a subquery', step.span)
  const { span } = cte.name
  const ident = (name: string): Ident => ({ kind: 'ident', name, quoted: true, span })
  const targets = fields.map((f) => ({
    kind: 'target' as const,
    span,
    expr: { kind: 'column' as const, parts: [ident(alias), ident(f.name)], span },
  }))
  return { ...step, targets: [...step.targets, ...targets] }
}

function aliasIn(item: FromItem, name: string): string | undefined {
  if (item.kind === 'join') return item.alias ? undefined : (aliasIn(item.left, name) ?? aliasIn(item.right, name))
  if (item.kind !== 'table' || item.name.parts.length !== 1 || item.name.parts[0]!.name !== name) return undefined
  return item.alias?.name?.name ?? name
}
