import type { Expr } from '../../../grammar/ast.ts'
import type { Ident } from '../../../grammar/ast-base.ts'
import type { ConstraintTiming, TableElement } from '../../../grammar/ast-table.ts'
import { deparseOperand } from '../../../grammar/deparse.ts'
import { notSupported } from '../../base/sql-error.ts'
import { chosenName } from '../../catalog/constraint-name.ts'
import type { CheckPlan, ColumnPlan } from '../../plan/ddl.ts'
import type { Logical } from '../../plan/logical.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { columnsOf, rewriteScalar } from '../../plan/scalar-walk.ts'
import { bindError, type Place } from '../bind/bind-error.ts'
import type { ExprPlace, Statement } from '../bind/context.ts'
import { bindCondition } from '../bind/expr-condition.ts'
import { relation, scopeOf } from '../bind/from-plan.ts'
import { slotsIn } from '../bind/slot.ts'

export const CHECK_CLAUSE = 'check constraints'

/** A CHECK as written, of a column or of the table. */
export interface CheckNode {
  readonly kind: string
  readonly span: { readonly start: number; readonly end: number }
  readonly name?: Ident | undefined
  readonly timing: ConstraintTiming
  readonly expr: Expr
}

/** The CHECK constraints of a new table: those of its columns and its own, in the order in which they stand. */
export function bindChecks(
  st: Statement,
  table: string,
  elements: readonly TableElement[],
  columns: readonly ColumnPlan[],
): CheckPlan[] {
  const nodes: CheckNode[] = []
  for (const element of elements) {
    if (element.kind === 'tableCheck') nodes.push(element)
    if (element.kind !== 'column') continue
    for (const constraint of element.constraints) if (constraint.kind === 'check') nodes.push(constraint)
  }
  const checks: CheckPlan[] = []
  // Names that were given are taken before others are chosen, and only what is behind a name can repeat it.
  for (const node of nodes) {
    const check = bindCheck(st, table, node, columns, (name) => checks.some((c) => c.name === name))
    if (checks.some((c) => c.name === check.name))
      throw bindError('42710', `check constraint "${check.name}" already exists`, undefined)
    checks.push(check)
  }
  return checks
}

/** One CHECK over the columns of its table. `taken`: names that one without a name cannot have. */
export function bindCheck(
  st: Statement,
  table: string,
  node: CheckNode,
  columns: readonly ColumnPlan[],
  taken: (name: string) => boolean,
  ofDomain = false,
): CheckPlan {
  checkTiming(node)
  const bound = overColumns(columns, CHECK_CLAUSE, (place) => bindCondition(st, node.expr, place, 'CHECK'))
  if (slotsIn(bound).size > 0) throw bindError('0A000', 'cannot use subquery in check constraint', firstSubquery(node))
  const used = [...columnsOf(bound)]
  const column = used.length === 1 && !ofDomain ? columns[used[0]]!.name : null
  const name = node.name?.name ?? chosenName(table, column, 'check', taken)
  return { name, sql: deparseOperand(node.expr), expr: withoutPositions(bound) }
}

/** Binds with the columns of one table in sight, under their own names. */
export function overColumns(
  columns: readonly ColumnPlan[],
  clause: string,
  bind: (place: ExprPlace) => Scalar,
  table = '',
): Scalar {
  const rowType = columns.map((c) => ({ name: c.name, type: c.type, nullable: !c.notNull }))
  const plan: Logical = { kind: 'constant', rows: [], rowType }
  const from = relation(
    plan,
    table,
    null,
    columns.map((c) => c.name),
    [],
    null,
  )

  return bind({ scope: scopeOf(from, null), ctes: null, clause, aggregates: false, windows: false, rows: false })
}

/** Places in the statement that made it say nothing in those that it is evaluated for. */
export const withoutPositions = (s: Scalar): Scalar =>
  rewriteScalar(s, (x) => ('position' in x && x.position !== -1 ? { ...x, position: -1 } : x))

function checkTiming({ timing, ...node }: CheckNode): void {
  if (timing.deferrable !== undefined || timing.initiallyDeferred !== undefined)
    throw bindError('42601', 'misplaced DEFERRABLE clause', node)
  if (timing.enforced === false) throw notSupported('CHECK … NOT ENFORCED', node.span)
  if (timing.notValid) throw notSupported('CHECK … NOT VALID', node.span)
  if (timing.noInherit) throw notSupported('CHECK … NO INHERIT', node.span)
}

/** PostgreSQL points at the subquery's parenthesis. */
function firstSubquery(node: CheckNode): Place {
  let found: Place | undefined
  const walk = (value: unknown): void => {
    if (found !== undefined || typeof value !== 'object' || value === null) return
    const { kind, span } = value as { kind?: string; span?: { start: number; end: number } }
    if ((kind === 'subquery' || kind === 'exists' || kind === 'inSubquery' || kind === 'arraySubquery') && span)
      found = { span }
    for (const child of Object.values(value)) walk(child)
  }
  walk(node.expr)
  return found ?? node
}
