import type { FromItem } from '../../../grammar/ast.ts'
import { unreachable } from '../../base/assert.ts'
import { notSupported } from '../../base/sql-error.ts'
import type { FunctionEntry } from '../../catalog/entry.ts'
import type { Logical } from '../../plan/logical.ts'
import { join } from '../../plan/logical-make.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { isTrue, mapColumns, replaceScalar, TRUE } from '../../plan/scalar-walk.ts'
import { bindError } from './bind-error.ts'
import { type Call, functionName } from './call-parts.ts'
import type { CteScope, Statement } from './context.ts'
import { correlatedSlots } from './decorrelate.ts'
import { bindFromFunction } from './from-function.ts'
import { aliasNames, type FromPlan, NO_FROM, relation, scopeOf, shiftFrom } from './from-plan.ts'
import { handled } from './handled.ts'
import { bindJoin } from './join.ts'
import { orderKey } from './order.ts'
import { bindTable } from './relation.ts'
import { EMPTY_SCOPE, type Scope } from './scope.ts'
import { slotOf } from './slot.ts'
import { Stage } from './stage.ts'
import { mortal } from './state-ttl.ts'
import { bindTimeJoin, isTimeJoin, withoutTime } from './time-join.ts'
import { candidates, inlinedRows } from './user-function.ts'
import { bindWindowTable, isWindowFunction } from './window-tvf.ts'

type Item<K extends FromItem['kind']> = Extract<FromItem, { kind: K }>

/** The comma list: a cross join, each item seeing those before it where it is LATERAL. */
export function bindFrom(
  st: Statement,
  items: readonly FromItem[],
  parent: Scope | null,
  ctes: CteScope | null,
): FromPlan {
  let result: FromPlan | undefined
  for (const item of items) {
    const next: FromPlan = result
      ? joinItem(st, result, item, parent, ctes)
      : bindItem(st, item, null, parent, ctes).from
    if (result) refuseDuplicates(result, next, item)
    result = next
  }
  if (!result) return NO_FROM
  // A join keeps nobody's order.
  return items.length > 1 || items[0].kind === 'join' ? { ...result, order: undefined } : result
}

/** Relations of several schemas may share a name while neither has an alias; everything else may not. */
function refuseDuplicates(before: FromPlan, all: FromPlan, item: FromItem): void {
  const seen = [...before.tables]
  for (const table of all.tables.slice(before.tables.length)) {
    const twin = seen.some(
      (t) => t.alias === table.alias && (t.schema === null || table.schema === null || t.schema === table.schema),
    )
    if (table.alias !== '' && twin) {
      throw bindError('42712', `table name "${table.alias}" specified more than once`, item)
    }
    seen.push(table)
  }
}

interface BoundItem {
  readonly from: FromPlan
  /** Scope of the tables to its left, when the item reads them. */
  readonly lateral: Scope | null
}

/**
 * `left` is what a LATERAL item may read, but for one that stands `apart`; inside a JOIN of the comma list it may also read `around`, the items before
 * that JOIN.
 */
function bindItem(
  st: Statement,
  item: FromItem,
  left: FromPlan | null,
  parent: Scope | null,
  ctes: CteScope | null,
  around: Scope | null = null,
  apart = false,
): BoundItem {
  const reach = left ? (apart ? apartScope(left, around ?? parent) : scopeOf(left, around ?? parent)) : around
  switch (item.kind) {
    case 'table':
      return { from: mortal(st, bindTable(st, item, ctes), st.position(item)), lateral: null }
    case 'derived': {
      handled(item, ['query', 'lateral', 'alias'])
      const scope = reach && (item.lateral ? reach : hiddenScope(reach, parent))
      const { plan, origins, width, order } = st.bind.ordered(st, item.query, scope ?? parent, ctes)
      const { alias, names } = aliasNames(item.alias, plan.rowType.slice(0, width), '')
      const named = relation(plan, alias, null, names, origins, null)
      const ordered = { ...named, order: order.map((key) => orderKey(key, plan.rowType)) }
      const from = mortal(st, ordered, st.position(item))
      return { from, lateral: readsScope(st, plan, scope) }
    }
    case 'tableFunction':
      return bindTableFunction(st, item, left !== null, reach, parent, ctes)
    case 'join': {
      const from = bindJoinItem(st, item, parent, ctes, reach)
      return { from, lateral: left && readsScope(st, from.plan, reach) }
    }
    default:
      return unreachable(item)
  }
}

/** The right side of RIGHT and FULL JOIN must not read the left one. */
const apartScope = (left: FromPlan, parent: Scope | null): Scope => ({
  ...EMPTY_SCOPE,
  parent,
  hidden: left.tables,
  apart: true,
})

/** Without LATERAL the tables to the left are known to exist, and out of reach. */
const hiddenScope = (reach: Scope, parent: Scope | null): Scope => ({ ...EMPTY_SCOPE, parent, hidden: reach.tables })

function readsScope(st: Statement, plan: Logical, scope: Scope | null): Scope | null {
  const known = (n: number): boolean => {
    const slot = st.slots[n]
    return slot?.kind === 'outer' && slot.scope === scope
  }
  return scope && correlatedSlots(plan, known).length > 0 ? scope : null
}

