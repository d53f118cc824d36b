import { readsClock } from '../../plan/clock-shape.ts'
import type { Logical } from '../../plan/logical.ts'
import { filter, onlyReads } from '../../plan/logical-make.ts'
import { mapLogicalInputs } from '../../plan/logical-walk.ts'
import type { Scalar } from '../../plan/scalar.ts'
import {
  columnsOf,
  conjunction,
  conjuncts,
  mapColumns,
  shiftColumns,
  substituteColumns,
} from '../../plan/scalar-walk.ts'
import { canFail, failsByRangeAlone } from '../function-facts.ts'
import type { Rule } from './rule.ts'

/**
 * Filters move towards the inputs: through projections always; through joins, groups and the like only where the
 * condition cannot fail, because those nodes may drop the very row that would raise the error. Inner joins also take
 * bounds between times (`a.ts >= b.ts - INTERVAL '4 hours'`), last: those fail at the ends of the range of times alone,
 * PostgreSQL evaluates them there too, and without them such a join could never free its state.
 */
export const filterDown: Rule = { name: 'filter-down', apply: (plan) => push(plan, []) }

/** `p` with `conditions` (over its columns) applied as far down as they go. */
function push(p: Logical, conditions: readonly Scalar[], at = -1): Logical {
  switch (p.kind) {
    case 'filter':
      return push(p.input, [...conjuncts(p.predicate), ...conditions], p.position)
    case 'project': {
      const below = conditions.map((c) => substituteColumns(c, p.exprs))
      return { ...p, input: push(p.input, below, at) }
    }
    case 'join':
      return pushJoin(p, conditions, at)
    case 'asofJoin': {
      const width = p.left.rowType.length
      const [down, here] = split(conditions, (c) => columnsOf(c).size > 0 && onlyReads(c, 0, width) && !canFail(c))
      return filter({ ...p, left: push(p.left, down, at), right: push(p.right, []) }, conjunction(here), at)
    }
    case 'semiJoin': {
      const [down, here] = split(conditions, (c) => !canFail(c))
      const width = p.left.rowType.length
      const total = width + p.right.rowType.length
      const on = conjuncts(p.on)
      const [onRight, rest] = split(on, (c) => !canFail(c) && columnsOf(c).size > 0 && onlyReads(c, width, total))
      const [onLeft, both] = p.anti
        ? [[], rest]
        : split(rest, (c) => !canFail(c) && columnsOf(c).size > 0 && onlyReads(c, 0, width))
      const left = push(p.left, [...down, ...onLeft], at)
      const right = push(
        p.right,
        onRight.map((c) => shiftColumns(c, -width)),
        at,
      )
      return filter({ ...p, left, right, on: conjunction(both) }, conjunction(here), at)
    }
    case 'aggregate': {
      const keys = p.keys.length
      const [down, here] = split(
        conditions,
        (c) => keys > 0 && columnsOf(c).size > 0 && onlyReads(c, 0, keys) && !canFail(c),
      )
      const input = push(
        p.input,
        down.map((c) => substituteColumns(c, p.keys)),
        at,
      )
      return filter({ ...p, input }, conjunction(here), at)
    }
    case 'arrival': {
      // Over rows that come and go with the clock there is no time of arrival.
      const width = p.input.rowType.length
      const [down, here] = split(conditions, (c) => onlyReads(c, 0, width) && !canFail(c) && !readsClock(c))
      return filter({ ...p, input: push(p.input, down, at) }, conjunction(here), at)
    }
    case 'expire': {
      // A row that a condition lets in only later would begin to live then.
      const [down, here] = split(conditions, (c) => !canFail(c) && !readsClock(c))
      return filter({ ...p, input: push(p.input, down, at) }, conjunction(here), at)
    }
    case 'distinct': {
      const [down, here] = split(conditions, (c) => !canFail(c))
      return filter({ ...p, input: push(p.input, down, at) }, conjunction(here), at)
    }
    case 'unionAll':
      return { ...p, inputs: p.inputs.map((i) => push(i, conditions, at)) }
    case 'setOp': {
      const [down, here] = split(conditions, (c) => !canFail(c))
      return filter({ ...p, left: push(p.left, down, at), right: push(p.right, down, at) }, conjunction(here), at)
    }
    case 'rowNumber':
    case 'window':
    case 'topK': {
      const whole = (c: Scalar): boolean =>
        columnsOf(c).size > 0 && [...columnsOf(c)].every((i) => p.partition.includes(i))
      const [down, here] = split(conditions, (c) => whole(c) && !canFail(c))
      return filter({ ...p, input: push(p.input, down, at) }, conjunction(here), at)
    }
    case 'flatMap': {
      const [down, here] = split(conditions, (c) => onlyReads(c, 0, p.input.rowType.length) && !canFail(c))
      return filter({ ...p, input: push(p.input, down, at) }, conjunction(here), at)
    }
    case 'let':
      return { ...p, value: push(p.value, []), body: push(p.body, conditions, at) }
    case 'letRec':
      return {
        ...p,
        bindings: p.bindings.map((b) => ({ ...b, value: push(b.value, []) })),
        body: push(p.body, conditions, at),
      }
    case 'atMostOne':
    case 'get':
    case 'constant':
    case 'ref':
      return filter(
        mapLogicalInputs(p, (i) => push(i, [])),
        conjunction(conditions),
        at,
      )
  }
}

function pushJoin(p: Extract<Logical, { kind: 'join' }>, conditions: readonly Scalar[], at: number): Logical {
  const width = p.left.rowType.length
  const total = p.rowType.length
  const reads = (c: Scalar, from: number, to: number): boolean =>
    columnsOf(c).size > 0 && onlyReads(c, from, to) && !canFail(c)
  const leftFree = p.type === 'inner' || p.type === 'left'
  const rightFree = p.type === 'inner' || p.type === 'right'
  const left: Scalar[] = []
  const right: Scalar[] = []
  const here: Scalar[] = []
  const on: Scalar[] = []
  const bounds: Scalar[] = []
  // Conditions after the join may move to a side that every output row has; inner joins take the rest as theirs.
  for (const c of conditions) {
    if (leftFree && reads(c, 0, width)) left.push(c)
    else if (rightFree && reads(c, width, total)) right.push(c)
    else if (p.type === 'inner' && !canFail(c)) on.push(c)
    else if (p.type === 'inner' && failsByRangeAlone(c)) bounds.push(c)
    else here.push(c)
  }
  // Conditions of the join itself may move to a side whose rows without match vanish or turn to NULLs anyway.
  for (const c of conjuncts(p.on)) {
    if ((p.type === 'inner' || p.type === 'right') && reads(c, 0, width)) left.push(c)
    else if ((p.type === 'inner' || p.type === 'left') && reads(c, width, total)) right.push(c)
    else on.push(c)
  }
  // What only one side reads goes to a join in there; where there is none it comes to lie on that side's rows.
  const [leftBounds, other] = split(bounds, (c) => onlyReads(c, 0, width))
  const [rightBounds, ofBoth] = split(other, (c) => onlyReads(c, width, total))
  left.push(...leftBounds)
  right.push(...rightBounds)
  on.push(...ofBoth)
  const joined: Logical = {
    ...p,
    left: push(p.left, left, at),
    right: push(
      p.right,
      right.map((c) => mapColumns(c, (i) => i - width)),
      at,
    ),
    on: conjunction(on),
  }
  return filter(joined, conjunction(here), at)
}

function split<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  const yes: T[] = []
  const no: T[] = []
  for (const item of items) (test(item) ? yes : no).push(item)
  return [yes, no]
}
