import type { Frame, FrameBound } from '../../../grammar/ast.ts'
import { notSupported, SqlError } from '../../base/sql-error.ts'
import type { FrameBound as BoundFrameBound, WindowFrame } from '../../dataflow/window/spec.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { someScalar } from '../../plan/scalar-walk.ts'
import { compareInterval } from '../../types/interval.ts'
import { compareNumeric, makeNumeric } from '../../types/numeric.ts'
import { FLOAT8, INT8, NUMERIC, type SqlType, type TypeKind } from '../../types/sql-type.ts'
import type { Datum, Interval, Numeric } from '../../types/value.ts'
import { typeText } from '../type-text.ts'
import { bindError } from './bind-error.ts'
import { canCoerce, coerce, constantValue } from './coerce.ts'
import type { ExprPlace, Statement } from './context.ts'
import { handled } from './handled.ts'
import { callOperator } from './overload.ts'
import type { SlotOrder } from './slot.ts'
import type { WindowDefinition } from './window-spec.ts'

/** A frame whose `value` bounds count within `columns`, scalars over the row. */
export interface BoundFrame {
  readonly frame: WindowFrame
  readonly columns: readonly Scalar[]
}

const INTERVAL: SqlType = { kind: 'interval' }
const TIMESTAMP: SqlType = { kind: 'timestamp' }

/** From the partition's start to the last peer of the row; without ORDER BY all rows are peers. */
export const DEFAULT_FRAME: WindowFrame = {
  mode: 'range',
  start: { kind: 'first' },
  end: { kind: 'offset', by: 0 },
  exclude: 'nothing',
  value: null,
}

const MODES = { ROWS: 'rows', RANGE: 'range', GROUPS: 'groups' } as const
const EXCLUDES = { 'CURRENT ROW': 'current', GROUP: 'group', TIES: 'ties', 'NO OTHERS': 'nothing' } as const

export function bindFrame(
  st: Statement,
  window: WindowDefinition,
  order: readonly SlotOrder[],
  place: ExprPlace,
): BoundFrame {
  const frame = window.frame
  if (!frame) return { frame: DEFAULT_FRAME, columns: [] }
  handled(frame, ['unit', 'start', 'end', 'exclude'])
  if (frame.unit === 'SESSION') throw notSupported('a SESSION frame', frame.span)
  checkBounds(frame)
  const mode = MODES[frame.unit]
  const { start, end } = frame
  if (mode === 'groups' && order.length === 0) {
    throw bindError('42P20', 'GROUPS mode requires an ORDER BY clause', window.at)
  }
  const ranged = mode === 'range' && [start, end].some((b) => b?.offset !== undefined)
  if (ranged && order.length !== 1) {
    throw bindError('42P20', 'RANGE with offset PRECEDING/FOLLOWING requires exactly one ORDER BY column', window.at)
  }
  const columns: Scalar[] = ranged ? [rangeValue(st, order[0].expr, frame)] : []
  const bound = (b: FrameBound | undefined, which: 'starting' | 'ending'): BoundFrameBound => {
    if (!b || b.bound === 'CURRENT ROW') return { kind: 'offset', by: 0 }
    if (b.bound === 'UNBOUNDED PRECEDING') return { kind: 'first' }
    if (b.bound === 'UNBOUNDED FOLLOWING') return { kind: 'last' }
    const following = b.bound === 'FOLLOWING'
    if (mode !== 'range') {
      const by = rowOffset(st, b, frame.unit, which, place)
      return { kind: 'offset', by: following ? by : -by + 0 }
    }
    columns.push(rangeBound(st, b, order[0], columns[0], which, place))
    return { kind: 'value', column: columns.length - 1, following }
  }
  return {
    frame: {
      mode,
      start: bound(start, 'starting'),
      end: bound(end, 'ending'),
      exclude: frame.exclude ? EXCLUDES[frame.exclude] : 'nothing',
      value: ranged ? 0 : null,
    },
    columns,
  }
}

/** Frames that could only be empty by their shape are refused, as PostgreSQL's grammar does. */
function checkBounds({ start, end }: Frame): void {
  const refuse = (message: string, at: FrameBound): never => {
    throw bindError('42P20', message, at)
  }
  if (start.bound === 'UNBOUNDED FOLLOWING') refuse('frame start cannot be UNBOUNDED FOLLOWING', start)
  if (!end) {
    if (start.bound === 'FOLLOWING') refuse('frame starting from following row cannot end with current row', start)
    return
  }
  if (end.bound === 'UNBOUNDED PRECEDING') refuse('frame end cannot be UNBOUNDED PRECEDING', end)
  if (start.bound === 'CURRENT ROW' && end.bound === 'PRECEDING') {
    refuse('frame starting from current row cannot have preceding rows', end)
  }
  if (start.bound === 'FOLLOWING' && (end.bound === 'PRECEDING' || end.bound === 'CURRENT ROW')) {
    refuse('frame starting from following row cannot have preceding rows', end)
  }
}

// ---------------------------------------------------------------- offsets

function rowOffset(
  st: Statement,
  b: FrameBound,
  unit: Frame['unit'],
  which: 'starting' | 'ending',
  place: ExprPlace,
): number {
  const value = offsetValue(st, b, bindOffset(st, b, unit, place), INT8, unit)
  checkOffset(value, which)
  // No partition has more rows.
  return Math.min(Number(value), Number.MAX_SAFE_INTEGER)
}

