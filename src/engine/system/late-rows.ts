import type { OperatorBase } from '../../dataflow/operator.ts'
import { OnTimeOperator } from '../../dataflow/operators/on-time.ts'
import { INT4, INT8, TEXT } from '../../types/sql-type.ts'
import { column } from './columns.ts'
import { nameOf, schemaOf } from './names.ts'
import type { SystemRelation } from './relation.ts'
import { structureOwner } from './state-growth.ts'

/**
 * Late rows by view, relation and operator: the operators that leave late rows out are numbered in the order of the plan,
 * `sql` is what each stands before. Counted where they are left out, exactly and durably: of all that the view has read
 * since it began, a row of several windows once for each that it was too late for; and how many of these MERGE LATE
 * brought in there. Operators know nothing of each other's rows: one that two of them leave out counts in both lines.
 */
export const LATE_ROWS: SystemRelation = {
  schema: 'millrace',
  name: 'late_rows',
  rowType: [
    column('view', TEXT),
    column('source', TEXT),
    column('operator', INT4),
    column('sql', TEXT),
    column('left_out', INT8),
    column('merged', INT8),
    column('schema', TEXT),
    column('source_schema', TEXT),
  ],
  *rows({ world }) {
    for (const view of world.views.values()) {
      const { entry, rendered } = view
      if (entry === null) continue
      for (const [relation, places] of placesOf(rendered.operators)) {
        const schemas = [schemaOf(world, entry.id), schemaOf(world, relation)]
        for (const [i, { leftOut, merged }] of places.entries()) {
          const { sql } = structureOwner(view, leftOut.state()[0]!.id)
          const counts = [leftOut.lateRows, merged?.lateRows ?? 0]
          yield [entry.name, nameOf(world, relation), i + 1, sql, ...counts, ...schemas]
        }
      }
    }
  },
}

interface Place {
  readonly leftOut: OnTimeOperator
  /** What lets in there the rows that are merged. */
  readonly merged: OnTimeOperator | undefined
}

/** By relation, in the order of the plan: for each operator that leaves rows out there is one that merges them. */
function placesOf(operators: readonly OperatorBase[]): ReadonlyMap<number, readonly Place[]> {
  const all = operators.filter((o) => o instanceof OnTimeOperator)
  const places = new Map<number, Place[]>()
  for (const relation of new Set(all.map((o) => o.relation))) {
    const own = all.filter((o) => o.relation === relation)
    const merged = own.filter((o) => o.late)
    const found = own.filter((o) => !o.late).map((leftOut, i) => ({ leftOut, merged: merged[i] }))
    places.set(relation, found)
  }
  return places
}
