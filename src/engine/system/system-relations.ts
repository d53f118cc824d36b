import { assert } from '../../base/assert.ts'
import type { CatalogEntry } from '../../catalog/entry.ts'
import { ERROR_COLUMNS, ERROR_TYPES } from '../../dataflow/contract.ts'
import { originOf } from '../../dataflow/inherited-errors.ts'
import type { Batch } from '../../types/batch.ts'
import { batchFromRows, rowsOf, splitBatch } from '../../types/batch-build.ts'
import { type RowType, TEXT } from '../../types/sql-type.ts'
import type { Row } from '../../types/value.ts'
import type { CallContext } from '../api.ts'
import { DEAD_LETTER_FIELDS } from '../source.ts'
import { viewOfError } from '../view-error.ts'
import { CONSTRAINT_RELATIONS } from './constraints.ts'
import { INFORMATION_SCHEMA } from './information-schema.ts'
import { MILLRACE_RELATIONS } from './millrace.ts'
import { PG_CLASS_RELATIONS } from './pg-class.ts'
import { PG_CONSTRAINT } from './pg-constraint.ts'
import { PG_EMPTY_RELATIONS } from './pg-empty.ts'
import { PG_FUNCTION_RELATIONS } from './pg-functions.ts'
import { PG_SERVER_RELATIONS } from './pg-server.ts'
import type { SystemContext, SystemRelation } from './relation.ts'
import { SEQUENCE_RELATIONS, sequenceRows } from './sequences.ts'
import { VIEW_LAG } from './view-lag.ts'

const RELATIONS: readonly SystemRelation[] = [
  ...MILLRACE_RELATIONS,
  ...PG_CLASS_RELATIONS,
  PG_CONSTRAINT,
  ...PG_FUNCTION_RELATIONS,
  ...PG_SERVER_RELATIONS,
  ...PG_EMPTY_RELATIONS,
  ...INFORMATION_SCHEMA,
  // New ones come last: the ids of the others stay what they were.
  VIEW_LAG,
  ...CONSTRAINT_RELATIONS,
  ...SEQUENCE_RELATIONS,
]

/** Object ids of the server's own schemas; PostgreSQL's where it has one. */
const SCHEMAS = { pg_catalog: 11, information_schema: 13000, millrace: 13001, public: 2200 } as const
const FIRST_RELATION_ID = 13_100

/** Schemas and system relations of every database. */
export function builtInEntries(): CatalogEntry[] {
  const entries: CatalogEntry[] = Object.entries(SCHEMAS).map(([name, id]) => ({
    kind: 'schema',
    id,
    name,
    schema: 0,
    sql: '',
    dependsOn: [],
  }))
  RELATIONS.forEach(({ schema, name, rowType }, i) => {
    entries.push({
      kind: 'system',
      id: FIRST_RELATION_ID + i,
      name,
      schema: SCHEMAS[schema],
      sql: '',
      dependsOn: [],
      rowType,
      relation: `${schema}.${name}`,
    })
  })
  return entries
}

/** Answers reads of system relations. */
export class SystemRelations {
  readonly #context: SystemContext
  readonly #byName = new Map(RELATIONS.map((r) => [`${r.schema}.${r.name}`, r]))

  constructor(context: SystemContext) {
    this.#context = context
  }

  /** Columns of `"<object>$errors"`. */
  errorsRowType(kind: CatalogEntry['kind']): RowType {
    if (kind === 'source') return DEAD_LETTER_FIELDS
    const fields = ERROR_COLUMNS.map((name, i) => ({ name, type: ERROR_TYPES[i]!, nullable: true }))
    return [...fields, { name: 'view', type: TEXT, nullable: true }]
  }

  /** All rows of a system relation, now. */
  rows(object: number, call: Pick<CallContext, 'setting'>): Batch[] {
    const { world } = this.#context
    const entry = world.catalog.byId(object)
    if (entry?.kind === 'sequence') return sequenceRows(world, entry)
    assert(entry?.kind === 'system', `object ${object} is a system relation`)
    if (entry.relation === 'errors') {
      const owner = entry.dependsOn[0]!
      const kept = world.sources.get(owner)?.deadLetters
      return kept === undefined ? this.#errorsOf(owner) : [...kept.scan()]
    }
    const relation = this.#byName.get(entry.relation)
    assert(relation !== undefined, `system relation ${entry.relation} is known`)
    const rows: Row[] = [...relation.rows(this.#context, call)]
    return rows.length === 0
      ? []
      : splitBatch(
          batchFromRows(
            entry.rowType.map((f) => f.type),
            rows,
          ),
        )
  }

  /** Of a view: the operator without the mark of the view that it stands in, which has a column. */
  #errorsOf(id: number): Batch[] {
    const { world } = this.#context
    const rows: Row[] = []
    const diffs: number[] = []
    for (const batch of world.views.get(id)?.output.errors.scan() ?? []) {
      for (const [i, row] of rowsOf(batch, ERROR_TYPES).entries()) {
        const operator = row[OPERATOR] as string
        rows.push([...row.with(OPERATOR, originOf(operator).operator), viewOfError(world, id, operator)])
        diffs.push(batch.diffs[i]!)
      }
    }
    return rows.length === 0 ? [] : splitBatch(batchFromRows([...ERROR_TYPES, TEXT], rows, diffs))
  }
}

const OPERATOR = ERROR_COLUMNS.indexOf('operator')
