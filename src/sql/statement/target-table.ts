import type { AssignTarget, Expr, TableItem } from '../../../grammar/ast.ts'
import type { Ident, Name } from '../../../grammar/ast-base.ts'
import { parseExpression } from '../../../grammar/parse.ts'
import { notSupported, type SqlError } from '../../base/sql-error.ts'
import type { TableEntry } from '../../catalog/entry.ts'
import { growsOnly, withWatermark } from '../../catalog/watermark.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { constant } from '../../plan/scalar-walk.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { RECURSION } from '../bind/bind.ts'
import { bindError, type Place } from '../bind/bind-error.ts'
import { coerce } from '../bind/coerce.ts'
import { DEFAULT_CLAUSE, type ExprPlace, Statement } from '../bind/context.ts'
import { type FromPlan, hiding, relation } from '../bind/from-plan.ts'
import { lookupRelation, tableRow } from '../bind/relation.ts'
import { EMPTY_SCOPE } from '../bind/scope.ts'
import { slotsIn } from '../bind/slot.ts'
import { typeText } from '../type-text.ts'
import { nextValue } from './sequence-default.ts'

/** The table that INSERT, UPDATE or DELETE writes. */
export function targetTable(st: Statement, name: Name, verb: string): TableEntry {
  const entry = lookupRelation(st, name)
  if (entry.kind === 'table' && entry.fedBy === null) {
    if (growsOnly(entry) && CHANGING.has(verb)) throw appendOnly(entry, verb, name)
    return entry
  }
  const what = {
    view: 'view',
    materializedView: 'materialized view',
    source: 'source',
    system: 'system relation',
    sequence: 'sequence',
    table: 'table',
  }
  if (entry.kind === 'table') {
    throw bindError('42809', `cannot ${verb} table "${entry.name}"`, name, {
      detail: 'It stores what a source delivers.',
    })
  }
  if (verb === 'truncate') throw bindError('42809', `"${entry.name}" is not a table`, name)
  if (entry.kind === 'view') {
    if (verb === 'merge into') {
      throw bindError('0A000', `cannot execute MERGE on relation "${entry.name}"`, undefined, {
        detail: 'This operation is not supported for views.',
      })
    }
    // PostgreSQL says so of views that show no rows of one table as they are; here none are written through.
    throw bindError('55000', `cannot ${verb} view "${entry.name}"`, name, {
      detail: 'Views are not updatable.',
      hint: 'Write to the tables that it reads.',
    })
  }
  throw bindError('42809', `cannot change ${what[entry.kind]} "${entry.name}"`, name)
}

const CHANGING: ReadonlySet<string> = new Set(['update', 'delete from', 'truncate'])

/** What time closed cannot change any more, so that nothing of such a table may. */
export function appendOnly(entry: TableEntry, verb: string, at: Place): SqlError {
  return bindError(
    '0A000',
    `cannot ${verb} table "${entry.name}": it ${entry.watermark ? 'has a WATERMARK' : 'is APPEND ONLY'}`,
    at,
    {
      hint: 'Rows of such a table are inserted only.',
    },
  )
}

export function tableFrom(entry: TableEntry, alias: Ident | undefined): FromPlan {
  const rowType = withWatermark(tableRow(entry), entry.watermark)
  const origins = rowType.map((_, i) => ({ object: entry.id, column: i }))
  const plan = { kind: 'get', object: entry.id, name: entry.name, rowType } as const
  const names = entry.columns.map((c) => c.name)
  const table = relation(plan, alias?.name ?? entry.name, null, names, origins, entry.primaryKey)
  return hiding(alias, null, entry.name, table)
}

export function itemAlias(item: TableItem): Ident | undefined {
  const columns = item.alias?.columns ?? []
  if (columns.length > 0) throw notSupported('column names in the alias of the target', columns[0].span)
  return item.alias?.name
}

/** Number of the column that an assignment names. */
export function assignedColumn(entry: TableEntry, target: AssignTarget): number {
  const at = entry.columns.findIndex((c) => c.name === target.column.name)
  if (at < 0) {
    throw bindError('42703', `column "${target.column.name}" of relation "${entry.name}" does not exist`, target)
  }
  return at
}

/** The same of a whole column: INSERT makes no parts of them. */
export function insertedColumn(entry: TableEntry, target: AssignTarget): number {
  if (target.path.length > 0) throw notSupported('INSERT into a part of a column', target.span)
  return assignedColumn(entry, target)
}

/** The value as the column stores it: PostgreSQL's assignment cast and its message. */
export function assign(st: Statement, entry: TableEntry, at: number, value: Scalar, place: Place): Scalar {
  const column = entry.columns[at]
  try {
    return coerce(st, value, column.type, 'assignment', place)
  } catch (e) {
    const mismatch = (e as { sqlstate?: string }).sqlstate === '42804'
    if (!mismatch) throw e
    throw bindError(
      '42804',
      `column "${column.name}" is of type ${typeText(column.type)} but expression is of type ${typeText(value.type)}`,
      place,
      { hint: 'You will need to rewrite or cast the expression.' },
    )
  }
}

/** The DEFAULT of a column, NULL when it has none. */
export function defaultValue(st: Statement, entry: TableEntry, at: number): Scalar {
  const { type, defaultSql, sequence, generated } = entry.columns[at]
  // Made of the row as it is written.
  if (generated !== undefined) return constant(null, type)
  if (sequence !== undefined) return nextValue(st, sequence, type)
  if (defaultSql === null) return type.domain === undefined ? constant(null, type) : domainDefault(st, type)
  return bindDefault(st, defaultSql, (inner, s, place) => coerce(inner, s, type, 'assignment', place))
}

/** The DEFAULT of the domain, or of what that is over. */
function domainDefault(st: Statement, type: SqlType): Scalar {
  const entry = st.env.catalog.byId(type.domain?.oid ?? 0)
  const rules = entry?.kind === 'type' ? entry.rules : undefined
  const at = { span: { start: -1, end: -1 } }
  if (rules === undefined) return constant(null, type)
  if (rules.defaultSql !== null)
    return bindDefault(st, rules.defaultSql, (inner, s, place) => coerce(inner, s, type, 'assignment', place))
  return coerce(st, domainDefault(st, rules.base), type, 'assignment', at)
}

/** A DEFAULT stands alone: no columns, no subqueries. The offsets of a stored text mean nothing in the statement. */
export function bindDefault(
  st: Statement,
  source: string | Expr,
  convert: (inner: Statement, s: Scalar, at: Place) => Scalar,
): Scalar {
  const stored = typeof source === 'string'
  const node = stored ? parseExpression(source) : source
  const inner = stored ? new Statement({ ...st.env, paramTypes: [] }, RECURSION, st) : st
  const place: ExprPlace = {
    scope: EMPTY_SCOPE,
    ctes: null,
    clause: DEFAULT_CLAUSE,
    aggregates: false,
    windows: false,
    rows: false,
  }
  const value = convert(inner, inner.bind.expr(inner, node, place), node)
  if (slotsIn(value).size > 0) throw bindError('0A000', 'cannot use subquery in DEFAULT expression', node)
  return value
}
