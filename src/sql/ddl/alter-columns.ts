import type { Alter } from '../../../grammar/ast-ddl.ts'
import type { ColumnDef } from '../../../grammar/ast-table.ts'
import { parseExpression } from '../../../grammar/parse.ts'
import { notSupported } from '../../base/sql-error.ts'
import type { CatalogEntry, TableEntry } from '../../catalog/entry.ts'
import { foreignKeysOf, foreignKeysTo } from '../../catalog/foreign-keys.ts'
import type { CheckPlan, ColumnPlan, DdlPlan, ForeignKeyPlan } from '../../plan/ddl.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { column, constant } from '../../plan/scalar-walk.ts'
import { newStatement } from '../bind/bind.ts'
import { bindError } from '../bind/bind-error.ts'
import { coerce } from '../bind/coerce.ts'
import type { Statement } from '../bind/context.ts'
import { handled } from '../bind/handled.ts'
import { slotsIn } from '../bind/slot.ts'
import type { PlanningContext } from '../planned.ts'
import { bindEnv } from '../statement/env.ts'
import { defaultValue } from '../statement/target-table.ts'
import { resolveType } from '../type-name.ts'
import { typeText } from '../type-text.ts'
import { bindCheck, bindChecks, overColumns, withoutPositions } from './checks.ts'
import { bindColumns } from './columns.ts'
import { asReferenced, bindForeignKey, foreignKeyNodes } from './foreign-keys.ts'
import { bindGenerated } from './generated.ts'
import { bindUniques } from './uniques.ts'

type Action = Alter['actions'][number]
type Plan = Extract<DdlPlan, { kind: 'alterColumns' }>
type Mutable<T> = { -readonly [K in keyof T]: T[K] }

const KINDS: ReadonlySet<Action['kind']> = new Set<Action['kind']>(['addColumn', 'dropColumn', 'columnType'])

/** Whether all that an ALTER asks for are changes of a table's columns: they are made together. */
export const changesColumns = (actions: readonly Action[]): boolean => actions.every(({ kind }) => KINDS.has(kind))

/** A column of the table to be: where it was, and its value over the columns that the table has now. */
interface Next {
  readonly plan: ColumnPlan
  readonly from: number | null
  readonly value: Scalar
}

/** ALTER TABLE … ADD | DROP COLUMN, ALTER COLUMN … TYPE: the table as it is to be, and its rows made of those that it has. */
export function planAlterColumns(
  entry: CatalogEntry,
  actions: readonly Action[],
  context: PlanningContext,
): Plan | null {
  if (entry.kind !== 'table' || entry.fedBy !== null)
    throw notSupported('columns of what is no table of its own in ALTER', actions[0]!.span)
  if (entry.watermark || entry.computed || entry.arrivals || entry.ttlMicros != null)
    throw notSupported('ALTER of the columns of a table with event time, computed columns or TTL', actions[0]!.span)
  const st = newStatement(bindEnv(context))
  const own = entry.columns as readonly ColumnPlan[]
  const next: Next[] = own.map((plan, i) => ({ plan, from: i, value: column(i, plan.type) }))
  const checks: CheckPlan[] = [...((entry.checks ?? []) as readonly CheckPlan[])]
  const uniques: Mutable<NonNullable<Plan['uniques']>>[number][] = []
  const foreignKeys: ForeignKeyPlan[] = []
  let changed = false
  for (const action of actions) {
    if (action.kind === 'addColumn') {
      const found = next.some((n) => n.plan.name === action.column.name.name)
      if (found && action.ifNotExists) {
        const message = `column "${action.column.name.name}" of relation "${entry.name}" already exists, skipping`
        context.notice({ severity: 'NOTICE', sqlstate: '42701', message })
        continue
      }
      if (found)
        throw bindError(
          '42701',
          `column "${action.column.name.name}" of relation "${entry.name}" already exists`,
          undefined,
        )
      add(st, entry, action.column, { next, checks, uniques, foreignKeys }, context)
    } else if (action.kind === 'dropColumn') {
      if (!drop(entry, action, next, context)) continue
    } else if (action.kind === 'columnType') retype(st, entry, action, next)
    changed = true
  }
  if (!changed) return null
  if (next.length === 0) throw notSupported('a table without columns', actions[0]!.span)
  return { ...finished(st, entry, next, checks, uniques), foreignKeys }
}

