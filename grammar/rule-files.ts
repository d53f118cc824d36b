// Every file of rules, in no particular order: a rule finds another through the table when it runs.
import type { SqlParser } from './parser.ts'
import type { Rules } from './rules.ts'
import { alterRules } from './rules-alter.ts'
import { alterTableRules } from './rules-alter-table.ts'
import { callRules } from './rules-call.ts'
import { copyRules } from './rules-copy.ts'
import { createRules } from './rules-create.ts'
import { createTableRules } from './rules-create-table.ts'
import { createViewRules } from './rules-create-view.ts'
import { cursorRules } from './rules-cursor.ts'
import { dmlRules } from './rules-dml.ts'
import { expressionRules } from './rules-expr.ts'
import { fromRules } from './rules-from.ts'
import { functionRules } from './rules-function.ts'
import { jsonRules } from './rules-json.ts'
import { jsonTableRules } from './rules-json-table.ts'
import { objectRules } from './rules-object.ts'
import { operatorRules } from './rules-operator.ts'
import { optionRules } from './rules-option.ts'
import { primaryRules } from './rules-primary.ts'
import { queryRules } from './rules-query.ts'
import { selectRules } from './rules-select.ts'
import { sessionRules } from './rules-session.ts'
import { setRules } from './rules-set.ts'
import { showRules } from './rules-show.ts'
import { sourceRules } from './rules-source.ts'
import { specialRules } from './rules-special.ts'
import { statementRules } from './rules-statement.ts'
import { streamRules } from './rules-stream.ts'
import { tableRules } from './rules-table.ts'
import { transactionRules } from './rules-transaction.ts'
import { typeRules } from './rules-type.ts'
import { withRules } from './rules-with.ts'
import { wordRules } from './rules-word.ts'

export const ruleFiles: ((g: SqlParser, r: Rules) => void)[] = [
  alterTableRules,
  alterRules,
  callRules,
  copyRules,
  createTableRules,
  createViewRules,
  createRules,
  cursorRules,
  dmlRules,
  expressionRules,
  fromRules,
  functionRules,
  jsonRules,
  jsonTableRules,
  objectRules,
  operatorRules,
  optionRules,
  primaryRules,
  queryRules,
  selectRules,
  sessionRules,
  setRules,
  showRules,
  sourceRules,
  specialRules,
  statementRules,
  streamRules,
  tableRules,
  transactionRules,
  typeRules,
  withRules,
  wordRules,
]
