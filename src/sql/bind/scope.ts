import type { Ident } from '../../../grammar/ast-base.ts'
import { editDistance } from '../../base/nearest.ts'
import type { SqlError } from '../../base/sql-error.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { constant } from '../../plan/scalar-walk.ts'
import { OID } from '../../types/sql-type.ts'
import { bindError, type Place } from './bind-error.ts'

/** A column that an expression can name. `expr` computes it from the columns of the FROM clause's plan. */
export interface ScopeColumn {
  readonly name: string
  readonly expr: Scalar
  readonly nullable: boolean
  /** The plain column of a catalog object that it is, for RowDescription and for primary keys. */
  readonly origin: Origin | null
  /** No star shows it. */
  readonly hidden?: true
}

export interface Origin {
  readonly object: number
  readonly column: number
}

/** What one FROM item offers under its alias. */
export interface ScopeTable {
  readonly alias: string
  /** Schema of a relation that was written without alias: `schema.t.a` finds it. */
  readonly schema: string | null
  /** What stands under an alias, with the schema of a relation: for PostgreSQL's hint. */
  readonly aliased?: { readonly schema: string | null; readonly name: string }
  readonly columns: readonly ScopeColumn[]
  /** Primary key, as positions in `columns`: what GROUP BY of it determines. */
  readonly key: readonly number[] | null
  /** The catalog object that it is: what its system column tableoid holds. */
  readonly object?: number
  /** Its event time, as a position in `columns`, and the watermark that each row came with. */
  readonly watermark?: { readonly column: number; readonly value: Scalar }
}

/**
 * The names visible in one SELECT. `visible` is what `*` expands to and unqualified names find, with the columns that
 * USING merged only once; `tables` are the qualified names. `parent` is the SELECT around a subquery.
 */
export interface Scope {
  readonly parent: Scope | null
  readonly tables: readonly ScopeTable[]
  readonly visible: readonly ScopeColumn[]
  /** Tables of the same FROM clause that only LATERAL may name: for PostgreSQL's error. */
  readonly hidden: readonly ScopeTable[]
  /** The hidden tables are those of the other side of a RIGHT or FULL JOIN, which LATERAL may not name either. */
  readonly apart?: boolean
  /** The scope that it only adds names to: what subqueries read of it is read of that one. */
  readonly base?: Scope
}

export const EMPTY_SCOPE: Scope = { parent: null, tables: [], visible: [], hidden: [] }

export interface Found {
  readonly scope: Scope
  readonly column: ScopeColumn
}

/** `a`, `t.a` or `s.t.a` in the nearest scope that has it. Throws PostgreSQL's errors. */
export function findColumn(scope: Scope, parts: readonly Ident[], at: Place, database = ''): Found {
  if (parts.length === 1) return findUnqualified(scope, parts[0].name, at)
  const names = parts.map((p) => p.name)
  if (names.length > 4)
    throw bindError('42601', `improper qualified name (too many dotted names): ${names.join('.')}`, at)
  const [alias, name] = names.slice(-2)
  if (names.length === 4 && names[0] !== database) {
    throw bindError('0A000', `cross-database references are not implemented: ${names.join('.')}`, at)
  }
  const schema = names.length > 2 ? names[names.length - 3] : null
  const found = findTable(scope, schema, alias, at)
  const own = found.table.columns.filter((c) => c.name === name)
  const matches = own.length === 0 ? systemColumn(found.table, name) : own
  if (matches.length > 1) throw bindError('42702', `column reference "${name}" is ambiguous`, at)
  if (matches.length === 0) {
    throw bindError('42703', `column ${alias}.${name} does not exist`, at, { hint: hintFor(scope, name) })
  }
  return { scope: found.scope, column: matches[0] }
}

/** Every relation of the catalog has a tableoid, which no `*` shows. */
function systemColumn({ object }: ScopeTable, name: string): ScopeColumn[] {
  if (name !== 'tableoid' || object === undefined) return []
  return [{ name, expr: constant(object, OID), nullable: false, origin: null }]
}

