// Every file of rules, in no particular order: a rule finds another through the table when it runs.
import type { SqlParser } from './parser.ts'
import type { Rules } from './rules.ts'
import { alterRules } from './rules-alter.ts'
import { createRules } from './rules-create.ts'
import { dmlRules } from './rules-dml.ts'
import { expressionRules } from './rules-expr.ts'
import { fromRules } from './rules-from.ts'
import { primaryRules } from './rules-primary.ts'
import { queryRules } from './rules-query.ts'
import { sessionRules } from './rules-session.ts'
import { sourceRules } from './rules-source.ts'
import { specialRules } from './rules-special.ts'
import { statementRules } from './rules-statement.ts'
import { streamRules } from './rules-stream.ts'
import { tableRules } from './rules-table.ts'
import { typeRules } from './rules-type.ts'

export const ruleFiles: ((g: SqlParser, r: Rules) => void)[] = [
  expressionRules,
  primaryRules,
  specialRules,
  typeRules,
  queryRules,
  fromRules,
  dmlRules,
  tableRules,
  createRules,
  sourceRules,
  alterRules,
  sessionRules,
  streamRules,
  statementRules,
]
