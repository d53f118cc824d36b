import type { Expr, FromItem } from '../../../grammar/ast.ts'
import { notSupported } from '../../base/sql-error.ts'
import { readsClock } from '../../plan/clock-shape.ts'
import type { Logical, Nearest } from '../../plan/logical.ts'
import { extend, filter, onlyReads, projectColumns } from '../../plan/logical-make.ts'
import { nullableRow } from '../../plan/logical-walk.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { columnsOf, conjunction, conjuncts, shiftColumns } from '../../plan/scalar-walk.ts'
import { INT8, type SqlType } from '../../types/sql-type.ts'
import { joinKeys } from '../choose/join-keys.ts'
import { canFail, operatorOf } from '../function-facts.ts'
import { isArrival } from './arrival.ts'
import { bindError, type Place } from './bind-error.ts'
import { coerce } from './coerce.ts'
import type { CteScope, ExprPlace, Statement } from './context.ts'
import { type FromPlan, scopeOf } from './from-plan.ts'
import { bindJoin } from './join.ts'
import type { Scope } from './scope.ts'
import { slotsIn } from './slot.ts'
import { versionTime } from './versions.ts'

type JoinItem = Extract<FromItem, { kind: 'join' }>
type TableItem = Extract<FromItem, { kind: 'table' }>
type JoinType = 'inner' | 'left' | 'right' | 'full'

/** The times of the two sides of a join by time, each over the columns of its own side. */
interface Times {
  readonly left: Scalar
  readonly right: Scalar
  readonly compare: Nearest['compare']
}

/** ASOF JOIN, and joins of a table FOR SYSTEM_TIME AS OF. */
export const isTimeJoin = (item: JoinItem): boolean =>
  item.asof === true || item.matchCondition !== undefined || systemTime(item.right) !== undefined

const systemTime = (item: FromItem): Expr | undefined => (item.kind === 'table' ? item.systemTime : undefined)

/** The table itself, without the time as of which it is read. */
export function withoutTime(item: FromItem): FromItem {
  if (item.kind !== 'table') return item
  const { systemTime: _, ...rest } = item
  return rest
}

export function bindTimeJoin(
  st: Statement,
  item: JoinItem,
  type: JoinType,
  left: FromPlan,
  right: FromPlan,
  parent: Scope | null,
  ctes: CteScope | null,
): FromPlan {
  const what = item.asof ? 'ASOF JOIN' : 'FOR SYSTEM_TIME AS OF'
  if (item.matchCondition && !item.asof)
    throw notSupported('MATCH_CONDITION outside ASOF JOIN', item.matchCondition.span)
  if (item.natural) throw notSupported(`a NATURAL ${what}`, item.span)
  if (type !== 'inner' && type !== 'left') throw notSupported(`${what} of this side: RIGHT and FULL`, item.span)
  const asOf = systemTime(item.right)
  if (asOf === undefined) {
    if (!item.on && !item.using && !item.matchCondition) {
      throw bindError('42601', 'an ASOF JOIN takes a condition: ON, USING or MATCH_CONDITION', item)
    }
    const make = (_: JoinType, l: Logical, r: Logical, on: Scalar) => nearestJoin(st, item, l, r, on, undefined, what)
    return bindJoin(st, item, type, left, right, parent, ctes, { make, lastUsing: '>=', timed: true })
  }
  if (item.asof) throw notSupported('ASOF JOIN with FOR SYSTEM_TIME', asOf.span)
  const time = bindTime(st, asOf, left, parent, ctes)
  const make = (_: JoinType, l: Logical, r: Logical, on: Scalar): Logical => {
    if (readsClock(time) || isArrival(st, left.plan, time)) return lookupJoin(st, item, l, r, on, asOf)
    const version = versionTime(st, right, item.right as TableItem, on, l.rowType.length)
    const times = comparable(st, { left: time, right: version, compare: '>=' }, asOf)
    return nearestJoin(st, item, l, r, on, times, what)
  }
  return bindJoin(st, item, type, left, right, parent, ctes, { make, lastUsing: '=', timed: true })
}

