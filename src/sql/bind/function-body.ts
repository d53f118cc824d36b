/** Functions of the user's as syntax: what stands for a call of one, made of its stored body. */
import type { Alias, Call, Cast, Expr, FromItem, Query, Select } from '../../../grammar/ast.ts'
import type { Ident } from '../../../grammar/ast-base.ts'
import { parseExpression, parseStatement } from '../../../grammar/parse.ts'
import { assert } from '../../base/assert.ts'
import type { FunctionEntry } from '../../catalog/entry.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { typeText } from '../type-text.ts'
import { isAggregate, isTableFunction } from './overload.ts'

/** What is not of the statement's own text: errors of it have no position, and no name of it is written anew. */
const NOWHERE = { start: -1, end: -1 }

type Node = Record<string, unknown> & { readonly kind?: string }

/** A copy of a tree in which `change` may put another node for one; where it gives none the copy goes on inside. */
function mapped<T>(tree: T, change: (node: Node) => unknown): T {
  if (Array.isArray(tree)) return tree.map((each: unknown) => mapped(each, change)) as T
  if (tree === null || typeof tree !== 'object') return tree
  const other = change(tree as unknown as Node)
  if (other !== undefined) return other as T
  return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, mapped(value, change)])) as T
}

/** The tree without the places of the text that it was parsed from. */
const placeless = <T>(tree: T): T =>
  mapped(tree, (node) =>
    typeof node['start'] === 'number' && 'end' in node && !('kind' in node) ? NOWHERE : undefined,
  )

/** The body as it is stored: a query over the parameters. */
export function bodyOf(entry: FunctionEntry): Query {
  const node = parseStatement(entry.body)
  assert(node.kind === 'query', 'the body of a function is a query')
  return placeless(node)
}

const ident = (name: string): Ident => ({ kind: 'ident', name, quoted: true, span: NOWHERE })

const columnNamed = (...names: string[]): Expr => ({ kind: 'column', parts: names.map(ident), span: NOWHERE })

/** The value as one of the type, which it is known to turn into. */
function asType(value: Expr, type: SqlType): Expr {
  const cast = parseExpression(`NULL::${typeText(type)}`) as Cast
  return { ...placeless(cast), operand: value, span: value.span }
}

/** A parameter without a name is known by its number alone. */
export const parameterName = (entry: Pick<FunctionEntry, 'parameters'>, at: number): string =>
  entry.parameters[at]?.name ?? `$${at + 1}`

/** The expression that a body is where it is nothing else: no clause, and nothing that looks past its own row. */
function onlyExpression(query: Query): Expr | undefined {
  const { body } = query
  if (query.with || query.orderBy.length > 0 || query.limit || query.offset || query.locking.length > 0)
    return undefined
  if (body.kind !== 'select' || body.targets.length !== 1 || body.distinct) return undefined
  const lists = [body.from, body.groupBy, body.windows]
  if (lists.some((l) => l.length > 0) || body.where || body.having || body.qualify) return undefined
  const { expr } = body.targets[0]
  if (expr.kind === 'star' || expr.kind === 'fieldStar') return undefined
  let plain = true
  mapped(expr, (node) => {
    if (node.kind === 'query' || (node.kind === 'call' && looksFurther(node as unknown as Call))) plain = false
    return undefined
  })
  return plain ? expr : undefined
}

function looksFurther(call: Call): boolean {
  const { name } = call.name.parts[call.name.parts.length - 1]
  return call.over !== undefined || call.withinGroup || call.star || isAggregate(name) || isTableFunction(name)
}

/** Cheap and the same however often it is written. */
const mayRepeat = (expr: Expr): boolean =>
  (expr.kind === 'cast' && mayRepeat(expr.operand)) ||
  ['column', 'param', 'number', 'string', 'null', 'boolean', 'typedLiteral'].includes(expr.kind)

/** Which parameter a node names; -1: none. */
function parameterOf(entry: FunctionEntry, node: Node): number {
  if (node.kind === 'param') return (node['index'] as number) - 1
  if (node.kind !== 'column') return -1
  const names = (node['parts'] as Ident[]).map((p) => p.name)
  if (names.length > 2 || (names.length === 2 && names[0] !== entry.fn)) return -1
  return entry.parameters.findIndex((p) => p.name === names[names.length - 1])
}

