import { unwrapped } from '../functions/unwrapped.ts'
import { quoteIdent } from '../types/text/identifier.ts'
import { primaryKeyDefinition } from './definitions.ts'
import type { CatalogSnapshot, ForeignKeyEntry, TableEntry, TypeEntry } from './entry.ts'
import { foreignKeysOf } from './foreign-keys.ts'
import { primaryKeyConstraintOid, primaryKeyOid } from './pg-relations.ts'
import { primaryKeyName, uniqueIndexes } from './unique-key.ts'

/** A constraint as pg_constraint lists it. */
export interface PgConstraint {
  /** Constraints have no entries of their own: made from the table's or the index's id. */
  readonly oid: number
  readonly name: string
  readonly type: 'p' | 'u' | 'c' | 'f'
  readonly table: TableEntry
  /** Column numbers; of a CHECK those that it reads. */
  readonly columns: readonly number[]
  /** Of the index behind it, 0 without one; of a foreign key that of the key it refers to. */
  readonly index: number
  /** Its own entry in the catalog: of a UNIQUE's index, of a FOREIGN KEY; 0: it has none. */
  readonly entry: number
  readonly foreignKey?: ForeignKeyEntry
  /** What pg_get_constraintdef prints; `pretty`: without parentheses that change nothing. */
  definition(pretty: boolean): string
}

export function* pgConstraints(catalog: CatalogSnapshot): Iterable<PgConstraint> {
  for (const entry of catalog.all()) if (entry.kind === 'table') yield* constraintsOf(catalog, entry)
}

export function* constraintsOf(catalog: CatalogSnapshot, table: TableEntry): Iterable<PgConstraint> {
  if (table.primaryKey !== null) {
    yield {
      oid: primaryKeyConstraintOid(table.id),
      name: primaryKeyName(table),
      type: 'p',
      table,
      columns: table.primaryKey,
      index: primaryKeyOid(table.id),
      entry: 0,
      definition: () => primaryKeyDefinition(table),
    }
  }
  for (const index of uniqueIndexes(catalog, table.id)) {
    if (!index.constraint) continue
    const nulls = index.nullsNotDistinct ? ' NULLS NOT DISTINCT' : ''
    yield {
      oid: uniqueOid(index.id),
      name: index.name,
      type: 'u',
      table,
      columns: index.columns,
      index: index.id,
      entry: index.id,
      definition: () => `UNIQUE${nulls} (${columnNames(table, index.columns)})`,
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
      entry: 0,
      definition: (pretty) => `CHECK (${pretty ? unwrapped(check.sql) : check.sql})`,
    }
  }
  for (const foreignKey of foreignKeysOf(catalog, table.id)) {
    yield {
      oid: foreignKey.id,
      name: foreignKey.name,
      type: 'f',
      table,
      columns: foreignKey.columns,
      index: foreignKey.key === 0 ? primaryKeyOid(foreignKey.references) : foreignKey.key,
      entry: foreignKey.id,
      foreignKey,
      definition: () => foreignKeyDefinition(catalog, table, foreignKey),
    }
  }
}

const ACTIONS = {
  noAction: null,
  restrict: 'RESTRICT',
  cascade: 'CASCADE',
  setNull: 'SET NULL',
  setDefault: 'SET DEFAULT',
} as const satisfies Record<ForeignKeyEntry['onDelete'], string | null>

function foreignKeyDefinition(catalog: CatalogSnapshot, table: TableEntry, fk: ForeignKeyEntry): string {
  const to = catalog.byId(fk.references) as TableEntry
  const onUpdate = ACTIONS[fk.onUpdate]
  const onDelete = ACTIONS[fk.onDelete]
  const some = fk.setColumns === undefined ? '' : ` (${columnNames(table, fk.setColumns)})`
  return [
    `FOREIGN KEY (${columnNames(table, fk.columns)})`,
    `REFERENCES ${shownName(catalog, to)}(${columnNames(to, fk.referenced)})`,
    ...(fk.match === 'full' ? ['MATCH FULL'] : []),
    ...(onUpdate === null ? [] : [`ON UPDATE ${onUpdate}`]),
    ...(onDelete === null ? [] : [`ON DELETE ${onDelete}${some}`]),
    ...(fk.deferrable === undefined ? [] : ['DEFERRABLE']),
    ...(fk.deferrable === 'initiallyDeferred' ? ['INITIALLY DEFERRED'] : []),
    ...(fk.notValid ? ['NOT VALID'] : []),
  ].join(' ')
}

/** With its schema, where that is not the usual one. */
function shownName(catalog: CatalogSnapshot, { schema, name }: TableEntry): string {
  const of = catalog.byId(schema)!.name
  return of === 'public' ? quoteIdent(name) : `${quoteIdent(of)}.${quoteIdent(name)}`
}

/** The CHECKs of domains. */
export function* domainConstraints(
  catalog: CatalogSnapshot,
): Iterable<Pick<PgConstraint, 'oid' | 'name' | 'definition'> & { readonly domain: TypeEntry }> {
  for (const entry of catalog.all()) {
    if (entry.kind !== 'type') continue
    for (const [i, { name, sql }] of (entry.rules?.checks ?? []).entries())
      yield {
        oid: checkOid(entry.id, i),
        name,
        domain: entry,
        definition: (pretty) => `CHECK (${valueUpper(pretty ? unwrapped(sql) : sql)})`,
      }
  }
}

/** VALUE is no name of a column. */
const valueUpper = (sql: string): string => sql.replace(/\bvalue\b/g, 'VALUE')

/** Of one oid. */
export function constraintByOid(catalog: CatalogSnapshot, oid: number): Pick<PgConstraint, 'definition'> | undefined {
  for (const constraint of domainConstraints(catalog)) if (constraint.oid === oid) return constraint
  for (const constraint of pgConstraints(catalog)) if (constraint.oid === oid) return constraint
  return undefined
}

const uniqueOid = (index: number): number => 1_100_000_000 + index

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

/** `"a", "b"` as PostgreSQL prints lists of columns. */
const columnNames = (table: TableEntry, columns: readonly number[]): string =>
  columns.map((c) => quoteIdent(table.columns[c]!.name)).join(', ')
