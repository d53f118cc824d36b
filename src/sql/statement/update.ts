import type { Delete, Expr, FromItem, Target, Update } from '../../../grammar/ast.ts'
import type { TableEntry } from '../../catalog/entry.ts'
import type { KeyLookup } from '../../plan/dml.ts'
import type { Logical } from '../../plan/logical.ts'
import { columnsOfRow, join, project, projectColumns, semiJoin } from '../../plan/logical-make.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { TRUE } from '../../plan/scalar-walk.ts'
import { newStatement } from '../bind/bind.ts'
import { bindError } from '../bind/bind-error.ts'
import type { CteScope, ExprPlace, Statement } from '../bind/context.ts'
import { bindWith } from '../bind/cte.ts'
import { bindCondition } from '../bind/expr-condition.ts'
import { bindFrom } from '../bind/from.ts'
import { type FromPlan, scopeOf, shiftFrom } from '../bind/from-plan.ts'
import { handled } from '../bind/handled.ts'
import { slotsIn } from '../bind/slot.ts'
import { Stage } from '../bind/stage.ts'
import { foldScalar } from '../optimise/fold.ts'
import type { PlannedWrite, PlanningContext } from '../planned.ts'
import { bindAssignments } from './assignments.ts'
import { bindEnv } from './env.ts'
import { primaryKeyMatch } from './lookup.ts'
import { paramsTyped, plans } from './query.ts'
import { bindReturning } from './returning.ts'
import { itemAlias, tableFrom, targetTable } from './target-table.ts'

/** UPDATE: the old rows beside their new values. */
export function planUpdate(node: Update, context: PlanningContext): PlannedWrite {
  handled(node, ['with', 'table', 'set', 'from', 'where', 'returning'])
  handled(node.table, ['name', 'alias'])
  const st = newStatement(bindEnv(context))
  const entry = targetTable(st, node.table.name, 'update')
  const table = tableFrom(entry, itemAlias(node.table))
  const open = node.with ? bindWith(st, node.with, null, null) : NO_WITH
  const { stage, place, names, from } = joined(st, table, node.from, open.ctes)
  const where = node.where && bindCondition(st, node.where, place, 'WHERE')
  const old = columnsOfRow(table.plan.rowType)
  const assigned = bindAssignments(st, entry, node.set, { ...place, clause: 'UPDATE' }, old)
  if (where) stage.filter(where, st.position(node.where as Expr))
  const next = old.map((c, i) => {
    const value = assigned.get(i)
    return value ? stage.resolve(value) : c
  })
  const columns = names.map((n) => n)
  const beside = besideColumns(from, old.length, node.returning)
  let plan = project(
    stage.plan,
    [...old, ...next, ...beside],
    [...columns, ...columns.map((n) => `new_${n}`), ...beside.map((_, i) => `beside${i}`)],
  )
  // Without a key, equal rows are told from repeated matches where the changes are made.
  if (node.from.length > 0 && entry.primaryKey) plan = firstMatch(plan, entry.primaryKey)
  const returning = bindReturning(st, node.returning, from, beside)
  const set = next.map((s) => paramsTyped(st, s))
  const simple = node.from.length === 0 && !node.with && [...assigned.values()].every((s) => slotsIn(s).size === 0)
  const lookup = simple ? keyLookup(st, where, entry) : null
  const paramTypes = st.checkParams(node)
  return {
    kind: 'write',
    statement: {
      kind: 'update',
      table: entry.id,
      lookup,
      set: simple ? set : [],
      plan: plans(st, open.close(plan), context).physical,
      returning,
      reads: readsOf(st, entry),
    },
    returning: returning?.fields ?? null,
    paramTypes,
    ofMoment: st.stream.ofMoment,
  }
}

