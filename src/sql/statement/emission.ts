import type { Query } from '../../../grammar/ast.ts'
import { notSupported } from '../../base/sql-error.ts'
import type { CatalogSnapshot } from '../../catalog/entry.ts'
import { columnsOf } from '../../catalog/pg-relations.ts'
import { watermarkOf } from '../../catalog/watermark.ts'
import { mergedInto } from '../../plan/merged.ts'
import type { PhysicalPlan } from '../../plan/physical.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { replaceScalar } from '../../plan/scalar-walk.ts'
import type { SqlType } from '../../types/sql-type.ts'
import { bindError, type Place } from '../bind/bind-error.ts'
import type { Statement } from '../bind/context.ts'
import { microsOf } from '../bind/fixed-micros.ts'
import { EMPTY_SCOPE } from '../bind/scope.ts'
import { windowInterval } from '../bind/time-window.ts'
import { NEVER } from '../choose/absent.ts'
import type { Emission } from '../choose/close.ts'
import { type EventTimes, less } from '../choose/closing.ts'
import type { ColumnFact } from '../choose/monotone.ts'
import type { PlanningContext } from '../planned.ts'

export const CHANGES: Emission = { mode: 'changes' }

/** The EMIT clause of a whole query, and the query without it. */
export function takeEmission(st: Statement, node: Query): { query: Query; emission: Emission } {
  const { emit, lateness, ...rest } = node
  if (lateness) allowLateness(st, micros(st, lateness))
  if (!emit) return { query: rest, emission: CHANGES }
  switch (emit.mode) {
    case 'CHANGES':
      return { query: rest, emission: CHANGES }
    case 'FINAL':
    case 'ON WINDOW CLOSE':
      return { query: rest, emission: { mode: 'close', column: null, position: emit.span.start } }
    case 'PERIODIC': {
      const every = emit.every as NonNullable<typeof emit.every>
      const everyMicros = micros(st, every, 'a period')
      if (everyMicros === 0) throw bindError('22023', 'the period of EMIT PERIODIC must be greater than zero', every)
      return { query: rest, emission: { mode: 'periodic', everyMicros, position: emit.span.start } }
    }
    case 'ON UPDATE':
      throw notSupported('EMIT ON UPDATE', emit.span)
  }
}

function micros(st: Statement, node: NonNullable<Query['lateness']>, what?: string): number {
  const place = {
    scope: EMPTY_SCOPE,
    ctes: null,
    clause: 'ALLOWED LATENESS',
    aggregates: false,
    windows: false,
    rows: false,
  }
  return microsOf(windowInterval(st, st.bind.expr(st, node, place), node), node, what)
}

/** The longest that any part of the statement asks for. */
export function retain(st: Statement, amount: number): void {
  st.stream.retainedMicros = Math.max(st.stream.retainedMicros, amount)
}

/** The most that any part of the statement allows. */
export function allowLateness(st: Statement, amount: number): void {
  st.stream.allowedMicros = Math.max(st.stream.allowedMicros, amount)
}

/** Event times of the relations that a plan may read. */
export function eventTimes(catalog: CatalogSnapshot, stream: Statement['stream']): EventTimes {
  const inUnit = ({ kind }: SqlType, micros: number): number =>
    kind.startsWith('int') ? 0 : kind === 'date' ? Math.ceil(micros / 86_400_000_000) : micros
  const allowedOf = (type: SqlType): number => inUnit(type, stream.allowedMicros)
  return {
    of(object) {
      const watermark = watermarkOf(catalog.byId(object))
      if (watermark === null) return null
      const columns = columnsOf(catalog, object)
      const type = watermark.event?.type ?? columns[watermark.column].type
      return {
        column: watermark.column,
        type,
        allowed: allowedOf(type),
        watermark: columns.length + (watermark.event === undefined ? 0 : 1),
        retained: inUnit(type, stream.retainedMicros),
        merged: stream.merges ? mergedInto(object) : null,
      }
    },
    bounds(object) {
      const known = new Map<number, ColumnFact>()
      const entry = catalog.byId(object)
      for (const { column, tight, terms, absent = NEVER } of (entry?.kind === 'materializedView' && entry.bounds) ||
        []) {
        // What is allowed here is added to what was there: both are taken from the watermark.
        const later = (s: Scalar) => (s.kind === 'column' ? (less(s, allowedOf(s.type)) ?? s) : undefined)
        const moved = terms.map(({ object: of, bound }) => ({
          object: of,
          bound: replaceScalar(bound as Scalar, later),
        }))
        known.set(column, { terms: moved, tight, absent })
      }
      return known
    },
  }
}

const hasTime = (times: EventTimes, object: number): boolean =>
  times.of(object) !== null || times.bounds(object).size > 0

export const readsEventTime = (plan: PhysicalPlan, times: EventTimes): boolean =>
  plan.nodes.some((n) => n.op === 'get' && hasTime(times, n.object))

/** A plan over streams that keeps ever more: said, or refused when the session wants it so. */
export function checkGrowth(plan: PhysicalPlan, times: EventTimes, context: PlanningContext, at: Place): void {
  const { catalog } = context
  const streams = plan.nodes.some((n) => {
    const entry = n.op === 'get' ? catalog.byId(n.object) : undefined
    return n.op === 'get' && ((entry?.kind === 'source' && entry.upsertKey === null) || hasTime(times, n.object))
  })
  const node = plan.nodes.find((n) => n.growth === 'unbounded')
  if (!streams || !node) return
  const message = `the state of ${NAMES[node.op] ?? node.op} grows without bound`
  const hint =
    readsEventTime(plan, times) || BY_CLOCK.has(node.op)
      ? CLAUSES[node.op]
      : 'Give the relation an event time: WATERMARK FOR a column.'
  const position = node.position < 0 ? at.span.start + 1 : node.position + 1
  if (context.setting('unbounded_state') === 'error') throw bindError('55000', message, at, { hint, position })
  context.notice({ severity: 'NOTICE', sqlstate: '00000', message, ...(hint === undefined ? {} : { hint }) })
}

/** What no event time helps. */
const BY_CLOCK: ReadonlySet<string> = new Set(['temporal'])

const NAMES: Readonly<Record<string, string>> = {
  aggregate: 'GROUP BY',
  join: 'JOIN',
  distinct: 'DISTINCT',
  topK: 'the first rows of each partition',
  rowNumber: 'row_number()',
  setOp: 'the set operation',
  asofJoin: 'ASOF JOIN',
  window: 'OVER',
  temporal: 'a value that steps with now()',
}

const CLAUSES: Readonly<Record<string, string>> = {
  aggregate: 'Group by a window of the event time as well.',
  join: 'Join on a window of both event times, or bound one event time by the other, as in a.ts BETWEEN b.ts - INTERVAL … AND b.ts.',
  distinct: 'Keep a window of the event time among the columns.',
  topK: 'Partition by a window of the event time as well.',
  rowNumber: 'Partition by a window of the event time as well.',
  setOp: 'Keep a window of the event time among the columns of both sides.',
  window:
    'No clause frees its partitions: group by a window of the event time instead, or take row_number() partitioned by one.',
  temporal:
    'Filter the rows as well, as in WHERE ts > now() - INTERVAL …, or compute the value in the SELECT that reads the view.',
}
