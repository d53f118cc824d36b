import { quoteIdent } from '../types/text/identifier.ts'
import { primaryKeyDefinition } from './definitions.ts'
import type { CatalogSnapshot, TableEntry } from './entry.ts'
import { primaryKeyConstraintOid, primaryKeyOid } from './pg-relations.ts'

/** A constraint as pg_constraint lists it. */
export interface PgConstraint {
  /** Constraints have no entries of their own: made from the table's or the index's id. */
  readonly oid: number
  readonly name: string
  readonly type: 'p' | 'u' | 'c'
  readonly table: TableEntry
  /** Column numbers; of a CHECK those that it reads. */
  readonly columns: readonly number[]
  /** Of the index behind it, 0 without one. */
  readonly index: number
  /** What pg_get_constraintdef prints; `pretty`: without parentheses that change nothing. */
  definition(pretty: boolean): string
}

export function* pgConstraints(catalog: CatalogSnapshot): Iterable<PgConstraint> {
  for (const entry of catalog.all()) if (entry.kind === 'table') yield* constraintsOf(entry)
}

export function* constraintsOf(table: TableEntry): Iterable<PgConstraint> {
  if (table.primaryKey !== null) {
    yield {
      oid: primaryKeyConstraintOid(table.id),
      name: `${table.name}_pkey`,
      type: 'p',
      table,
      columns: table.primaryKey,
      index: primaryKeyOid(table.id),
      definition: () => primaryKeyDefinition(table),
    }
  }
  for (const [i, check] of (table.checks ?? []).entries()) {
    yield {
      oid: checkOid(table.id, i),
      name: check.name,
      type: 'c',
      table,
      columns: columnsRead(check.expr),
      index: 0,
      definition: (pretty) => `CHECK (${pretty ? unwrapped(check.sql) : check.sql})`,
    }
  }
}

/** Of one oid. */
export function constraintByOid(catalog: CatalogSnapshot, oid: number): PgConstraint | undefined {
  for (const constraint of pgConstraints(catalog)) if (constraint.oid === oid) return constraint
  return undefined
}

/** The last digits: which CHECK of its table. */
const CHECKS_MAX = 100
const checkOid = (table: number, at: number): number => 1_200_000_000 + table * CHECKS_MAX + at

/** Column numbers in a planned expression, which is plain data. */
function columnsRead(expr: unknown): number[] {
  const found = new Set<number>()
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    const node = value as { kind?: unknown; index?: unknown }
    if (node.kind === 'column' && typeof node.index === 'number') found.add(node.index)
    for (const child of Object.values(value)) walk(child)
  }
  walk(expr)
  return [...found].sort((a, b) => a - b)
}

/** Without the parentheses around all of it. */
function unwrapped(sql: string): string {
  if (!sql.startsWith('(') || !sql.endsWith(')')) return sql
  let depth = 0
  for (let i = 0; i < sql.length; i++) {
    if (sql[i] === "'" || sql[i] === '"') {
      i = sql.indexOf(sql[i]!, i + 1)
      if (i < 0) return sql
    } else if (sql[i] === '(') depth++
    else if (sql[i] === ')' && --depth === 0 && i < sql.length - 1) return sql
  }
  return sql.slice(1, -1)
}

/** `"a", "b"` as PostgreSQL prints lists of columns. */
export const columnNames = (table: TableEntry, columns: readonly number[]): string =>
  columns.map((c) => quoteIdent(table.columns[c]!.name)).join(', ')
