import type { QueryBody } from '../../../grammar/ast.ts'
import { notSupported } from '../../base/sql-error.ts'
import type { Logical } from '../../plan/logical.ts'
import { distinct, project } from '../../plan/logical-make.ts'
import { column } from '../../plan/scalar-walk.ts'
import type { RowType } from '../../types/sql-type.ts'
import { bindError } from './bind-error.ts'
import { unify } from './coerce.ts'
import { refuseUnequal } from './comparable.ts'
import type { BoundBody, CteScope, Statement } from './context.ts'
import { handled } from './handled.ts'
import type { Scope } from './scope.ts'

type Bind = (st: Statement, body: QueryBody, parent: Scope | null, ctes: CteScope | null) => BoundBody

/** UNION, INTERSECT, EXCEPT [ALL]: columns pair up by position and take their common type; names come from the left. */
export function bindSetOperation(
  st: Statement,
  node: Extract<QueryBody, { kind: 'setOperation' }>,
  parent: Scope | null,
  ctes: CteScope | null,
  bindBody: Bind,
): BoundBody {
  // An empty list of CORRESPONDING means all common columns.
  if (node.corresponding) throw notSupported('CORRESPONDING', node.span)
  handled(node, ['op', 'all', 'left', 'right'])
  const left = bindBody(st, node.left, parent, ctes)
  const right = bindBody(st, node.right, parent, ctes)
  const plan = setOperation(st, node, left, right)
  const columns = plan.rowType.map((f, i) => ({
    name: f.name,
    expr: column(i, f.type),
    nullable: f.nullable,
    origin: null,
    at: left.columns[i].at,
  }))
  return { plan, columns }
}

function setOperation(
  st: Statement,
  node: Extract<QueryBody, { kind: 'setOperation' }>,
  left: BoundBody,
  right: BoundBody,
): Logical {
  if (left.columns.length !== right.columns.length) {
    throw bindError(
      '42601',
      `each ${node.op} query must have the same number of columns`,
      right.columns[0]?.at ?? node.right,
    )
  }
  const pairs = left.columns.map((c, i) =>
    unify(
      st,
      [
        { scalar: c.expr, at: c.at ?? node.left },
        { scalar: right.columns[i].expr, at: right.columns[i].at ?? node.right },
      ],
      node.op,
    ),
  )
  if (node.op !== 'UNION' || !node.all) {
    pairs.forEach((p, i) => {
      refuseUnequal(p.scalars[0], left.columns[i].at ?? node.left)
    })
  }
  const names = left.columns.map((c) => c.name)
  const l = project(
    left.plan,
    pairs.map((p) => p.scalars[0]),
    names,
  )
  const r = project(
    right.plan,
    pairs.map((p) => p.scalars[1]),
    names,
  )
  const either: RowType = l.rowType.map((f, i) => ({ ...f, nullable: f.nullable || r.rowType[i].nullable }))
  if (node.op === 'UNION') {
    const all: Logical = { kind: 'unionAll', inputs: [l, r], rowType: either }
    return node.all ? all : distinct(all)
  }
  const op = node.op === 'INTERSECT' ? 'intersect' : 'except'
  if (node.all) return { kind: 'setOp', op, all: true, left: l, right: r, rowType: l.rowType }
  return { kind: 'setOp', op, all: false, left: distinct(l), right: distinct(r), rowType: l.rowType }
}
