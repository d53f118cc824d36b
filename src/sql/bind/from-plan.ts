import type { Alias } from '../../../grammar/ast.ts'
import type { Ident } from '../../../grammar/ast-base.ts'
import { notSupported } from '../../base/sql-error.ts'
import type { Logical } from '../../plan/logical.ts'
import { column, shiftColumns } from '../../plan/scalar-walk.ts'
import type { RowType } from '../../types/sql-type.ts'
import { bindError } from './bind-error.ts'
import { handled } from './handled.ts'
import type { OrderKey } from './order.ts'
import type { Origin, Scope, ScopeColumn, ScopeTable } from './scope.ts'

/** A part of a FROM clause: its plan and the names that it offers. */
export interface FromPlan {
  readonly plan: Logical
  readonly tables: readonly ScopeTable[]
  readonly visible: readonly ScopeColumn[]
  /** The order of the one ordered query that it is, over the columns of the plan. */
  readonly order?: readonly OrderKey[]
}

/** One row without columns: what a SELECT without FROM reads. */
export const NO_FROM: FromPlan = { plan: { kind: 'constant', rows: [[]], rowType: [] }, tables: [], visible: [] }

/** A relation under one alias. `origins` and `key` are those of a catalog object's columns. */
export function relation(
  plan: Logical,
  alias: string,
  schema: string | null,
  names: readonly string[],
  origins: readonly (Origin | null)[],
  key: readonly number[] | null,
): FromPlan {
  // A plan may carry columns behind those that have names.
  const columns = plan.rowType.slice(0, names.length).map((f, i) => ({
    name: names[i],
    expr: column(i, f.type),
    nullable: f.nullable,
    origin: origins[i] ?? null,
  }))
  return { plan, tables: [{ alias, schema, columns, key }], visible: columns }
}

/** A relation under an alias, with the name that this hides. */
export function hiding(
  alias: Alias | Ident | undefined,
  schema: string | null,
  name: string,
  from: FromPlan,
): FromPlan {
  if (!alias) return from
  return { ...from, tables: from.tables.map((table) => ({ ...table, aliased: { schema, name } })) }
}

/** `AS x (a, b)`: names for the first columns; the rest keep theirs. */
export function aliasNames(
  alias: Alias | undefined,
  row: RowType,
  fallback: string,
): { alias: string; names: string[] } {
  if (!alias) return { alias: fallback, names: row.map((f) => f.name) }
  handled(alias, ['name', 'columns', 'types'])
  if (alias.types.length > 0) throw notSupported('a column definition list', alias.span)
  const name = alias.name?.name ?? fallback
  if (alias.columns.length > row.length) {
    throw bindError(
      '42P10',
      `table "${name}" has ${row.length} columns available but ${alias.columns.length} columns specified`,
      undefined,
    )
  }
  return { alias: name, names: row.map((f, i) => alias.columns[i]?.name ?? f.name) }
}

export function shiftFrom(from: FromPlan, by: number): Pick<FromPlan, 'tables' | 'visible'> {
  const move = (c: ScopeColumn): ScopeColumn => ({ ...c, expr: shiftColumns(c.expr, by) })
  const moved = (t: ScopeTable): ScopeTable => ({
    ...t,
    columns: t.columns.map(move),
    ...(t.watermark && { watermark: { ...t.watermark, value: shiftColumns(t.watermark.value, by) } }),
  })
  return { tables: from.tables.map(moved), visible: from.visible.map(move) }
}

/** The columns of the side of an outer join that may be missing. A key of it still determines its columns. */
export function nullableFrom<T extends Pick<FromPlan, 'tables' | 'visible'>>(from: T): T {
  const mark = (c: ScopeColumn): ScopeColumn => ({ ...c, nullable: true })
  return {
    ...from,
    tables: from.tables.map((t) => ({ ...t, columns: t.columns.map(mark) })),
    visible: from.visible.map(mark),
  }
}

export const scopeOf = (from: Pick<FromPlan, 'tables' | 'visible'>, parent: Scope | null): Scope => ({
  parent,
  tables: from.tables,
  visible: from.visible,
  hidden: [],
})
