import type { Expr, Insert, OnConflict as OnConflictNode, Query } from '../../../grammar/ast.ts'
import { notSupported } from '../../base/sql-error.ts'
import type { TableEntry } from '../../catalog/entry.ts'
import { primaryKeyName, uniqueIndexes } from '../../catalog/unique-key.ts'
import { growsOnly } from '../../catalog/watermark.ts'
import type { DmlRows, OnConflict } from '../../plan/dml.ts'
import { project } from '../../plan/logical-make.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { column, columnsOf, constant } from '../../plan/scalar-walk.ts'
import { newStatement } from '../bind/bind.ts'
import { bindError, type Place } from '../bind/bind-error.ts'
import type { ExprPlace, Statement } from '../bind/context.ts'
import { bindWith } from '../bind/cte.ts'
import { bindCondition } from '../bind/expr-condition.ts'
import { scopeOf, shiftFrom } from '../bind/from-plan.ts'
import { handled } from '../bind/handled.ts'
import { bindBody, bindOrderedQuery } from '../bind/query.ts'
import { EMPTY_SCOPE } from '../bind/scope.ts'
import { slotsIn } from '../bind/slot.ts'
import { bindRows, rowsPlan } from '../bind/values.ts'
import { isVolatile } from '../function-facts.ts'
import type { PlannedWrite, PlanningContext } from '../planned.ts'
import { bindAssignments } from './assignments.ts'
import { bindEnv } from './env.ts'
import { paramsTyped, plans } from './query.ts'
import { bindReturning } from './returning.ts'
import { appendOnly, assign, defaultValue, insertedColumn, tableFrom, targetTable } from './target-table.ts'

/** INSERT: full rows of the table, casts and defaults inside. */
export function planInsert(node: Insert, context: PlanningContext): PlannedWrite {
  handled(node, ['with', 'table', 'alias', 'columns', 'overriding', 'source', 'onConflict', 'returning'])
  const st = newStatement(bindEnv(context))
  const entry = targetTable(st, node.table, 'insert into')
  const table = tableFrom(entry, node.alias)
  const columns = targetColumns(entry, node)
  const source = bindSource(st, entry, columns, node, context)
  const onConflict = node.onConflict ? bindOnConflict(st, entry, node, node.onConflict) : null
  const returning = bindReturning(st, node.returning, table)
  const paramTypes = st.checkParams(node)
  const reads = [...st.reads].filter((id) => id !== entry.id || readsTarget(source, entry.id)).sort((a, b) => a - b)
  return {
    kind: 'write',
    statement: { kind: 'insert', table: entry.id, source, onConflict, returning, reads },
    returning: returning?.fields ?? null,
    paramTypes,
    ofMoment: st.stream.ofMoment,
  }
}

const readsTarget = (source: DmlRows, id: number): boolean =>
  source.kind === 'query' && JSON.stringify(source.plan.nodes).includes(`"object":${id},`)

function targetColumns(entry: TableEntry, node: Insert): number[] {
  if (node.columns.length === 0) return entry.columns.map((_, i) => i)
  const columns: number[] = []
  for (const target of node.columns) {
    const at = insertedColumn(entry, target)
    if (columns.includes(at))
      throw bindError('42701', `column "${target.column.name}" specified more than once`, target)
    columns.push(at)
  }
  return columns
}

