import type { Arg, Expr, FromItem } from '../../../grammar/ast.ts'
import { notSupported } from '../../base/sql-error.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { column } from '../../plan/scalar-walk.ts'
import type { Interval } from '../../types/value.ts'
import { isProctime, stamped } from './arrival.ts'
import { bindError } from './bind-error.ts'
import { settleUnknown } from './coerce.ts'
import type { CteScope, ExprPlace, Statement, TimeWindow } from './context.ts'
import { aliasNames, type FromPlan, relation, scopeOf } from './from-plan.ts'
import { handled } from './handled.ts'
import { bindTable } from './relation.ts'
import type { Scope } from './scope.ts'
import { slotsIn } from './slot.ts'
import { windowed, windowInterval, windowTime, withBounds } from './time-window.ts'

type Call = Extract<Expr, { kind: 'call' }>

/** Parameters of each kind after the time, by position; every one can also be named, as Flink names them. */
const PARAMETERS: Readonly<Record<TimeWindow['kind'], readonly string[]>> = {
  tumble: ['size', 'offset'],
  hop: ['slide', 'size', 'offset'],
  cumulate: ['step', 'size', 'offset'],
  session: ['gap'],
}
const NAMES: ReadonlySet<string> = new Set(['data', 'timecol', 'size', 'slide', 'step', 'offset', 'time_zone', 'gap'])

export const isWindowFunction = (name: string): boolean => Object.hasOwn(PARAMETERS, name)

const NO_OFFSET: Interval = { months: 0, days: 0, micros: 0 }

/** `args` are those after the time, named and not: what a window is made of. */
export function windowSpec(st: Statement, kind: string, args: readonly Arg[], place: ExprPlace, at: Call): TimeWindow {
  const of = kind as TimeWindow['kind']
  const zoned = of === 'session' ? [] : ['time_zone']
  const given = new Map<string, Arg>()
  let position = 0
  for (const arg of args) {
    const name = parameterName(arg) ?? PARAMETERS[of][position++]
    if (name === undefined) throw bindError('42883', `too many arguments of ${kind.toUpperCase()}`, arg)
    if (!NAMES.has(name) || ![...PARAMETERS[of], ...zoned].includes(name)) {
      throw bindError('42883', `${kind.toUpperCase()} has no argument ${name.toUpperCase()}`, arg, {
        hint: `It takes ${['data', 'timecol', ...PARAMETERS[of], ...zoned].map((n) => n.toUpperCase()).join(', ')}.`,
      })
    }
    if (given.has(name)) throw bindError('42883', `argument ${name.toUpperCase()} is given twice`, arg)
    given.set(name, arg)
  }
  const interval = (name: string): Interval | null => {
    const arg = given.get(name)
    return arg === undefined ? null : windowInterval(st, st.bind.expr(st, arg.value, place), arg.value)
  }
  const needed = (name: string): Interval => {
    const value = interval(name)
    if (value === null) throw bindError('42883', `${kind.toUpperCase()} needs ${name.toUpperCase()}`, at)
    return value
  }
  const zone = given.get('time_zone')
  if (zone !== undefined && zone.value.kind !== 'string')
    throw notSupported('a time zone that is not constant', zone.span)
  return {
    kind: of,
    size: needed(of === 'session' ? 'gap' : 'size'),
    step: of === 'tumble' || of === 'session' ? null : needed(of === 'hop' ? 'slide' : 'step'),
    offset: interval('offset') ?? NO_OFFSET,
    zone: zone?.value.kind === 'string' ? zone.value.value : null,
  }
}

/** `TIME ZONE 'x'` parses as an argument of that name. */
const parameterName = (arg: Arg): string | undefined => {
  const name = arg.name?.name
  return name === 'timezone' ? 'time_zone' : name
}

