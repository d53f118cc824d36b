import { constraintsOf, type PgConstraint, pgConstraints } from '../../catalog/pg-constraints.ts'
import { INT4, TEXT } from '../../types/sql-type.ts'
import type { Row } from '../../types/value.ts'
import type { World } from '../world.ts'
import { column } from './columns.ts'
import type { SystemRelation } from './relation.ts'

const TYPES = { p: 'PRIMARY KEY', u: 'UNIQUE', c: 'CHECK' } as const satisfies Record<PgConstraint['type'], string>
const DATABASE = 'millrace'

const schemaOf = (world: World, constraint: PgConstraint): string => world.catalog.byId(constraint.table.schema)!.name

/** Constraints as the SQL standard lists them. NOT NULL counts as a CHECK there, as in PostgreSQL. */
export const CONSTRAINT_RELATIONS: readonly SystemRelation[] = [
  {
    schema: 'information_schema',
    name: 'table_constraints',
    rowType: [
      'constraint_catalog',
      'constraint_schema',
      'constraint_name',
      'table_catalog',
      'table_schema',
      'table_name',
      'constraint_type',
      'is_deferrable',
      'initially_deferred',
      'enforced',
      'nulls_distinct',
    ].map((name) => column(name, TEXT)),
    *rows({ world }): Iterable<Row> {
      for (const entry of world.catalog.all()) {
        if (entry.kind !== 'table') continue
        const schema = world.catalog.byId(entry.schema)!.name
        for (const { name, type, index } of constraintsOf(world.catalog, entry))
          yield [
            DATABASE,
            schema,
            name,
            DATABASE,
            schema,
            entry.name,
            TYPES[type],
            'NO',
            'NO',
            'YES',
            nullsDistinct(world, type, index),
          ]
        for (const [i, { notNull }] of entry.columns.entries())
          if (notNull)
            yield [
              DATABASE,
              schema,
              notNullName(entry.schema, entry.id, i),
              DATABASE,
              schema,
              entry.name,
              'CHECK',
              'NO',
              'NO',
              'YES',
              null,
            ]
      }
    },
  },
  {
    schema: 'information_schema',
    name: 'check_constraints',
    rowType: ['constraint_catalog', 'constraint_schema', 'constraint_name', 'check_clause'].map((name) =>
      column(name, TEXT),
    ),
    *rows({ world }): Iterable<Row> {
      for (const constraint of pgConstraints(world.catalog)) {
        if (constraint.type !== 'c') continue
        const clause = constraint.definition(false).slice('CHECK '.length)
        yield [DATABASE, schemaOf(world, constraint), constraint.name, clause]
      }
      for (const entry of world.catalog.all()) {
        if (entry.kind !== 'table') continue
        const schema = world.catalog.byId(entry.schema)!.name
        for (const [i, { name, notNull }] of entry.columns.entries())
          if (notNull) yield [DATABASE, schema, notNullName(entry.schema, entry.id, i), `${name} IS NOT NULL`]
      }
    },
  },
  {
    schema: 'information_schema',
    name: 'key_column_usage',
    rowType: [
      ...[
        'constraint_catalog',
        'constraint_schema',
        'constraint_name',
        'table_catalog',
        'table_schema',
        'table_name',
        'column_name',
      ].map((name) => column(name, TEXT)),
      column('ordinal_position', INT4),
      column('position_in_unique_constraint', INT4),
    ],
    *rows({ world }): Iterable<Row> {
      for (const constraint of pgConstraints(world.catalog)) {
        if (constraint.type === 'c') continue
        const { name, table, columns } = constraint
        const schema = schemaOf(world, constraint)
        for (const [i, c] of columns.entries())
          yield [DATABASE, schema, name, DATABASE, schema, table.name, table.columns[c]!.name, i + 1, null]
      }
    },
  },
  {
    schema: 'information_schema',
    name: 'constraint_column_usage',
    rowType: [
      'table_catalog',
      'table_schema',
      'table_name',
      'column_name',
      'constraint_catalog',
      'constraint_schema',
      'constraint_name',
    ].map((name) => column(name, TEXT)),
    *rows({ world }): Iterable<Row> {
      for (const constraint of pgConstraints(world.catalog)) {
        const { name, table, columns } = constraint
        const schema = schemaOf(world, constraint)
        for (const c of columns) yield [DATABASE, schema, table.name, table.columns[c]!.name, DATABASE, schema, name]
      }
    },
  },
]

function nullsDistinct(world: World, type: PgConstraint['type'], index: number): string | null {
  if (type !== 'u') return null
  const entry = world.catalog.byId(index)
  return entry?.kind === 'index' && entry.nullsNotDistinct ? 'NO' : 'YES'
}

const notNullName = (schema: number, table: number, column: number): string =>
  `${schema}_${table}_${column + 1}_not_null`