function bindOffset(st: Statement, b: FrameBound, unit: Frame['unit'], place: ExprPlace): Scalar {
  const node = b.offset as NonNullable<FrameBound['offset']>
  const bound = st.bind.expr(st, node, { ...place, windows: false, aggregates: false, clause: `window ${unit}` })
  if (someScalar(bound, (x) => x.kind === 'column')) {
    throw bindError('42P10', `argument of ${unit} must not contain variables`, node)
  }
  return bound
}

function offsetValue(st: Statement, b: FrameBound, s: Scalar, type: SqlType, unit: Frame['unit']): Datum {
  const node = b.offset as NonNullable<FrameBound['offset']>
  if (s.type.kind !== 'unknown' && !canCoerce(s.type, type, 'assignment')) {
    throw bindError('42804', `argument of ${unit} must be type ${typeText(type)}, not type ${typeText(s.type)}`, node)
  }
  const value = constantValue(st, coerce(st, s, type, 'assignment', node))
  if (value === undefined) throw notSupported('a frame offset that is not constant', node.span)
  return value
}

function checkOffset(value: Datum, which: 'starting' | 'ending'): void {
  if (value === null) throw new SqlError('22004', `frame ${which} offset must not be null`)
  if (Number(value) < 0) throw new SqlError('22013', `frame ${which} offset must not be negative`)
}

// ---------------------------------------------------------------- distances

interface RangeKind {
  /** What values and bounds are computed in: nothing overflows or wraps around there that counts. */
  readonly value: SqlType
  readonly offset: SqlType
  /** Types of offsets that PostgreSQL takes as they are. */
  readonly takes: readonly TypeKind[]
}

const integers: readonly TypeKind[] = ['int2', 'int4', 'int8']
const overTime = (value: SqlType): RangeKind => ({ value, offset: INTERVAL, takes: ['interval'] })

const RANGES: Partial<Record<TypeKind, RangeKind>> = {
  int2: { value: INT8, offset: INT8, takes: integers },
  int4: { value: INT8, offset: INT8, takes: integers },
  int8: { value: NUMERIC, offset: NUMERIC, takes: integers },
  float4: { value: FLOAT8, offset: FLOAT8, takes: ['float4', 'float8', 'numeric', ...integers] },
  float8: { value: FLOAT8, offset: FLOAT8, takes: ['float4', 'float8', 'numeric', ...integers] },
  numeric: { value: NUMERIC, offset: NUMERIC, takes: ['numeric', ...integers] },
  date: overTime(TIMESTAMP),
  timestamp: overTime(TIMESTAMP),
  timestamptz: overTime({ kind: 'timestamptz' }),
  time: overTime(INTERVAL),
  interval: overTime(INTERVAL),
}

function rangeKind(type: SqlType, at: { readonly span: { readonly start: number } }): RangeKind {
  const found = RANGES[type.kind]
  if (found) return found
  const message = `RANGE with offset PRECEDING/FOLLOWING is not supported for column type ${typeText(type)}`
  throw bindError('0A000', message, at)
}

/** The order's value, in the type in which distances are taken. */
function rangeValue(st: Statement, value: Scalar, frame: Frame): Scalar {
  const first = [frame.start, frame.end].find((b) => b?.offset !== undefined)?.offset ?? frame
  const { value: type } = rangeKind(value.type, first)
  return value.type.kind === type.kind ? value : coerce(st, value, type, 'explicit', frame)
}

/** Far beyond every int4, and safe to add to one. */
const FAR = 2 ** 40

function rangeBound(
  st: Statement,
  b: FrameBound,
  order: SlotOrder,
  value: Scalar,
  which: 'starting' | 'ending',
  place: ExprPlace,
): Scalar {
  const node = b.offset as NonNullable<FrameBound['offset']>
  const kind = rangeKind(order.expr.type, node)
  const bound = bindOffset(st, b, 'RANGE', place)
  if (bound.type.kind !== 'unknown' && !kind.takes.includes(bound.type.kind)) {
    throw bindError(
      '0A000',
      `RANGE with offset PRECEDING/FOLLOWING is not supported for column type ${typeText(order.expr.type)} and offset type ${typeText(bound.type)}`,
      node,
      { hint: 'Cast the offset value to an appropriate type.' },
    )
  }
  const offset = offsetValue(st, b, bound, kind.offset, 'RANGE')
  if (offset === null) throw new SqlError('22004', `frame ${which} offset must not be null`)
  if (isNegative(offset, kind.offset)) {
    throw new SqlError('22013', 'invalid preceding or following size in window function')
  }
  const far = kind.value === INT8 && Number(offset) > FAR
  const amount: Scalar = { kind: 'const', value: far ? FAR : offset, type: kind.offset }
  // Preceding rows have smaller values, in descending order larger ones.
  return callOperator(st, (b.bound === 'FOLLOWING') === order.desc ? '-' : '+', [value, amount], node)
}

function isNegative(offset: Exclude<Datum, null>, { kind }: SqlType): boolean {
  if (kind === 'interval') return compareInterval(offset as Interval, { months: 0, days: 0, micros: 0 }) < 0
  if (kind === 'numeric') return compareNumeric(offset as Numeric, makeNumeric(0, 0)) < 0
  return Number(offset) < 0 || Number.isNaN(offset)
}
