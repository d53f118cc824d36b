import { notSupported } from '../../base/sql-error.ts'
import { extend } from '../../plan/logical-make.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { visitScalar } from '../../plan/scalar-walk.ts'
import { INT8 } from '../../types/sql-type.ts'
import { settleUnknown } from './coerce.ts'
import type { Statement } from './context.ts'
import { type Slot, slotOf } from './slot.ts'
import type { Stage } from './stage.ts'

type SlotCall = Extract<Scalar, { kind: 'call' }>

function slotCalls<K extends Slot['kind']>(st: Statement, outputs: readonly Scalar[], kind: K): Map<number, SlotCall> {
  const found = new Map<number, SlotCall>()
  for (const s of outputs) {
    visitScalar(s, (x) => {
      const n = slotOf(x)
      if (n >= 0 && x.kind === 'call' && st.slots[n].kind === kind) found.set(n, x)
    })
  }
  return found
}

/** row_number() of the select list and ORDER BY: one more column each. */
export function addRowNumbers(st: Statement, stage: Stage, outputs: readonly Scalar[]): void {
  for (const [n, call] of slotCalls(st, outputs, 'rowNumber')) {
    const slot = st.slots[n]
    if (slot.kind !== 'rowNumber') continue
    const columns = toColumns(
      stage,
      call.args.map((a) => settleUnknown(st, stage.resolve(a))),
    )
    const input = stage.plan
    stage.plan = {
      kind: 'rowNumber',
      input,
      partition: columns.slice(0, slot.partition),
      order: slot.order.map((o, i) => ({ column: columns[slot.partition + i], ...o })),
      atMost: null,
      rowType: [...input.rowType, { name: 'row_number', type: INT8, nullable: false }],
      position: call.position,
    }
    stage.fill(n, { kind: 'column', index: input.rowType.length, type: INT8 })
  }
}

/** A set-returning function of the select list: each row times its rows. */
export function addRows(st: Statement, stage: Stage, outputs: readonly Scalar[]): void {
  const calls = [...slotCalls(st, outputs, 'rows')]
  if (calls.length > 1) {
    throw notSupported('more than one set-returning function in a select list', { start: calls[1][1].position })
  }
  for (const [n, call] of calls) {
    const slot = st.slots[n]
    if (slot.kind !== 'rows') continue
    const args = call.args.map((a) => stage.resolve(a))
    const input = stage.plan
    stage.plan = {
      kind: 'flatMap',
      input,
      fn: slot.fn,
      args,
      withOrdinality: false,
      outer: false,
      rowType: [...input.rowType, { name: slot.name, type: call.type, nullable: true }],
      position: call.position,
    }
    stage.fill(n, { kind: 'column', index: input.rowType.length, type: call.type })
  }
}

/** Numbers of columns that hold the scalars, added to the plan where they are not columns already. */
function toColumns(stage: Stage, scalars: readonly Scalar[]): number[] {
  const extra = scalars.filter((s) => s.kind !== 'column')
  const width = stage.plan.rowType.length
  stage.plan = extend(
    stage.plan,
    extra,
    extra.map((_, i) => `key${i}`),
  )
  return scalars.map((s) => (s.kind === 'column' ? s.index : width + extra.indexOf(s)))
}
