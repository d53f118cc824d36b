import type { Expr } from '../../../grammar/ast.ts'
import { notSupported } from '../../base/sql-error.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { typeText } from '../type-text.ts'
import { bindError } from './bind-error.ts'
import type { ExprPlace, Statement } from './context.ts'
import { handled } from './handled.ts'

/** Collations that order text by its bytes: the only order there is here, so naming one changes nothing. */
const BYTE_ORDER: ReadonlySet<string> = new Set(['default', 'C', 'POSIX', 'ucs_basic', 'C.UTF-8'])
const TEXTS: ReadonlySet<string> = new Set(['text', 'varchar', 'bpchar', 'name', 'unknown'])

/** x COLLATE "C". */
export function bindCollate(st: Statement, node: Extract<Expr, { kind: 'collate' }>, place: ExprPlace): Scalar {
  handled(node, ['operand', 'collation'])
  const operand = st.bind.expr(st, node.operand, place)
  if (!TEXTS.has(operand.type.kind)) {
    throw bindError('42804', `collations are not supported by type ${typeText(operand.type)}`, node)
  }
  const name = node.collation.parts.at(-1)!.name
  if (!BYTE_ORDER.has(name))
    throw notSupported(`collation "${name}"`, node.collation.span, 'Text is ordered by its bytes: collation "C".')
  return operand
}