export function tryFindUnqualified(scope: Scope, name: string, at: Place): Found | undefined {
  for (let s: Scope | null = scope; s; s = s.parent) {
    const matches = s.visible.filter((c) => c.name === name)
    if (matches.length > 1) throw bindError('42702', `column reference "${name}" is ambiguous`, at)
    if (matches.length === 1) return { scope: s, column: matches[0] }
  }
  return undefined
}

function findUnqualified(scope: Scope, name: string, at: Place): Found {
  const found = tryFindUnqualified(scope, name, at)
  if (found) return found
  const [table] = scope.tables.length === 1 ? scope.tables : []
  const [hidden] = table ? systemColumn(table, name) : []
  if (hidden) return { scope, column: hidden }
  throw bindError('42703', `column "${name}" does not exist`, at, { hint: hintFor(scope, name) })
}

export function findTable(
  scope: Scope,
  schema: string | null,
  alias: string,
  at: Place,
): { scope: Scope; table: ScopeTable } {
  // What is nearly meant is an error only where no scope further out has the name.
  let near: SqlError | undefined
  for (let s: Scope | null = scope; s; s = s.parent) {
    const matches = s.tables.filter((t) => t.alias === alias && (schema === null || t.schema === schema))
    if (matches.length > 1) throw bindError('42P09', `table reference "${alias}" is ambiguous`, at)
    if (matches.length === 1) return { scope: s, table: matches[0] }
    near ??= nearlyMeant(s, schema, alias, at)
  }
  if (near) throw near
  throw bindError('42P01', `missing FROM-clause entry for table "${alias}"`, at)
}

/** What a scope has instead of the table: PostgreSQL's errors and hints. */
function nearlyMeant(s: Scope, schema: string | null, alias: string, at: Place): SqlError | undefined {
  const meant = s.tables.find((t) => isAliased(t, schema, alias))
  if (meant !== undefined) return underAlias(alias, meant.alias, at)
  if (s.hidden.some((t) => t.alias === alias)) return s.apart ? otherSide(alias, at) : outOfReach(alias, at)
  if (s.hidden.some((t) => isAliased(t, schema, alias))) return outOfReach(alias, at)
  // `s.t.a` where the table t at hand is another schema's, or an alias.
  return schema !== null && s.tables.some((t) => t.alias === alias) ? outOfReach(alias, at) : undefined
}

/** The alias may be the relation's own name: then nothing hides the relation. */
const isAliased = ({ alias, aliased }: ScopeTable, schema: string | null, name: string): boolean =>
  alias !== name && aliased?.name === name && (schema === null || aliased.schema === schema)

const underAlias = (name: string, alias: string, at: Place) =>
  bindError('42P01', `invalid reference to FROM-clause entry for table "${name}"`, at, {
    hint: `Perhaps you meant to reference the table alias "${alias}".`,
  })

const otherSide = (alias: string, at: Place) =>
  bindError('42P10', `invalid reference to FROM-clause entry for table "${alias}"`, at, {
    detail: 'The combining JOIN type must be INNER or LEFT for a LATERAL reference.',
  })

function outOfReach(alias: string, at: Place) {
  return bindError('42P01', `invalid reference to FROM-clause entry for table "${alias}"`, at, {
    hint: `There is an entry for table "${alias}", but it cannot be referenced from this part of the query.`,
  })
}

/** The near misses of PostgreSQL's hint: the closest column name of the scope, when it is close. */
function hintFor(scope: Scope, name: string): string | undefined {
  let best: { distance: number; text: string } | undefined
  for (let s: Scope | null = scope; s; s = s.parent) {
    for (const table of s.tables) {
      for (const column of table.columns) {
        const distance = editDistance(column.name, name)
        if (distance > Math.min(3, Math.floor(name.length / 2)) || (best && best.distance <= distance)) continue
        best = { distance, text: `Perhaps you meant to reference the column "${table.alias}.${column.name}".` }
      }
    }
  }
  return best?.text
}