/** The time as of which the right side is read: of the left row, when that came (PROCTIME()), or the clock itself. */
function bindTime(st: Statement, node: Expr, left: FromPlan, parent: Scope | null, ctes: CteScope | null): Scalar {
  const place: ExprPlace = {
    scope: scopeOf(left, parent),
    ctes,
    clause: 'FOR SYSTEM_TIME AS OF',
    aggregates: false,
    windows: false,
    rows: false,
  }
  const time = st.bind.expr(st, node, place)
  if (slotsIn(time).size > 0) throw notSupported('a subquery in FOR SYSTEM_TIME AS OF', node.span)
  const ofClock = readsClock(time)
  const bare = time.kind === 'cast' ? time.arg : time
  if (ofClock && !(bare.kind === 'call' && bare.args.length === 0)) {
    throw bindError('0A000', 'FOR SYSTEM_TIME AS OF takes a time of the left row, or PROCTIME() as it is', node)
  }
  if (!ofClock && columnsOf(time).size === 0) {
    throw bindError('0A000', 'FOR SYSTEM_TIME AS OF one time for all rows is not supported', node, {
      hint: 'It takes a time of the left row, as in FOR SYSTEM_TIME AS OF o.ts, or PROCTIME().',
    })
  }
  return time
}

// ---------------------------------------------------------------- nearest in time

/** `times` null: they are the one inequality of the condition. */
function nearestJoin(
  st: Statement,
  item: JoinItem,
  left: Logical,
  right: Logical,
  on: Scalar,
  times: Times | undefined,
  what: string,
): Logical {
  const outer = item.type === 'LEFT'
  const width = left.rowType.length
  const total = width + right.rowType.length
  const keys = joinKeys(on, left.rowType, right.rowType)
  if (keys.nullSafe) throw notSupported(`IS NOT DISTINCT FROM in the condition of ${what}`, item.span)
  let [l, r] = [left, right]
  let found = times
  for (const c of keys.residual === null ? [] : conjuncts(keys.residual)) {
    const inequality = times === undefined ? timesOf(c, width, total) : null
    if (inequality !== null) {
      if (found) throw bindError('42P10', 'an ASOF JOIN takes one inequality between its sides, not several', item)
      found = comparable(st, inequality, item)
    } else if (columnsOf(c).size > 0 && onlyReads(c, width, total)) r = filter(r, shiftColumns(c, -width))
    else if (!outer && columnsOf(c).size > 0 && onlyReads(c, 0, width)) l = filter(l, c)
    else throw notSupported(`this condition of ${what}, beyond equalities of both sides`, (item.on ?? item).span)
  }
  if (!found) {
    throw bindError('42P10', 'an ASOF JOIN takes one inequality between its sides', item, {
      hint: 'As in a.ts >= b.ts: of the rows of b for which it holds the nearest is taken.',
    })
  }
  const sides = {
    left: withColumns(l, [...keys.left, found.left]),
    right: withColumns(r, [...keys.right, found.right]),
  }
  const nearest: Nearest = {
    left: sides.left.columns[keys.left.length],
    right: sides.right.columns[keys.right.length],
    compare: found.compare,
  }
  return joined(st, item, left, right, sides, nearest)
}

/** `a < b` between the sides, as times of the left and the right one. */
function timesOf(c: Scalar, width: number, total: number): Times | null {
  if (c.kind !== 'call' || c.args.length !== 2) return null
  const compare = operatorOf(c.fn)
  if (compare === undefined || !isComparison(compare)) return null
  const [a, b] = c.args
  const isLeft = (s: Scalar): boolean => columnsOf(s).size > 0 && onlyReads(s, 0, width)
  const isRight = (s: Scalar): boolean => columnsOf(s).size > 0 && onlyReads(s, width, total)
  if (isLeft(a) && isRight(b)) return { left: a, right: shiftColumns(b, -width), compare }
  if (isLeft(b) && isRight(a)) return { left: b, right: shiftColumns(a, -width), compare: TURNED[compare] }
  return null
}

const TURNED = { '>=': '<=', '>': '<', '<=': '>=', '<': '>' } as const
const isComparison = (op: string): op is Nearest['compare'] => Object.hasOwn(TURNED, op)

