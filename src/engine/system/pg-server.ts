import { pgRelations, rowTypeOid } from '../../catalog/pg-relations.ts'
import { PG_TYPES, type PgType, RANGE_PG_TYPES } from '../../types/pg-type.ts'
import { arrayOf, BOOL, INT2, INT4, NAME, OID, type SqlType, TEXT, TIMESTAMPTZ } from '../../types/sql-type.ts'
import type { Row } from '../../types/value.ts'
import { column } from './columns.ts'
import { DATABASE_OID, OWNER, OWNER_OID } from './pg-facts.ts'
import type { SystemRelation } from './relation.ts'
import { userTypeRows } from './user-types.ts'

const CHAR: SqlType = { kind: 'char' }

const isMultirange = (type: PgType): boolean => type.name.endsWith('multirange')

export const PG_SERVER_RELATIONS: readonly SystemRelation[] = [
  {
    schema: 'pg_catalog',
    name: 'pg_namespace',
    rowType: [column('oid', OID), column('nspname', NAME), column('nspowner', OID), column('nspacl', arrayOf(TEXT))],
    *rows({ world }): Iterable<Row> {
      for (const entry of world.catalog.all())
        if (entry.kind === 'schema') yield [entry.id, entry.name, OWNER_OID, null]
    },
  },
  {
    schema: 'pg_catalog',
    name: 'pg_type',
    rowType: [
      column('oid', OID),
      column('typname', NAME),
      column('typnamespace', OID),
      column('typowner', OID),
      column('typlen', INT2),
      column('typbyval', BOOL),
      column('typtype', CHAR),
      column('typcategory', CHAR),
      column('typispreferred', BOOL),
      column('typisdefined', BOOL),
      column('typdelim', CHAR),
      column('typrelid', OID),
      column('typsubscript', { kind: 'regproc' }),
      column('typelem', OID),
      column('typarray', OID),
      column('typinput', { kind: 'regproc' }),
      column('typoutput', { kind: 'regproc' }),
      column('typreceive', { kind: 'regproc' }),
      column('typsend', { kind: 'regproc' }),
      column('typnotnull', BOOL),
      column('typbasetype', OID),
      column('typtypmod', INT4),
      column('typndims', INT4),
      column('typcollation', OID),
      column('typdefault', TEXT),
      column('typacl', arrayOf(TEXT)),
    ],
    *rows({ world }): Iterable<Row> {
      for (const type of [...Object.values(PG_TYPES), ...RANGE_PG_TYPES]) {
        const kind = type.category === 'P' ? 'p' : type.category === 'R' ? (isMultirange(type) ? 'm' : 'r') : 'b'
        const io = (suffix: string) => `${type.name}${suffix}`
        const collation = type.category === 'S' ? 100 : 0
        yield [
          type.oid,
          type.name,
          11,
          OWNER_OID,
          type.typlen,
          type.typlen > 0 && type.typlen <= 8,
          kind,
          type.category,
          type.preferred === true,
          true,
          ',',
          0,
          '-',
          0,
          type.arrayOid,
          io('in'),
          io('out'),
          io('recv'),
          io('send'),
          false,
          0,
          -1,
          0,
          collation,
          null,
          null,
        ]
        if (type.arrayOid === 0) continue
        yield [
          type.arrayOid,
          type.arrayName ?? `_${type.name}`,
          11,
          OWNER_OID,
          -1,
          false,
          type.category === 'P' ? 'p' : 'b',
          'A',
          false,
          true,
          ',',
          0,
          'array_subscript_handler',
          type.oid,
          0,
          'array_in',
          'array_out',
          'array_recv',
          'array_send',
          false,
          0,
          -1,
          0,
          collation,
          null,
          null,
        ]
      }
      yield* userTypeRows(world)
      for (const { entry, relkind } of pgRelations(world.catalog)) {
        if (relkind === 'i' || relkind === 't' || relkind === 'c') continue
        yield [
          rowTypeOid(entry.id),
          entry.name,
          entry.schema,
          OWNER_OID,
          -1,
          false,
          'c',
          'C',
          false,
          true,
          ',',
          entry.id,
          '-',
          0,
          0,
          'record_in',
          'record_out',
          'record_recv',
          'record_send',
          false,
          0,
          -1,
          0,
          0,
          null,
          null,
        ]
      }
    },
  },
  {
    schema: 'pg_catalog',
    name: 'pg_database',
    rowType: [
      column('oid', OID),
      column('datname', NAME),
      column('datdba', OID),
      column('encoding', INT4),
      column('datlocprovider', CHAR),
      column('datistemplate', BOOL),
      column('datallowconn', BOOL),
      column('datconnlimit', INT4),
      column('dattablespace', OID),
      column('datcollate', TEXT),
      column('datctype', TEXT),
      column('daticulocale', TEXT),
      column('datacl', arrayOf(TEXT)),
    ],
    rows: (): Row[] => [[DATABASE_OID, 'millrace', OWNER_OID, 6, 'c', false, true, -1, 1663, 'C', 'C', null, null]],
  },
  {
    schema: 'pg_catalog',
    name: 'pg_roles',
    rowType: [
      column('rolname', NAME),
      column('rolsuper', BOOL),
      column('rolinherit', BOOL),
      column('rolcreaterole', BOOL),
      column('rolcreatedb', BOOL),
      column('rolcanlogin', BOOL),
      column('rolreplication', BOOL),
      column('rolconnlimit', INT4),
      column('rolpassword', TEXT),
      column('rolvaliduntil', TIMESTAMPTZ),
      column('rolbypassrls', BOOL),
      column('rolconfig', arrayOf(TEXT)),
      column('oid', OID),
    ],
    rows: (): Row[] => [[OWNER, true, true, true, true, true, false, -1, null, null, true, null, OWNER_OID]],
  },
  {
    schema: 'pg_catalog',
    name: 'pg_user',
    rowType: [
      column('usename', NAME),
      column('usesysid', OID),
      column('usecreatedb', BOOL),
      column('usesuper', BOOL),
      column('userepl', BOOL),
      column('usebypassrls', BOOL),
      column('passwd', TEXT),
      column('valuntil', TIMESTAMPTZ),
      column('useconfig', arrayOf(TEXT)),
    ],
    rows: (): Row[] => [[OWNER, OWNER_OID, true, true, false, true, null, null, null]],
  },
  {
    schema: 'pg_catalog',
    name: 'pg_am',
    rowType: [
      column('oid', OID),
      column('amname', NAME),
      column('amhandler', { kind: 'regproc' }),
      column('amtype', CHAR),
    ],
    rows: (): Row[] => [
      [2, 'heap', 'heap_tableam_handler', 't'],
      [403, 'btree', 'bthandler', 'i'],
    ],
  },
  {
    schema: 'pg_catalog',
    name: 'pg_collation',
    rowType: [
      column('oid', OID),
      column('collname', NAME),
      column('collnamespace', OID),
      column('collowner', OID),
      column('collprovider', CHAR),
      column('collisdeterministic', BOOL),
      column('collencoding', INT4),
      column('collcollate', TEXT),
      column('collctype', TEXT),
      column('colliculocale', TEXT),
      column('collversion', TEXT),
    ],
    rows: (): Row[] => [
      [100, 'default', 11, OWNER_OID, 'd', true, -1, null, null, null, null],
      [950, 'C', 11, OWNER_OID, 'c', true, -1, 'C', 'C', null, null],
    ],
  },
  {
    schema: 'pg_catalog',
    name: 'pg_settings',
    rowType: [
      column('name', TEXT),
      column('setting', TEXT),
      column('unit', TEXT),
      column('category', TEXT),
      column('short_desc', TEXT),
      column('extra_desc', TEXT),
      column('context', TEXT),
      column('vartype', TEXT),
      column('source', TEXT),
      column('min_val', TEXT),
      column('max_val', TEXT),
      column('enumvals', arrayOf(TEXT)),
      column('boot_val', TEXT),
      column('reset_val', TEXT),
      column('sourcefile', TEXT),
      column('sourceline', INT4),
      column('pending_restart', BOOL),
    ],
    *rows({ settings }, call): Iterable<Row> {
      for (const { name, value, unit, description, type, context, default: preset, source: given } of settings) {
        const current = context === 'postmaster' ? value : (call.setting(name) ?? value)
        const source = current !== value ? 'session' : given
        yield [
          name,
          current,
          unit,
          'Millrace',
          description,
          null,
          context,
          type,
          source,
          null,
          null,
          null,
          preset,
          value,
          null,
          null,
          false,
        ]
      }
    },
  },
  {
    schema: 'pg_catalog',
    name: 'pg_description',
    rowType: [column('objoid', OID), column('classoid', OID), column('objsubid', INT4), column('description', TEXT)],
    *rows({ world }): Iterable<Row> {
      const pgCatalog = world.catalog.byName(0, 'pg_catalog')
      const classOf = (name: string) => (pgCatalog && world.catalog.byName(pgCatalog.id, name)?.id) ?? 0
      for (const { id, kind, comments = [] } of world.catalog.all())
        for (const [column, text] of comments)
          yield [id, classOf(kind === 'schema' ? 'pg_namespace' : 'pg_class'), column, text]
    },
  },
  {
    schema: 'pg_catalog',
    name: 'pg_tablespace',
    rowType: [
      column('oid', OID),
      column('spcname', NAME),
      column('spcowner', OID),
      column('spcacl', arrayOf(TEXT)),
      column('spcoptions', arrayOf(TEXT)),
    ],
    rows: (): Row[] => [[1663, 'pg_default', OWNER_OID, null, null]],
  },
]
