import type { Expr, Query } from '../../../grammar/ast.ts'
import type { Name, WithOption } from '../../../grammar/ast-base.ts'
import type { Subscribe } from '../../../grammar/ast-statement.ts'
import { notSupported } from '../../base/sql-error.ts'
import { INT8, NUMERIC, TIMESTAMPTZ } from '../../types/sql-type.ts'
import type { Numeric } from '../../types/value.ts'
import { newStatement } from '../bind/bind.ts'
import { bindError } from '../bind/bind-error.ts'
import { canCoerce, coerce, constantValue } from '../bind/coerce.ts'
import type { ExprPlace, Statement } from '../bind/context.ts'
import { handled } from '../bind/handled.ts'
import { bindInnerQuery } from '../bind/query.ts'
import { lookupRelation, relationPlan, relationRow } from '../bind/relation.ts'
import { EMPTY_SCOPE } from '../bind/scope.ts'
import type { PlannedSubscribe, PlanningContext } from '../planned.ts'
import { checkGrowth, eventTimes, takeEmission } from './emission.ts'
import { bindEnv } from './env.ts'
import { plans } from './query.ts'

/** SUBSCRIBE [TO] relation | (query): the target, and from when to when. */
export function planSubscribe(node: Subscribe, context: PlanningContext): PlannedSubscribe {
  handled(node, ['name', 'query', 'with', 'asOf', 'upTo'])
  const st = newStatement(bindEnv(context))
  const options = { snapshot: true, progress: false }
  const given = new Set<string>()
  for (const option of node.with) {
    applyOption(option, options)
    if (option.kind === 'option' && given.has(option.name))
      throw bindError('42601', 'conflicting or redundant options', option)
    if (option.kind === 'option') given.add(option.name)
  }
  if (node.asOf) handled(node.asOf, ['atLeast', 'at'])
  const asOf = node.asOf ? timestamp(st, node.asOf.at, 'AS OF') : null
  const upTo = node.upTo ? timestamp(st, node.upTo, 'UP TO') : null
  if (asOf !== null && upTo !== null && upTo < asOf) {
    throw bindError('22023', `UP TO ${upTo} lies before AS OF ${asOf}`, node.upTo as Expr)
  }
  const target = bindTarget(st, node, context)
  const paramTypes = st.checkParams(node)
  const { snapshot, progress } = options
  return {
    kind: 'subscribe',
    request: { ...target, snapshot, progress, asOf, asOfAtLeast: node.asOf?.atLeast ?? false, upTo },
    paramTypes,
    ofMoment: st.stream.ofMoment,
  }
}

type Target = Pick<PlannedSubscribe['request'], 'target' | 'fields'>

function bindTarget(st: Statement, node: Subscribe, context: PlanningContext): Target {
  if (node.query) return bindQuery(st, node.query, context)
  if (!node.name) throw bindError('42601', 'SUBSCRIBE needs a relation or a query', node)
  const entry = lookupRelation(st, node.name)
  if (entry.kind === 'view') {
    st.stream.maintained = true
    const { plan, rowType } = relationPlan(st, entry)
    return { target: { kind: 'plan', plan: plans(st, plan, context, true).physical }, fields: rowType }
  }
  // A source is not stored: what it gives is followed as a query is.
  if (entry.kind === 'source') return bindQuery(st, tableQuery(node.name), context)
  if (entry.kind === 'sequence') throw notSupported('SUBSCRIBE to a sequence', node.name.span)
  if (entry.kind === 'system') throw notSupported('SUBSCRIBE to a system relation', node.name.span)
  return { target: { kind: 'object', object: entry.id }, fields: relationRow(entry) }
}

function bindQuery(st: Statement, node: Query, context: PlanningContext): Target {
  st.stream.maintained = true
  const { query, emission } = takeEmission(st, node)
  const { plan } = bindInnerQuery(st, query, null, null)
  const { physical } = plans(st, plan, context, true, emission)
  checkGrowth(physical, eventTimes(context.catalog, st.stream), context, node)
  return { target: { kind: 'plan', plan: physical }, fields: plan.rowType }
}

/** `TABLE name` as a query. */
const tableQuery = (name: Name): Query => {
  const { span } = name
  return { kind: 'query', span, body: { kind: 'tableBody', span, name }, orderBy: [], locking: [], options: [] }
}

function applyOption(option: WithOption, options: { snapshot: boolean; progress: boolean }): void {
  if (option.kind === 'rest') throw bindError('42601', '... is not an option of SUBSCRIBE', option)
  if (option.name !== 'snapshot' && option.name !== 'progress') {
    throw bindError('42601', `SUBSCRIBE has no option ${option.name.toUpperCase()}`, option, {
      hint: 'It has SNAPSHOT and PROGRESS.',
    })
  }
  options[option.name] = optionFlag(option)
}

export function optionFlag(option: Extract<WithOption, { kind: 'option' }>): boolean {
  const { value } = option
  if (!value) return true
  const text =
    value.kind === 'optionString'
      ? value.value
      : value.kind === 'optionWord'
        ? value.word
        : value.kind === 'optionNumber'
          ? value.text
          : ''
  const flag = FLAGS[text.toLowerCase()]
  if (flag === undefined) throw bindError('22023', `option ${option.name.toUpperCase()} takes a boolean`, option)
  return flag
}

const FLAGS: Readonly<Record<string, boolean>> = {
  true: true,
  on: true,
  '1': true,
  yes: true,
  false: false,
  off: false,
  '0': false,
  no: false,
}

/** Milliseconds: a number, its text, or a timestamp. */
function timestamp(st: Statement, node: Expr, clause: string): number {
  const place: ExprPlace = { scope: EMPTY_SCOPE, ctes: null, clause, aggregates: false, windows: false, rows: false }
  const bound = st.bind.expr(st, node, place)
  const ofTime = bound.type.kind === 'timestamptz' || bound.type.kind === 'timestamp' || bound.type.kind === 'date'
  const literal = bound.kind === 'const' && bound.type.kind === 'unknown' && !/^\s*\d+\s*$/.test(String(bound.value))
  const type = ofTime || literal ? TIMESTAMPTZ : canCoerce(bound.type, INT8, 'implicit') ? INT8 : NUMERIC
  const value = constantValue(st, coerce(st, bound, type, 'assignment', node))
  if (value === undefined) throw notSupported(`${clause} of an expression that is not constant`, node.span)
  if (value === null) throw bindError('22004', `${clause} cannot be NULL`, node)
  if (type === TIMESTAMPTZ) return Math.floor(Number(value) / 1000)
  if (type !== NUMERIC) return Number(value)
  const { mantissa, scale } = value as Numeric
  return Math.floor(Number(mantissa) / 10 ** scale)
}
