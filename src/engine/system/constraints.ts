import type { ForeignKeyEntry, ReferentialAction, TableEntry } from '../../catalog/entry.ts'
import { constraintsOf, type PgConstraint, pgConstraints } from '../../catalog/pg-constraints.ts'
import { primaryKeyName } from '../../catalog/unique-key.ts'
import { INT4, TEXT } from '../../types/sql-type.ts'
import type { Row } from '../../types/value.ts'
import type { World } from '../world.ts'
import { column } from './columns.ts'
import type { SystemRelation } from './relation.ts'

const TYPES = { p: 'PRIMARY KEY', u: 'UNIQUE', c: 'CHECK', f: 'FOREIGN KEY' } as const satisfies Record<
  PgConstraint['type'],
  string
>
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
        for (const { name, type, index, foreignKey } of constraintsOf(world.catalog, entry))
          yield [
            DATABASE,
            schema,
            name,
            DATABASE,
            schema,
            entry.name,
            TYPES[type],
            foreignKey?.deferrable === undefined ? 'NO' : 'YES',
            foreignKey?.deferrable === 'initiallyDeferred' ? 'YES' : 'NO',
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
        const { name, table, columns, foreignKey } = constraint
        const schema = schemaOf(world, constraint)
        for (const [i, c] of columns.entries()) {
          const place = foreignKey === undefined ? null : placeInKey(world, foreignKey, i)
          yield [DATABASE, schema, name, DATABASE, schema, table.name, table.columns[c]!.name, i + 1, place]
        }
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
        const { name, foreignKey: fk } = constraint
        const schema = schemaOf(world, constraint)
        const table = fk === undefined ? constraint.table : (world.catalog.byId(fk.references) as TableEntry)
        const of = world.catalog.byId(table.schema)!.name
        for (const c of fk?.referenced ?? constraint.columns)
          yield [DATABASE, of, table.name, table.columns[c]!.name, DATABASE, schema, name]
      }
    },
  },
  {
    schema: 'information_schema',
    name: 'referential_constraints',
    rowType: [
      'constraint_catalog',
      'constraint_schema',
      'constraint_name',
      'unique_constraint_catalog',
      'unique_constraint_schema',
      'unique_constraint_name',
      'match_option',
      'update_rule',
      'delete_rule',
    ].map((name) => column(name, TEXT)),
    *rows({ world }): Iterable<Row> {
      for (const constraint of pgConstraints(world.catalog)) {
        const { foreignKey: fk, name } = constraint
        if (fk === undefined) continue
        const to = world.catalog.byId(fk.references) as TableEntry
        const key = fk.key === 0 ? primaryKeyName(to) : world.catalog.byId(fk.key)!.name
        const schema = schemaOf(world, constraint)
        const match = fk.match === 'full' ? 'FULL' : 'NONE'
        const keySchema = world.catalog.byId(to.schema)!.name
        const rules = [RULES[fk.onUpdate], RULES[fk.onDelete]]
        yield [DATABASE, schema, name, DATABASE, keySchema, key, match, ...rules]
      }
    },
  },
]

const RULES = {
  noAction: 'NO ACTION',
  restrict: 'RESTRICT',
  cascade: 'CASCADE',
  setNull: 'SET NULL',
  setDefault: 'SET DEFAULT',
} as const satisfies Record<ReferentialAction, string>

/** Where the column that a foreign key's column refers to stands in its key, from 1. */
function placeInKey(world: World, { references, referenced, key }: ForeignKeyEntry, at: number): number {
  const entry = world.catalog.byId(key === 0 ? references : key)
  const columns = entry?.kind === 'table' ? entry.primaryKey! : entry?.kind === 'index' ? entry.columns : []
  return columns.indexOf(referenced[at]!) + 1
}

function nullsDistinct(world: World, type: PgConstraint['type'], index: number): string | null {
  if (type !== 'u') return null
  const entry = world.catalog.byId(index)
  return entry?.kind === 'index' && entry.nullsNotDistinct ? 'NO' : 'YES'
}

const notNullName = (schema: number, table: number, column: number): string =>
  `${schema}_${table}_${column + 1}_not_null`
