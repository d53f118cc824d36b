import type { AssignTarget, Expr, Merge, MergeWhen } from '../../../grammar/ast.ts'
import { notSupported } from '../../base/sql-error.ts'
import type { TableEntry } from '../../catalog/entry.ts'
import { growsOnly } from '../../catalog/watermark.ts'
import type { MergePlan } from '../../plan/dml.ts'
import { extend, filter, join, project } from '../../plan/logical-make.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { caseOf, column, columnsOf, conjunction, constant, isNull, TRUE } from '../../plan/scalar-walk.ts'
import { BOOL, INT4 } from '../../types/sql-type.ts'
import { newStatement } from '../bind/bind.ts'
import { bindError } from '../bind/bind-error.ts'
import type { ExprPlace, Statement } from '../bind/context.ts'
import { bindWith } from '../bind/cte.ts'
import { bindCondition } from '../bind/expr-condition.ts'
import { bindFrom } from '../bind/from.ts'
import { scopeOf, shiftFrom } from '../bind/from-plan.ts'
import { handled } from '../bind/handled.ts'
import type { Scope } from '../bind/scope.ts'
import { slotsIn } from '../bind/slot.ts'
import { isVolatile } from '../function-facts.ts'
import type { PlannedWrite, PlanningContext } from '../planned.ts'
import { bindAssignments } from './assignments.ts'
import { bindEnv } from './env.ts'
import { overridden } from './insert.ts'
import { paramsTyped, plans } from './query.ts'
import { appendOnly, assign, defaultValue, insertedColumn, itemAlias, tableFrom, targetTable } from './target-table.ts'

/** What one WHEN does, its rows' new values over source and target, and what is another value for each row. */
interface Action {
  readonly kind: 'insert' | 'update' | 'delete' | 'nothing'
  readonly when: Scalar
  /** Empty where nothing is written. */
  readonly next: readonly Scalar[]
  readonly fill: readonly { readonly column: number; readonly expr: Scalar }[]
}

/**
 * MERGE INTO … USING …: the source's rows beside the target rows that they match, or none, by one outer join; with the
 * number of the first WHEN that holds, and the row as that would have it.
 */
export function planMerge(node: Merge, context: PlanningContext): PlannedWrite {
  handled(node, ['with', 'table', 'source', 'on', 'whens'])
  handled(node.table, ['name', 'alias'])
  const st = newStatement(bindEnv(context))
  const entry = targetTable(st, node.table.name, 'merge into')
  const table = tableFrom(entry, itemAlias(node.table))
  const open = node.with ? bindWith(st, node.with, null, null) : { ctes: null, close: <T>(p: T): T => p }
  const source = bindFrom(st, [node.source], null, open.ctes)
  const [target] = table.tables
  if (source.tables.some((t) => t.alias === target!.alias))
    throw bindError('42712', `name "${target!.alias}" specified more than once`, undefined, {
      detail: 'The name is used both as MERGE target table and data source.',
    })
  const width = source.plan.rowType.length
  const moved = shiftFrom(table, width)
  const both = scopeOf(
    { tables: [...source.tables, ...moved.tables], visible: [...source.visible, ...moved.visible] },
    null,
  )
  const place = (scope: Scope, clause: string): ExprPlace => ({
    scope,
    ctes: open.ctes,
    clause,
    aggregates: false,
    windows: false,
    rows: false,
  })
  const on = plain(bindCondition(st, node.on, place(both, 'JOIN conditions'), 'JOIN/ON'), node.on)
  const right = extend(table.plan, [TRUE], ['there'])
  const joined = join('left', source.plan, right, on)
  const there = column(width + table.plan.rowType.length, BOOL)
  const own = entry.columns.map((c, i) => column(width + i, c.type))
  const scopes = { matched: both, alone: scopeOf(source, null) }
  const actions = node.whens.map((when, i) => {
    const known = node.whens.slice(0, i).some((w) => w.match === when.match && w.condition === undefined)
    if (known) throw bindError('42601', 'unreachable WHEN clause specified after unconditional WHEN clause', undefined)
    return bindWhen(st, entry, when, { scopes, there, own, place })
  })
  const numbered = caseOf(
    actions.map((a, i) => [a.when, constant(a.kind === 'nothing' ? null : i, INT4)] as const),
    constant(null, INT4),
  )
  const staged = extend(joined, [numbered], ['action'])
  const action = column(staged.rowType.length - 1, INT4)
  const next = entry.columns.map((c, i) =>
    caseOf(
      actions.flatMap((a, n) => (a.next.length === 0 ? [] : [[isAction(action, n), a.next[i]!] as const])),
      constant(null, c.type),
    ),
  )
  const names = entry.columns.map((c) => c.name)
  const plan = project(
    filter(staged, isNull(action, true)),
    [...own, ...next, action],
    [...names, ...names.map((n) => `new_${n}`), 'action'],
  )
  const paramTypes = st.checkParams(node)
  const statement: MergePlan = {
    kind: 'merge',
    table: entry.id,
    plan: plans(st, open.close(plan), context).physical,
    actions: actions.map(({ kind, fill }) => ({
      kind,
      fill: fill.map((f) => ({ ...f, expr: paramsTyped(st, f.expr) })),
    })),
    returning: null,
    reads: [...new Set([...st.reads, entry.id])].sort((a, b) => a - b),
  }
  return { kind: 'write', statement, returning: null, paramTypes }
}