/** TUMBLE, HOP, CUMULATE and SESSION in FROM: Flink's spelling (TABLE t, DESCRIPTOR(ts)) and RisingWave's (t, ts). */
export function bindWindowTable(
  st: Statement,
  item: Extract<FromItem, { kind: 'tableFunction' }>,
  call: Call,
  kind: string,
  parent: Scope | null,
  ctes: CteScope | null,
): FromPlan {
  handled(item, ['calls', 'lateral', 'wrapped', 'alias'])
  const [data, time, ...rest] = splitArgs(call, kind)
  const input = tableOf(st, data, parent, ctes)
  const place: ExprPlace = {
    scope: scopeOf(input, parent),
    ctes,
    clause: 'window functions',
    aggregates: false,
    windows: false,
    rows: false,
  }
  const descriptor = time.value.kind === 'descriptor'
  const bound = windowTime(st, st.bind.expr(st, timeColumn(time), place), time.value)
  if (slotsIn(bound).size > 0) throw notSupported('a subquery as the time of a window', time.span)
  const spec = windowSpec(st, kind, rest, { ...place, scope: { ...place.scope, tables: [], visible: [] } }, call)
  const width = input.plan.rowType.length
  const keys = partitionKeys(st, data, place, kind)
  const over = isProctime(bound) ? stamped(input.plan, bound.position) : { plan: input.plan, time: bound }
  const windows = windowed(st, over.plan, over.time, spec, call, keys)
  const plan = withBounds(st, windows, width, descriptor, call)
  const made = plan.rowType.slice(width)
  const own = [
    ...input.visible,
    ...made.map((f, i) => ({ name: f.name, expr: column(width + i, f.type), nullable: false, origin: null })),
  ]
  const row = own.map((c) => ({ name: c.name, type: c.expr.type, nullable: c.nullable }))
  // Without an alias it goes by the name of its table, as in RisingWave.
  const { alias, names } = aliasNames(item.alias, row, input.tables[0]?.alias || kind)
  const columns = own.map((c, i) => ({ ...c, name: names[i] }))
  return { plan, tables: [{ ...watermarked(input), alias, schema: null, columns, key: null }], visible: columns }
}

/** `TABLE t PARTITION BY k`: of sessions alone. */
function partitionKeys(st: Statement, data: Arg, place: ExprPlace, kind: string): Scalar[] {
  const node = data.value
  if (node.kind !== 'tableArg' || node.partitionBy.length === 0) return []
  if (kind !== 'session') throw notSupported(`PARTITION BY of ${kind.toUpperCase()}`, node.partitionBy[0].span)
  return node.partitionBy.map((e) => {
    const key = settleUnknown(st, st.bind.expr(st, e, place))
    if (slotsIn(key).size > 0) throw notSupported('a subquery as the key of a session', e.span)
    return key
  })
}

/** A window keeps the event time of what it is over. */
const watermarked = ({ tables: [table] }: FromPlan) => (table?.watermark ? { watermark: table.watermark } : {})

/** Data and time first, by name or by position. */
function splitArgs(call: Call, kind: string): [Arg, Arg, ...Arg[]] {
  const named = (name: string): Arg | undefined => call.args.find((a) => a.name?.name === name)
  const plain = call.args.filter((a) => a.name?.name !== 'data' && a.name?.name !== 'timecol')
  const data = named('data') ?? plain.shift()
  const time = named('timecol') ?? plain.shift()
  if (data === undefined || time === undefined || (data.name && data.name.name !== 'data')) {
    throw bindError('42883', `${kind.toUpperCase()} takes a table, its time column and the size of the window`, call, {
      hint: `For example ${kind.toUpperCase()}(TABLE t, DESCRIPTOR(ts), …) or ${kind.toUpperCase()}(t, ts, …).`,
    })
  }
  return [data, time, ...plain]
}

function timeColumn(arg: Arg): Expr {
  const node = arg.value
  if (node.kind !== 'descriptor') return node
  if (node.columns.length !== 1) throw bindError('42883', 'a window has one time column', node)
  return { kind: 'column', parts: [node.columns[0]], span: node.span }
}

/** Both spellings are kept as `TABLE s.t AS t`, where the names that the text knows have their place. */
const asStored = (start: number) => ({ start, text: 'TABLE ' })

function tableOf(st: Statement, arg: Arg, parent: Scope | null, ctes: CteScope | null): FromPlan {
  const node = arg.value
  if (node.kind === 'column') {
    const name = { kind: 'name' as const, parts: node.parts, span: node.span }
    return bindTable(st, { kind: 'table', name, span: node.span }, ctes, asStored(node.span.start))
  }
  if (node.kind === 'tableArg') {
    handled(node, ['table', 'alias', 'query', 'partitionBy'])
    const { table: name, alias, span } = node
    if (name) return bindTable(st, { kind: 'table', name, ...(alias && { alias }), span }, ctes, asStored(span.start))
  }
  const query = node.kind === 'tableArg' || node.kind === 'subquery' ? node.query : undefined
  if (!query) throw bindError('42883', 'the first argument of a window function is a table', node)
  const { plan, origins } = st.bind.queryColumns(st, query, parent, ctes)
  return relation(
    plan,
    '',
    null,
    plan.rowType.map((f) => f.name),
    origins,
    null,
  )
}
