import type { Expr } from '../../../grammar/ast.ts'
import type { TableElement } from '../../../grammar/ast-table.ts'
import { notSupported } from '../../base/sql-error.ts'
import { isEventTime } from '../../catalog/watermark.ts'
import { readsClock } from '../../plan/clock-shape.ts'
import type { ColumnPlan, ComputedPlan, WatermarkPlan } from '../../plan/ddl.ts'
import type { Logical } from '../../plan/logical.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { column as columnOf, substituteColumns } from '../../plan/scalar-walk.ts'
import { INTERVAL, type SqlType } from '../../types/sql-type.ts'
import type { Interval } from '../../types/value.ts'
import { bindError, type Place } from '../bind/bind-error.ts'
import { coerce, constantValue, parseLiteral } from '../bind/coerce.ts'
import type { ExprPlace, Statement } from '../bind/context.ts'
import { relation, scopeOf } from '../bind/from-plan.ts'
import { handled } from '../bind/handled.ts'
import { EMPTY_SCOPE } from '../bind/scope.ts'
import { isVolatile } from '../function-facts.ts'
import { type NamedOption, optionText } from './option-value.ts'

/**
 * The event time of a relation in its spellings: Flink's and RisingWave's WATERMARK FOR c AS c - delay, Feldera's LATENESS
 * of a column, ksqlDB's TIMESTAMP option.
 */
interface Declared {
  readonly column: number
  readonly delay: number
  /** Where it is not the column less a constant. */
  readonly allows?: Scalar
  readonly at: Place
}

/** Names of the options, those of Flink among them. */
const IDLE = ['idle_timeout', 'idle timeout', 'scan.watermark.idle-timeout']
const FUTURE = ['max_future', 'max future']
const TIMESTAMP = ['timestamp']

export const isWatermarkOption = (option: { readonly name: string }): boolean =>
  [...IDLE, ...FUTURE, ...TIMESTAMP].includes(option.name.toLowerCase())

/**
 * Whoever read such rows as they are now would not see what a view counted that closed their window when they were others:
 * views that come earlier and later could not agree.
 */
export const CHANGING =
  'What a closed window counted could be taken back when its row changes. Read the topic by a source without an envelope or a key, where each record is a row.'

/** `stored`: all columns of the relation, metadata included. */
export function bindWatermark(
  st: Statement,
  elements: readonly TableElement[],
  stored: readonly ColumnPlan[],
  options: readonly NamedOption[],
  computed: readonly ComputedPlan[] = [],
): WatermarkPlan | null {
  const columns = [...stored, ...computed.map(({ name, type }) => ({ name, type, notNull: false, defaultSql: null }))]
  const option = (names: readonly string[]) => options.find((o) => names.includes(o.name.toLowerCase()))
  const found = [...declarations(st, elements, columns)]
  const timestamp = option(TIMESTAMP)
  if (timestamp) found.push({ column: numberOf(columns, optionText(timestamp), timestamp), delay: 0, at: timestamp })
  const [first, second] = found
  if (second) throw bindError('42P16', 'a relation has one event time', second.at)
  const idle = option(IDLE)
  const future = option(FUTURE)
  if (!first) {
    const stray = idle ?? future
    if (stray) throw bindError('42601', `${stray.name.toUpperCase()} needs a WATERMARK`, stray)
    return null
  }
  const { name, type } = columns[first.column]
  if (!isEventTime(type)) {
    throw bindError('42804', `column "${name}" of type ${type.kind} cannot be an event time`, first.at, {
      hint: 'It is a timestamp, a date or an integer.',
    })
  }
  if (first.delay < 0) throw bindError('22023', 'a watermark is not ahead of its column', first.at)
  const own = first.column - stored.length
  const made = [...stored.map((c, i) => columnOf(i, c.type)), ...computed.map((c) => c.expr)]
  return {
    column: own < 0 ? first.column : stored.length,
    delay: first.delay,
    ...(first.allows && { allows: substituteColumns(first.allows, made) }),
    ...(own >= 0 && { event: { expr: computed[own].expr, type, own } }),
    idleMs: idle ? positive(duration(st, idle), idle) / 1000 : null,
    maxFuture: future ? inUnits(type, positive(duration(st, future), future), future) : null,
  }
}

const positive = (micros: number, at: Place): number => {
  if (micros <= 0) throw bindError('22023', 'a duration must be greater than zero', at)
  return micros
}

function* declarations(
  st: Statement,
  elements: readonly TableElement[],
  columns: readonly ColumnPlan[],
): Iterable<Declared> {
  for (const element of elements) {
    if (element.kind === 'watermarkFor') {
      handled(element, ['column', 'expr'])
      const column = numberOf(columns, element.column.name, element.column)
      const bound = bindOver(st, columns, element.expr)
      const delay = delayOf(bound, column, element.expr)
      if (delay !== null) yield { column, delay, at: element }
      else yield { column, delay: 0, allows: allowsOf(st, bound, columns[column], element.expr), at: element }
    }
    if (element.kind !== 'column') continue
    for (const constraint of element.constraints) {
      if (constraint.kind !== 'lateness' && constraint.kind !== 'watermark') continue
      const column = numberOf(columns, element.name.name, element.name)
      const { type } = columns[column]
      const s = bindOver(st, [], constraint.delay)
      yield { column, delay: constantDelay(st, s, type, constraint.delay), at: constraint }
    }
  }
}

