import { SqlError } from '../base/sql-error.ts'
import type { TemporalProgram } from '../dataflow/operators/temporal.ts'
import type { PhysicalOp } from '../plan/physical.ts'
import type { Scalar } from '../plan/scalar.ts'
import { conjuncts } from '../plan/scalar-walk.ts'
import type { Column } from '../types/column.ts'
import type { Datum } from '../types/value.ts'
import { compileRule, type NextChange } from './clock-rule.ts'
import { compileRow } from './closure.ts'
import { type CompileContext, makeFrame } from './compile-context.ts'
import { mapProgram } from './programs.ts'

type TemporalNode = Extract<PhysicalOp, { op: 'temporal' }>

/** Filter and columns that read the clock, and when they change next. */
export function temporalProgram(node: TemporalNode, context: CompileContext): TemporalProgram {
  const parts = conjuncts(node.filter ?? { kind: 'and', args: [], type: { kind: 'bool' } })
  const conditions = parts.map((s, i) => {
    const last = !node.fallible.slice(i + 1).includes(true)
    return condition(s, { fallible: node.fallible[i], last }, rulesOf(node, i, context), context)
  })
  const columns = rulesOf(node, -1, context)
  let moments = new Float64Array(64)
  return {
    map: mapProgram(node.filter, node.exprs, context),
    next({ cols, n }, tick, out) {
      if (moments.length < n) moments = new Float64Array(n)
      out.fill(Number.POSITIVE_INFINITY, 0, n)
      for (const rule of columns) least(rule, cols, n, tick, moments, out)
      for (const c of conditions) {
        c.next(n).fill(Number.POSITIVE_INFINITY, 0, n)
        for (const rule of c.rules) least(rule, cols, n, tick, moments, c.next(n))
      }
      for (let i = 0; i < n; i++) {
        let open = out[i]
        for (const c of conditions) open = Math.min(open, c.next(n)[i])
        // A row that a condition keeps out for good is not waited for.
        out[i] =
          open !== Number.POSITIVE_INFINITY && isOut(conditions, cols, i, n, tick.nowMicros)
            ? Number.POSITIVE_INFINITY
            : open
      }
    },
  }
}

interface Condition {
  readonly rules: readonly NextChange[]
  /** Room for n moments: the conjunct's own. */
  next(n: number): Float64Array
  readonly fallible: boolean
  /** Nothing behind it can raise an error. */
  readonly last: boolean
  /** Its value for a row; an error counts as true: the row is no row, but an error. */
  value(cols: readonly Column[], row: number, nowMicros: number): Datum
}

function condition(
  s: Scalar,
  { fallible, last }: Pick<Condition, 'fallible' | 'last'>,
  rules: readonly NextChange[],
  context: CompileContext,
): Condition {
  const fn = compileRow(s, context)
  const frame = makeFrame(context.env)
  let room = new Float64Array(64)
  return {
    rules,
    next(n) {
      if (room.length < n) room = new Float64Array(n)
      return room
    },
    fallible,
    last,
    value(cols, row, nowMicros) {
      frame.at({ nowMicros })
      try {
        return fn(cols, row, frame)
      } catch (error) {
        if (!(error instanceof SqlError)) throw error
        return true
      }
    },
  }
}

/**
 * Some condition that changes no more is not true, and none that is evaluated may still raise an error: those before it,
 * and behind one that is NULL, where AND goes on.
 */
function isOut(
  conditions: readonly Condition[],
  cols: readonly Column[],
  row: number,
  n: number,
  now: number,
): boolean {
  for (const c of conditions) {
    if (c.next(n)[row] !== Number.POSITIVE_INFINITY) {
      if (c.fallible) return false
    } else {
      const value = c.value(cols, row, now)
      if (value === false || (value === null && c.last)) return true
    }
  }
  return false
}

const rulesOf = ({ rules }: TemporalNode, conjunct: number, context: CompileContext): NextChange[] =>
  rules.filter((rule) => rule.conjunct === conjunct).map((rule) => compileRule(rule, context))

function least(
  rule: NextChange,
  cols: readonly Column[],
  n: number,
  tick: Parameters<NextChange>[2],
  room: Float64Array,
  out: Float64Array,
): void {
  rule(cols, n, tick, room)
  for (let i = 0; i < n; i++) if (room[i] < out[i]) out[i] = room[i]
}
