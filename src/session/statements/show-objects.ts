import type { Name } from '../../../grammar/ast-base.ts'
import type { ShowObjects } from '../../../grammar/ast-statement.ts'
import { notSupported, SqlError } from '../../base/sql-error.ts'
import type { CatalogEntry } from '../../catalog/entry.ts'
import { findObject, findSchema } from '../../catalog/resolve-name.ts'
import { isTemporarySchema } from '../../catalog/temporary.ts'
import { formatType } from '../../types/pg-type.ts'
import { BOOL, type RowType } from '../../types/sql-type.ts'
import type { Row } from '../../types/value.ts'
import type { SessionState, StatementHandler } from '../run.ts'
import { column, columns, rowsOutcome } from '../text-rows.ts'

/** SHOW TABLES and its relatives, with Materialize's columns (without clusters: there are none). */
interface Listing {
  readonly fields: RowType
  rows(statement: ShowObjects, session: SessionState): Row[]
}

const NAME = columns('name')
const COLUMNS = [...columns('name'), column('nullable', BOOL), ...columns('type')]

const LISTINGS: Readonly<Record<string, Listing>> = {
  TABLES: named('table'),
  VIEWS: named('view'),
  'MATERIALIZED VIEWS': named('materializedView'),
  SOURCES: {
    fields: columns('name', 'type'),
    rows: (statement, session) =>
      inSchema(statement, session).flatMap((e) => (e.kind === 'source' ? [[e.name, e.connector.transport.kind]] : [])),
  },
  SEQUENCES: named('sequence'),
  CONNECTIONS: {
    fields: columns('name', 'type'),
    rows: (statement, session) =>
      inSchema(statement, session).flatMap((e) => (e.kind === 'connection' ? [[e.name, e.transport]] : [])),
  },
  INDEXES: { fields: columns('name', 'on', 'key'), rows: indexes },
  OBJECTS: {
    fields: columns('name', 'type'),
    rows: (statement, session) => inSchema(statement, session).map((entry) => [entry.name, KIND_WORDS[entry.kind]]),
  },
  SCHEMAS: {
    fields: NAME,
    rows: (_, session) =>
      [...session.engine.catalog().all()].flatMap((entry) => (entry.kind === 'schema' ? [[entry.name]] : [])),
  },
  DATABASES: { fields: NAME, rows: (_, session) => [[session.database]] },
  COLUMNS: {
    fields: COLUMNS,
    rows: (statement, session) =>
      columnsOf(relation(statement.from ?? statement.in, session)).map((field) => [
        field.name,
        field.nullable,
        formatType(field.type),
      ]),
  },
}

const KIND_WORDS = {
  schema: 'schema',
  table: 'table',
  source: 'source',
  view: 'view',
  materializedView: 'materialized-view',
  index: 'index',
  foreignKey: 'constraint',
  connection: 'connection',
  sequence: 'sequence',
  function: 'function',
  type: 'type',
  system: 'system-view',
} satisfies Record<CatalogEntry['kind'], string>

const CREATED: Readonly<Record<string, CatalogEntry['kind']>> = {
  'CREATE TABLE': 'table',
  'CREATE VIEW': 'view',
  'CREATE MATERIALIZED VIEW': 'materializedView',
  'CREATE SOURCE': 'source',
  'CREATE INDEX': 'index',
  'CREATE CONNECTION': 'connection',
}

export const showObjectsStatement: StatementHandler<ShowObjects> = {
  fields: (statement) => listing(statement).fields,
  async run(statement, run) {
    const { fields, rows } = listing(statement)
    if (statement.where !== undefined) throw notSupported('SHOW … WHERE', statement.where.span, 'Use LIKE.')
    let found = rows(statement, run.session)
    if (statement.like !== undefined) {
      const pattern = likePattern(statement.like)
      found = found.filter((row) => pattern.test(String(row[0])))
    }
    // Columns keep the order in which they were declared.
    if (!statement.what.startsWith('COLUMN')) found.sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1))
    return rowsOutcome(fields, found, 'SHOW')
  },
}

