import type { Name } from '../../grammar/ast-base.ts'
import type { Explain, Statement } from '../../grammar/ast-statement.ts'
import { notSupported, SqlError } from '../base/sql-error.ts'
import type { CatalogEntry } from '../catalog/entry.ts'
import { relationName } from '../catalog/relation-name.ts'
import { findObject } from '../catalog/resolve-name.ts'
import type { PhysicalPlan } from '../plan/physical.ts'
import type { StoredRelations } from '../sql/estimate.ts'
import { explainJson, explainLogical, explainPhysical, explainPhysicalJson, finishingText } from '../sql/explain.ts'
import { estimateNotes, type RunningState, runningNotes, type StateNotes } from '../sql/explain-state.ts'
import { parseSql, planArguments, planCopyFrom, planStatement } from '../sql/plan-statement.ts'
import type { PlannedRead } from '../sql/planned.ts'
import { resolveType } from '../sql/type-name.ts'
import type { HeldNow, Planner, PlanningContext } from './planner.ts'

/** The planner of `sql/`, as sessions use it. */
export const sqlPlanner: Planner = {
  parse: parseSql,
  rejected,
  plan: planStatement,
  planCopyFrom,
  planArguments,
  explain,
  resolveType,
}

/** A near miss of our own grammar has its hint already; otherwise other dialects are tried, loaded only then. */
async function rejected(sql: string, error: unknown): Promise<unknown> {
  if (!(error instanceof SqlError) || error.sqlstate !== '42601' || sql.length > HINT_TEXT_MAX) return error
  const { dialectHint } = await import('../../grammar/dialect-hint.ts')
  const hint = (await dialectHint(sql)) ?? error.fields.hint
  return new SqlError(error.sqlstate, error.message, { ...error.fields, hint })
}

/** Longer texts are not tried in other dialects; characters. */
const HINT_TEXT_MAX = 20_000

/**
 * EXPLAIN of a query, or of a view's query: the physical plan unless another stage is asked for, and what its operators
 * hold: those of a view that runs in fact, others by estimate.
 */
function explain(statement: Explain, context: PlanningContext, now: HeldNow): readonly string[] {
  if (statement.analyze) throw notSupported('EXPLAIN ANALYZE', statement.span)
  if (statement.timestamp) throw notSupported('EXPLAIN TIMESTAMP', statement.span)
  if (statement.with.length > 0) throw notSupported('EXPLAIN … WITH', statement.with[0]!.span)
  const json = formatOf(statement) === 'JSON'
  const stage = statement.stage ?? 'PHYSICAL'
  const name = (object: number) => relationName(context.catalog, object)
  const physical = (plan: PhysicalPlan, state: StateNotes): string =>
    json ? explainPhysicalJson(plan, state) : explainPhysical(plan, name, state)
  const sizes = storedRelations(context, now)
  if (stage === 'PHYSICAL' || stage === 'PLAN') {
    const running = runs(statement, context, now)
    if (running !== null) return lines(physical(running.plan, runningNotes(running)))
    const made = maintained(statement, context)
    if (made !== null) return lines(physical(made, estimateNotes(made, sizes, true)))
  }
  const planned = subject(statement, context)
  const names = planned.request.fields.map((f) => f.name)
  const finishing = finishingText(planned.request.finishing, names)
  switch (stage) {
    case 'RAW':
    case 'DECORRELATED':
      return lines(json ? explainJson(planned.raw) : `${finishing}\n${explainLogical(planned.raw)}`)
    case 'OPTIMIZED':
    case 'LOCALLY OPTIMIZED':
      return lines(json ? explainJson(planned.optimised) : `${finishing}\n${explainLogical(planned.optimised)}`)
    case 'PHYSICAL':
    case 'PLAN': {
      const { lookup, plan } = planned.request
      const state = estimateNotes(plan, sizes, false)
      if (json) return lines(physical(plan, state))
      if (lookup !== null) return [finishing, `lookup ${name(lookup.object)} by [${lookup.columns.join(', ')}]`]
      return lines(`${finishing}\n${physical(plan, state)}`)
    }
  }
}

const lines = (text: string): readonly string[] => text.split('\n').filter((line) => line !== 'Finish')

function formatOf(statement: Explain): string {
  let format = (statement.format ?? 'TEXT').toUpperCase()
  for (const option of statement.options) {
    if (option.kind !== 'option' || option.name.toUpperCase() !== 'FORMAT') {
      throw notSupported(option.kind === 'option' ? `EXPLAIN (${option.name})` : 'EXPLAIN (...)', option.span)
    }
    const { value } = option
    format = (
      value?.kind === 'optionString' ? value.value : value?.kind === 'optionWord' ? value.word : ''
    ).toUpperCase()
  }
  if (format !== 'TEXT' && format !== 'JSON') throw notSupported(`EXPLAIN (FORMAT ${format})`, statement.span)
  return format
}

/** The materialized view that is named, if it runs. */
function runs(statement: Explain, context: PlanningContext, now: HeldNow): RunningState | null {
  const named = statement.object === undefined ? null : entryOf(statement.object.name, context)
  return named?.kind === 'materializedView' ? now.runningState(named.id) : null
}

function storedRelations({ catalog }: PlanningContext, now: HeldNow): StoredRelations {
  return {
    rows: (object) => now.storedRows(object),
    key(object) {
      const entry = catalog.byId(object)
      return entry?.kind === 'table' ? entry.primaryKey : null
    },
  }
}

/** The plan that keeps a materialized view up to date; null for everything else. */
function maintained(statement: Explain, context: PlanningContext): PhysicalPlan | null {
  const named = statement.object === undefined ? null : entryOf(statement.object.name, context)
  const text = named?.kind === 'materializedView' ? named.sql : null
  const create = text !== null ? parseSql(text)[0]! : statement.statement
  if (create?.kind !== 'createMaterializedView') return null
  const result = planStatement(create, text === null ? context : { ...context, sql: text })
  return result.kind === 'ddl' && result.statement?.kind === 'createMaterializedView' ? result.statement.plan : null
}

function entryOf(name: Name, context: PlanningContext): CatalogEntry {
  const parts = name.parts.map((p) => p.name)
  const entry = findObject(context.catalog, parts, context, name.span.start + 1)
  if (entry === undefined)
    throw new SqlError('42P01', `relation "${parts.join('.')}" does not exist`, { position: name.span.start + 1 })
  return entry
}

/** What is explained, planned as a read. */
function subject(statement: Explain, context: PlanningContext): PlannedRead {
  if (statement.object !== undefined) {
    const { name, type } = statement.object
    const entry = entryOf(name, context)
    if (entry.kind !== 'view' && entry.kind !== 'materializedView') {
      throw new SqlError('42809', `"${entry.name}" is not a ${type.toLowerCase()}`, { position: name.span.start + 1 })
    }
    return planned(queryOf(parseSql(entry.sql)[0]!), { ...context, sql: entry.sql })
  }
  return planned(queryOf(statement.statement!), context)
}

function queryOf(statement: Statement): Statement {
  if (statement.kind === 'createMaterializedView' || statement.kind === 'createView')
    return statement.query as Statement
  if (statement.kind === 'query') return statement
  throw notSupported(`EXPLAIN of ${statement.kind.replace(/([A-Z])/g, ' $1').toUpperCase()}`, statement.span)
}

function planned(query: Statement, context: PlanningContext): PlannedRead {
  const result = planStatement(query, context)
  if (result.kind !== 'read') throw new SqlError('42809', 'only queries and views can be explained')
  return result
}
