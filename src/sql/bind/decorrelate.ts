import { unreachable } from '../../base/assert.ts'
import { notSupported } from '../../base/sql-error.ts'
import type { Logical } from '../../plan/logical.ts'
import { columnsOfRow, join, projectColumns } from '../../plan/logical-make.ts'
import { logicalScalars, mapCall, nullableRow, visitLogical } from '../../plan/logical-walk.ts'
import type { Scalar } from '../../plan/scalar.ts'
import {
  caseOf,
  column,
  conjunction,
  constant,
  isNull,
  notDistinct,
  replaceScalar,
  TRUE,
} from '../../plan/scalar-walk.ts'
import { mapWindowColumns } from '../../plan/window.ts'
import { BOOL, type RowType } from '../../types/sql-type.ts'
import type { Datum } from '../../types/value.ts'
import { slotOf, slotsIn } from './slot.ts'

/**
 * Decorrelation in general: a subquery is evaluated once for all outer rows, over the distinct values `domain` of the
 * outer columns that it reads. Every node of the subquery carries those columns in front of its own, aggregates group
 * by them, limits count within them; the outer query then joins the result back on them.
 */
export interface Correlation {
  /** Distinct outer values, one column for each slot of `slots`, cheap to repeat in the plan (a `ref`). */
  readonly plan: Logical
  /** Numbers of the outer slots that the columns stand for. */
  readonly slots: readonly number[]
  /** What an aggregate gives for no rows, by function id: count gives 0. */
  readonly emptyResult: (fn: string) => Datum
}

/**
 * Columns of the result: those of the domain, then those of the subquery. `bindings`: names around the plan whose rows
 * carry the domain's columns already.
 */
export function decorrelate(
  plan: Logical,
  domain: Correlation,
  bindings: ReadonlyMap<number, RowType> = new Map(),
): Logical {
  return new Decorrelation(domain, bindings).run(plan)
}

/** Outer slots of `known` that the plan reads, in order of number. */
export function correlatedSlots(plan: Logical, known: (slot: number) => boolean): number[] {
  const found = new Set<number>()
  visitLogical(plan, (p) => {
    for (const s of logicalScalars(p)) for (const n of slotsIn(s)) if (known(n)) found.add(n)
  })
  return [...found].sort((a, b) => a - b)
}

class Decorrelation {
  readonly #domain: Correlation
  readonly #width: number
  /** Bindings whose value is correlated: their refs carry the domain's columns too. */
  readonly #bindings: Map<number, RowType>

  constructor(domain: Correlation, bindings: ReadonlyMap<number, RowType>) {
    this.#domain = domain
    this.#bindings = new Map(bindings)
    this.#width = domain.slots.length
  }

