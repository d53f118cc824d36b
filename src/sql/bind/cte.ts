import type { Cte, Query, With } from '../../../grammar/ast.ts'
import { notSupported } from '../../base/sql-error.ts'
import type { Logical } from '../../plan/logical.ts'
import { project } from '../../plan/logical-make.ts'
import { rewriteLogical } from '../../plan/logical-walk.ts'
import { column } from '../../plan/scalar-walk.ts'
import { INT8 } from '../../types/sql-type.ts'
import { resolveType } from '../type-name.ts'
import { bindError } from './bind-error.ts'
import { coerce, constantValue } from './coerce.ts'
import type { CteScope, NamedQuery, Statement } from './context.ts'
import { renamed } from './cte-names.ts'
import { handled } from './handled.ts'
import { bindRecursive, readsItself } from './recursive.ts'
import { EMPTY_SCOPE, type Scope } from './scope.ts'

export interface OpenWith {
  readonly ctes: CteScope | null
  /** Puts the bindings around the plan of the query that reads them. */
  readonly close: (plan: Logical) => Logical
}

export interface Binding {
  readonly named: NamedQuery
  readonly value: Logical
}

/** WITH in its three forms. */
export function bindWith(st: Statement, node: With, parent: Scope | null, ctes: CteScope | null): OpenWith {
  handled(node, ['mode', 'recursionLimits', 'ctes'])
  const names = new Set<string>()
  for (const cte of node.ctes) {
    if (names.has(cte.name.name)) {
      throw bindError('42712', `WITH query name "${cte.name.name}" specified more than once`, cte.name)
    }
    names.add(cte.name.name)
  }
  if (node.mode === 'mutuallyRecursive') return mutuallyRecursive(st, node, parent, ctes)
  let scope = ctes
  const closers: ((plan: Logical) => Logical)[] = []
  for (const cte of node.mode === 'recursive' ? inOrder(node.ctes) : node.ctes) {
    const query = queryOf(cte)
    if (cte.types.length > 0) throw notSupported('column types in WITH', cte.types[0].span)
    const bound =
      node.mode === 'recursive' && readsItself(query, cte.name.name)
        ? bindRecursive(st, cte, query, parent, scope)
        : bindPlain(st, cte, query, parent, scope)
    scope = { parent: scope, queries: [bound.named] }
    closers.push((plan) => bound.close(plan))
  }
  return { ctes: scope, close: (plan) => closers.reduceRight((p, close) => close(p), plan) }
}

/** WITH RECURSIVE may name queries that stand behind: each comes behind those that it reads. */
function inOrder(ctes: readonly Cte[]): Cte[] {
  const left = [...ctes]
  const sorted: Cte[] = []
  while (left.length > 0) {
    const free = left.findIndex(
      (cte) => !left.some((other) => other !== cte && readsItself(cte.query, other.name.name)),
    )
    if (free < 0) throw bindError('0A000', 'mutual recursion between WITH items is not implemented', left[0].name)
    sorted.push(...left.splice(free, 1))
  }
  return sorted
}

export function queryOf(cte: Cte): Query {
  handled(cte, ['name', 'columns', 'types', 'materialized', 'query', 'search', 'cycle'])
  if (cte.query.kind !== 'query') throw notSupported('a data-modifying statement in WITH', cte.query.span)
  return cte.query
}

function bindPlain(
  st: Statement,
  cte: Cte,
  query: Query,
  parent: Scope | null,
  ctes: CteScope | null,
): { named: NamedQuery; close: (plan: Logical) => Logical } {
  if (cte.search || cte.cycle) throw bindError('42601', 'WITH query is not recursive', cte)
  const { plan, origins, width, order } = st.bind.ordered(st, query, parent, ctes)
  const rowType = renamed(cte, plan.rowType.slice(0, width))
  const row = [...rowType, ...plan.rowType.slice(width)]
  const value: Logical = { ...plan, rowType: row }
  const ordered = order.length === 0 ? undefined : { row, keys: order }
  const named: NamedQuery = { name: cte.name.name, binding: st.newBinding(), rowType, origins, ordered, uses: 0 }
  st.named.set(named.binding, value)
  return { named, close: (body) => bindOnce(named, value, body) }
}

/** A query read once is put in its place; read more often it gets a name; never read it vanishes. */
function bindOnce(named: NamedQuery, value: Logical, body: Logical): Logical {
  if (named.uses === 0) return body
  if (named.uses > 1) return { kind: 'let', binding: named.binding, value, body, rowType: body.rowType }
  return rewriteLogical(body, (p) => (p.kind === 'ref' && p.binding === named.binding ? value : p))
}

/** Every query sees all of them, itself too; columns and types are declared. */
function mutuallyRecursive(st: Statement, node: With, parent: Scope | null, ctes: CteScope | null): OpenWith {
  const queries: NamedQuery[] = node.ctes.map((cte) => {
    if (cte.columns.length === 0 || cte.types.length !== cte.columns.length) {
      throw bindError(
        '42601',
        `WITH MUTUALLY RECURSIVE query "${cte.name.name}" must declare its columns and their types`,
        cte.name,
      )
    }
    const rowType = cte.columns.map((c, i) => ({ name: c.name, type: resolveType(cte.types[i], st), nullable: true }))
    return { name: cte.name.name, binding: st.newBinding(), rowType, origins: rowType.map(() => null), uses: 0 }
  })
  const scope: CteScope = { parent: ctes, queries }
  const bindings = node.ctes.map((cte, i) => {
    const query = queryOf(cte)
    const { plan } = st.bind.queryColumns(st, query, parent, scope)
    const declared = queries[i].rowType
    if (plan.rowType.length !== declared.length) {
      throw bindError(
        '42P10',
        `WITH MUTUALLY RECURSIVE query "${cte.name.name}" declares ${declared.length} columns but returns ${plan.rowType.length}`,
        cte.query,
      )
    }
    const exprs = plan.rowType.map((f, c) => coerce(st, column(c, f.type), declared[c].type, 'assignment', cte.query))
    const value = project(
      plan,
      exprs,
      declared.map((f) => f.name),
    )
    return { binding: queries[i].binding, value }
  })
  const limits = node.recursionLimits.map((l) => {
    const place = {
      scope: EMPTY_SCOPE,
      ctes: null,
      clause: 'RECURSION LIMIT',
      aggregates: false,
      windows: false,
      rows: false,
    }
    const rounds = constantValue(st, coerce(st, st.bind.expr(st, l.limit, place), INT8, 'implicit', l.limit))
    if (rounds === undefined || rounds === null || Number(rounds) < 1) {
      throw bindError('22023', 'recursion limit must be a positive integer', l.limit)
    }
    return { rounds: Number(rounds), onLimit: l.onLimit }
  })
  if (limits.length > 1) throw notSupported('more than one recursion limit', node.recursionLimits[1].limit.span)
  return {
    ctes: scope,
    close: (body) => ({ kind: 'letRec', bindings, body, limit: limits[0] ?? null, rowType: body.rowType }),
  }
}
