import type { Expr, Values } from '../../../grammar/ast.ts'
import type { Logical } from '../../plan/logical.ts'
import { project } from '../../plan/logical-make.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { column } from '../../plan/scalar-walk.ts'
import type { Datum } from '../../types/value.ts'
import { bindError } from './bind-error.ts'
import { unify } from './coerce.ts'
import type { BoundBody, CteScope, ExprPlace, Statement } from './context.ts'
import { NO_FROM } from './from-plan.ts'
import { handled } from './handled.ts'
import { EMPTY_SCOPE, type Scope } from './scope.ts'
import { Stage } from './stage.ts'

/** VALUES (…), (…): columns column1, column2, … of the common types. */
export function bindValues(st: Statement, node: Values, parent: Scope | null, ctes: CteScope | null): BoundBody {
  handled(node, ['rows'])
  const scope: Scope = { ...EMPTY_SCOPE, parent }
  const rows = bindRows(st, node.rows, scope, ctes)
  const width = rows[0].length
  const columns = Array.from({ length: width }, (_, c) =>
    unify(
      st,
      rows.map((row, r) => ({ scalar: row[c], at: node.rows[r][c] })),
      'VALUES',
    ),
  )
  const typed = rows.map((_, r) => columns.map((c) => c.scalars[r]))
  const names = columns.map((_, i) => `column${i + 1}`)
  const plan = rowsPlan(st, typed, names, scope)
  return {
    plan,
    columns: plan.rowType.map((f, i) => ({
      name: f.name,
      expr: column(i, f.type),
      nullable: f.nullable,
      origin: null,
      at: node.rows[0][i],
    })),
  }
}

export function bindRows(
  st: Statement,
  rows: readonly (readonly Expr[])[],
  scope: Scope,
  ctes: CteScope | null,
  cell?: (node: Expr, column: number) => Scalar | undefined,
): Scalar[][] {
  const place: ExprPlace = { scope, ctes, clause: 'VALUES', aggregates: false, windows: false, rows: false }
  return rows.map((row) => {
    if (row.length !== rows[0].length) throw bindError('42601', 'VALUES lists must all be the same length', row[0])
    return row.map((node, i) => cell?.(node, i) ?? st.bind.expr(st, node, place))
  })
}

/** Constant rows become one node; the others are computed from the row of no columns, one branch each. */
export function rowsPlan(
  st: Statement,
  rows: readonly (readonly Scalar[])[],
  names: readonly string[],
  scope: Scope = EMPTY_SCOPE,
): Logical {
  const constants: Datum[][] = []
  const inputs: Logical[] = []
  for (const row of rows) {
    if (row.every((s) => s.kind === 'const')) {
      constants.push(row.map((s) => (s.kind === 'const' ? s.value : null)))
    } else {
      const stage = new Stage(st, scope, NO_FROM.plan)
      const exprs = row.map((s) => stage.resolve(s))
      inputs.push(project(stage.plan, exprs, names))
    }
  }
  if (constants.length > 0) {
    const rowType = rows[0].map((s, c) => ({
      name: names[c],
      type: s.type,
      nullable: constants.some((row) => row[c] === null),
    }))
    inputs.unshift({ kind: 'constant', rows: constants, rowType })
  }
  if (inputs.length === 1) return inputs[0]
  const rowType = inputs[0].rowType.map((f, c) => ({ ...f, nullable: inputs.some((i) => i.rowType[c].nullable) }))
  return { kind: 'unionAll', inputs, rowType }
}
