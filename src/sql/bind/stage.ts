import { assert } from '../../base/assert.ts'
import type { Logical } from '../../plan/logical.ts'
import { distinct, extend, filter, join, project, projectColumns, semiJoin } from '../../plan/logical-make.ts'
import { scalarNullable } from '../../plan/nullable.ts'
import type { Scalar } from '../../plan/scalar.ts'
import {
  caseOf,
  column,
  columnsOf,
  conjunction,
  conjuncts,
  constant,
  FALSE,
  isNull,
  mapColumns,
  mapInputs,
  notDistinct,
  replaceScalar,
  someScalar,
  substituteColumns,
  TRUE,
} from '../../plan/scalar-walk.ts'
import { BOOL } from '../../types/sql-type.ts'
import type { Statement } from './context.ts'
import { correlatedAggregate } from './correlated-aggregate.ts'
import { type Correlation, correlatedSlots, decorrelate } from './decorrelate.ts'
import { emptyResult } from './overload.ts'
import { peel } from './peel.ts'
import type { Scope } from './scope.ts'
import { type SubquerySlot, slotOf } from './slot.ts'

/**
 * The relation of one SELECT while its clauses are lowered onto it. Columns are only ever added at the end, so that
 * scalars bound earlier stay true; subqueries met in an expression are joined on and become columns.
 */
export class Stage {
  plan: Logical
  readonly #st: Statement
  readonly #scope: Scope
  readonly #filled = new Map<number, Scalar>()
  /** From columns of the FROM clause to columns of the plan: grouping replaces it. */
  readonly #toPlan: (s: Scalar, inSubquery: boolean) => Scalar

  constructor(
    st: Statement,
    scope: Scope,
    plan: Logical,
    toPlan: (s: Scalar, inSubquery: boolean) => Scalar = (s) => s,
  ) {
    this.#st = st
    this.#scope = scope
    this.plan = plan
    this.#toPlan = toPlan
  }

  /**
   * The expression over the columns of the plan, which grows where the expression holds subqueries. One that is named twice, in
   * the select list and by its number in ORDER BY, is attached once.
   */
  resolve(s: Scalar): Scalar {
    return this.#attachAll(this.#toPlan(s, false), true)
  }

  /** The expression over the columns of the plan, its slots left as they are. */
  mapped(s: Scalar): Scalar {
    return this.#toPlan(s, false)
  }

  /** The same for what is over the columns of the plan already. */
  resolveMapped(s: Scalar): Scalar {
    return this.#attachAll(s)
  }

