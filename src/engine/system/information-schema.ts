import { type PgRelation, pgRelations } from '../../catalog/pg-relations.ts'
import { TEXT } from '../../types/sql-type.ts'
import type { Row } from '../../types/value.ts'
import { column } from './columns.ts'
import { COLUMNS } from './information-columns.ts'
import type { SystemRelation } from './relation.ts'

const KIND: Readonly<Record<PgRelation['relkind'], string | null>> = {
  r: 'BASE TABLE',
  v: 'VIEW',
  m: 'MATERIALIZED VIEW',
  i: null,
  S: null,
  t: null,
  c: null,
}

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
  COLUMNS,
]
