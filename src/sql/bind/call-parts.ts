import type { Expr, OrderItem } from '../../../grammar/ast.ts'
import { notSupported } from '../../base/sql-error.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { TEXT } from '../../types/sql-type.ts'
import { bindError } from './bind-error.ts'
import { coerce } from './coerce.ts'
import { refuseUnordered } from './comparable.ts'
import type { ExprPlace, Statement } from './context.ts'
import { direction } from './direction.ts'
import { handled } from './handled.ts'
import type { SlotOrder } from './slot.ts'

export type Call = Extract<Expr, { kind: 'call' }>

export function functionName(node: Call): string {
  const parts = node.name.parts.map((p) => p.name)
  if (parts.length > 2 || (parts.length === 2 && parts[0] !== 'pg_catalog')) {
    if (parts.length === 2) throw bindError('3F000', `schema "${parts[0]}" does not exist`, node)
    throw notSupported('a function name of more than two parts', node.span)
  }
  return parts[parts.length - 1]
}

export function bindArgs(st: Statement, node: Call, place: ExprPlace): Scalar[] {
  return node.args.map((arg) => {
    handled(arg, ['value', 'name', 'variadic'])
    if (arg.name) throw notSupported('a named argument', arg.span)
    if (arg.variadic) throw notSupported('VARIADIC', arg.span)
    return st.bind.expr(st, arg.value, place)
  })
}

/** `settled`: a literal that nothing gave a type is text. */
export function bindOrder(st: Statement, items: readonly OrderItem[], place: ExprPlace, settled = true): SlotOrder[] {
  return items.map((item) => {
    handled(item, ['expr', 'direction', 'nulls', 'using'])
    const bound = st.bind.expr(st, item.expr, place)
    const expr = settled && bound.type.kind === 'unknown' ? coerce(st, bound, TEXT, 'implicit', item.expr) : bound
    refuseUnordered(expr, item.expr)
    return { expr, ...direction(item) }
  })
}