function add(
  st: Statement,
  entry: TableEntry,
  node: ColumnDef,
  to: {
    readonly next: Next[]
    readonly checks: CheckPlan[]
    readonly uniques: unknown[]
    readonly foreignKeys: ForeignKeyPlan[]
  },
  context: PlanningContext,
): void {
  const declared = bindColumns(st, entry.name, [node], context.sql, true)
  if (declared.primaryKey !== null) throw notSupported('ALTER TABLE … ADD COLUMN … PRIMARY KEY', node.span)
  const [plain] = declared.columns
  if (plain === undefined) throw notSupported('ALTER TABLE … ADD of a computed column', node.span)
  const all = [...to.next.map((n) => n.plan), plain]
  const plan = bindGenerated(st, [node], all).at(-1)!
  const taken = (name: string) => to.checks.some((c) => c.name === name)
  for (const check of bindChecks(st, entry.name, [node], all)) {
    if (taken(check.name))
      throw bindError('42710', `constraint "${check.name}" for relation "${entry.name}" already exists`, undefined)
    to.checks.push(check)
  }
  for (const unique of bindUniques([node], all)) to.uniques.push({ ...unique, columns: [to.next.length] })
  const own = { ...asReferenced(context.catalog, entry), columns: all }
  const refers = foreignKeyNodes([node])
  if (refers.length > 0 && (plan.defaultSql !== null || plan.ownSequence !== undefined || plan.sequence !== undefined))
    throw notSupported('ALTER TABLE … ADD COLUMN … REFERENCES with a default', node.span)
  for (const fk of refers) to.foreignKeys.push(bindForeignKey(st, fk, own))
  const asTable: TableEntry = { ...entry, columns: [plan] }
  const made = plan.ownSequence !== undefined || plan.generated !== undefined
  to.next.push({
    plan,
    from: null,
    value: made ? constant(null, plan.type) : withoutPositions(defaultValue(st, asTable, 0)),
  })
}

function drop(
  entry: TableEntry,
  action: Extract<Action, { kind: 'dropColumn' }>,
  next: Next[],
  context: PlanningContext,
): boolean {
  const { name } = action.column
  const at = next.findIndex((n) => n.plan.name === name)
  if (at < 0) {
    const message = `column "${name}" of relation "${entry.name}" does not exist`
    if (!action.ifExists) throw bindError('42703', message, undefined)
    context.notice({ severity: 'NOTICE', sqlstate: '00000', message: `${message}, skipping` })
    return false
  }
  if (action.behavior === 'CASCADE') throw notSupported('ALTER TABLE … DROP COLUMN … CASCADE', action.span)
  const reading = next.filter((n) => n.plan.generated !== undefined && namesIn(n.plan.generated.sql).has(name))
  if (reading.length > 0)
    throw bindError(
      '2BP01',
      `cannot drop column ${name} of table ${entry.name} because other objects depend on it`,
      undefined,
      {
        detail: reading
          .map((n) => `column ${n.plan.name} of table ${entry.name} depends on column ${name} of table ${entry.name}`)
          .join('\n'),
        hint: 'Use DROP ... CASCADE to drop the dependent objects too.',
      },
    )
  next.splice(at, 1)
  return true
}

