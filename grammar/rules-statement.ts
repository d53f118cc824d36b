import type { Statement } from './ast-statement.ts'
import type { SqlParser } from './parser.ts'
import type { Rules } from './rules.ts'

export function statementRules(g: SqlParser, r: Rules) {
  r.statement = g.rule('statement', (): Statement => g.alt<Statement>(1, [{ ALT: () => g.sub(2, r.dmlOrQuery) }]))
}
