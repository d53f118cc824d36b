import { defaultText } from '../../catalog/column-default.ts'
import { type PgRelation, pgRelations } from '../../catalog/pg-relations.ts'
import { formatType, pgType } from '../../types/pg-type.ts'
import { INT4, type SqlType, TEXT } from '../../types/sql-type.ts'
import type { Row } from '../../types/value.ts'
import { column } from './columns.ts'
import type { SystemRelation } from './relation.ts'

const KIND: Readonly<Record<PgRelation['relkind'], string | null>> = {
  r: 'BASE TABLE',
  v: 'VIEW',
  m: 'MATERIALIZED VIEW',
  i: null,
  S: null,
  t: null,
}

const NOTHING = [null, null, null, null]

/** The SQL standard's view of the catalog: what tools ask first. */
export const INFORMATION_SCHEMA: readonly SystemRelation[] = [
  {
    schema: 'information_schema',
    name: 'schemata',
    rowType: [column('catalog_name', TEXT), column('schema_name', TEXT), column('schema_owner', TEXT)],
    *rows({ world }): Iterable<Row> {
      for (const entry of world.catalog.all()) if (entry.kind === 'schema') yield ['millrace', entry.name, 'millrace']
    },
  },
  {
    schema: 'information_schema',
    name: 'tables',
    rowType: [
      column('table_catalog', TEXT),
      column('table_schema', TEXT),
      column('table_name', TEXT),
      column('table_type', TEXT),
      column('is_insertable_into', TEXT),
    ],
    *rows({ world }): Iterable<Row> {
      for (const { entry, relkind } of pgRelations(world.catalog)) {
        const kind = KIND[relkind]
        if (kind !== null)
          yield [
            'millrace',
            world.catalog.byId(entry.schema)!.name,
            entry.name,
            kind,
            world.tables.has(entry.id) ? 'YES' : 'NO',
          ]
      }
    },
  },
  {
    schema: 'information_schema',
    name: 'columns',
    rowType: [
      column('table_catalog', TEXT),
      column('table_schema', TEXT),
      column('table_name', TEXT),
      column('column_name', TEXT),
      column('ordinal_position', INT4),
      column('column_default', TEXT),
      column('is_nullable', TEXT),
      column('data_type', TEXT),
      column('character_maximum_length', INT4),
      column('numeric_precision', INT4),
      column('numeric_scale', INT4),
      column('udt_schema', TEXT),
      column('udt_name', TEXT),
      column('is_identity', TEXT),
      column('identity_generation', TEXT),
      column('identity_start', TEXT),
      column('identity_increment', TEXT),
      column('identity_maximum', TEXT),
      column('identity_minimum', TEXT),
      column('identity_cycle', TEXT),
      column('is_generated', TEXT),
      column('generation_expression', TEXT),
    ],
    *rows({ world }): Iterable<Row> {
      for (const { entry, relkind, rowType } of pgRelations(world.catalog)) {
        if (KIND[relkind] === null) continue
        for (let i = 0; i < rowType.length; i++) {
          const { name, type, nullable } = rowType[i]!
          const stored = entry.kind === 'table' ? entry.columns[i]! : undefined
          const preset =
            stored === undefined || stored.generated !== undefined ? null : defaultText(world.catalog, stored)
          const sequence = stored?.identity === undefined ? undefined : world.catalog.byId(stored.sequence ?? 0)
          const spec = sequence?.kind === 'sequence' ? sequence.spec : null
          yield [
            'millrace',
            world.catalog.byId(entry.schema)!.name,
            entry.name,
            name,
            i + 1,
            preset,
            nullable ? 'YES' : 'NO',
            dataType(type),
            type.length ?? null,
            type.precision ?? null,
            type.scale ?? null,
            'pg_catalog',
            pgType(type).name,
            spec === null ? 'NO' : 'YES',
            spec === null ? null : stored?.identity === 'always' ? 'ALWAYS' : 'BY DEFAULT',
            ...(spec === null ? NOTHING : [spec.start, spec.increment, spec.max, spec.min].map(String)),
            spec?.cycle ? 'YES' : 'NO',
            stored?.generated === undefined ? 'NEVER' : 'ALWAYS',
            stored?.generated?.sql ?? null,
          ]
        }
      }
    },
  },
]

function dataType(type: SqlType): string {
  return type.kind === 'array' ? 'ARRAY' : formatType({ kind: type.kind })
}
