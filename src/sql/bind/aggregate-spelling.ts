import type { Arg, Expr, OrderItem } from '../../../grammar/ast.ts'
import type { Call } from './call-parts.ts'

/**
 * Aggregates that other systems, and later PostgreSQL versions, spell in their own way: each is a call that exists.
 * Results that others approximate are exact here: every change of their rows can be taken back.
 */
const SPELLINGS: Readonly<Record<string, (node: Call) => Call | undefined>> = {
  count_if: counted,
  countif: counted,
  median: (node) => percentile(node, 'percentile_cont', number(node, '0.5')),
  approx_median: (node) => percentile(node, 'percentile_cont', number(node, '0.5')),
  percentile: (node) => percentile(node, 'percentile_cont'),
  approx_percentile: (node) => percentile(node, 'percentile_disc'),
  percentile_approx: (node) => percentile(node, 'percentile_disc'),
  approx_percentile_cont: (node) => percentile(node, 'percentile_cont'),
  topk: (node) => greatest(node),
  topkdistinct: (node) => greatest(node),
  mean: (node) => named(node, 'avg'),
  var: (node) => named(node, 'var_samp'),
  std: (node) => named(node, 'stddev_samp'),
  stddev_sample: (node) => named(node, 'stddev_samp'),
  listagg: (node) => joined(node),
}

/** The call that a call by another name is; undefined for calls by their own. */
export function respelled(node: Call, name: string): Call | undefined {
  return Object.hasOwn(SPELLINGS, name) ? SPELLINGS[name](node) : undefined
}

const named = (node: Call, name: string): Call => {
  const [part] = node.name.parts.slice(-1)
  return { ...node, name: { ...node.name, parts: [{ ...part, name }] } }
}

/** count_if(x) counts the rows for which x is true. */
function counted(node: Call): Call | undefined {
  if (node.args.length !== 1 || node.star) return undefined
  const { distinct } = node
  const args = distinct ? node.args : []
  return { ...named(node, 'count'), args, star: !distinct, filter: both(node, node.args[0].value) }
}

/** f(x, fraction) is f(fraction) WITHIN GROUP (ORDER BY x); what stands behind says how exact it has to be. */
function percentile(node: Call, name: string, fraction?: Arg): Call | undefined {
  const [value, given] = node.args
  const args = fraction ? [fraction] : given ? [given] : []
  if (node.withinGroup || node.distinct || node.orderBy.length > 0) return undefined
  if (value === undefined || args.length === 0 || node.args.length > (fraction ? 1 : 3)) return undefined
  const order: OrderItem = { kind: 'orderItem', expr: value.value, span: value.span }
  return { ...named(node, name), args, orderBy: [order], withinGroup: true }
}

/** topk(x, k) is topk(k) WITHIN GROUP (ORDER BY x DESC). */
function greatest(node: Call): Call | undefined {
  const [value, count] = node.args
  if (node.withinGroup || node.distinct || node.orderBy.length > 0 || node.args.length !== 2) return undefined
  const order: OrderItem = { kind: 'orderItem', expr: value.value, direction: 'DESC', nulls: 'LAST', span: value.span }
  return { ...node, args: [count], orderBy: [order], withinGroup: true }
}

const number = (node: Call, text: string): Arg => {
  const { span } = node
  return { kind: 'arg', value: { kind: 'number', text, integer: false, span }, span }
}

/** Flink's LISTAGG puts commas between texts, and takes WITHIN GROUP for the order of what it joins. */
function joined(node: Call): Call | undefined {
  const { span } = node
  if (node.args.length < 1 || node.args.length > 2) return undefined
  const comma: Arg = { kind: 'arg', value: { kind: 'string', value: ',', span }, span }
  return { ...named(node, 'string_agg'), args: [node.args[0], node.args[1] ?? comma], withinGroup: false }
}

function both(node: Call, condition: Expr): Expr {
  const { filter, span } = node
  return filter ? { kind: 'and', args: [filter, condition], span } : condition
}
