import type { Logical } from '../../plan/logical.ts'
import { columnsOfRow, distinct, project, projectColumns } from '../../plan/logical-make.ts'
import { rewriteLogical } from '../../plan/logical-walk.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { column, constant, mapColumns } from '../../plan/scalar-walk.ts'
import { INT8, type RowType } from '../../types/sql-type.ts'
import type { Place } from './bind-error.ts'
import type { Statement } from './context.ts'
import { decorrelate } from './decorrelate.ts'
import { aggregateCall, callOperator, emptyResult } from './overload.ts'

/** What the outer slots of a plan never are: the rounds are a correlation that no text names. */
const NO_SLOT = -2

/**
 * WITH RECURSIVE where a round's rows depend on each other (DISTINCT, LIMIT, window functions): every row carries the
 * number of the round that made it, and the step is evaluated for each round by itself, as PostgreSQL does it one round
 * after the other. Of UNION a row is the first round's that has it. The fixpoint over rows and rounds is unique: what a
 * round holds depends on the rounds before it alone, so that it can be maintained.
 */
export function byRounds(
  st: Statement,
  binding: number,
  start: Logical,
  step: { readonly plan: Logical; readonly exprs: readonly Scalar[] },
  rowType: RowType,
  all: boolean,
  at: Place,
): (body: Logical) => Logical {
  const rounds = st.newBinding()
  const row: RowType = [{ name: 'round', type: INT8, nullable: false }, ...rowType]
  const names = row.map((f) => f.name)
  const made: Logical = { kind: 'ref', binding: rounds, rowType: row }
  const domain = { plan: distinct(projectColumns(made, [0])), slots: [NO_SLOT], emptyResult }
  const ofRound = rewriteLogical(decorrelate(step.plan, domain, new Map([[binding, row]])), (p) =>
    p.kind === 'ref' && p.binding === binding ? { ...p, binding: rounds } : p,
  )
  const next = callOperator(st, '+', [column(0, INT8), constant(1, INT8)], at)
  const inputs = [
    project(start, [constant(0, INT8), ...columnsOfRow(start.rowType)], names),
    project(ofRound, [next, ...step.exprs.map((e) => mapColumns(e, (i) => i + 1))], names),
  ]
  const rows: Logical = { kind: 'unionAll', inputs, rowType: row }
  const value = all ? rows : firstRounds(st, rows, at)
  return (body) => ({
    kind: 'letRec',
    bindings: [{ binding: rounds, value }],
    body: {
      kind: 'let',
      binding,
      value: projectColumns(
        made,
        rowType.map((_, i) => i + 1),
      ),
      body,
      rowType: body.rowType,
    },
    limit: null,
    grows: true,
    rowType: body.rowType,
  })
}

/** Each row once, in the first round that has it. */
function firstRounds(st: Statement, rows: Logical, at: Place): Logical {
  const [round, ...row] = rows.rowType
  const call = aggregateCall(st, 'min', [column(0, INT8)], at)
  const grouped: Logical = {
    kind: 'aggregate',
    input: rows,
    keys: row.map((f, i) => column(i + 1, f.type)),
    aggregates: [{ ...call, distinct: false, filter: null, order: [] }],
    rowType: [...row, round],
    position: st.position(at),
  }
  return projectColumns(grouped, [row.length, ...row.map((_, i) => i)])
}