/** DELETE: the rows to go. */
export function planDelete(node: Delete, context: PlanningContext): PlannedWrite {
  handled(node, ['with', 'table', 'using', 'where', 'returning'])
  handled(node.table, ['name', 'alias'])
  const st = newStatement(bindEnv(context))
  const entry = targetTable(st, node.table.name, 'delete from')
  const table = tableFrom(entry, itemAlias(node.table))
  const open = node.with ? bindWith(st, node.with, null, null) : NO_WITH
  const { stage, place, from } = joined(st, table, node.using, open.ctes)
  const where = node.where && bindCondition(st, node.where, place, 'WHERE')
  if (where) stage.filter(where, st.position(node.where as Expr))
  const width = table.plan.rowType.length
  const beside = besideColumns(from, width, node.returning)
  let plan = projectColumns(stage.plan, [...table.plan.rowType.keys(), ...beside.map((c) => c.index)])
  // However often USING matched, a row goes once; where RETURNING tells with whom, this is seen to as it goes.
  if (node.using.length > 0 && beside.length === 0) plan = matched(table.plan, plan, width)
  const returning = bindReturning(st, node.returning, from, beside)
  const lookup = node.using.length === 0 && !node.with ? keyLookup(st, where, entry) : null
  const paramTypes = st.checkParams(node)
  return {
    kind: 'write',
    statement: {
      kind: 'delete',
      table: entry.id,
      lookup,
      plan: plans(st, open.close(plan), context).physical,
      returning,
      reads: readsOf(st, entry),
    },
    returning: returning?.fields ?? null,
    paramTypes,
    ofMoment: st.stream.ofMoment,
  }
}

const NO_WITH = { ctes: null, close: (p: Logical): Logical => p }

/** The target, and beside it what FROM or USING names. */
function joined(
  st: Statement,
  table: FromPlan,
  items: readonly FromItem[],
  ctes: CteScope | null,
): { stage: Stage; place: ExprPlace; names: readonly string[]; from: FromPlan } {
  let from: FromPlan = table
  if (items.length > 0) {
    const others = bindFrom(st, items, null, ctes)
    const moved = shiftFrom(others, table.plan.rowType.length)
    refuseTwice([...table.tables, ...moved.tables], table.tables.length)
    from = {
      plan: join('inner', table.plan, others.plan, TRUE),
      tables: [...table.tables, ...moved.tables],
      visible: [...table.visible, ...moved.visible],
    }
  }
  const scope = scopeOf(from, null)
  const place: ExprPlace = { scope, ctes, clause: 'WHERE', aggregates: false, windows: false, rows: false }
  return { stage: new Stage(st, scope, from.plan), place, names: table.plan.rowType.map((f) => f.name), from }
}

/** FROM and USING name other relations, or this one under another name. */
function refuseTwice(tables: FromPlan['tables'], own: number): void {
  const twin = tables.slice(own).find((t) => tables.slice(0, own).some((o) => o.alias === t.alias))
  if (twin) throw bindError('42712', `table name "${twin.alias}" specified more than once`, undefined)
}

/** The columns of FROM or USING, behind those of the table: RETURNING may name them. */
function besideColumns(from: FromPlan, width: number, returning: readonly Target[]) {
  if (returning.length === 0) return []
  return from.plan.rowType.slice(width).map((f, i) => ({ kind: 'column', index: width + i, type: f.type }) as const)
}

function keyLookup(st: Statement, where: Scalar | undefined, entry: TableEntry): KeyLookup | null {
  if (!where || slotsIn(where).size > 0) return null
  return primaryKeyMatch(foldScalar(paramsTyped(st, where)), entry) ?? null
}

/** A row that several FROM rows match is updated once, by the first in the order of all values. */
function firstMatch(plan: Logical, key: readonly number[]): Logical {
  return {
    kind: 'topK',
    input: plan,
    partition: key,
    order: [],
    limit: 1,
    offset: 0,
    rowType: plan.rowType,
    position: -1,
  }
}

function matched(table: Logical, rows: Logical, width: number): Logical {
  const on: Scalar[] = table.rowType.map((f, i) => ({
    kind: 'distinctFrom',
    left: { kind: 'column', index: i, type: f.type },
    right: { kind: 'column', index: width + i, type: f.type },
    negated: true,
    type: { kind: 'bool' },
  }))
  return semiJoin(false, table, rows, on.length === 1 ? on[0] : { kind: 'and', args: on, type: { kind: 'bool' } })
}

const readsOf = (st: Statement, entry: TableEntry): readonly number[] =>
  [...st.reads, entry.id].filter((id, i, all) => all.indexOf(id) === i).sort((a, b) => a - b)