  run(p: Logical): Logical {
    if (!this.#correlated(p)) return join('inner', this.#domain.plan, p, TRUE)
    switch (p.kind) {
      case 'get':
      case 'constant':
        return unreachable(p as never)
      case 'ref':
        return { ...p, rowType: this.#bindings.get(p.binding) as RowType }
      case 'let': {
        if (!this.#correlated(p.value)) {
          const body = this.run(p.body)
          return { ...p, body, rowType: body.rowType }
        }
        const value = this.run(p.value)
        this.#bindings.set(p.binding, value.rowType)
        const body = this.run(p.body)
        return { ...p, value, body, rowType: body.rowType }
      }
      case 'letRec':
        return this.#recursion(p)
      case 'project': {
        const input = this.run(p.input)
        return {
          ...p,
          input,
          exprs: [...this.#keys(), ...p.exprs.map((e) => this.#scalar(e))],
          rowType: [...this.#keyRow(), ...p.rowType],
        }
      }
      case 'filter': {
        const input = this.run(p.input)
        return { ...p, input, predicate: this.#scalar(p.predicate), rowType: this.#row(p.rowType) }
      }
      case 'join':
        return this.#join(p)
      case 'asofJoin':
        throw notSupported('an ASOF or temporal join that reads columns of the query around it')
      case 'arrival':
        return { ...p, input: this.run(p.input), rowType: this.#row(p.rowType) }
      case 'expire':
        throw notSupported('STATE_TTL of a relation that reads columns of the query around it')
      case 'semiJoin': {
        const left = this.run(p.left)
        if (!this.#correlated(p.right)) {
          return { ...p, left, on: this.#scalar(p.on), rowType: left.rowType }
        }
        const right = this.run(p.right)
        const on = this.#joinOn(p.on, p.left.rowType.length, left.rowType.length)
        return { ...p, left, right, on, rowType: left.rowType }
      }
      case 'aggregate':
        return this.#aggregate(p)
      case 'distinct': {
        const input = this.run(p.input)
        return { ...p, input, rowType: input.rowType }
      }
      case 'unionAll':
        return { ...p, inputs: p.inputs.map((i) => this.run(i)), rowType: this.#row(p.rowType) }
      case 'setOp':
        return { ...p, left: this.run(p.left), right: this.run(p.right), rowType: this.#row(p.rowType) }
      case 'topK':
      case 'rowNumber':
        return {
          ...p,
          input: this.run(p.input),
          partition: [...this.#keyNumbers(), ...p.partition.map((c) => c + this.#width)],
          order: p.order.map((o) => ({ ...o, column: o.column + this.#width })),
          rowType: this.#row(p.rowType),
        }
      case 'window':
        return {
          ...p,
          input: this.run(p.input),
          partition: [...this.#keyNumbers(), ...p.partition.map((c) => c + this.#width)],
          order: p.order.map((o) => ({ ...o, column: o.column + this.#width })),
          calls: p.calls.map((call) => mapWindowColumns(call, (c) => c + this.#width)),
          rowType: this.#row(p.rowType),
        }
      case 'flatMap':
        return {
          ...p,
          input: this.run(p.input),
          args: p.args.map((a) => this.#scalar(a)),
          rowType: this.#row(p.rowType),
        }
      case 'atMostOne':
        return {
          ...p,
          input: this.run(p.input),
          keys: [...this.#keyNumbers(), ...p.keys.map((c) => c + this.#width)],
          rowType: this.#row(p.rowType),
        }
      default:
        return unreachable(p)
    }
  }

  /** Rows of different outer rows do not meet in any round: each binding carries the domain's columns. */
  #recursion(p: Extract<Logical, { kind: 'letRec' }>): Logical {
    if (p.bindings.every((b) => !this.#correlated(b.value))) {
      const body = this.run(p.body)
      return { ...p, body, rowType: body.rowType }
    }
    for (const b of p.bindings) this.#bindings.set(b.binding, this.#row(b.value.rowType))
    const bindings = p.bindings.map((b) => ({ ...b, value: this.run(b.value) }))
    const body = this.run(p.body)
    return { ...p, bindings, body, rowType: body.rowType }
  }

  #join(p: Extract<Logical, { kind: 'join' }>): Logical {
    const leftWidth = p.left.rowType.length
    const k = this.#width
    const onCorrelated = [...slotsIn(p.on)].some((n) => this.#domain.slots.includes(n))
    if (!this.#correlated(p.right) && (p.type === 'inner' || p.type === 'left')) {
      const left = this.run(p.left)
      return { ...p, left, on: this.#scalar(p.on), rowType: this.#row(p.rowType) }
    }
    if (!this.#correlated(p.left) && !onCorrelated && p.type === 'inner') {
      // [left, domain, right] is brought into the order [domain, left, right].
      const right = this.run(p.right)
      const on = this.#mapOn(p.on, (i) => (i < leftWidth ? i : i + k))
      const joined = join(p.type, p.left, right, on, p.position)
      return projectColumns(joined, [
        ...range(leftWidth, k),
        ...range(0, leftWidth),
        ...range(leftWidth + k, p.right.rowType.length),
      ])
    }
    const left = this.run(p.left)
    const right = this.run(p.right)
    const joined = join(p.type, left, right, this.#joinOn(p.on, leftWidth, left.rowType.length), p.position)
    const rightStart = left.rowType.length
    const rest = [...range(k, leftWidth), ...range(rightStart + k, p.right.rowType.length)]
    if (p.type !== 'full') {
      return projectColumns(joined, [...range(p.type === 'right' ? rightStart : 0, k), ...rest])
    }
    const cols = columnsOfRow(joined.rowType)
    const keys: Scalar[] = range(0, k).map((i) => ({
      kind: 'coalesce',
      args: [cols[i], cols[rightStart + i]],
      type: cols[i].type,
    }))
    return {
      kind: 'project',
      input: joined,
      exprs: [...keys, ...rest.map((i) => cols[i])],
      rowType: [...this.#keyRow(), ...rest.map((i) => joined.rowType[i])],
    }
  }

  /** An aggregate without keys has a row for every outer row, also where no input row is left. */
  #aggregate(p: Extract<Logical, { kind: 'aggregate' }>): Logical {
    const input = this.run(p.input)
    const keys = [...this.#keys(), ...p.keys.map((e) => this.#scalar(e))]
    const aggregates = p.aggregates.map((a) => mapCall(a, (e) => this.#scalar(e)))
    const grouped: Logical = { ...p, input, keys, aggregates, rowType: this.#row(p.rowType) }
    if (p.keys.length > 0) return grouped
    return withEmptyGroups(
      this.#domain.plan,
      grouped,
      this.#width,
      p.aggregates.map((a) => a.fn),
      this.#domain,
    )
  }

  #joinOn(on: Scalar, leftWidth: number, newLeftWidth: number): Scalar {
    const k = this.#width
    const domain = this.#domain.plan.rowType
    const same = domain.map((f, i) => notDistinct(column(i, f.type), column(newLeftWidth + i, f.type)))
    return conjunction([...same, this.#mapOn(on, (i) => (i < leftWidth ? i + k : i + 2 * k))])
  }

  #mapOn(on: Scalar, to: (i: number) => number): Scalar {
    return replaceScalar(on, (s) => {
      if (s.kind === 'column') return { ...s, index: to(s.index) }
      return this.#key(s)
    })
  }

  #scalar(s: Scalar): Scalar {
    return this.#mapOn(s, (i) => i + this.#width)
  }

  #key(s: Scalar): Scalar | undefined {
    const i = this.#domain.slots.indexOf(slotOf(s))
    return i < 0 ? undefined : column(i, s.type)
  }

  #keys(): Scalar[] {
    return columnsOfRow(this.#domain.plan.rowType)
  }

  #keyNumbers(): number[] {
    return range(0, this.#width)
  }

  #keyRow(): RowType {
    return this.#domain.plan.rowType
  }

  #row(row: RowType): RowType {
    return [...this.#keyRow(), ...row]
  }

  #correlated(p: Logical): boolean {
    let found = false
    visitLogical(p, (x) => {
      if (x.kind === 'ref' && this.#bindings.has(x.binding)) found = true
      for (const s of logicalScalars(x)) {
        for (const n of slotsIn(s)) if (this.#domain.slots.includes(n)) found = true
      }
    })
    return found
  }
}

/**
 * `domain` rows, each with the aggregates of its group in `grouped` (keys first, `width` of them) or, where it has no
 * group, with what the aggregates give for no rows.
 */
function withEmptyGroups(
  domain: Logical,
  grouped: Logical,
  width: number,
  fns: readonly string[],
  correlation: Pick<Correlation, 'emptyResult'>,
): Logical {
  const marked: Logical = {
    kind: 'project',
    input: grouped,
    exprs: [...columnsOfRow(grouped.rowType), TRUE],
    rowType: [...grouped.rowType, { name: 'present', type: BOOL, nullable: false }],
  }
  const on = conjunction(
    domain.rowType.map((f, i) => notDistinct(column(i, f.type), column(domain.rowType.length + i, f.type))),
  )
  const joined = join('left', domain, marked, on)
  const base = domain.rowType.length
  const absent = isNull(column(base + grouped.rowType.length, BOOL))
  const values: Scalar[] = fns.map((fn, i) => {
    const field = grouped.rowType[width + i]
    const value = column(base + width + i, field.type)
    const empty = correlation.emptyResult(fn)
    if (empty === null) return value
    return caseOf([[absent, constant(empty, field.type)]], value)
  })
  return {
    kind: 'project',
    input: joined,
    exprs: [...columnsOfRow(domain.rowType), ...values],
    rowType: [
      ...domain.rowType,
      ...fns.map((fn, i) =>
        correlation.emptyResult(fn) === null
          ? nullableRow([grouped.rowType[width + i]])[0]
          : grouped.rowType[width + i],
      ),
    ],
  }
}

const range = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i)