function bindJoinItem(
  st: Statement,
  item: Item<'join'>,
  parent: Scope | null,
  ctes: CteScope | null,
  around: Scope | null,
): FromPlan {
  handled(item, ['type', 'natural', 'left', 'right', 'on', 'using', 'usingAlias', 'alias', 'asof', 'matchCondition'])
  const left = bindItem(st, item.left, null, parent, ctes, around).from
  const type =
    item.type === 'CROSS'
      ? 'inner'
      : ({ INNER: 'inner', LEFT: 'left', RIGHT: 'right', FULL: 'full' } as const)[item.type]
  const timed = isTimeJoin(item)
  const apart = type === 'right' || type === 'full'
  const bound = bindItem(st, timed ? withoutTime(item.right) : item.right, left, parent, ctes, around, apart)
  let result: FromPlan
  if (timed) {
    if (bound.lateral) throw notSupported('a LATERAL side of an ASOF or temporal join', item.right.span)
    result = bindTimeJoin(st, item, type, left, bound.from, parent, ctes)
  } else if (bound.lateral) {
    const scope = bound.lateral
    const make: typeof join = (kind, l, r, on, position = -1) =>
      applyLateral(st, l, r, scope, kind === 'left' ? 'left' : 'inner', on, position)
    result = bindJoin(st, item, type, left, bound.from, parent, ctes, { make, lastUsing: '=', timed: false })
  } else result = bindJoin(st, item, type, left, bound.from, parent, ctes)
  refuseDuplicates(left, result, item.right)
  return aliased(result, item)
}

function aliased(result: FromPlan, item: Item<'join'>): FromPlan {
  if (!item.alias) return result
  const row = result.visible.map((c) => ({ name: c.name, type: c.expr.type, nullable: c.nullable }))
  const { alias, names } = aliasNames(item.alias, row, '')
  const columns = result.visible.map((c, i) => ({ ...c, name: names[i] }))
  return { plan: result.plan, tables: [{ alias, schema: null, columns, key: null }], visible: columns }
}

/** Table functions run on each left row; other LATERAL plans go through the distinct values that they read. */
function applyLateral(
  st: Statement,
  left: Logical,
  right: Logical,
  scope: Scope,
  type: 'inner' | 'left',
  on: Scalar,
  position: number,
): Logical {
  const width = left.rowType.length
  if (right.kind === 'flatMap' && right.input.kind === 'constant' && right.input.rowType.length === 0 && isTrue(on)) {
    const args = right.args.map((a) =>
      replaceScalar(a, (x) => {
        const slot = st.slots[slotOf(x)]
        return slot?.kind === 'outer' && slot.scope === scope ? slot.expr : undefined
      }),
    )
    const outer = type === 'left'
    const row = outer ? right.rowType.map((f) => ({ ...f, nullable: true })) : right.rowType
    return { ...right, input: left, args, outer, rowType: [...left.rowType, ...row] }
  }
  const stage = new Stage(st, scope, left)
  stage.lateral(type, right, (from) => mapColumns(on, (i) => (i < width ? i : i - width + from)), position)
  return stage.plan
}

function joinItem(
  st: Statement,
  left: FromPlan,
  item: FromItem,
  parent: Scope | null,
  ctes: CteScope | null,
): FromPlan {
  const bound = bindItem(st, item, left, parent, ctes)
  const right = shiftFrom(bound.from, left.plan.rowType.length)
  const plan = bound.lateral
    ? applyLateral(st, left.plan, bound.from.plan, bound.lateral, 'inner', TRUE, st.position(item))
    : join('inner', left.plan, bound.from.plan, TRUE, st.position(item))
  return { plan, tables: [...left.tables, ...right.tables], visible: [...left.visible, ...right.visible] }
}

// ---------------------------------------------------------------- functions in FROM

function bindTableFunction(
  st: Statement,
  item: Item<'tableFunction'>,
  beside: boolean,
  reach: Scope | null,
  parent: Scope | null,
  ctes: CteScope | null,
): BoundItem {
  const [{ call }] = item.calls
  const own = call.kind === 'call' ? candidates(st, call) : []
  if (call.kind === 'call' && own.length > 0) {
    return bindItem(st, callItem(st, item, call, own, reach, parent, ctes), null, parent, ctes, reach)
  }
  if (call.kind === 'call' && isWindowFunction(functionName(call)) && item.calls.length === 1) {
    return { from: bindWindowTable(st, item, call, functionName(call), parent, ctes), lateral: null }
  }
  const from = bindFromFunction(st, item, reach, parent, ctes)
  return { from, lateral: beside ? readsScope(st, from.plan, reach) : null }
}

/** A function of the user's as the query that it stands for. */
function callItem(
  st: Statement,
  item: Item<'tableFunction'>,
  call: Call,
  found: readonly FunctionEntry[],
  reach: Scope | null,
  parent: Scope | null,
  ctes: CteScope | null,
): Item<'derived'> {
  if (item.calls.length > 1) throw notSupported('ROWS FROM with a function of CREATE FUNCTION', call.span)
  if (item.ordinality) throw notSupported('WITH ORDINALITY of a function of CREATE FUNCTION', item.span)
  handled(item, ['calls', 'rowsFrom', 'wrapped', 'lateral', 'alias'])
  const scope: Scope = { ...EMPTY_SCOPE, parent: reach ?? parent }
  const place = { scope, ctes, clause: 'functions in FROM', aggregates: false, windows: false, rows: false }
  const { query, entry } = inlinedRows(st, call, place, found)
  const name = item.alias?.name ?? { kind: 'ident', name: entry.fn, quoted: true, span: call.name.span }
  // An alias also names the only column of a function that has no names of its own.
  const columns = item.alias?.columns.length ? item.alias.columns : entry.columns === null ? [name] : []
  const types = item.alias?.types ?? []
  return {
    kind: 'derived',
    query,
    lateral: true,
    alias: { kind: 'alias', name, columns, types, span: item.span },
    span: item.span,
  }
}
