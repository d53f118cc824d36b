import type { Name } from '../../grammar/ast-base.ts'
import type { Explain, Statement } from '../../grammar/ast-statement.ts'
import { notSupported, SqlError } from '../base/sql-error.ts'
import type { CatalogEntry } from '../catalog/entry.ts'
import { relationName } from '../catalog/relation-name.ts'
import { findObject } from '../catalog/resolve-name.ts'
import type { Logical } from '../plan/logical.ts'
import type { PhysicalPlan } from '../plan/physical.ts'
import type { StoredRelations } from '../sql/estimate.ts'
import { explainJson, explainLogical, explainPhysical, explainPhysicalJson, finishingText } from '../sql/explain.ts'
import { graphText, logicalGraph, physicalGraph } from '../sql/explain-graph.ts'
import {
  analyzedNotes,
  estimateNotes,
  measuredNotes,
  type RunningState,
  runningNotes,
  type StateNotes,
  totalTexts,
} from '../sql/explain-state.ts'
import { parseSql, planStatement } from '../sql/plan-statement.ts'
import type { PlannedRead } from '../sql/planned.ts'
import type { HeldNow, PlanningContext } from './planner.ts'

/**
 * EXPLAIN of a query, or of a view's query: the physical plan unless another stage is asked for, and what its operators
 * hold: those of a view that runs in fact, others by estimate. ANALYZE runs a query, and of a view that runs tells what
 * its operators did until now.
 */
export async function explain(statement: Explain, context: PlanningContext, now: HeldNow): Promise<readonly string[]> {
  if (statement.timestamp) throw notSupported('EXPLAIN TIMESTAMP', statement.span)
  if (statement.with.length > 0) throw notSupported('EXPLAIN … WITH', statement.with[0]!.span)
  const { format, analyze } = optionsOf(statement)
  const stage = statement.stage ?? 'PHYSICAL'
  const name = (object: number) => relationName(context.catalog, object)
  const physical = (plan: PhysicalPlan, state: StateNotes): readonly string[] => {
    if (format === 'JSON') return lines(explainPhysicalJson(plan, state))
    if (format !== 'TEXT') return lines(graphText(physicalGraph(plan, name, state), format))
    return lines(explainPhysical(plan, name, state))
  }
  const logical = (plan: Logical, finishing: string): readonly string[] => {
    if (analyze) throw notSupported(`EXPLAIN ANALYZE ${stage} PLAN`, statement.span, 'What runs is the physical plan.')
    if (format === 'JSON') return lines(explainJson(plan))
    if (format !== 'TEXT') return lines(graphText(logicalGraph(plan), format))
    return lines(`${finishing}\n${explainLogical(plan)}`)
  }
  const sizes = storedRelations(context, now)
  if (stage === 'PHYSICAL' || stage === 'PLAN') {
    const running = runs(statement, context, now)
    if (running !== null) {
      const { plan } = running
      return physical(plan, analyze ? analyzedNotes(estimateNotes(plan, sizes, false), running) : runningNotes(running))
    }
    const made = maintained(statement, context)
    if (made !== null && analyze) throw notSupported('EXPLAIN ANALYZE CREATE MATERIALIZED VIEW', statement.span)
    if (made !== null) return physical(made, estimateNotes(made, sizes, true))
  }
  const { request, raw, optimised, paramTypes } = subject(statement, context)
  const finishing = finishingText(
    request.finishing,
    request.fields.map((f) => f.name),
  )
  switch (stage) {
    case 'RAW':
    case 'DECORRELATED':
      return logical(raw, finishing)
    case 'OPTIMIZED':
    case 'LOCALLY OPTIMIZED':
      return logical(optimised, finishing)
    case 'PHYSICAL':
    case 'PLAN': {
      const { lookup, plan } = request
      if (analyze && paramTypes.length > 0) throw notSupported('EXPLAIN ANALYZE with parameters', statement.span)
      const expected = estimateNotes(plan, sizes, false)
      const measured = analyze ? await now.measure({ ...request, params: [] }) : null
      const state = measured === null ? expected : measuredNotes(expected, measured)
      if (format !== 'TEXT') return physical(plan, state)
      const first = finishing === 'Finish' ? [] : [finishing]
      if (lookup === null) return [...first, ...physical(plan, state)]
      const found = `lookup ${name(lookup.object)} by [${lookup.columns.join(', ')}]`
      return [...first, found, ...(measured === null ? [] : totalTexts(measured))]
    }
  }
}

const lines = (text: string): readonly string[] => text.split('\n').filter((line) => line !== 'Finish')

const FORMATS = ['TEXT', 'JSON', 'MERMAID', 'DOT'] as const
type Format = (typeof FORMATS)[number]

/** FORMAT and ANALYZE, as `AS format` and `EXPLAIN ANALYZE` too. */
function optionsOf(statement: Explain): { readonly format: Format; readonly analyze: boolean } {
  let format = (statement.format ?? 'TEXT').toUpperCase()
  let analyze = statement.analyze === true
  for (const option of statement.options) {
    const asked = option.kind === 'option' ? option.name.toUpperCase() : ''
    const { value } = option.kind === 'option' ? option : {}
    const text = value?.kind === 'optionString' ? value.value : value?.kind === 'optionWord' ? value.word : null
    if (asked === 'FORMAT' && text !== null) format = text.toUpperCase()
    else if ((asked === 'ANALYZE' || asked === 'ANALYSE') && value === undefined) analyze = true
    else if (asked === 'ANALYZE' && text !== null && SWITCH.has(text.toLowerCase()))
      analyze = SWITCH.get(text.toLowerCase())!
    else throw notSupported(option.kind === 'option' ? `EXPLAIN (${option.name})` : 'EXPLAIN (...)', option.span)
  }
  const known = FORMATS.find((f) => f === format)
  if (known === undefined) throw notSupported(`EXPLAIN (FORMAT ${format})`, statement.span)
  return { format: known, analyze }
}

const SWITCH: ReadonlyMap<string, boolean> = new Map([
  ['on', true],
  ['true', true],
  ['off', false],
  ['false', false],
])

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
