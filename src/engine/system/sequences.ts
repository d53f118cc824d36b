import type { SequenceEntry } from '../../catalog/entry.ts'
import type { Batch } from '../../types/batch.ts'
import { batchFromRows } from '../../types/batch-build.ts'
import { formatType, typeOid } from '../../types/pg-type.ts'
import { BOOL, INT4, INT8, NAME, OID, TEXT } from '../../types/sql-type.ts'
import type { Datum, Row } from '../../types/value.ts'
import type { World } from '../world.ts'
import { column } from './columns.ts'
import type { SystemRelation } from './relation.ts'

/** `SELECT * FROM sequence`. */
export function sequenceRows(world: World, entry: SequenceEntry): Batch[] {
  const { last, called } = world.sequences.position(entry)
  return [
    batchFromRows(
      entry.rowType.map((f) => f.type),
      [[int8(last), 0, called]],
    ),
  ]
}

const int8 = (value: bigint): Datum =>
  BigInt(Number(value)) === value && Number.isSafeInteger(Number(value)) ? Number(value) : value

function* sequences(world: World): Iterable<SequenceEntry> {
  for (const entry of world.catalog.all()) if (entry.kind === 'sequence') yield entry
}

export const PG_SEQUENCE: SystemRelation = {
  schema: 'pg_catalog',
  name: 'pg_sequence',
  rowType: [
    column('seqrelid', OID),
    column('seqtypid', OID),
    column('seqstart', INT8),
    column('seqincrement', INT8),
    column('seqmax', INT8),
    column('seqmin', INT8),
    column('seqcache', INT8),
    column('seqcycle', BOOL),
  ],
  *rows({ world }): Iterable<Row> {
    for (const { id, spec } of sequences(world))
      yield [
        id,
        typeOid({ kind: spec.type }),
        int8(spec.start),
        int8(spec.increment),
        int8(spec.max),
        int8(spec.min),
        int8(spec.cache),
        spec.cycle,
      ]
  },
}

/** What psql and the drivers ask of dependencies: which column a sequence belongs to. */
export const PG_DEPEND: SystemRelation = {
  schema: 'pg_catalog',
  name: 'pg_depend',
  rowType: [
    column('classid', OID),
    column('objid', OID),
    column('objsubid', INT4),
    column('refclassid', OID),
    column('refobjid', OID),
    column('refobjsubid', INT4),
    column('deptype', { kind: 'char' }),
  ],
  *rows({ world }): Iterable<Row> {
    const pgCatalog = world.catalog.byName(0, 'pg_catalog')
    const pgClass = pgCatalog && world.catalog.byName(pgCatalog.id, 'pg_class')
    if (pgClass === undefined) return
    for (const { id, ownedBy } of sequences(world)) {
      if (ownedBy === null) continue
      const table = world.catalog.byId(ownedBy.table)
      const identity = table?.kind === 'table' && table.columns[ownedBy.column]?.identity !== undefined
      yield [pgClass.id, id, 0, pgClass.id, ownedBy.table, ownedBy.column + 1, identity ? 'i' : 'a']
    }
  },
}

const PRECISION = { int2: 16, int4: 32, int8: 64 } as const

export const SEQUENCE_RELATIONS: readonly SystemRelation[] = [
  {
    schema: 'pg_catalog',
    name: 'pg_sequences',
    rowType: [
      column('schemaname', NAME),
      column('sequencename', NAME),
      column('sequenceowner', NAME),
      column('data_type', { kind: 'regtype' }),
      column('start_value', INT8),
      column('min_value', INT8),
      column('max_value', INT8),
      column('increment_by', INT8),
      column('cycle', BOOL),
      column('cache_size', INT8),
      column('last_value', INT8),
    ],
    *rows({ world }): Iterable<Row> {
      for (const entry of sequences(world)) {
        const { spec, name, schema } = entry
        const { last, called } = world.sequences.position(entry)
        yield [
          world.catalog.byId(schema)!.name,
          name,
          'millrace',
          formatType({ kind: spec.type }),
          int8(spec.start),
          int8(spec.min),
          int8(spec.max),
          int8(spec.increment),
          spec.cycle,
          int8(spec.cache),
          called ? int8(last) : null,
        ]
      }
    },
  },
  {
    schema: 'information_schema',
    name: 'sequences',
    rowType: [
      column('sequence_catalog', TEXT),
      column('sequence_schema', TEXT),
      column('sequence_name', TEXT),
      column('data_type', TEXT),
      column('numeric_precision', INT4),
      column('numeric_precision_radix', INT4),
      column('numeric_scale', INT4),
      column('start_value', TEXT),
      column('minimum_value', TEXT),
      column('maximum_value', TEXT),
      column('increment', TEXT),
      column('cycle_option', TEXT),
    ],
    *rows({ world }): Iterable<Row> {
      for (const { spec, name, schema, ownedBy } of sequences(world)) {
        const table = ownedBy === null ? undefined : world.catalog.byId(ownedBy.table)
        // Of identity columns they are part of the column.
        if (table?.kind === 'table' && table.columns[ownedBy!.column]?.identity !== undefined) continue
        yield [
          'millrace',
          world.catalog.byId(schema)!.name,
          name,
          formatType({ kind: spec.type }),
          PRECISION[spec.type],
          2,
          0,
          String(spec.start),
          String(spec.min),
          String(spec.max),
          String(spec.increment),
          spec.cycle ? 'YES' : 'NO',
        ]
      }
    },
  },
]