  /** Keeps the rows for which the predicate is true. */
  filter(s: Scalar, position: number): void {
    const plain: Scalar[] = []
    const others: Scalar[] = []
    for (const c of conjuncts(this.#toPlan(s, false))) (this.#holdsSubquery(c) ? others : plain).push(c)
    this.plan = filter(this.plan, conjunction(plain), position)
    const width = this.plan.rowType.length
    for (const c of others) {
      const negated = c.kind === 'not'
      const inner = c.kind === 'not' ? c.arg : c
      const slot = this.#subquery(inner)
      if (slot && inner.kind === 'call' && (slot.mode === 'exists' || slot.mode === 'any')) {
        const operands = inner.args.map((a) => this.#attachAll(a))
        this.#keep(slot, operands, negated, position)
      } else {
        const predicate = this.#attachAll(c)
        this.plan = filter(this.plan, predicate, position)
      }
      this.plan = projectColumns(this.plan, range(width))
    }
  }

  #holdsSubquery(s: Scalar): boolean {
    return someScalar(s, (x) => this.#subquery(x) !== undefined)
  }

  #subquery(s: Scalar): SubquerySlot | undefined {
    const n = slotOf(s)
    const slot = n < 0 ? undefined : this.#st.slots[n]
    return slot?.kind === 'subquery' ? slot : undefined
  }

  /** From now on the slot is this column of the plan. */
  fill(slot: number, value: Scalar): void {
    this.#filled.set(slot, value)
  }

  /** `stays`: the columns that hold subqueries are there for the rest of the stage. */
  #attachAll(s: Scalar, stays = false): Scalar {
    const filled = this.#filled.get(slotOf(s))
    if (filled) return filled
    const slot = this.#subquery(s)
    if (!slot) return mapInputs(s, (x) => this.#attachAll(x, stays))
    assert(s.kind === 'call', 'a slot is a call')
    const operands = s.args.map((a) => this.#attachAll(a, stays))
    const value = this.#value(slot, operands, s)
    if (stays) this.fill(slotOf(s), value)
    return value
  }

  // ------------------------------------------------------------ as a condition

  #keep(slot: SubquerySlot, operands: readonly Scalar[], negated: boolean, position: number): void {
    if (slot.mode === 'any' && negated) {
      this.#keepNotAny(slot, operands, position)
    } else {
      const m = this.#matching(slot, operands)
      this.plan = m.wrap(semiJoin(negated, m.left, m.right, m.on, position))
    }
  }

  /**
   * NOT IN: true when no comparison is true or NULL. Over one column that is: no match; no NULL in the subquery;
   * and an operand that is not NULL, or an empty subquery. Each is an anti-join with plain keys.
   */
  #keepNotAny(slot: SubquerySlot, operands: readonly Scalar[], position: number): void {
    const compare = slot.compare ?? TRUE
    const conditions: Scalar[] = []
    if (!this.#compareNullable(slot, operands)) conditions.push(compare)
    else if (slot.inColumn) conditions.push(compare, ...this.#unknownConditions(slot, operands))
    else conditions.push({ kind: 'coalesce', args: [compare, TRUE], type: BOOL })
    for (const condition of conditions) {
      const m = this.#matching({ ...slot, compare: condition }, operands)
      const right = small(m.right, m.on, m.left.rowType.length)
      this.plan = m.wrap(semiJoin(true, m.left, right, m.on, position))
    }
  }

  /** When a comparison is NULL: for IN of one column either side being so, each with its own plain condition. */
  #unknownConditions(slot: SubquerySlot, operands: readonly Scalar[]): Scalar[] {
    if (!slot.inColumn) return [isNull(slot.compare ?? TRUE)]
    const conditions: Scalar[] = []
    if (slot.plan.rowType[0].nullable) conditions.push(isNull(column(1, slot.plan.rowType[0].type)))
    if (scalarNullable(operands[0], this.plan.rowType)) conditions.push(isNull(column(0, operands[0].type)))
    return conditions
  }

  #compareNullable(slot: SubquerySlot, operands: readonly Scalar[]): boolean {
    const row = [
      ...operands.map((o) => ({ name: '', type: o.type, nullable: scalarNullable(o, this.plan.rowType) })),
      ...slot.plan.rowType,
    ]
    return slot.compare !== null && scalarNullable(slot.compare, row)
  }

  /** Sides and condition of a semi-join that asks for a row of the subquery that satisfies `compare`. */
  #matching(slot: SubquerySlot, operands: readonly Scalar[]): Matching {
    const width = this.plan.rowType.length
    const k = operands.length
    const compare = (shift: number): Scalar =>
      replaceScalar(slot.compare ?? TRUE, (s) => {
        if (s.kind !== 'column') return undefined
        return s.index < k ? operands[s.index] : column(width + shift + s.index - k, s.type)
      })
    const plan = slot.mode === 'exists' ? withoutTargets(slot.plan) : slot.plan
    const peeled = peel(plan, this.#known(), true)
    if (peeled) {
      const conditions = peeled.conditions.map((c) => this.#outerValues(mapColumns(c, (i) => width + i)))
      return { left: this.plan, right: peeled.plan, on: conjunction([...conditions, compare(0)]), wrap: (p) => p }
    }
    const applied = this.#correlate(plan)
    return {
      left: applied.left,
      right: applied.right,
      on: conjunction([applied.on(width), compare(applied.keys)]),
      wrap: applied.wrap,
    }
  }

  // ------------------------------------------------------------ as a value

  #value(slot: SubquerySlot, operands: readonly Scalar[], at: Scalar): Scalar {
    switch (slot.mode) {
      case 'exists':
        return this.#mark(slot, operands)
      case 'any': {
        const some = this.#mark(slot, operands)
        if (!this.#compareNullable(slot, operands)) return some
        const marks = this.#unknownConditions(slot, operands).map((c) => this.#mark({ ...slot, compare: c }, operands))
        const unknown: Scalar = marks.length === 1 ? marks[0] : { kind: 'or', args: marks, type: BOOL }
        return caseOf(
          [
            [some, TRUE],
            [unknown, constant(null, BOOL)],
          ],
          FALSE,
        )
      }
      case 'scalar':
        return this.#onlyRow(slot, at)(0)
      case 'row': {
        const value = this.#onlyRow(slot, at)
        return substituteColumns(slot.compare ?? TRUE, [...operands, ...slot.plan.rowType.map((_, i) => value(i))])
      }
    }
  }

  /** Adds a column that says whether a matching row exists: the distinct values that have one are joined back. */
  #mark(slot: SubquerySlot, operands: readonly Scalar[]): Scalar {
    const m = this.#matching(slot, operands)
    const leftWidth = m.left.rowType.length
    const keys = [...columnsOf(m.on)].filter((i) => i < leftWidth).sort((a, b) => a - b)
    const { ref, wrap } = this.#share(m.left)
    const values = distinct(projectColumns(ref, keys))
    const on = mapColumns(m.on, (i) => (i < leftWidth ? keys.indexOf(i) : i - leftWidth + keys.length))
    const right = small(m.right, m.on, leftWidth)
    const matched = extend(semiJoin(false, values, right, on), [TRUE], ['present'])
    const same = keys.map((key, i) =>
      notDistinct(column(key, ref.rowType[key].type), column(leftWidth + i, ref.rowType[key].type)),
    )
    const joined = join('left', ref, matched, conjunction(same))
    this.plan = m.wrap(wrap(joined))
    return isNull(column(leftWidth + keys.length, BOOL), true)
  }

  /** Joins the only row of the subquery on: its columns, NULL without a row. */
  #onlyRow(slot: SubquerySlot, at: Scalar): (column: number) => Scalar {
    const known = this.#known()
    const width = this.plan.rowType.length
    const position = at.kind === 'call' ? at.position : -1
    const types = slot.plan.rowType.map((f) => f.type)
    if (correlatedSlots(slot.plan, known).length === 0) {
      const one: Logical = slot.oneRow
        ? slot.plan
        : { kind: 'atMostOne', input: slot.plan, keys: [], rowType: slot.plan.rowType, position }
      this.plan = join(slot.oneRow ? 'inner' : 'left', this.plan, one, TRUE, position)
      return (i) => column(width + i, types[i])
    }
    const direct = correlatedAggregate(slot.plan, known, emptyResult)
    if (direct) {
      const on = direct.on.map((c) => this.#outerValues(mapColumns(c, (i) => width + i)))
      this.plan = join('left', this.plan, direct.grouped, conjunction(on), position)
      const values = direct.result(width)
      return (i) => this.#outerValues(values[i])
    }
    const applied = this.#correlate(slot.plan)
    const keyNumbers = Array.from({ length: applied.keys }, (_, i) => i)
    const right: Logical = slot.oneRow
      ? applied.right
      : { kind: 'atMostOne', input: applied.right, keys: keyNumbers, rowType: applied.right.rowType, position }
    const leftWidth = applied.left.rowType.length
    this.plan = applied.wrap(join('left', applied.left, right, applied.on(leftWidth), position))
    return (i) => column(leftWidth + applied.keys + i, types[i])
  }

  /** LATERAL: each row times the rows of a plan that reads it. */
  lateral(type: 'inner' | 'left', right: Logical, on: (rightFrom: number) => Scalar, position: number): void {
    const applied = this.#correlate(right)
    const width = applied.left.rowType.length
    const condition = conjunction([applied.on(width), on(width + applied.keys)])
    const joined = join(type, applied.left, applied.right, condition, position)
    const keep = joined.rowType.map((_, i) => i).filter((i) => i < width || i >= width + applied.keys)
    this.plan = applied.wrap(projectColumns(joined, keep))
  }

  // ------------------------------------------------------------ correlation

  #known(): (slot: number) => boolean {
    return (n) => {
      const slot = this.#st.slots[n]
      return slot?.kind === 'outer' && slot.scope === this.#scope
    }
  }

