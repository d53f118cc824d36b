import type { Statement } from '../../grammar/ast-statement.ts'
import { notSupported } from '../base/sql-error.ts'
import type { RowType } from '../types/sql-type.ts'
import type { Outcome, Run, SessionState, StatementHandler } from './run.ts'
import { advanceStatement } from './statements/advance.ts'
import { setConstraintsStatement } from './statements/constraints.ts'
import { copyStatement } from './statements/copy.ts'
import { closeStatement, declareStatement, declareSubscriptionStatement, fetchStatement } from './statements/cursor.ts'
import { ddlStatement } from './statements/ddl.ts'
import { dmlStatement } from './statements/dml.ts'
import { explainStatement } from './statements/explain.ts'
import { flushStatement } from './statements/flush.ts'
import { maintenanceStatement } from './statements/maintenance.ts'
import { deallocateStatement, executeStatement, prepareStatement } from './statements/prepare.ts'
import { queryStatement } from './statements/query.ts'
import { discardStatement, resetStatement, setStatement } from './statements/set.ts'
import { showStatement } from './statements/show.ts'
import { showObjectsStatement } from './statements/show-objects.ts'
import { subscribeStatement } from './statements/subscribe.ts'
import {
  beginStatement,
  commitStatement,
  rollbackStatement,
  savepointStatement,
  setTransactionStatement,
} from './statements/transaction.ts'

type Kind = Statement['kind']

/** Which class a statement belongs to, and what is refused by name. */
const HANDLERS: { readonly [K in Kind]: StatementHandler<Extract<Statement, { kind: K }>> } = {
  query: queryStatement,
  insert: dmlStatement,
  update: dmlStatement,
  delete: dmlStatement,
  merge: dmlStatement,
  truncate: dmlStatement,
  createSchema: ddlStatement,
  createDatabase: ddlStatement,
  createTable: ddlStatement,
  createSource: ddlStatement,
  createConnection: ddlStatement,
  createSecret: ddlStatement,
  createView: ddlStatement,
  declareRecursiveView: ddlStatement,
  createMaterializedView: ddlStatement,
  createIndex: ddlStatement,
  createSink: ddlStatement,
  createSubscription: ddlStatement,
  createType: ddlStatement,
  createDomain: ddlStatement,
  createFunction: ddlStatement,
  createSequence: ddlStatement,
  createOther: ddlStatement,
  drop: ddlStatement,
  alter: ddlStatement,
  commentOn: ddlStatement,
  latenessOf: ddlStatement,
  mergeLate: ddlStatement,
  execute: executeStatement,
  subscribe: subscribeStatement,
  declareCursor: declareStatement,
  declareSubscriptionCursor: declareSubscriptionStatement,
  fetch: fetchStatement,
  close: closeStatement,
  copy: copyStatement,
  explain: explainStatement,
  begin: beginStatement,
  commit: commitStatement,
  rollback: rollbackStatement,
  savepoint: savepointStatement,
  release: savepointStatement,
  rollbackTo: savepointStatement,
  setTransaction: setTransactionStatement,
  set: setStatement,
  reset: resetStatement,
  show: showStatement,
  showObjects: showObjectsStatement,
  discard: discardStatement,
  prepare: prepareStatement,
  deallocate: deallocateStatement,
  setConstraints: setConstraintsStatement,
  advance: advanceStatement,
  control: refused((s) => s.action),
  print: refused('PRINT'),
  define: refused((s) => (s.value === undefined ? 'UNDEFINE' : 'DEFINE')),
  assert: refused('ASSERT'),
  listen: refused('LISTEN'),
  notify: refused('NOTIFY'),
  unlisten: refused('UNLISTEN'),
  lock: refused('LOCK TABLE'),
  grant: refused((s) => (s.revoke ? 'REVOKE' : 'GRANT')),
  do: refused('DO'),
  callProcedure: refused('CALL'),
  maintenance: maintenanceStatement,
  flush: flushStatement,
  checkpoint: refused('CHECKPOINT'),
  kill: refused('KILL'),
  use: refused('USE'),
}

function refused<S extends Statement>(feature: string | ((statement: S) => string)): StatementHandler<S> {
  return {
    async run(statement) {
      throw notSupported(typeof feature === 'string' ? feature : feature(statement), statement.span)
    },
  }
}

/** Kinds that the planner turns into a plan before they run. */
const PLANNED: ReadonlySet<Kind> = new Set(
  (Object.keys(HANDLERS) as Kind[]).filter((kind) => {
    const handler: unknown = HANDLERS[kind]
    return [queryStatement, dmlStatement, ddlStatement, subscribeStatement, declareStatement].includes(handler as never)
  }),
)

export function isPlanned(statement: Statement): boolean {
  return PLANNED.has(statement.kind)
}

const handlerOf = (statement: Statement): StatementHandler<Statement> =>
  HANDLERS[statement.kind] as StatementHandler<Statement>

export function resultFields(statement: Statement, session: SessionState): RowType | null {
  return handlerOf(statement).fields?.(statement, session) ?? null
}

export function runStatement(statement: Statement, run: Run): Promise<Outcome> {
  return handlerOf(statement).run(statement, run)
}

/** COMMIT and ROLLBACK, also to a savepoint, are all that a failed transaction takes; 25P02 for the rest. */
export function endsFailure(statement: Statement): boolean {
  return statement.kind === 'rollbackTo' || endsTransaction(statement)
}
export function endsTransaction(statement: Statement): boolean {
  return statement.kind === 'commit' || statement.kind === 'rollback'
}