function listing(statement: ShowObjects): Listing {
  const what = statement.what.toUpperCase()
  const created = CREATED[what]
  if (created !== undefined)
    return { fields: columns('name', 'create_sql'), rows: (s, session) => createSql(s, session, created) }
  const found = LISTINGS[what]
  if (found === undefined) throw notSupported(`SHOW ${what}`, statement.span)
  return found
}

function named(kind: CatalogEntry['kind']): Listing {
  return {
    fields: NAME,
    rows: (statement, session) => inSchema(statement, session).flatMap((e) => (e.kind === kind ? [[e.name]] : [])),
  }
}

/** Objects of the schema in FROM/IN; else of the first schema of the search path that exists. */
function inSchema(statement: ShowObjects, session: SessionState): CatalogEntry[] {
  const catalog = session.engine.catalog()
  const name = statement.from ?? statement.in
  const wanted =
    name === undefined
      ? session.searchPath().filter((path) => !isTemporarySchema(path))
      : [name.parts[name.parts.length - 1].name]
  for (const schemaName of wanted) {
    const schema = findSchema(catalog, schemaName)
    if (schema !== undefined) return [...catalog.all()].filter((e) => e.schema === schema.id && e.kind !== 'foreignKey')
  }
  if (name === undefined) return []
  throw new SqlError('3F000', `schema "${wanted[0]}" does not exist`, { position: name.span.start + 1 })
}

function relation(name: Name | undefined, session: SessionState): CatalogEntry {
  if (name === undefined) throw new SqlError('42601', 'SHOW COLUMNS needs FROM and a relation')
  const parts = name.parts.map((part) => part.name)
  const position = name.span.start + 1
  const entry = findObject(
    session.engine.catalog(),
    parts,
    { database: session.database, searchPath: session.searchPath() },
    position,
  )
  if (entry !== undefined) return entry
  throw new SqlError('42P01', `relation "${parts.join('.')}" does not exist`, { position })
}

function columnsOf(entry: CatalogEntry): RowType {
  switch (entry.kind) {
    case 'table':
      return entry.columns.map((c) => ({ name: c.name, type: c.type, nullable: !c.notNull }))
    case 'source':
    case 'view':
    case 'materializedView':
    case 'sequence':
    case 'system':
      return entry.rowType
    case 'schema':
    case 'index':
    case 'foreignKey':
    case 'connection':
    case 'function':
    case 'type':
      throw new SqlError('42809', `"${entry.name}" has no columns`)
  }
}

function indexes(statement: ShowObjects, session: SessionState): Row[] {
  const catalog = session.engine.catalog()
  const on = statement.on === undefined ? undefined : relation(statement.on, session)
  const entries = on === undefined ? inSchema(statement, session) : [...catalog.all()]
  return entries.flatMap((entry) => {
    if (entry.kind !== 'index' || (on !== undefined && entry.on !== on.id)) return []
    const target = catalog.byId(entry.on)
    if (target === undefined) return []
    const fields = columnsOf(target)
    return [[entry.name, target.name, `{${entry.columns.map((c) => fields[c].name).join(',')}}`]]
  })
}

function createSql(statement: ShowObjects, session: SessionState, kind: CatalogEntry['kind']): Row[] {
  const entry = relation(statement.from ?? statement.on ?? statement.in, session)
  if (entry.kind !== kind) throw new SqlError('42809', `"${entry.name}" is not a ${KIND_WORDS[kind].replace('-', ' ')}`)
  return [[entry.name, entry.sql]]
}

function likePattern(pattern: string): RegExp {
  let source = ''
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i]
    if (c === '%') source += '[\\s\\S]*'
    else if (c === '_') source += '[\\s\\S]'
    else source += (c === '\\' && i + 1 < pattern.length ? pattern[++i] : c).replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
  }
  return new RegExp(`^${source}$`)
}