function bindSource(
  st: Statement,
  entry: TableEntry,
  columns: readonly number[],
  node: Insert,
  context: PlanningContext,
): DmlRows {
  const fullRow = (value: (i: number) => Scalar): Scalar[] =>
    entry.columns.map((_, c) => {
      const i = columns.indexOf(c)
      return i < 0 ? defaultValue(st, entry, c) : value(i)
    })
  if (!node.source) return { kind: 'values', rows: [entry.columns.map((_, c) => defaultValue(st, entry, c))] }
  const names = entry.columns.map((c) => c.name)
  const lists = valuesLists(node)
  if (lists) {
    checkCount(lists[0].length, columns.length, node, lists[0])
    const given = bindRows(st, lists, EMPTY_SCOPE, null, (cell, i) =>
      cell.kind === 'default' && i < columns.length ? defaultValue(st, entry, columns[i]) : undefined,
    )
    const rows = given.map((row, r) => {
      const values = row.map((s, i) => {
        const cell = lists[r][i]
        const isDefault = cell.kind === 'default' || overridden(entry, columns[i], node.overriding)
        return isDefault ? defaultValue(st, entry, columns[i]) : assign(st, entry, columns[i], s, cell)
      })
      return fullRow((i) => (i < values.length ? values[i] : defaultValue(st, entry, columns[i])))
    })
    if (rows.every((row) => row.every((s) => slotsIn(s).size === 0))) {
      return { kind: 'values', rows: rows.map((row) => row.map((s) => paramsTyped(st, s))) }
    }
    return { kind: 'query', plan: plans(st, rowsPlan(st, rows, names), context).physical }
  }
  const open = node.with ? bindWith(st, node.with, null, null) : { ctes: null, close: <T>(p: T): T => p }
  const { plan, values, places, order } = bindQuerySource(st, node.source, open.ctes)
  checkCount(values.length, columns.length, node, places)
  const assigned = values.map((s, i) =>
    overridden(entry, columns[i], node.overriding)
      ? defaultValue(st, entry, columns[i])
      : assign(st, entry, columns[i], s, places[i] ?? (node.source as Query)),
  )
  const rows = fullRow((i) => (i < assigned.length ? assigned[i] : defaultValue(st, entry, columns[i])))
  // What differs for equal rows is no part of a plan, whose rows are counted.
  const fill = rows.flatMap((expr, c) =>
    isVolatile(expr) && columnsOf(expr).size === 0 && slotsIn(expr).size === 0 ? [{ column: c, expr }] : [],
  )
  const kept = rows.map((s, c) => (fill.some((f) => f.column === c) ? constant(null, s.type) : s))
  const sorted = fill.length === 0 ? [] : order
  const all = [...kept, ...sorted.map((key) => column(key.column, plan.rowType[key.column].type))]
  const sortNames = sorted.map((_, i) => `sort${i}`)
  const { physical } = plans(st, open.close(project(plan, all, [...names, ...sortNames])), context)
  return {
    kind: 'query',
    plan: physical,
    ...(fill.length > 0 && { fill: fill.map((f) => ({ ...f, expr: paramsTyped(st, f.expr) })) }),
    ...(sorted.length > 0 && { order: sorted.map((key, i) => ({ ...key, column: names.length + i })) }),
  }
}

/** Whether a value that is written for an identity column gives way to its default; 428C9 where it may not be written. */
export function overridden(entry: TableEntry, at: number, overriding: Insert['overriding']): boolean {
  const { identity, generated, name } = entry.columns[at]
  if (generated !== undefined) {
    throw bindError('428C9', `cannot insert a non-DEFAULT value into column "${name}"`, undefined, {
      detail: `Column "${name}" is a generated column.`,
    })
  }
  if (identity === undefined) return false
  if (overriding === 'USER') return true
  if (identity === 'byDefault' || overriding === 'SYSTEM') return false
  throw bindError('428C9', `cannot insert a non-DEFAULT value into column "${name}"`, undefined, {
    detail: `Column "${name}" is an identity column defined as GENERATED ALWAYS.`,
    hint: 'Use OVERRIDING SYSTEM VALUE to override.',
  })
}

/** A plain SELECT keeps its literals open, so that they take the columns' types. */
function bindQuerySource(st: Statement, source: Query, ctes: ExprPlace['ctes']) {
  const plain = !source.with && source.orderBy.length === 0 && !source.limit && !source.offset
  if (plain) {
    handled(source, ['body'])
    const body = bindBody(st, source.body, null, ctes)
    const values = body.columns.map((c) => c.expr)
    return { plan: body.plan, values, places: body.columns.map((c) => c.at), order: [] }
  }
  const { plan, places, width, order } = bindOrderedQuery(st, source, null, ctes)
  return { plan, values: plan.rowType.slice(0, width).map((f, i) => column(i, f.type)), places, order }
}

