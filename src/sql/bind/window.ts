import type { FrameBound } from '../../dataflow/window/spec.ts'
import { extend } from '../../plan/logical-make.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { column, scalarKey, visitScalar } from '../../plan/scalar-walk.ts'
import type { WindowCall } from '../../plan/window.ts'
import { INT8 } from '../../types/sql-type.ts'
import { settleUnknown } from './coerce.ts'
import type { Statement } from './context.ts'
import { slotOf, type WindowSlot } from './slot.ts'
import type { Stage } from './stage.ts'

type SlotCall = Extract<Scalar, { kind: 'call' }>

function windowCalls(st: Statement, outputs: readonly Scalar[]): Map<number, SlotCall> {
  const found = new Map<number, SlotCall>()
  for (const s of outputs) {
    visitScalar(s, (x) => {
      const n = slotOf(x)
      if (n >= 0 && x.kind === 'call' && st.slots[n].kind === 'window') found.set(n, x)
    })
  }
  return found
}

interface Pending {
  readonly slot: number
  readonly window: WindowSlot
  readonly call: SlotCall
  readonly scalars: readonly Scalar[]
}

/** Window functions of the select list and ORDER BY: one node for those of one PARTITION BY and ORDER BY, a column each. */
export function addWindows(st: Statement, stage: Stage, outputs: readonly Scalar[]): void {
  const byWindow = new Map<string, Pending[]>()
  for (const [n, call] of windowCalls(st, outputs)) {
    const window = st.slots[n]
    if (window.kind !== 'window') continue
    const scalars = call.args.map((a) => settleUnknown(st, stage.resolve(a)))
    const keys = scalars.slice(0, window.partition + window.order.length).map(scalarKey)
    const key = JSON.stringify([window.partition, keys, window.order])
    const pending = { slot: n, window, call, scalars }
    const others = byWindow.get(key)
    if (others) others.push(pending)
    else byWindow.set(key, [pending])
  }
  for (const pending of byWindow.values()) addWindow(stage, pending)
}

function addWindow(stage: Stage, pending: readonly Pending[]): void {
  const columns = toColumns(
    stage,
    pending.flatMap(({ window, scalars }) => scalars.map((s, i) => (isConstantArgument(window, s, i) ? null : s))),
  )
  const input = stage.plan
  const [{ window, call }] = pending
  const partition = columns.slice(0, window.partition)
  const order = window.order.map((o, i) => ({ column: columns[window.partition + i], ...o }))
  const width = input.rowType.length
  const position = call.position
  if (pending.length === 1 && window.fn === 'row_number') {
    const rowType = [...input.rowType, { name: 'row_number', type: INT8, nullable: false }]
    stage.plan = { kind: 'rowNumber', input, partition, order, atMost: null, rowType, position }
    stage.fill(pending[0].slot, column(width, INT8))
    return
  }
  let at = 0
  const calls = pending.map((p) => {
    const own = columns.slice(at, at + p.scalars.length)
    at += p.scalars.length
    return callOf(p, own)
  })
  const results = pending.map(({ window: { name, fn }, call: { type } }) => {
    return { name, type, nullable: !NEVER_NULL.has(fn) && name !== 'count' }
  })
  stage.plan = { kind: 'window', input, partition, order, calls, rowType: [...input.rowType, ...results], position }
  pending.forEach(({ slot, call: { type } }, i) => {
    stage.fill(slot, column(width + i, type))
  })
}

/** Constants among the arguments need no column. */
function isConstantArgument(window: WindowSlot, s: Scalar, i: number): boolean {
  const first = window.partition + window.order.length
  return s.kind === 'const' && i >= first && i < first + window.args
}

const NEVER_NULL: ReadonlySet<string> = new Set(['row_number', 'rank', 'dense_rank', 'percent_rank', 'cume_dist'])

function callOf({ window, call, scalars }: Pending, columns: readonly number[]): WindowCall {
  const first = window.partition + window.order.length
  const given = scalars.slice(first, first + window.args)
  const behind = first + window.args
  const frameFrom = behind + (window.filter ? 1 : 0)
  const { frame } = window
  const moved = (c: number): number => columns[frameFrom + c]
  const bound = (b: FrameBound): FrameBound => (b.kind === 'value' ? { ...b, column: moved(b.column) } : b)
  return {
    fn: window.fn,
    aggregate: window.aggregate,
    args: given.map((s, i) => (s.kind === 'const' ? { value: s.value } : { column: columns[first + i] })),
    argTypes: given.map((s) => s.type),
    filter: window.filter ? columns[behind] : null,
    ignoreNulls: window.ignoreNulls,
    frame: {
      ...frame,
      start: bound(frame.start),
      end: bound(frame.end),
      value: frame.value === null ? null : moved(frame.value),
    },
    type: call.type,
  }
}

/** Numbers of columns that hold the scalars, added to the plan where they are not columns already; -1 for null. */
function toColumns(stage: Stage, scalars: readonly (Scalar | null)[]): number[] {
  const width = stage.plan.rowType.length
  const extra: Scalar[] = []
  const known = new Map<string, number>()
  const columns = scalars.map((s) => {
    if (s === null) return -1
    if (s.kind === 'column') return s.index
    const key = scalarKey(s)
    const found = known.get(key) ?? width + extra.push(s) - 1
    known.set(key, found)
    return found
  })
  stage.plan = extend(
    stage.plan,
    extra,
    extra.map((_, i) => `key${i}`),
  )
  return columns
}