function numberOf(columns: readonly ColumnPlan[], name: string, at: Place): number {
  const number = columns.findIndex((c) => c.name === name)
  const folded = number < 0 ? columns.findIndex((c) => c.name === name.toLowerCase()) : number
  if (folded < 0) throw bindError('42703', `column "${name}" does not exist`, at)
  return folded
}

export function bindOver(st: Statement, columns: readonly ColumnPlan[], node: Expr): Scalar {
  const row = columns.map((c) => ({ name: c.name, type: c.type, nullable: !c.notNull }))
  const plan: Logical = { kind: 'constant', rows: [], rowType: row }
  const names = row.map((f) => f.name)
  const scope = columns.length === 0 ? EMPTY_SCOPE : scopeOf(relation(plan, '', null, names, [], null), null)
  const place: ExprPlace = { scope, ctes: null, clause: 'WATERMARK', aggregates: false, windows: false, rows: false }
  return st.bind.expr(st, node, place)
}

/** `c`, `c - constant`, `c + constant`: what lies between the column and the watermark. */
function delayOf(s: Scalar, column: number, at: Expr): number | null {
  const plain = bare(s)
  if (plain.kind === 'column' && plain.index === column) return 0
  if (plain.kind === 'call' && plain.args.length === 2) {
    const [left, right] = plain.args.map(bare)
    const sign = /^(?:timestamp|timestamptz|date)_(mi|pl)_|^int[248]+(mi|pl)\(|^date_?(mi|pl)i?\(/.exec(plain.fn)
    const direction = sign?.[1] ?? sign?.[2] ?? sign?.[3]
    if (direction !== undefined && left.kind === 'column' && left.index === column && right.kind === 'const') {
      if (right.type.kind === 'interval' && (right.value as Interval | null)?.months) return null
      const amount = amountOf(right, left.type, at)
      return direction === 'mi' ? amount : -amount
    }
  }
  return null
}

/** Any function of the record: what it gives is what the record allows. */
function allowsOf(st: Statement, s: Scalar, { name, type }: ColumnPlan, at: Expr): Scalar {
  if (readsClock(s) || isVolatile(s)) {
    throw notSupported(
      'a watermark that is no function of the record',
      at.span,
      'A view that comes later must find the same.',
    )
  }
  if (!isEventTime(type)) return s
  if (!isEventTime(s.type) || s.type.kind.startsWith('int') !== type.kind.startsWith('int')) {
    throw bindError(
      '42804',
      `the watermark of "${name}" is of type ${type.kind} as the column is, not ${s.type.kind}`,
      at,
    )
  }
  return coerce(st, s, { kind: type.kind } as SqlType, 'assignment', at)
}

/** Without casts that change no value. */
const bare = (s: Scalar): Scalar =>
  s.kind === 'cast' && isEventTime(s.type) && isEventTime(s.arg.type) ? bare(s.arg) : s

export function constantDelay(st: Statement, s: Scalar, type: SqlType, at: Expr): number {
  const wanted: SqlType = type.kind.startsWith('int') ? type : INTERVAL
  const value = constantValue(st, coerce(st, s, wanted, 'assignment', at))
  if (value === undefined) throw notSupported('a delay that is not constant', at.span)
  return amountOf({ kind: 'const', value, type: wanted }, type, at)
}

function amountOf(s: Extract<Scalar, { kind: 'const' }>, type: SqlType, at: Place & Expr): number {
  if (s.value === null) throw bindError('22004', 'a delay cannot be NULL', at)
  if (s.type.kind !== 'interval') return Number(s.value)
  return inUnits(type, microsOf(s.value as Interval, at), at)
}

function microsOf(interval: Interval, at: Place): number {
  if (interval.months !== 0) throw bindError('0A000', 'a delay of months is not supported', at)
  return interval.days * MICROS_PER_DAY + interval.micros
}

const MICROS_PER_DAY = 86_400_000_000

function inUnits(type: SqlType, micros: number, at: Place): number {
  if (type.kind === 'date') {
    if (micros % MICROS_PER_DAY !== 0) throw bindError('22023', 'a date is late by whole days', at)
    return micros / MICROS_PER_DAY
  }
  if (type.kind.startsWith('int')) throw bindError('42804', 'an integer event time takes no interval', at)
  return micros
}

function duration(st: Statement, option: NamedOption): number {
  return microsOf(parseLiteral(st, optionText(option), INTERVAL, option) as Interval, option)
}
