import type { Expr, Query } from '../../../grammar/ast.ts'
import { notSupported, SqlError } from '../../base/sql-error.ts'
import type { Finishing, Logical, SortKey } from '../../plan/logical.ts'
import { projectColumns } from '../../plan/logical-make.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { caseOf, column, conjunction, constant, isNull } from '../../plan/scalar-walk.ts'
import { BOOL, INT8 } from '../../types/sql-type.ts'
import { typeText } from '../type-text.ts'
import { bindError } from './bind-error.ts'
import { canCoerce, coerce, constantValue } from './coerce.ts'
import type { CteScope, ExprPlace, Statement } from './context.ts'
import { callOperator } from './overload.ts'
import { EMPTY_SCOPE, findColumn, type Scope } from './scope.ts'
import { slotsIn } from './slot.ts'
import { Stage } from './stage.ts'

type Clause = 'LIMIT' | 'OFFSET'

/** A number of rows: known now, a parameter, or an expression that is known only when the query runs. */
type Count =
  | { readonly kind: 'number'; readonly value: number | null }
  | { readonly kind: 'param'; readonly scalar: Extract<Scalar, { kind: 'param' }> }
  | { readonly kind: 'computed'; readonly scalar: Scalar; readonly node: Expr }

const NONE: Count = { kind: 'number', value: null }

/** LIMIT, OFFSET and WITH TIES of a query: what the plan does of it, and what is left to the finishing of a pull. */
export function bindLimits(
  st: Statement,
  node: Query,
  plan: Logical,
  order: readonly SortKey[],
  parent: Scope | null,
  ctes: CteScope | null,
): { plan: Logical; limits: Omit<Finishing, 'order' | 'project'> } {
  const limit = bindCount(st, node.limit, 'LIMIT', parent, ctes)
  const offset = bindCount(st, node.offset, 'OFFSET', parent, ctes)
  if (node.withTies) return { plan: withTies(node, plan, order, limit, offset), limits: { limit: null, offset: 0 } }
  if (limit.kind === 'computed' || offset.kind === 'computed') {
    return { plan: numbered(st, plan, order, limit, offset, parent, node), limits: { limit: null, offset: 0 } }
  }
  const limits = {
    limit: limit.kind === 'number' ? limit.value : null,
    offset: offset.kind === 'number' ? (offset.value ?? 0) : 0,
    ...(limit.kind === 'param' ? { limitParam: limit.scalar.index } : {}),
    ...(offset.kind === 'param' ? { offsetParam: offset.scalar.index } : {}),
  }
  return { plan, limits }
}

function bindCount(
  st: Statement,
  node: Expr | undefined,
  clause: Clause,
  parent: Scope | null,
  ctes: CteScope | null,
): Count {
  if (!node) return NONE
  const scope: Scope = { ...EMPTY_SCOPE, parent }
  const place: ExprPlace = { scope, ctes, clause, aggregates: false, windows: false, rows: false }
  if (node.kind === 'column' && !isOuter(st, node, scope)) {
    throw bindError('42P10', `argument of ${clause} must not contain variables`, node)
  }
  const bound = st.bind.expr(st, node, place)
  if (!canCoerce(bound.type, INT8, 'assignment')) {
    const type = typeText(bound.type)
    throw bindError('42804', `argument of ${clause} must be type bigint, not type ${type}`, node)
  }
  const scalar = coerce(st, bound, INT8, 'assignment', node)
  if (scalar.kind === 'param') return { kind: 'param', scalar }
  const value = slotsIn(scalar).size > 0 ? undefined : constantValue(st, scalar)
  if (value === undefined) return { kind: 'computed', scalar, node }
  if (value !== null && Number(value) < 0) {
    throw bindError(SQLSTATES[clause], `${clause} must not be negative`, node)
  }
  return { kind: 'number', value: value === null ? null : Number(value) }
}

/** Whether a query around this one has the column. */
function isOuter(st: Statement, { parts, span }: Extract<Expr, { kind: 'column' }>, scope: Scope): boolean {
  try {
    findColumn(scope, parts, { span }, st.env.database)
    return true
  } catch (e) {
    if (e instanceof SqlError) return false
    throw e
  }
}

const SQLSTATES: Readonly<Record<Clause, string>> = { LIMIT: '2201W', OFFSET: '2201X' }

