import { defaultText } from '../../catalog/column-default.ts'
import { indexDefinition, viewDefinition } from '../../catalog/definitions.ts'
import { defaultOid, pgRelations, primaryKeyOid, rowTypeOid } from '../../catalog/pg-relations.ts'
import { isTemporary } from '../../catalog/temporary.ts'
import { typeLength } from '../../types/pg-type.ts'
import { arrayOf, BOOL, FLOAT4, INT2, INT4, NAME, OID, type SqlType, TEXT } from '../../types/sql-type.ts'
import type { Row } from '../../types/value.ts'
import { column } from './columns.ts'
import { liveRows, OWNER_OID, typeFacts } from './pg-facts.ts'
import type { SystemRelation } from './relation.ts'

const CHAR: SqlType = { kind: 'char' }

/** Relations, their columns, indexes and constraints, as psql's \d and the drivers ask for them. */
export const PG_CLASS_RELATIONS: readonly SystemRelation[] = [
  {
    schema: 'pg_catalog',
    name: 'pg_class',
    rowType: [
      column('oid', OID),
      column('relname', NAME),
      column('relnamespace', OID),
      column('reltype', OID),
      column('reloftype', OID),
      column('relowner', OID),
      column('relam', OID),
      column('relfilenode', OID),
      column('reltablespace', OID),
      column('relpages', INT4),
      column('reltuples', FLOAT4),
      column('relallvisible', INT4),
      column('reltoastrelid', OID),
      column('relhasindex', BOOL),
      column('relisshared', BOOL),
      column('relpersistence', CHAR),
      column('relkind', CHAR),
      column('relnatts', INT2),
      column('relchecks', INT2),
      column('relhasrules', BOOL),
      column('relhastriggers', BOOL),
      column('relhassubclass', BOOL),
      column('relrowsecurity', BOOL),
      column('relforcerowsecurity', BOOL),
      column('relispopulated', BOOL),
      column('relreplident', CHAR),
      column('relispartition', BOOL),
      column('relrewrite', OID),
      column('reloptions', arrayOf(TEXT)),
      column('relpartbound', TEXT),
      column('relacl', arrayOf(TEXT)),
    ],
    *rows({ world }): Iterable<Row> {
      const errorsOf = new Map(
        [...world.catalog.all()].flatMap((e) =>
          e.kind === 'system' && e.relation === 'errors' ? [[e.dependsOn[0]!, e.id] as const] : [],
        ),
      )
      const indexed = new Set(
        [...world.catalog.all()].flatMap((e) =>
          e.kind === 'index' ? [e.on] : e.kind === 'table' && e.primaryKey !== null ? [e.id] : [],
        ),
      )
      // PostgreSQL's foreign keys are triggers, of both tables.
      const triggered = new Set(
        [...world.catalog.all()].flatMap((e) => (e.kind === 'foreignKey' ? [e.on, e.references] : [])),
      )
      for (const { entry, relkind, rowType } of pgRelations(world.catalog)) {
        yield [
          entry.id,
          entry.name,
          entry.schema,
          relkind === 'c' ? entry.id : relkind === 'i' || relkind === 't' || relkind === 'S' ? 0 : rowTypeOid(entry.id),
          0,
          OWNER_OID,
          relkind === 'i' ? 403 : relkind === 'v' || relkind === 'S' || relkind === 'c' ? 0 : 2,
          entry.id,
          0,
          0,
          relkind === 'i' ? 0 : liveRows(world, entry.id),
          0,
          errorsOf.get(entry.id) ?? 0,
          indexed.has(entry.id),
          false,
          isTemporary(world.catalog, entry) ? 't' : 'p',
          relkind,
          rowType.length,
          entry.kind === 'table' ? (entry.checks?.length ?? 0) : 0,
          relkind === 'v',
          triggered.has(entry.id),
          false,
          false,
          false,
          world.views.get(entry.id)?.ready ?? true,
          relkind === 'r' || relkind === 'm' ? 'd' : 'n',
          false,
          0,
          null,
          null,
          null,
        ]
      }
    },
  },
  {
    schema: 'pg_catalog',
    name: 'pg_attribute',
    rowType: [
      column('attrelid', OID),
      column('attname', NAME),
      column('atttypid', OID),
      column('attstattarget', INT4),
      column('attlen', INT2),
      column('attnum', INT2),
      column('attndims', INT4),
      column('attcacheoff', INT4),
      column('atttypmod', INT4),
      column('attbyval', BOOL),
      column('attalign', CHAR),
      column('attstorage', CHAR),
      column('attcompression', CHAR),
      column('attnotnull', BOOL),
      column('atthasdef', BOOL),
      column('atthasmissing', BOOL),
      column('attidentity', CHAR),
      column('attgenerated', CHAR),
      column('attisdropped', BOOL),
      column('attislocal', BOOL),
      column('attinhcount', INT4),
      column('attcollation', OID),
      column('attacl', arrayOf(TEXT)),
      column('attoptions', arrayOf(TEXT)),
      column('attfdwoptions', arrayOf(TEXT)),
    ],
    *rows({ world }): Iterable<Row> {
      for (const { entry, rowType } of pgRelations(world.catalog)) {
        for (let i = 0; i < rowType.length; i++) {
          const field = rowType[i]!
          const { oid, typmod } = typeFacts(field)
          const length = typeLength(field.type)
          const key = entry.kind === 'table' && (entry.primaryKey?.includes(i) ?? false)
          const stored = entry.kind === 'table' ? entry.columns[i]! : undefined
          const hasDefault = stored !== undefined && defaultText(world.catalog, stored) !== null
          const collation = ['text', 'varchar', 'bpchar'].includes(field.type.kind)
            ? 100
            : field.type.kind === 'name'
              ? 950
              : 0
          yield [
            entry.id,
            field.name,
            oid,
            -1,
            length,
            i + 1,
            field.type.kind === 'array' ? 1 : 0,
            -1,
            typmod,
            length > 0 && length <= 8,
            'i',
            length >= 0 ? 'p' : field.type.kind === 'numeric' ? 'm' : 'x',
            '',
            !field.nullable || key,
            hasDefault,
            false,
            stored?.identity === undefined ? '' : stored.identity === 'always' ? 'a' : 'd',
            stored?.generated === undefined ? '' : 's',
            false,
            true,
            0,
            collation,
            null,
            null,
            null,
          ]
        }
      }
    },
  },
  {
    schema: 'pg_catalog',
    name: 'pg_attrdef',
    rowType: [column('oid', OID), column('adrelid', OID), column('adnum', INT2), column('adbin', TEXT)],
    *rows({ world }): Iterable<Row> {
      for (const entry of world.catalog.all()) {
        if (entry.kind !== 'table') continue
        for (let i = 0; i < entry.columns.length; i++) {
          const text = defaultText(world.catalog, entry.columns[i]!)
          if (text !== null) yield [defaultOid(entry.id, i), entry.id, i + 1, text]
        }
      }
    },
  },
  {
    schema: 'pg_catalog',
    name: 'pg_index',
    rowType: [
      column('indexrelid', OID),
      column('indrelid', OID),
      column('indnatts', INT2),
      column('indnkeyatts', INT2),
      column('indisunique', BOOL),
      column('indnullsnotdistinct', BOOL),
      column('indisprimary', BOOL),
      column('indisexclusion', BOOL),
      column('indimmediate', BOOL),
      column('indisclustered', BOOL),
      column('indisvalid', BOOL),
      column('indcheckxmin', BOOL),
      column('indisready', BOOL),
      column('indislive', BOOL),
      column('indisreplident', BOOL),
      column('indkey', arrayOf(INT2)),
      column('indcollation', arrayOf(OID)),
      column('indclass', arrayOf(OID)),
      column('indoption', arrayOf(INT2)),
      column('indexprs', TEXT),
      column('indpred', TEXT),
    ],
    *rows({ world }): Iterable<Row> {
      for (const { entry } of pgRelations(world.catalog)) {
        if (entry.kind !== 'index') continue
        const n = entry.columns.length
        const primary = entry.id === primaryKeyOid(entry.on)
        const zeros = entry.columns.map(() => 0)
        yield [
          entry.id,
          entry.on,
          n,
          n,
          entry.unique,
          entry.nullsNotDistinct === true,
          primary,
          false,
          true,
          false,
          true,
          false,
          true,
          true,
          false,
          entry.columns.map((c) => c + 1),
          zeros,
          zeros,
          entry.orders ?? zeros,
          null,
          null,
        ]
      }
    },
  },
  {
    schema: 'pg_catalog',
    name: 'pg_tables',
    rowType: [
      column('schemaname', NAME),
      column('tablename', NAME),
      column('tableowner', NAME),
      column('tablespace', NAME),
      column('hasindexes', BOOL),
      column('hasrules', BOOL),
      column('hastriggers', BOOL),
      column('rowsecurity', BOOL),
    ],
    *rows({ world }): Iterable<Row> {
      for (const { entry, relkind } of pgRelations(world.catalog)) {
        if (relkind === 'r')
          yield [
            world.catalog.byId(entry.schema)!.name,
            entry.name,
            'millrace',
            null,
            entry.kind === 'table' && entry.primaryKey !== null,
            false,
            false,
            false,
          ]
      }
    },
  },
  {
    schema: 'pg_catalog',
    name: 'pg_views',
    rowType: [
      column('schemaname', NAME),
      column('viewname', NAME),
      column('viewowner', NAME),
      column('definition', TEXT),
    ],
    *rows({ world }): Iterable<Row> {
      for (const entry of world.catalog.all())
        if (entry.kind === 'view')
          yield [world.catalog.byId(entry.schema)!.name, entry.name, 'millrace', viewDefinition(entry)]
    },
  },
  {
    schema: 'pg_catalog',
    name: 'pg_matviews',
    rowType: [
      column('schemaname', NAME),
      column('matviewname', NAME),
      column('matviewowner', NAME),
      column('tablespace', NAME),
      column('hasindexes', BOOL),
      column('ispopulated', BOOL),
      column('definition', TEXT),
    ],
    *rows({ world }): Iterable<Row> {
      for (const entry of world.catalog.all()) {
        if (entry.kind !== 'materializedView') continue
        const indexed = world.catalog.dependants(entry.id).some((id) => world.catalog.byId(id)?.kind === 'index')
        yield [
          world.catalog.byId(entry.schema)!.name,
          entry.name,
          'millrace',
          null,
          indexed,
          world.views.get(entry.id)?.ready ?? false,
          viewDefinition(entry),
        ]
      }
    },
  },
  {
    schema: 'pg_catalog',
    name: 'pg_indexes',
    rowType: [
      column('schemaname', NAME),
      column('tablename', NAME),
      column('indexname', NAME),
      column('tablespace', NAME),
      column('indexdef', TEXT),
    ],
    *rows({ world }): Iterable<Row> {
      for (const { entry } of pgRelations(world.catalog)) {
        if (entry.kind !== 'index') continue
        const on = world.catalog.byId(entry.on)!
        const schema = world.catalog.byId(entry.schema)!.name
        yield [schema, on.name, entry.name, null, indexDefinition(world.catalog, entry)]
      }
    },
  },
]