/** Both times as values of one type, by whose order rows are kept. */
function comparable(st: Statement, times: Times, at: Place): Times {
  const { left, right } = times
  if (left.type.kind === right.type.kind) return times
  const type = WIDER.find((list) => list.includes(left.type.kind) && list.includes(right.type.kind))
  if (type === undefined) {
    throw bindError('42804', 'the two times of a join by time must have one type', at, { hint: 'Cast one of them.' })
  }
  const wider = type[Math.max(type.indexOf(left.type.kind), type.indexOf(right.type.kind))]
  const common: SqlType = type === INTEGERS ? INT8 : { kind: wider }
  return { ...times, left: coerce(st, left, common, 'implicit', at), right: coerce(st, right, common, 'implicit', at) }
}

const INTEGERS: readonly SqlType['kind'][] = ['int2', 'int4', 'int8']
const WIDER: readonly (readonly SqlType['kind'][])[] = [INTEGERS, ['date', 'timestamp', 'timestamptz']]

// ---------------------------------------------------------------- as of arrival

/**
 * An inner join takes what may fail, and what two NULLs fulfil, above itself: there it is judged once, as of the arrival. A
 * left one must know which right rows match it; a right row that is an error for a while would be missing for good.
 */
function lookupJoin(st: Statement, item: JoinItem, left: Logical, right: Logical, on: Scalar, at: Place): Logical {
  const width = left.rowType.length
  const whole = joinKeys(on, left.rowType, right.rowType)
  const alike: readonly Scalar[] = whole.nullSafe ? conjuncts(on).filter((c) => c.kind === 'distinctFrom') : []
  const plain = conjunction(conjuncts(on).filter((c) => !alike.includes(c)))
  const keys = whole.nullSafe ? joinKeys(plain, left.rowType, right.rowType) : whole
  const rest = [...(keys.residual === null ? [] : conjuncts(keys.residual)), ...alike]
  const reads = (c: Scalar): boolean => columnsOf(c).size > 0 && onlyReads(c, width, width + right.rowType.length)
  const ofRight = rest.filter((c) => reads(c) && !canFail(c))
  const ofBoth = rest.filter((c) => !ofRight.includes(c))
  if (item.type === 'LEFT' && ofBoth.length > 0) {
    const kinds = 'equalities of both sides and conditions of the right one that cannot fail'
    throw bindError('0A000', `LEFT JOIN … FOR SYSTEM_TIME AS OF PROCTIME() takes ${kinds}, and nothing else`, at, {
      hint: 'An inner join takes any condition.',
    })
  }
  const rights = ofRight.map((c) => shiftColumns(c, -width))
  const taken = rights.length === 0 ? right : filter(right, conjunction(rights), st.position(item))
  const sides = { left: withColumns(left, keys.left), right: withColumns(taken, keys.right) }
  const made = joined(st, item, left, right, sides, null)
  return ofBoth.length === 0 ? made : filter(made, conjunction(ofBoth), st.position(item))
}

// ---------------------------------------------------------------- both

interface Side {
  readonly plan: Logical
  /** Where the wanted values are. */
  readonly columns: readonly number[]
}

/** The plan with values as columns, computed at its end where they are not columns already. */
function withColumns(plan: Logical, values: readonly Scalar[]): Side {
  const computed = values.filter((v) => v.kind !== 'column')
  const width = plan.rowType.length
  return {
    plan: extend(
      plan,
      computed,
      computed.map((_, i) => `key${i}`),
    ),
    columns: values.map((v) => (v.kind === 'column' ? v.index : width + computed.indexOf(v))),
  }
}

function joined(
  st: Statement,
  item: JoinItem,
  left: Logical,
  right: Logical,
  sides: { readonly left: Side; readonly right: Side },
  nearest: Nearest | null,
): Logical {
  const outer = item.type === 'LEFT'
  const keys = nearest === null ? undefined : -1
  const { plan: l, columns: leftColumns } = sides.left
  const { plan: r, columns: rightColumns } = sides.right
  const join: Logical = {
    kind: 'asofJoin',
    outer,
    left: l,
    right: r,
    leftKeys: leftColumns.slice(0, keys),
    rightKeys: rightColumns.slice(0, keys),
    nearest,
    rowType: [...l.rowType, ...(outer ? nullableRow(r.rowType) : r.rowType)],
    position: st.position(item),
  }
  return projectColumns(join, [...left.rowType.map((_, i) => i), ...right.rowType.map((_, i) => l.rowType.length + i)])
}