function valuesLists(node: Insert): readonly (readonly Expr[])[] | undefined {
  const { source } = node
  if (!source || node.with || source.body.kind !== 'values') return undefined
  if (source.with || source.orderBy.length > 0 || source.limit || source.offset) return undefined
  handled(source, ['body'])
  handled(source.body, ['rows'])
  return source.body.rows
}

/** Too many values is an error; too few only where the columns were written. */
function checkCount(given: number, wanted: number, node: Insert, cells: readonly (Place | undefined)[]): void {
  if (given > wanted) {
    throw bindError('42601', 'INSERT has more expressions than target columns', cells[wanted] ?? node.source)
  }
  if (given < wanted && node.columns.length > 0) {
    throw bindError('42601', 'INSERT has more target columns than expressions', node.columns[given])
  }
}

// ---------------------------------------------------------------- ON CONFLICT

function bindOnConflict(st: Statement, entry: TableEntry, insert: Insert, node: OnConflictNode): OnConflict {
  handled(node, ['target', 'update'])
  const target = node.target ? conflictTarget(st, entry, node) : null
  if (!node.update) return { kind: 'nothing', target }
  if (growsOnly(entry)) throw appendOnly(entry, 'update', node)
  if (!target) {
    throw bindError('42601', 'ON CONFLICT DO UPDATE requires inference specification or constraint name', node, {
      hint: 'For example, ON CONFLICT (column_name).',
    })
  }
  const old = tableFrom(entry, insert.alias)
  const width = entry.columns.length
  const proposed = shiftFrom({ ...old, tables: old.tables.map((t) => ({ ...t, alias: 'excluded' })) }, width)
  // Both rows have every column: a name needs its table.
  const visible = [...old.visible, ...proposed.visible]
  const scope = scopeOf({ tables: [...old.tables, ...proposed.tables], visible }, null)
  const place: ExprPlace = { scope, ctes: null, clause: 'UPDATE', aggregates: false, windows: false, rows: false }
  const set: Scalar[] = entry.columns.map((c, i) => column(i, c.type))
  for (const [at, value] of bindAssignments(st, entry, node.update.set, place, [...set]))
    set[at] = paramsTyped(st, value)
  const where = node.update.where ? bindCondition(st, node.update.where, place, 'WHERE') : null
  for (const s of [...set, ...(where ? [where] : [])]) {
    if (slotsIn(s).size > 0) throw notSupported('a subquery in ON CONFLICT DO UPDATE', node.span)
  }
  return { kind: 'update', target, set, where: where && paramsTyped(st, where) }
}

function conflictTarget(st: Statement, entry: TableEntry, node: OnConflictNode): readonly number[] {
  const { target } = node
  if (!target || 'constraint' in target) {
    const name = target && 'constraint' in target ? target.constraint.name : ''
    if (entry.primaryKey && name === primaryKeyName(entry)) return entry.primaryKey
    const unique = uniqueIndexes(st.env.catalog, entry.id).find((u) => u.constraint && u.name === name)
    if (unique) return unique.columns
    throw bindError('42704', `constraint "${name}" for table "${entry.name}" does not exist`, node)
  }
  if (target.where) throw notSupported('ON CONFLICT … WHERE', target.where.span)
  const columns = target.elements.map((e) => {
    handled(e, ['expr'])
    if (e.expr.kind !== 'column' || e.expr.parts.length !== 1)
      throw notSupported('an expression as conflict target', e.span)
    const [{ name }] = e.expr.parts
    const at = entry.columns.findIndex((c) => c.name === name)
    if (at < 0) throw bindError('42703', `column "${name}" does not exist`, e)
    return at
  })
  const keys = [entry.primaryKey ?? [], ...uniqueIndexes(st.env.catalog, entry.id).map((u) => u.columns)]
  const wanted = new Set(columns)
  const key = keys.find((k) => k.length > 0 && k.length === wanted.size && k.every((c) => wanted.has(c)))
  if (!key) {
    throw bindError('42P10', 'there is no unique or exclusion constraint matching the ON CONFLICT specification', node)
  }
  return key
}
