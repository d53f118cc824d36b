import type { Pieces } from '../../base/slices.ts'
import { SqlError } from '../../base/sql-error.ts'
import type { MergePlan } from '../../plan/dml.ts'
import type { Row } from '../../types/value.ts'
import { checkKeys, keyText } from './constraints.ts'
import { GeneratedColumns } from './generated.ts'
import { type RowProgram, rowProgram } from './row-program.ts'
import { RowRules } from './row-rules.ts'
import { takeOne } from './update.ts'
import { PIECE_ROWS, type RowChange, type WritableTable, type WriteScope } from './writable.ts'

const NO_ROW: Row = []

/** Evaluates a MERGE to the changes it makes; throws before anything is changed. */
export async function mergeChanges(plan: MergePlan, scope: WriteScope): Promise<RowChange[]> {
  const rows = await scope.run(plan.plan)
  return scope.slices.run(actionChanges(plan, scope.table(plan.table), rows, scope))
}

function* actionChanges(
  { actions }: MergePlan,
  table: WritableTable,
  rows: readonly Row[],
  scope: WriteScope,
): Pieces<RowChange[]> {
  const width = table.types.length
  const text = keyText(table.entry)
  const left = new Map<string, number>()
  const fills = actions.map(({ fill }) =>
    rowProgram(
      fill.map((f) => f.expr),
      [],
      scope.program,
    ),
  )
  const found: { readonly old: Row | null; readonly next: Row | null }[] = []
  for (const [i, row] of rows.entries()) {
    if (i % PIECE_ROWS === 0) yield
    const number = row[2 * width] as number
    const action = actions[number]!
    if (action.kind === 'nothing') continue
    const old = action.kind === 'insert' ? null : row.slice(0, width)
    if (old !== null && !takeOne(table, left, text(old), old)) {
      throw new SqlError('21000', 'MERGE command cannot affect row a second time', {
        hint: 'Ensure that not more than one source row matches any one target row.',
      })
    }
    const next = action.kind === 'delete' ? null : withFill(row.slice(width, 2 * width), action.fill, fills[number]!)
    found.push({ old, next })
  }
  const generated = new GeneratedColumns(table.entry, table.types, scope.program.env)
  const made = generated.rows(found.flatMap(({ next }) => (next === null ? [] : [next])))
  yield* new RowRules(table.entry, table.types, scope.program.env).checkRows(made)
  let at = 0
  const changes = found.map(({ old, next }): RowChange => ({ old, next: next === null ? null : made[at++]! }))
  yield* checkKeys(table, changes)
  return changes
}

function withFill(row: Row, fill: readonly { readonly column: number }[], values: RowProgram): Row {
  if (fill.length === 0) return row
  const filled = [...row]
  for (const [i, value] of values(NO_ROW).entries()) filled[fill[i]!.column] = value
  return filled
}