function withTies(node: Query, input: Logical, order: readonly SortKey[], limit: Count, offset: Count): Logical {
  if (node.orderBy.length === 0) {
    throw bindError('42601', 'WITH TIES cannot be specified without ORDER BY clause', undefined)
  }
  if (limit.kind !== 'number' || offset.kind !== 'number') {
    throw notSupported('FETCH FIRST … WITH TIES of a number that is not constant', node.tiesSpan)
  }
  if (limit.value === null) {
    throw bindError('2201W', 'row count cannot be null in FETCH FIRST ... WITH TIES clause', node.limit)
  }
  const position = node.span.start
  const top = { order, limit: limit.value, offset: offset.value ?? 0, ties: true } as const
  return { kind: 'topK', input, partition: [], ...top, rowType: input.rowType, position }
}

/** The recursion runs no more rounds than rows are asked for: each gives one at least, so that an endless one ends. */
export function boundedRecursion(plan: Logical, node: Query, limits: Omit<Finishing, 'order' | 'project'>): Logical {
  const { limit, offset, limitParam, offsetParam } = limits
  if (plan.kind !== 'letRec' || !plan.grows || plan.limit !== null || node.orderBy.length > 0) return plan
  if (limit === null || limitParam !== undefined || offsetParam !== undefined || !readsRows(plan.body)) return plan
  const rounds = Math.max(1, limit + offset)
  return rounds < BOUNDED_ROUNDS_MAX ? { ...plan, limit: { rounds, onLimit: 'return' } } : plan
}

/** Far below the rounds after which a recursion is called endless. */
const BOUNDED_ROUNDS_MAX = 10_000

/** A row for each row of the recursion. */
const readsRows = (p: Logical): boolean =>
  p.kind === 'ref' ||
  (p.kind === 'project' && readsRows(p.input)) ||
  (p.kind === 'let' && readsRows(p.value) && readsRows(p.body))

/** The finishing as a node of the plan: of a query inside another. */
export function limited(st: Statement, plan: Logical, finishing: Finishing, node: Query): Logical {
  const { order, limit, offset, limitParam, offsetParam } = finishing
  if (limitParam !== undefined || offsetParam !== undefined) {
    const param = (index: number | undefined, value: number | null): Count =>
      index === undefined
        ? { kind: 'number', value }
        : { kind: 'param', scalar: { kind: 'param', index, type: st.paramType(index) } }
    return numbered(st, plan, order, param(limitParam, limit), param(offsetParam, offset), null, node)
  }
  if (limit === null && offset === 0) return plan
  const position = node.span.start
  return { kind: 'topK', input: plan, partition: [], order, limit, offset, rowType: plan.rowType, position }
}

/** The rows between two numbers that are values of the query itself: numbered, then compared. */
function numbered(
  st: Statement,
  input: Logical,
  order: readonly SortKey[],
  limit: Count,
  offset: Count,
  parent: Scope | null,
  node: Query,
): Logical {
  const width = input.rowType.length
  const position = node.span.start
  const rowType = [...input.rowType, { name: 'row_number', type: INT8, nullable: false }]
  const rows: Logical = { kind: 'rowNumber', input, partition: [], order, atMost: null, rowType, position }
  const stage = new Stage(st, { ...EMPTY_SCOPE, parent }, rows)
  const op = (name: string, ...args: Scalar[]): Scalar => callOperator(st, name, args, node)
  const value = (count: Count, clause: Clause): Scalar | null => {
    if (count.kind === 'number') return count.value === null ? null : constant(count.value, INT8)
    const s = stage.resolve(count.scalar)
    const at = count.kind === 'computed' ? st.position(count.node) : position
    const message = `${clause} must not be negative`
    const negative: Scalar = { kind: 'error', sqlstate: SQLSTATES[clause], message, type: INT8, position: at }
    return caseOf([[op('<', s, constant(0, INT8)), negative]], s)
  }
  const skipped = value(offset, 'OFFSET')
  const taken = value(limit, 'LIMIT')
  const from: Scalar = skipped
    ? { kind: 'coalesce', args: [skipped, constant(0, INT8)], type: INT8 }
    : constant(0, INT8)
  const number = column(width, INT8)
  const conditions = [op('>', number, from)]
  if (taken) {
    conditions.push({ kind: 'or', args: [isNull(taken), op('<=', op('-', number, from), taken)], type: BOOL })
  }
  const kept: Logical = {
    kind: 'filter',
    input: stage.plan,
    predicate: conjunction(conditions),
    rowType: stage.plan.rowType,
    position,
  }
  return projectColumns(
    kept,
    Array.from({ length: width }, (_, i) => i),
  )
}
