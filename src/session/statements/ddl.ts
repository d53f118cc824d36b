import type { DdlStatement } from '../../../grammar/ast-ddl.ts'
import type { MergeLate } from '../../../grammar/ast-statement.ts'
import { assert } from '../../base/assert.ts'
import { SqlError } from '../../base/sql-error.ts'
import { findSchema } from '../../catalog/resolve-name.ts'
import { bindParams } from '../../engine/bind-params.ts'
import { ChangedMeanwhile } from '../../engine/changed-meanwhile.ts'
import type { DdlPlan } from '../../plan/ddl.ts'
import { objectsOf } from '../../plan/objects-of.ts'
import type { Row } from '../../types/value.ts'
import type { Planned } from '../planner.ts'
import { done, type Run, type StatementHandler } from '../run.ts'

/** The grammar's DDL without EXECUTE and comments; and what runs as it does, in a turn of its own. */
type SchemaChange = DdlStatement | MergeLate

const TAGS = {
  createSchema: 'CREATE SCHEMA',
  createDatabase: 'CREATE DATABASE',
  createTable: 'CREATE TABLE',
  createSource: 'CREATE SOURCE',
  createConnection: 'CREATE CONNECTION',
  createSecret: 'CREATE SECRET',
  createView: 'CREATE VIEW',
  declareRecursiveView: 'CREATE VIEW',
  createMaterializedView: 'CREATE MATERIALIZED VIEW',
  createIndex: 'CREATE INDEX',
  createSink: 'CREATE SINK',
  createSubscription: 'CREATE SUBSCRIPTION',
  createType: 'CREATE TYPE',
  createDomain: 'CREATE DOMAIN',
  createFunction: 'CREATE FUNCTION',
  createSequence: 'CREATE SEQUENCE',
  createOther: 'CREATE',
  drop: 'DROP',
  alter: 'ALTER',
  commentOn: 'COMMENT',
  latenessOf: 'LATENESS',
  mergeLate: 'MERGE LATE',
} satisfies Record<SchemaChange['kind'], string>

/**
 * CREATE, DROP, ALTER: each commits by itself. Inside BEGIN … COMMIT it is refused, since the engine changes the
 * catalog in a tick of its own; inside a text of several statements it commits what came before it, so that scripts of
 * both run, and a failure behind it comes with a warning that says what stays.
 */
export const ddlStatement: StatementHandler<SchemaChange> = {
  async run(statement, run) {
    const { session } = run
    const tag = ddlTag(statement)
    if (session.transaction.mode === 'explicit') {
      if (isTemporaryTable(run) && !session.transaction.hasSavepoint)
        return done(answer(statement, tag, await inTransaction(run, statement)))
      throw new SqlError('25001', `${tag} cannot run inside a transaction block`)
    }
    session.transaction.checkWritable(tag)
    if (session.transaction.mode === 'implicit') {
      const rows = await session.transaction.around(tag, run.call, () => change(run, statement))
      return done(answer(statement, tag, rows))
    }
    const rows = await change(run, statement)
    return done(answer(statement, tag, rows))
  },
}

const answer = (statement: SchemaChange, tag: string, rows: number | null): string =>
  rows === null ? tag : `${statement.kind === 'mergeLate' ? 'MERGE' : 'SELECT'} ${rows}`

async function change(run: Run, statement: SchemaChange): Promise<number | null> {
  const { call, params, session, sql } = run
  let plan = await withPlace(run, statement)
  /** The catalog that it was last planned anew for: another one each time, so that this comes to an end. */
  let anewFor: number | null = null
  for (;;) {
    assert(plan !== null && plan.kind === 'ddl', 'a schema change is planned as DDL')
    if (plan.statement === null) return null
    try {
      return await session.engine.ddl(withParams(plan.statement, params), call)
    } catch (error) {
      const { version } = session.engine.catalog()
      if (!(error instanceof ChangedMeanwhile) || version === anewFor) throw error
      anewFor = version
      plan = session.prepare(statement, sql, plan.paramTypes, (notice) => call.notice(notice)).plan
    }
  }
}

/** CREATE TEMPORARY TABLE: nobody else sees it, so that a transaction can have it at once. */
function isTemporaryTable({ plan, session }: Run): boolean {
  const made = plan?.kind === 'ddl' ? plan.statement : null
  if (made?.kind !== 'createTable') return false
  return made.schema < 0 || made.schema === findSchema(session.engine.catalog(), session.temporary.schema)?.id
}

/** The table is made at once, and goes when the transaction does not commit; AS fills it as the transaction sees its query. */
async function inTransaction(run: Run, statement: SchemaChange): Promise<number | null> {
  const { session, call, params } = run
  session.transaction.checkWritable(ddlTag(statement))
  const plan = await withPlace(run, statement)
  assert(plan?.kind === 'ddl' && plan.statement?.kind === 'createTable', 'CREATE TABLE makes a table')
  const { query, name, schema } = plan.statement
  if (session.engine.catalog().byName(schema, name) === undefined) session.temporary.made(name)
  else if (plan.statement.ifNotExists) return change(run, statement)
  await session.engine.ddl({ ...plan.statement, query: null }, call)
  if (query === null) return null
  const table = session.engine.catalog().byName(schema, name)!.id
  const source = { kind: 'query', plan: bindParams(query, params) } as const
  const insert = { kind: 'insert', table, source, onConflict: null, returning: null, reads: objectsOf(query) } as const
  return (await session.transaction.current()!.write(insert, call, [])).count
}

/** The plan, where it makes something temporary with the session's schema for that. */
async function withPlace({ plan, session, call, sql }: Run, statement: SchemaChange): Promise<Planned | null> {
  if (plan?.kind !== 'ddl' || plan.statement === null) return plan
  const { kind } = plan.statement
  if ((kind !== 'createTable' && kind !== 'createView') || plan.statement.schema >= 0) return plan
  await session.temporary.make(call)
  return session.prepare(statement, sql, plan.paramTypes, () => {}).plan
}

const withParams = (plan: DdlPlan, params: Row): DdlPlan =>
  plan.kind === 'createTable' && plan.query !== null ? { ...plan, query: bindParams(plan.query, params) } : plan

function ddlTag(statement: SchemaChange): string {
  const base = TAGS[statement.kind]
  switch (statement.kind) {
    case 'createTable':
      if (statement.word !== 'TABLE') return `CREATE ${statement.word}`
      return statement.as === undefined ? base : 'CREATE TABLE AS'
    case 'createOther':
      return `${base} ${statement.what.toUpperCase()}`
    case 'drop':
    case 'alter':
      return `${base} ${statement.object}`
    default:
      return base
  }
}
