import type { ReferentialAction } from '../../catalog/entry.ts'
import { pgConstraints } from '../../catalog/pg-constraints.ts'
import { arrayOf, BOOL, INT2, INT4, NAME, OID, type SqlType, TEXT } from '../../types/sql-type.ts'
import type { Row } from '../../types/value.ts'
import { column } from './columns.ts'
import type { SystemRelation } from './relation.ts'
import { domainConstraintRows } from './user-types.ts'

const ACTION_LETTERS = {
  noAction: 'a',
  restrict: 'r',
  cascade: 'c',
  setNull: 'n',
  setDefault: 'd',
} as const satisfies Record<ReferentialAction, string>

const CHAR: SqlType = { kind: 'char' }

/** Constraints of tables, but NOT NULL. */
export const PG_CONSTRAINT: SystemRelation = {
  schema: 'pg_catalog',
  name: 'pg_constraint',
  rowType: [
    column('oid', OID),
    column('conname', NAME),
    column('connamespace', OID),
    column('contype', CHAR),
    column('condeferrable', BOOL),
    column('condeferred', BOOL),
    column('convalidated', BOOL),
    column('conrelid', OID),
    column('contypid', OID),
    column('conindid', OID),
    column('conparentid', OID),
    column('confrelid', OID),
    column('confupdtype', CHAR),
    column('confdeltype', CHAR),
    column('confmatchtype', CHAR),
    column('conislocal', BOOL),
    column('coninhcount', INT4),
    column('connoinherit', BOOL),
    column('conkey', arrayOf(INT2)),
    column('confkey', arrayOf(INT2)),
    column('conbin', TEXT),
  ],
  *rows({ world }): Iterable<Row> {
    for (const constraint of pgConstraints(world.catalog)) {
      const { oid, name, type, table, columns, index, definition, foreignKey: fk } = constraint
      yield [
        oid,
        name,
        table.schema,
        type,
        fk?.deferrable !== undefined,
        fk?.deferrable === 'initiallyDeferred',
        !fk?.notValid,
        table.id,
        0,
        index,
        0,
        fk?.references ?? 0,
        fk === undefined ? ' ' : ACTION_LETTERS[fk.onUpdate],
        fk === undefined ? ' ' : ACTION_LETTERS[fk.onDelete],
        fk === undefined ? ' ' : fk.match === 'full' ? 'f' : 's',
        true,
        0,
        type !== 'c',
        columns.map((c) => c + 1),
        fk === undefined ? null : fk.referenced.map((c) => c + 1),
        // pg_get_expr gives it back as it is.
        type === 'c' ? definition(false).slice('CHECK '.length) : null,
      ]
    }
    yield* domainConstraintRows(world)
  },
}
