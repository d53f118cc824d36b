import type { Expr, FromItem } from '../../../grammar/ast.ts'
import { notSupported } from '../../base/sql-error.ts'
import { type Member, rowsFromId } from '../../functions/rows-from.ts'
import type { Logical } from '../../plan/logical.ts'
import { projectColumns } from '../../plan/logical-make.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { type Field, INT8, type RowType } from '../../types/sql-type.ts'
import { typeText } from '../type-text.ts'
import { bindError, type Place } from './bind-error.ts'
import { bindArgs, functionName } from './call-parts.ts'
import type { CteScope, ExprPlace, Statement } from './context.ts'
import { aliasNames, type FromPlan, NO_FROM, relation } from './from-plan.ts'
import { handled } from './handled.ts'
import { callFunction, isTableFunction, tableCall } from './overload.ts'
import { EMPTY_SCOPE, type Scope } from './scope.ts'
import { slotsIn } from './slot.ts'
import { bindJsonTable } from './sql-json-table.ts'
import { Stage } from './stage.ts'

type TableFunctionItem = Extract<FromItem, { kind: 'tableFunction' }>

/** A call of FROM: a function that gives a set, or one that gives a value. */
interface FromCall {
  readonly fn: string | null
  readonly args: readonly Scalar[]
  readonly columns: RowType
}

/** `f(…)`, `ROWS FROM (f(…), g(…))`, with ordinality or without. It may read what stands to its left, LATERAL or not. */
export function bindFromFunction(
  st: Statement,
  item: TableFunctionItem,
  reach: Scope | null,
  parent: Scope | null,
  ctes: CteScope | null,
): FromPlan {
  handled(item, ['calls', 'rowsFrom', 'wrapped', 'lateral', 'ordinality', 'alias'])
  const scope: Scope = { ...EMPTY_SCOPE, parent: reach ?? parent }
  const place: ExprPlace = {
    scope,
    ctes,
    clause: 'functions in FROM',
    aggregates: false,
    windows: false,
    rows: false,
  }
  const calls = item.calls.map(({ call, columns }) => {
    if (columns) throw notSupported('a column definition list', columns.span)
    return bindFromCall(st, call, place)
  })
  const stage = new Stage(st, scope, NO_FROM.plan)
  const args = calls.flatMap((c) => c.args).map((a) => (holdsSubquery(st, a) ? stage.resolve(a) : a))
  const plan = callsPlan(calls, args, stage.plan, item.ordinality, st.position(item.calls[0].call))
  const [{ columns: row }] = calls
  const fallback = nameOf(item.calls[0].call)
  // An alias also names the only column of a function: FROM generate_series(1, 3) AS n.
  const single =
    item.calls[0].call.kind === 'call' && calls.length === 1 && row.length === 1 && item.alias?.columns.length === 0
  const only = single ? item.alias?.name?.name : undefined
  const named = plan.rowType.map((f, i) => (i === 0 && only !== undefined ? { ...f, name: only } : f))
  const { alias, names } = aliasNames(item.alias, named, fallback)
  return relation(plan, alias, null, names, [], null)
}

const nameOf = (call: Expr): string =>
  call.kind === 'call' ? functionName(call) : call.kind === 'jsonTable' ? 'json_table' : ''

const holdsSubquery = (st: Statement, s: Scalar): boolean =>
  [...slotsIn(s)].some((n) => st.slots[n].kind === 'subquery')

function bindFromCall(st: Statement, call: Expr, place: ExprPlace): FromCall {
  if (call.kind === 'jsonTable') return bindJsonTable(st, call, place)
  if (call.kind !== 'call') throw notSupported('this expression in FROM', call.span)
  handled(call, ['name', 'args'])
  const name = functionName(call)
  const bound = bindArgs(st, call, place)
  if (!isTableFunction(name)) {
    const value = callFunction(st, name, bound, call)
    return { fn: null, args: [value], columns: [{ name, type: value.type, nullable: true }] }
  }
  if (name === 'unnest') checkArrays(bound, call)
  return tableCall(st, name, bound, call)
}

/** One call is a node of its own, and a single value a row of it; several run side by side. */
function callsPlan(
  calls: readonly FromCall[],
  args: readonly Scalar[],
  input: Logical,
  withOrdinality: boolean,
  position: number,
): Logical {
  const [first] = calls
  const made = calls.flatMap((c) => c.columns)
  if (calls.length === 1 && first.fn === null && !withOrdinality) {
    return { kind: 'project', input, exprs: args, rowType: made }
  }
  const alone = calls.length === 1 && first.fn !== null
  const members = calls.map((c): Member => [c.fn, c.args.length])
  const ordinality: Field[] = withOrdinality ? [{ name: 'ordinality', type: INT8, nullable: false }] : []
  const row = [...(alone ? made : made.map((f) => ({ ...f, nullable: true }))), ...ordinality]
  const width = input.rowType.length
  const plan: Logical = {
    kind: 'flatMap',
    input,
    fn: alone ? (first.fn as string) : rowsFromId(members),
    args,
    withOrdinality,
    outer: false,
    rowType: [...input.rowType, ...row],
    position,
  }
  return projectColumns(
    plan,
    row.map((_, i) => width + i),
  )
}

/** unnest(a, b, …) pairs the items of several arrays. */
function checkArrays(args: readonly Scalar[], at: Place): void {
  const wrong = args.length > 1 ? args.find((a) => a.type.kind !== 'array') : undefined
  if (wrong === undefined) return
  throw bindError('42883', `function pg_catalog.unnest(${typeText(wrong.type)}) does not exist`, at, {
    hint: 'No function matches the given name and argument types. You might need to add explicit type casts.',
  })
}
