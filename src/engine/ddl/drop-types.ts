import { SqlError } from '../../base/sql-error.ts'
import type { CatalogEntry, TableEntry } from '../../catalog/entry.ts'
import type { ColumnPlan, DdlPlan } from '../../plan/ddl.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { column, columnsOf, mapColumns } from '../../plan/scalar-walk.ts'
import { typeName } from '../../types/pg-type.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { userTypesOf } from '../../types/user-types.ts'
import type { CallContext } from '../api.ts'
import type { World } from '../world.ts'
import { alterColumns } from './alter-columns.ts'
import type { DdlDeps } from './deps.ts'
import { blocked, drop, label } from './drop.ts'

type Drop = Extract<DdlPlan, { kind: 'drop' }>

/** DROP of anything: what is of a type goes with it under CASCADE, and stops the statement else. */
export async function dropObjects(deps: DdlDeps, plan: Drop, call: CallContext): Promise<void> {
  const uses = usesOfTypes(deps.world, plan.objects)
  if (uses === null || uses.tables.length === 0) return drop(deps, plan, call)
  if (!plan.cascade) {
    const of = new Set(uses.tables.map(({ entry }) => entry.id))
    throw blocked(deps, plan, { lines: columnLines(uses, 'depends'), of })
  }
  const views = uses.views.map((id) => deps.world.catalog.byId(id)!)
  const told = [
    ...columnLines(uses, 'cascades'),
    ...views.map((e) => `drop cascades to ${label(deps.world.catalog, e)}`),
  ]
  if (views.length > 0) await drop(deps, { kind: 'drop', objects: uses.views, cascade: true }, call)
  await dropColumns(deps, uses, call)
  await drop(deps, plan, call, told)
}

/** What DROP TYPE takes with it beside the types: columns, and the views that show them. */
interface UsesOfTypes {
  readonly views: readonly number[]
  readonly tables: readonly { readonly entry: TableEntry; readonly columns: readonly number[] }[]
}

/** null: no type is dropped. */
function usesOfTypes(world: World, named: readonly number[]): UsesOfTypes | null {
  const { catalog } = world
  const types = new Set(named.filter((id) => catalog.byId(id)?.kind === 'type'))
  if (types.size === 0) return null
  const dependants = catalog.allDependants([...types]).map((id) => catalog.byId(id)!)
  for (const entry of dependants) if (entry.kind === 'type') types.add(entry.id)
  const isOf = (type: SqlType): boolean => [...userTypesOf(type)].some((user) => types.has(user.oid))
  const shows = (entry: CatalogEntry): boolean =>
    (entry.kind === 'view' || entry.kind === 'materializedView') &&
    (entry.dependsOn.some((id) => types.has(id)) || entry.rowType.some((f) => isOf(f.type)))
  return {
    views: dependants.filter(shows).map((e) => e.id),
    tables: dependants.flatMap((entry) => {
      if (entry.kind !== 'table' || entry.fedBy !== null) return []
      const columns = entry.columns.flatMap((c, i) => (isOf(c.type) ? [i] : []))
      return columns.length === 0 ? [] : [{ entry, columns }]
    }),
  }
}

/** `column m of table t depends on type mood` */
function columnLines({ tables }: UsesOfTypes, verb: 'depends' | 'cascades'): string[] {
  return tables.flatMap(({ entry, columns }) =>
    [...columns].reverse().map((c) => {
      const { name, type } = entry.columns[c]!
      const what = `column ${name} of table ${entry.name}`
      return verb === 'depends' ? `${what} depends on type ${typeName(type)}` : `drop cascades to ${what}`
    }),
  )
}

/** Takes the columns out of their tables, with the rules that read them. */
async function dropColumns(deps: DdlDeps, uses: UsesOfTypes, call: CallContext): Promise<void> {
  for (const { entry, columns } of uses.tables) {
    if (columns.length === entry.columns.length)
      throw new SqlError('0A000', `table ${entry.name} would be left without columns, which is not supported`, {
        hint: 'Drop the table first.',
      })
    await alterColumns(deps, without(entry, columns), call)
  }
}

function without(entry: TableEntry, columns: readonly number[]): Extract<DdlPlan, { kind: 'alterColumns' }> {
  const goes = (i: number) => columns.includes(i)
  const kept = entry.columns.map((c, i) => ({ plan: c as ColumnPlan, from: i })).filter(({ from }) => !goes(from))
  const moved = entry.columns.map((_, i) => kept.findIndex(({ from }) => from === i))
  const reads = (expr: unknown): boolean => [...columnsOf(expr as Scalar)].some(goes)
  const made = kept.find(({ plan }) => plan.generated !== undefined && reads(plan.generated.expr))
  if (made !== undefined)
    throw new SqlError('2BP01', `cannot drop a column that generated column "${made.plan.name}" reads`)
  const key = entry.primaryKey
  return {
    kind: 'alterColumns',
    table: entry.id,
    columns: kept.map(({ plan }) =>
      plan.generated === undefined
        ? plan
        : { ...plan, generated: { ...plan.generated, expr: mapColumns(plan.generated.expr, (i) => moved[i]!) } },
    ),
    values: kept.map(({ plan, from }) => column(from, plan.type)),
    moved,
    primaryKey: key === null || key.some(goes) ? null : key.map((c) => moved[c]!),
    checks: (entry.checks ?? [])
      .filter((check) => !reads(check.expr))
      .map((check) => ({ ...check, expr: mapColumns(check.expr as Scalar, (i) => moved[i]!) })),
    uniques: [],
    foreignKeys: [],
  }
}