const isAction = (action: Scalar, n: number): Scalar => ({ kind: 'inList', arg: action, values: [n], type: BOOL })

function bindWhen(
  st: Statement,
  entry: TableEntry,
  node: MergeWhen,
  {
    scopes,
    there,
    own,
    place,
  }: {
    readonly scopes: { readonly matched: Scope; readonly alone: Scope }
    readonly there: Scalar
    readonly own: readonly Scalar[]
    readonly place: (scope: Scope, clause: string) => ExprPlace
  },
): Action {
  if (node.match === 'NOT MATCHED BY SOURCE') throw notSupported('WHEN NOT MATCHED BY SOURCE', node.span)
  const isMatched = node.match === 'MATCHED'
  const scope = isMatched ? scopes.matched : scopes.alone
  const holds = isNull(there, isMatched)
  const condition =
    node.condition &&
    plain(bindCondition(st, node.condition, place(scope, 'MERGE WHEN conditions'), 'WHEN'), node.condition)
  const when = condition === undefined ? holds : conjunction([holds, condition])
  const { action } = node
  switch (action.do) {
    case 'nothing':
      return { kind: 'nothing', when, next: [], fill: [] }
    case 'delete':
      if (growsOnly(entry)) throw appendOnly(entry, 'delete from', node)
      return { kind: 'delete', when, next: [], fill: [] }
    case 'update': {
      if (growsOnly(entry)) throw appendOnly(entry, 'update', node)
      const assigned = bindAssignments(st, entry, action.set, place(scope, 'UPDATE'), own)
      return {
        kind: 'update',
        when,
        ...written(
          own.map((c, i) => assigned.get(i) ?? c),
          node,
        ),
      }
    }
    case 'insert': {
      const columns = insertColumns(entry, action.columns)
      const { values } = action
      if (values !== undefined && values.length > columns.length)
        throw bindError('42601', 'INSERT has more expressions than target columns', values[columns.length])
      if (values !== undefined && values.length < columns.length && action.columns.length > 0)
        throw bindError('42601', 'INSERT has more target columns than expressions', action.columns[values.length])
      const row = entry.columns.map((_, c) => {
        const at = columns.indexOf(c)
        const cell = at < 0 ? undefined : values?.[at]
        if (cell === undefined || cell.kind === 'default' || overridden(entry, c, action.overriding))
          return defaultValue(st, entry, c)
        return assign(st, entry, c, st.bind.expr(st, cell, place(scope, 'VALUES')), cell)
      })
      return { kind: 'insert', when, ...written(row, node) }
    }
  }
}

function insertColumns(entry: TableEntry, targets: readonly AssignTarget[]): number[] {
  if (targets.length === 0) return entry.columns.map((_, i) => i)
  const columns: number[] = []
  for (const target of targets) {
    const at = insertedColumn(entry, target)
    if (columns.includes(at))
      throw bindError('42701', `column "${target.column.name}" specified more than once`, target)
    columns.push(at)
  }
  return columns
}

/** What differs for equal rows is no part of a plan, whose rows are counted. */
function written(row: readonly Scalar[], node: MergeWhen): Pick<Action, 'next' | 'fill'> {
  const fill: { column: number; expr: Scalar }[] = []
  const next = row.map((s, c) => {
    if (slotsIn(s).size > 0) throw notSupported('a subquery in an action of MERGE', node.span)
    if (!isVolatile(s) || columnsOf(s).size > 0) return s
    fill.push({ column: c, expr: s })
    return constant(null, s.type)
  })
  return { next, fill }
}

function plain(s: Scalar, at: Expr): Scalar {
  if (slotsIn(s).size > 0) throw notSupported('a subquery in a condition of MERGE', at.span)
  return s
}
