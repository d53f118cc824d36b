import type { Query } from '../../../grammar/ast.ts'
import type { WithOption } from '../../../grammar/ast-base.ts'
import type { Explain } from '../../../grammar/ast-statement.ts'
import { notSupported } from '../../base/sql-error.ts'
import { newStatement } from '../bind/bind.ts'
import { bindError } from '../bind/bind-error.ts'
import { handled } from '../bind/handled.ts'
import { lookupRelation, relationPlan } from '../bind/relation.ts'
import { explainJson, explainLogical, explainPhysical, finishingText } from '../explain.ts'
import { scalarText } from '../explain-scalar.ts'
import type { PlannedRead, PlanningContext } from '../planned.ts'
import { bindEnv } from './env.ts'
import { type Plans, planQuery, plans } from './query.ts'

type Stage = 'RAW' | 'OPTIMIZED' | 'PHYSICAL'

/** EXPLAIN [RAW|OPTIMIZED|PHYSICAL] PLAN [AS TEXT|JSON] FOR query | VIEW v | MATERIALIZED VIEW v: lines of text. */
export function explainStatement(node: Explain, context: PlanningContext): string[] {
  handled(node, ['options', 'stage', 'with', 'format', 'statement', 'object'])
  let json = node.format?.toUpperCase() === 'JSON'
  if (node.format !== undefined && !json && node.format.toUpperCase() !== 'TEXT') {
    throw notSupported(`EXPLAIN … AS ${node.format}`, node.span)
  }
  for (const option of node.options) if (isFormat(option)) json = formatOf(option) === 'JSON'
  if (node.with.length > 0) throw notSupported('EXPLAIN … WITH', node.with[0].span)
  const stage = stageOf(node)
  const name = (id: number): string => context.catalog.byId(id)?.name ?? `#${id}`
  const { plan, read } = explained(node, context)
  if (json)
    return explainJson(stage === 'RAW' ? plan.raw : stage === 'OPTIMIZED' ? plan.optimised : plan.physical).split('\n')
  const finish =
    read && hasFinishing(read)
      ? [
          finishingText(
            read.request.finishing,
            read.optimised.rowType.map((f) => f.name),
          ),
        ]
      : []
  if (stage === 'PHYSICAL') {
    const lookup = read?.request.lookup
    const keys = lookup?.keys.map((k, i) => `#${lookup.columns[i]} = ${scalarText(k, [])}`)
    const first = lookup && keys ? [`lookup ${name(lookup.object)} where ${keys.join(' and ')}`] : []
    return [...finish, ...first, ...explainPhysical(plan.physical, name).split('\n')]
  }
  return [...finish, ...explainLogical(stage === 'RAW' ? plan.raw : plan.optimised).split('\n')]
}

function stageOf(node: Explain): Stage {
  switch (node.stage) {
    case undefined:
    case 'PLAN':
    case 'OPTIMIZED':
      return 'OPTIMIZED'
    case 'RAW':
    case 'PHYSICAL':
      return node.stage
    default:
      throw notSupported(`EXPLAIN ${node.stage} PLAN`, node.span)
  }
}

function isFormat(option: WithOption): option is Extract<WithOption, { kind: 'option' }> {
  if (option.kind === 'option' && option.name === 'format') return true
  throw notSupported(`EXPLAIN (${option.kind === 'option' ? option.name.toUpperCase() : '...'})`, option.span)
}

function formatOf(option: Extract<WithOption, { kind: 'option' }>): 'TEXT' | 'JSON' {
  const { value } = option
  const word = value?.kind === 'optionWord' ? value.word : value?.kind === 'optionString' ? value.value : ''
  const format = word.toUpperCase()
  if (format !== 'TEXT' && format !== 'JSON') throw notSupported(`EXPLAIN (FORMAT ${word})`, option.span)
  return format
}

function explained(node: Explain, context: PlanningContext): { plan: Plans; read: PlannedRead | null } {
  if (node.object) {
    const st = newStatement(bindEnv(context))
    const entry = lookupRelation(st, node.object.name)
    if (entry.kind === 'materializedView') {
      const plan = st.bind.view(st, entry.sql)
      return { plan: plans(st, plan, context.catalog), read: null }
    }
    if (entry.kind !== 'view') throw bindError('42809', `"${entry.name}" is not a view`, node.object.name)
    return { plan: plans(st, relationPlan(st, entry).plan, context.catalog), read: null }
  }
  const { statement } = node
  const query = statement && explainable(statement)
  if (!query) throw notSupported('EXPLAIN of this statement', statement?.span ?? node.span)
  const read = planQuery(query, context)
  return { plan: { raw: read.raw, optimised: read.optimised, physical: read.request.plan }, read }
}

function explainable(statement: NonNullable<Explain['statement']>): Query | undefined {
  if (statement.kind === 'query') return statement
  if (statement.kind === 'createView' || statement.kind === 'createMaterializedView') return statement.query
  return undefined
}

function hasFinishing(read: PlannedRead): boolean {
  const { order, limit, offset, limitParam, offsetParam } = read.request.finishing
  return order.length > 0 || limit !== null || offset > 0 || limitParam !== undefined || offsetParam !== undefined
}
