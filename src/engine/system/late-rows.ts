import { OnTimeOperator } from '../../dataflow/operators/on-time.ts'
import { INT8, TEXT } from '../../types/sql-type.ts'
import { column } from './columns.ts'
import { nameOf, schemaOf } from './names.ts'
import type { SystemRelation } from './relation.ts'

/**
 * Late rows by view: how often one was left out because what it would have changed was closed, a row of several windows
 * once for each; and how many of these MERGE LATE brought in. Counted by the operators that leave them out, exactly and
 * durably: of all that the view has read since it began.
 */
export const LATE_ROWS: SystemRelation = {
  schema: 'millrace',
  name: 'late_rows',
  rowType: [
    column('view', TEXT),
    column('source', TEXT),
    column('left_out', INT8),
    column('merged', INT8),
    column('schema', TEXT),
    column('source_schema', TEXT),
  ],
  *rows({ world }) {
    for (const { entry, rendered } of world.views.values()) {
      if (entry === null) continue
      const counts = new Map<number, { leftOut: number; merged: number }>()
      for (const operator of rendered.operators) {
        if (!(operator instanceof OnTimeOperator)) continue
        const known = counts.get(operator.relation) ?? { leftOut: 0, merged: 0 }
        if (operator.late) known.merged += operator.lateRows
        else known.leftOut += operator.lateRows
        counts.set(operator.relation, known)
      }
      for (const [relation, { leftOut, merged }] of counts) {
        const schemas = [schemaOf(world, entry.id), schemaOf(world, relation)]
        yield [entry.name, nameOf(world, relation), leftOut, merged, ...schemas]
      }
    }
  },
}
