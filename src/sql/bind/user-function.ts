/** Calls of functions that CREATE FUNCTION made: found by name and arguments, and replaced by their bodies. */
import type { Expr, Query } from '../../../grammar/ast.ts'
import { parseExpression } from '../../../grammar/parse.ts'
import { notSupported, type SqlError } from '../../base/sql-error.ts'
import type { CatalogSnapshot, FunctionEntry } from '../../catalog/entry.ts'
import { findSchema } from '../../catalog/resolve-name.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { sameBaseType } from '../../types/sql-type.ts'
import { typeText } from '../type-text.ts'
import { bindError } from './bind-error.ts'
import type { Call } from './call-parts.ts'
import { canCoerce } from './coerce.ts'
import { DEFAULT_CLAUSE, type ExprPlace, type Statement } from './context.ts'
import { rowsOfCall, valueOfCall } from './function-body.ts'
import { handled } from './handled.ts'

/** Clauses whose expressions are kept with a table: nothing would hold the function there. */
const KEPT: ReadonlySet<string> = new Set([DEFAULT_CLAUSE, 'check constraints', 'column generation expressions'])

/** Functions by schema and name, once a catalog. */
const known = new WeakMap<CatalogSnapshot, ReadonlyMap<string, readonly FunctionEntry[]>>()

function byName(catalog: CatalogSnapshot): ReadonlyMap<string, readonly FunctionEntry[]> {
  let names = known.get(catalog)
  if (names === undefined) {
    const found = new Map<string, FunctionEntry[]>()
    for (const entry of catalog.all()) {
      if (entry.kind !== 'function') continue
      const key = `${entry.schema}.${entry.fn}`
      found.set(key, [...(found.get(key) ?? []), entry])
    }
    names = found
    known.set(catalog, names)
  }
  return names
}

/** All functions that the name may mean, nearest schema first; empty for names of no function of the user's. */
export function functionsNamed(st: Statement, parts: readonly string[]): readonly FunctionEntry[] {
  const names = byName(st.env.catalog)
  if (names.size === 0 || parts.length > 2) return []
  const schemas = parts.length === 2 ? [parts[0]] : st.env.searchPath
  return schemas.flatMap((s) => {
    const schema = findSchema(st.env.catalog, s)
    return schema ? (names.get(`${schema.id}.${parts[parts.length - 1]}`) ?? []) : []
  })
}

export const candidates = (st: Statement, node: Call): readonly FunctionEntry[] =>
  functionsNamed(
    st,
    node.name.parts.map((p) => p.name),
  )

/** A call in an expression as the expression that it stands for. */
export function inlinedValue(st: Statement, node: Call, place: ExprPlace, found: readonly FunctionEntry[]): Expr {
  const { entry, args } = chosen(st, node, place, found)
  if (entry.set) throw notSupported(`the set-returning function ${entry.fn} outside FROM`, node.span)
  return valueOfCall(entry, args, node)
}

/** A call in FROM as the query that it stands for. */
export function inlinedRows(
  st: Statement,
  node: Call,
  place: ExprPlace,
  found: readonly FunctionEntry[],
): { readonly query: Query; readonly entry: FunctionEntry } {
  const { entry, args } = chosen(st, node, place, found)
  return { query: rowsOfCall(entry, args), entry }
}

function chosen(
  st: Statement,
  node: Call,
  place: ExprPlace,
  found: readonly FunctionEntry[],
): { entry: FunctionEntry; args: readonly Expr[] } {
  handled(node, ['name', 'args'])
  if (KEPT.has(place.clause)) throw notSupported(`the function ${found[0].fn} in ${place.clause}`, node.span)
  const fitting = found.flatMap((entry) => {
    const args = inOrder(entry, node)
    return args ? [{ entry, args }] : []
  })
  // Bound only to see their types: what stands for the call is bound again in its place.
  const types = new Map(node.args.map((a) => [a.value, st.bind.expr(st, a.value, place)]))
  const possible = fitting.filter(({ entry, args }) =>
    args.every((a, i) => {
      const given = types.get(a)
      return given === undefined || canCoerce(given.type, entry.parameters[i].type, 'implicit')
    }),
  )
  const exact = possible.map((p) => [p, exactness(p, types)] as const)
  const best = Math.max(...exact.map(([, n]) => n))
  const nearest = exact.filter(([, n]) => n === best).map(([p]) => p)
  if (nearest.length === 0) throw noSuchFunction(node, types)
  if (nearest.length > 1 && nearest[0].entry.schema === nearest[1].entry.schema) throw ambiguous(node, types)
  const [{ entry, args }] = nearest
  st.uses.add(entry.id)
  st.refer(node.name, entry.id, true)
  return { entry, args }
}

/** How many arguments have the very type of their parameter. */
function exactness(
  { entry, args }: { readonly entry: FunctionEntry; readonly args: readonly Expr[] },
  types: ReadonlyMap<Expr, Scalar>,
): number {
  return args.filter((a, i) => {
    const given = types.get(a)
    return given !== undefined && sameBaseType(given.type, entry.parameters[i].type)
  }).length
}

/** The arguments by the number of their parameter, defaults where they are left out; undefined where they do not fit. */
function inOrder({ parameters }: FunctionEntry, node: Call): readonly Expr[] | undefined {
  const args: (Expr | undefined)[] = parameters.map(() => undefined)
  let next = 0
  for (const arg of node.args) {
    if (arg.variadic) return undefined
    const at = arg.name === undefined ? next++ : parameters.findIndex((p) => p.name === arg.name!.name)
    if (at < 0 || at >= parameters.length || args[at] !== undefined) return undefined
    args[at] = arg.value
  }
  for (const [i, { defaultSql }] of parameters.entries()) {
    if (args[i] !== undefined) continue
    if (defaultSql === null) return undefined
    args[i] = parseExpression(defaultSql)
  }
  return args as Expr[]
}

function signature(node: Call, types: ReadonlyMap<Expr, Scalar>): string {
  const name = node.name.parts.map((p) => p.name).join('.')
  const given = node.args.map((a) => {
    const type = typeText(types.get(a.value)!.type)
    return a.name === undefined ? type : `${a.name.name} => ${type}`
  })
  return `function ${name}(${given.join(', ')})`
}

const noSuchFunction = (node: Call, types: ReadonlyMap<Expr, Scalar>): SqlError =>
  bindError('42883', `${signature(node, types)} does not exist`, node, {
    hint: 'No function matches the given name and argument types. You might need to add explicit type casts.',
  })

const ambiguous = (node: Call, types: ReadonlyMap<Expr, Scalar>): SqlError =>
  bindError('42725', `${signature(node, types)} is not unique`, node, {
    hint: 'Could not choose a best candidate function. You might need to add explicit type casts.',
  })
