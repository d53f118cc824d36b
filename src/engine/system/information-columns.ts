import { defaultText } from '../../catalog/column-default.ts'
import { pgRelations } from '../../catalog/pg-relations.ts'
import { formatType, pgType } from '../../types/pg-type.ts'
import { INT4, type SqlType, TEXT, withoutDomain } from '../../types/sql-type.ts'
import type { Datum, Row } from '../../types/value.ts'
import { column } from './columns.ts'
import type { SystemRelation } from './relation.ts'

const nones = (n: number): null[] => new Array<null>(n).fill(null)
const TEXT_OCTETS_MAX = 1_073_741_824

/** information_schema.columns, with every column that PostgreSQL's has. */
export const COLUMNS: SystemRelation = {
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
    column('character_octet_length', INT4),
    column('numeric_precision', INT4),
    column('numeric_precision_radix', INT4),
    column('numeric_scale', INT4),
    column('datetime_precision', INT4),
    column('interval_type', TEXT),
    column('interval_precision', INT4),
    ...['character_set', 'collation', 'domain', 'udt', 'scope'].flatMap((of) =>
      ['catalog', 'schema', 'name'].map((part) => column(`${of}_${part}`, TEXT)),
    ),
    column('maximum_cardinality', INT4),
    column('dtd_identifier', TEXT),
    column('is_self_referencing', TEXT),
    column('is_identity', TEXT),
    column('identity_generation', TEXT),
    column('identity_start', TEXT),
    column('identity_increment', TEXT),
    column('identity_maximum', TEXT),
    column('identity_minimum', TEXT),
    column('identity_cycle', TEXT),
    column('is_generated', TEXT),
    column('generation_expression', TEXT),
    column('is_updatable', TEXT),
  ],
  *rows({ world }): Iterable<Row> {
    for (const { entry, relkind, rowType } of pgRelations(world.catalog)) {
      if (relkind === 'i' || relkind === 'S' || relkind === 't') continue
      const updatable = world.tables.has(entry.id) ? 'YES' : 'NO'
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
          ...measures(type),
          ...nones(9),
          'millrace',
          'pg_catalog',
          pgType(withoutDomain(type)).name,
          ...nones(4),
          String(i + 1),
          'NO',
          spec === null ? 'NO' : 'YES',
          spec === null ? null : stored?.identity === 'always' ? 'ALWAYS' : 'BY DEFAULT',
          ...(spec === null ? nones(4) : [spec.start, spec.increment, spec.max, spec.min].map(String)),
          spec?.cycle ? 'YES' : 'NO',
          stored?.generated === undefined ? 'NEVER' : 'ALWAYS',
          stored?.generated?.sql ?? null,
          updatable,
        ]
      }
    }
  },
}

/** Length and octets; precision, radix and scale; the precision of times; what intervals are made of, which all are free of. */
function measures(type: SqlType): Datum[] {
  const of = (length: Datum, octets: Datum, precision: Datum, radix: Datum, scale: Datum, time: Datum): Datum[] => [
    length,
    octets,
    precision,
    radix,
    scale,
    time,
    null,
    null,
  ]
  const { length, precision, scale } = type
  switch (type.kind) {
    case 'int2':
      return of(null, null, 16, 2, 0, null)
    case 'int4':
      return of(null, null, 32, 2, 0, null)
    case 'int8':
      return of(null, null, 64, 2, 0, null)
    case 'float4':
      return of(null, null, 24, 2, null, null)
    case 'float8':
      return of(null, null, 53, 2, null, null)
    case 'numeric':
      return of(null, null, precision ?? null, 10, precision === undefined ? null : (scale ?? 0), null)
    case 'text':
      return of(null, TEXT_OCTETS_MAX, null, null, null, null)
    case 'varchar':
    case 'bpchar':
      return of(length ?? null, length === undefined ? TEXT_OCTETS_MAX : length * 4, null, null, null, null)
    case 'bit':
    case 'varbit':
      return of(length ?? null, null, null, null, null, null)
    case 'date':
      return of(null, null, null, null, null, 0)
    case 'time':
    case 'timestamp':
    case 'timestamptz':
    case 'interval':
      return of(null, null, null, null, null, precision ?? 6)
    default:
      return of(null, null, null, null, null, null)
  }
}

function dataType(type: SqlType): string {
  if (type.kind === 'enum' || type.kind === 'record') return 'USER-DEFINED'
  return type.kind === 'array' ? 'ARRAY' : formatType({ kind: type.kind })
}