  /** Outer slots of this scope in a scalar become what they mean here. */
  #outerValues(s: Scalar): Scalar {
    const known = this.#known()
    return replaceScalar(s, (x) => {
      const n = slotOf(x)
      return n >= 0 && known(n) ? this.#outerValue(n) : undefined
    })
  }

  #outerValue(n: number): Scalar {
    const slot = this.#st.slots[n]
    assert(slot.kind === 'outer', 'an outer slot')
    return replaceScalar(this.#toPlan(slot.expr, true), (x) => this.#filled.get(slotOf(x)))
  }

  #correlate(plan: Logical): Applied {
    const slots = correlatedSlots(plan, this.#known())
    if (slots.length === 0) return { left: this.plan, right: plan, keys: 0, on: () => TRUE, wrap: (p) => p }
    const values = slots.map((n) => this.#outerValue(n))
    const { ref, wrap } = this.#share(this.plan)
    const names = slots.map((n) => {
      const slot = this.#st.slots[n]
      return slot.kind === 'outer' ? slot.name : ''
    })
    const domain = this.#share(distinct(project(ref, values, names)))
    const correlation: Correlation = { plan: domain.ref, slots, emptyResult: emptyResult }
    return {
      left: ref,
      right: decorrelate(plan, correlation),
      keys: slots.length,
      on: (leftWidth) => conjunction(values.map((v, i) => notDistinct(v, column(leftWidth + i, v.type)))),
      wrap: (p) => wrap(domain.wrap(p)),
    }
  }

  /** For a plan read twice: a name for it, and the `let` to put around what reads it. */
  #share(plan: Logical): { ref: Logical; wrap: (body: Logical) => Logical } {
    if (plan.kind === 'get' || plan.kind === 'ref' || plan.kind === 'constant') return { ref: plan, wrap: (p) => p }
    const binding = this.#st.newBinding()
    return {
      ref: { kind: 'ref', binding, rowType: plan.rowType },
      wrap: (body) => ({ kind: 'let', binding, value: plan, body, rowType: body.rowType }),
    }
  }
}

interface Matching {
  readonly left: Logical
  readonly right: Logical
  readonly on: Scalar
  readonly wrap: (body: Logical) => Logical
}

interface Applied {
  readonly left: Logical
  /** Columns: the correlated values (`keys` of them), then the subquery's. */
  readonly right: Logical
  readonly keys: number
  readonly on: (leftWidth: number) => Scalar
  readonly wrap: (body: Logical) => Logical
}

/** A side that the condition does not read is cut down to one row: whether there is any. */
function small(right: Logical, on: Scalar, leftWidth: number): Logical {
  const reads = [...columnsOf(on)].some((i) => i >= leftWidth)
  return reads ? right : distinct(project(right, [TRUE], ['present']))
}

/** EXISTS does not look at the select list. */
const withoutTargets = (plan: Logical): Logical => (plan.kind === 'project' ? withoutTargets(plan.input) : plan)

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i)
