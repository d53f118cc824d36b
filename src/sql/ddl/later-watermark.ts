/** The event time of a source whose columns only its schema registry knows: bound when that was asked. */
import type { CreateSource, CreateTable } from '../../../grammar/ast-ddl.ts'
import { parseStatement } from '../../../grammar/parse.ts'
import { notSupported, SqlError } from '../../base/sql-error.ts'
import type { ColumnPlan, ComputedPlan, WatermarkPlan } from '../../plan/ddl.ts'
import type { RowType } from '../../types/sql-type.ts'
import { newStatement } from '../bind/bind.ts'
import type { BindEnv, Statement } from '../bind/context.ts'
import { namedOptions } from './option-value.ts'
import { bindWatermark, CHANGING } from './watermark.ts'

/** `later`: it names a column that is not declared. `inferred`: a registry may know more columns. */
export function watermarkOf(
  st: Statement,
  node: CreateSource | CreateTable,
  columns: readonly ColumnPlan[],
  computed: readonly ComputedPlan[],
  inferred: boolean,
): { readonly watermark: WatermarkPlan | null; readonly later: boolean } {
  try {
    const watermark = bindWatermark(st, node.elements, columns, namedOptions(node.with), computed)
    return { watermark, later: false }
  } catch (e) {
    if (!inferred || !(e instanceof SqlError) || e.sqlstate !== '42703') throw e
    return { watermark: null, later: true }
  }
}

/** `sql`: the statement as the catalog keeps it; its places mean nothing to who sent it. */
export function laterWatermark(
  sql: string,
  columns: RowType,
  changesRows: boolean,
  env: Omit<BindEnv, 'searchPath' | 'paramTypes'>,
): WatermarkPlan | null {
  const node = parseStatement(sql) as CreateSource | CreateTable
  const plans = columns.map((c) => ({ name: c.name, type: c.type, notNull: false, defaultSql: null }))
  const st = newStatement({ ...env, searchPath: ['pg_catalog'], paramTypes: [] })
  try {
    if (changesRows) throw notSupported('WATERMARK of a source whose records change rows', undefined, CHANGING)
    return bindWatermark(st, node.elements, plans, namedOptions(node.with))
  } catch (e) {
    throw e instanceof SqlError ? new SqlError(e.sqlstate, e.message, { ...e.fields, position: undefined }) : e
  }
}