function retype(st: Statement, entry: TableEntry, action: Extract<Action, { kind: 'columnType' }>, next: Next[]): void {
  handled(action, ['column', 'type', 'using'])
  const { name } = action.column
  const at = next.findIndex((n) => n.plan.name === name)
  if (at < 0) throw bindError('42703', `column "${name}" of relation "${entry.name}" does not exist`, undefined)
  const { plan, from } = next[at]!
  if (plan.identity !== undefined || plan.generated !== undefined || from === null)
    throw notSupported('ALTER COLUMN … TYPE of an identity, generated or new column', action.span)
  const keys = [
    ...foreignKeysOf(st.env.catalog, entry.id).map((fk) => fk.columns),
    ...foreignKeysTo(st.env.catalog, entry.id).map((fk) => fk.referenced),
  ]
  if (keys.some((columns) => columns.includes(from)))
    throw notSupported('ALTER COLUMN … TYPE of a column of a foreign key', action.span)
  const type = resolveType(action.type, st)
  const value = overColumns(entry.columns as readonly ColumnPlan[], 'transform expressions', (place) => {
    const s = action.using === undefined ? column(from, plan.type) : st.bind.expr(st, action.using, place)
    try {
      return coerce(st, s, type, 'assignment', action)
    } catch (e) {
      if (!['42804', '42846'].includes((e as { sqlstate?: string }).sqlstate ?? '')) throw e
      const what = action.using === undefined ? `column "${name}"` : `result of USING clause for column "${name}"`
      throw bindError('42804', `${what} cannot be cast automatically to type ${typeText(type)}`, undefined, {
        hint:
          action.using === undefined
            ? `You might need to specify "USING ${name}::${typeText(type)}".`
            : 'You might need to add an explicit cast.',
      })
    }
  })
  if (slotsIn(value).size > 0) throw bindError('0A000', 'cannot use subquery in transform expression', action.using)
  next[at] = { plan: { ...plan, type }, from, value: withoutPositions(value) }
}

/** Expressions are bound anew: columns have other numbers, and other types. */
function finished(
  st: Statement,
  entry: TableEntry,
  next: readonly Next[],
  checks: readonly CheckPlan[],
  uniques: readonly unknown[],
): Omit<Plan, 'foreignKeys'> {
  const names = new Set(next.map((n) => n.plan.name))
  const plain = next.map((n) => n.plan)
  const columns = plain.map((plan): ColumnPlan => {
    if (plan.generated === undefined) return plan
    const { sql } = plan.generated
    const expr = overColumns(plain, 'column generation expressions', (place) =>
      coerce(st, st.bind.expr(st, parseExpression(sql), place), plan.type, 'assignment', parseExpression(sql)),
    )
    return { ...plan, generated: { sql, expr: withoutPositions(expr) } }
  })
  const kept = checks.flatMap((check): CheckPlan[] => {
    // A constraint goes with each column that it reads.
    for (const name of namesIn(check.sql)) if (!names.has(name)) return []
    const expr = parseExpression(check.sql)
    const node = { kind: 'tableCheck', span: expr.span, timing: {}, expr } as const
    return [{ ...bindCheck(st, entry.name, node, columns, () => false), name: check.name }]
  })
  const moved = entry.columns.map((_, c) => next.findIndex((n) => n.from === c))
  const key = entry.primaryKey?.map((c) => moved[c]!) ?? null
  return {
    kind: 'alterColumns',
    table: entry.id,
    columns,
    moved,
    values: next.map((n) => n.value),
    primaryKey: key?.includes(-1) ? null : key,
    checks: kept,
    uniques: uniques as Plan['uniques'],
    ...(st.types.size > 0 && { types: [...st.types] }),
  }
}

/** Names of columns in an expression's text. */
function namesIn(sql: string): ReadonlySet<string> {
  const found = new Set<string>()
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    const node = value as { readonly kind?: unknown; readonly parts?: readonly { readonly name: string }[] }
    const last = node.kind === 'column' ? node.parts?.at(-1) : undefined
    if (last !== undefined) found.add(last.name)
    for (const child of Object.values(value)) walk(child)
  }
  walk(parseExpression(sql))
  return found
}