/** The body with its arguments in the place of the parameters, where that changes nothing. */
function substituted(entry: FunctionEntry, expr: Expr, args: readonly Expr[]): Expr | undefined {
  const uses = args.map(() => 0)
  const result = mapped(expr, (node) => {
    const at = parameterOf(entry, node)
    if (at < 0) return undefined
    uses[at]++
    return args[at]
  })
  return uses.every((n, at) => n === 1 || (n > 1 && mayRepeat(args[at]))) ? result : undefined
}

/** `$1` as the parameter's name: the arguments are columns then. */
export const namedParameters = (entry: Pick<FunctionEntry, 'fn' | 'parameters'>, query: Query): Query =>
  mapped(query, (node) =>
    node.kind === 'param'
      ? { ...columnNamed(entry.fn, parameterName(entry, (node['index'] as number) - 1)), span: node['span'] }
      : undefined,
  )

/** `SELECT r.* FROM (SELECT args) AS f, LATERAL (body) AS r`. */
function overArguments(
  entry: FunctionEntry,
  given: Query,
  args: readonly Expr[],
  columns: readonly { readonly name: string; readonly type: SqlType }[],
): Query {
  const body = namedParameters(entry, given)
  const select = (text: string): Query => placeless(parseStatement(text) as Query)
  const around = select('SELECT 1')
  const inner = around.body as Select
  const target = (expr: Expr, name: string) => ({ ...inner.targets[0], expr, alias: ident(name) })
  const values: Query = {
    ...around,
    body: { ...inner, targets: args.map((a, i) => target(a, parameterName(entry, i))) } as Select,
  }
  const alias = (name: string, names: readonly string[]): Alias => ({
    kind: 'alias',
    name: ident(name),
    columns: names.map(ident),
    types: [],
    span: NOWHERE,
  })
  const derived = (query: Query, lateral: boolean, as: Alias): FromItem => ({
    kind: 'derived',
    query,
    lateral,
    alias: as,
    span: NOWHERE,
  })
  const names = columns.map((c) => c.name)
  const from: FromItem[] = [derived(body, args.length > 0, alias('result', names))]
  if (args.length > 0) from.unshift(derived(values, false, alias(entry.fn, [])))
  const nulls = entry.strict ? args.map((_, i) => notNull(columnNamed(entry.fn, parameterName(entry, i)))) : []
  const where: Expr | undefined =
    nulls.length > 1 ? { kind: 'and', args: nulls, span: NOWHERE } : nulls.length === 1 ? nulls[0] : undefined
  const targets = columns.map((c) => target(asType(columnNamed('result', c.name), c.type), c.name))
  return { ...around, body: { ...inner, targets, from, ...(where && { where }) } as Select }
}

const notNull = (operand: Expr): Expr => ({ kind: 'is', operand, negated: true, test: 'NULL', span: NOWHERE })

/** The value of a call: an expression, or the first row of a query. */
export function valueOfCall(entry: FunctionEntry, args: readonly Expr[], at: Expr): Expr {
  const typed = args.map((a, i) => asType(a, entry.parameters[i].type))
  const only = entry.strict ? undefined : onlyExpression(bodyOf(entry))
  const expr = only && substituted(entry, only, typed)
  if (expr) return { ...asType(expr, entry.returns!), span: at.span } as Expr
  const column = { name: entry.fn, type: entry.returns! }
  return { kind: 'subquery', query: overArguments(entry, firstRow(bodyOf(entry)), typed, [column]), span: at.span }
}

/** What a function that gives no set takes of its query. */
function firstRow(query: Query): Query {
  const { limit } = query
  if (limit !== undefined && limit.kind !== 'number' && limit.kind !== 'null') return query
  const none = limit?.kind === 'number' && Number(limit.text) === 0
  return { ...query, limit: { kind: 'number', text: none ? '0' : '1', integer: true, span: NOWHERE } }
}

/** The rows of a call in FROM. */
export function rowsOfCall(entry: FunctionEntry, args: readonly Expr[]): Query {
  const typed = args.map((a, i) => asType(a, entry.parameters[i].type))
  const columns = entry.columns ?? [{ name: entry.fn, type: entry.returns! }]
  return overArguments(entry, bodyOf(entry), typed, columns)
}
