import type { Expr } from '../../../grammar/ast.ts'
import type { ColumnPlan } from '../../plan/ddl.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { newStatement } from '../bind/bind.ts'
import { bindError } from '../bind/bind-error.ts'
import { coerce } from '../bind/coerce.ts'
import type { Statement } from '../bind/context.ts'
import { sequenceRead } from '../statement/sequence-default.ts'
import { bindDefault } from '../statement/target-table.ts'
import { typeText } from '../type-text.ts'
import { canonicalSql } from './canonical.ts'

/** DEFAULT as a column keeps it: the next value of a sequence, or the text of an expression that fits. */
export function bindDefaultClause(
  st: Statement,
  { name, type }: { readonly name: string; readonly type: SqlType },
  expr: Expr,
  sql: string,
): Pick<ColumnPlan, 'defaultSql' | 'sequence'> {
  const own = newStatement(st.env)
  const value = bindDefault(own, expr, (inner, s, at) => {
    try {
      return coerce(inner, s, type, 'assignment', at)
    } catch (e) {
      if ((e as { sqlstate?: string }).sqlstate !== '42804') throw e
      throw bindError(
        '42804',
        `column "${name}" is of type ${typeText(type)} but default expression is of type ${typeText(s.type)}`,
        undefined,
        { hint: 'You will need to rewrite or cast the expression.' },
      )
    }
  })
  const sequence = sequenceRead(st, value)
  if (sequence !== undefined) return { defaultSql: null, sequence }
  for (const type of own.types) st.types.add(type)
  // Names of types mean the same whatever the search path of those who insert.
  return {
    defaultSql: own.types.size > 0 ? canonicalSql(own, sql, expr.span) : sql.slice(expr.span.start, expr.span.end),
  }
}
