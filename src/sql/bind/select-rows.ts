import { type Member, rowsFromId } from '../../functions/rows-from.ts'
import type { Scalar } from '../../plan/scalar.ts'
import { column, visitScalar } from '../../plan/scalar-walk.ts'
import type { Statement } from './context.ts'
import { slotOf } from './slot.ts'
import type { Stage } from './stage.ts'

type SlotCall = Extract<Scalar, { kind: 'call' }>

/**
 * Set-returning functions of the select list: each row times their rows. Those of one depth run side by side; those in
 * arguments of others run before them.
 */
export function addRows(st: Statement, stage: Stage, outputs: readonly Scalar[]): void {
  const levels: Map<number, SlotCall>[] = []
  /** How many set-returning functions stand in each other, this expression included. */
  const collect = (s: Scalar): number => {
    const n = slotOf(s)
    const own = n >= 0 && s.kind === 'call' && st.slots[n].kind === 'rows'
    if (!own) {
      let depth = 0
      visitScalar(s, (x) => {
        if (x !== s && isRows(st, x)) depth = Math.max(depth, collect(x))
      })
      return depth
    }
    const depth = Math.max(0, ...s.args.map(collect))
    levels[depth] ??= new Map()
    levels[depth].set(n, s)
    return depth + 1
  }
  for (const s of outputs) collect(stage.mapped(s))
  for (const calls of levels) addLevel(st, stage, [...calls])
}

const isRows = (st: Statement, s: Scalar): boolean => slotOf(s) >= 0 && st.slots[slotOf(s)].kind === 'rows'

function addLevel(st: Statement, stage: Stage, calls: readonly (readonly [number, SlotCall])[]): void {
  const args = calls.map(([, call]) => call.args.map((a) => stage.resolveMapped(a)))
  const members = calls.map(([n], i): Member => {
    const slot = st.slots[n]
    return [slot.kind === 'rows' ? slot.fn : null, args[i].length]
  })
  const input = stage.plan
  const width = input.rowType.length
  const [[, first]] = calls
  stage.plan = {
    kind: 'flatMap',
    input,
    fn: members.length === 1 ? (members[0][0] as string) : rowsFromId(members),
    args: args.flat(),
    withOrdinality: false,
    outer: false,
    rowType: [
      ...input.rowType,
      ...calls.map(([n, call]) => {
        const slot = st.slots[n]
        return { name: slot.kind === 'rows' ? slot.name : '', type: call.type, nullable: true }
      }),
    ],
    position: first.position,
  }
  calls.forEach(([n, call], i) => {
    stage.fill(n, column(width + i, call.type))
  })
}
