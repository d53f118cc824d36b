import { arrangedBy, deltaPaths } from '../../plan/delta-paths.ts'
import type { Logical } from '../../plan/logical.ts'
import { mapLogicalInputs } from '../../plan/logical-walk.ts'
import { columnsOf } from '../../plan/scalar-walk.ts'
import { type Cardinality, cardinality, largest, shareOf } from './cardinality.ts'
import { type JoinGroup, joinedInOrder, joinGroup, leafOf, ties } from './join-group.ts'
import type { Facts, Rule } from './rule.ts'
import { timed } from './timed.ts'

/**
 * Inner joins of three inputs and more: in the order in which the rows that stand between them are fewest, by what the
 * relations hold now. Where that is not known, or saves less than half, they stay in the order in which they are written,
 * except that an input which no equality ties to those before it waits until one does: `FROM a, b, c WHERE a.x = c.x AND
 * c.y = b.y` joins a, c, b and crosses nothing. Where what stands between would be far more than the inputs, a view keeps
 * the inputs alone (`delta`).
 */
export const joinOrder: Rule = { name: 'join-order', apply: (plan, facts) => reorder(plan, facts) }

function reorder(p: Logical, facts: Facts): Logical {
  const group = joinGroup(p)
  if (group === null) return mapLogicalInputs(p, (input) => reorder(input, facts))
  const sizes = sizesOf(group, facts)
  const written = connectedOrder(group, timed(group.plan, facts))
  const order = (sizes && cheapestOrder(group, written, sizes)) ?? written
  if (sizes !== null && deltaIsSmaller(group, order, sizes)) return withoutBetween(group, facts)
  if (order.every((n, i) => n === i)) return mapLogicalInputs(p, (input) => reorder(input, facts))
  return joinedInOrder(group, order, (leaf) => reorder(leaf, facts))
}

/** The inputs as written, to be joined by paths from each of them (`delta`). */
function withoutBetween(group: JoinGroup, facts: Facts): Logical {
  const order = group.leaves.map((_, i) => i)
  const joined = joinedInOrder(group, order, (leaf) => reorder(leaf, facts))
  return joined.kind === 'join' ? { ...joined, delta: true } : joined
}

/** Below so many rows no plan holds much. */
const DELTA_ROWS_LEAST = 10_000

/**
 * Whether a view that keeps the inputs alone, by every key by which a path looks them up, holds less than half of one that
 * keeps each of them once and what the joins of two and two make.
 */
function deltaIsSmaller(group: JoinGroup, order: readonly number[], sizes: Sizes): boolean {
  const { leaves, classes } = group
  const paths = deltaPaths(
    leaves.map(({ plan }) => plan.rowType.length),
    classes.map(({ columns }) => columns),
  )
  if (paths === null) return false
  const inputs = leaves.reduce((sum, _, i) => sum + sizes.rowsOf(i), 0)
  const between = costOf(order, sizes, leaves.length)
  const arranged = leaves.reduce((sum, _, i) => sum + sizes.rowsOf(i) * arrangedBy(paths, i).length, 0)
  return inputs + between >= DELTA_ROWS_LEAST && arranged < WORTH * (inputs + between)
}

/** Sets of inputs that something ties together: each pair, triple … that one condition or class of columns names. */
function tiesOf({ leaves, classes, others }: JoinGroup): ReadonlySet<number>[] {
  const sets = others.filter(ties).map((c) => new Set([...columnsOf(c)].map((i) => leafOf(leaves, i))))
  for (const { columns } of classes) {
    const inputs = [...new Set(columns.map((c) => leafOf(leaves, c)))]
    inputs.forEach((a, i) => {
      for (const b of inputs.slice(i + 1)) sets.push(new Set([a, b]))
    })
  }
  return sets.filter((e) => e.size > 1)
}

/** `byTime`: first of all what a bound between times may tie, so that watermarks free both sides. */
function connectedOrder(group: JoinGroup, byTime: boolean): number[] {
  const edges = tiesOf(group)
  const { leaves, others } = group
  const bounds = byTime ? others.map((c) => new Set([...columnsOf(c)].map((i) => leafOf(leaves, i)))) : []
  const waiting = group.leaves.map((_, i) => i)
  const placed = new Set<number>()
  const order: number[] = []
  while (waiting.length > 0) {
    const among = (sets: readonly ReadonlySet<number>[]) => (i: number) =>
      sets.some((e) => e.size > 1 && e.has(i) && [...e].every((x) => x === i || placed.has(x)))
    const found = waiting.find(among(bounds)) ?? waiting.find(among(edges))
    const next = placed.size === 0 ? waiting[0] : (found ?? waiting[0])
    waiting.splice(waiting.indexOf(next), 1)
    placed.add(next)
    order.push(next)
  }
  return order
}

/** More inputs than this stay as they are written: all orders of ten are looked at in a few milliseconds. */
const INPUTS_MAX = 10
/** Where no relation has so many rows every order is good enough. */
const ROWS_LEAST = 500
/** An order must be so much cheaper than the written one: estimates are coarse, and equal queries shall have equal plans. */
const WORTH = 0.5

function sizesOf(group: JoinGroup, facts: Facts): Sizes | null {
  const n = group.leaves.length
  if (n < 3 || n > INPUTS_MAX || facts.statistics === undefined) return null
  if (largest(group.plan, facts) < ROWS_LEAST || timed(group.plan, facts)) return null
  const inputs: Cardinality[] = []
  for (const leaf of group.leaves) {
    const input = cardinality(leaf.plan, facts)
    if (input === null) return null
    inputs.push(input)
  }
  return new Sizes(group, inputs)
}

function cheapestOrder(group: JoinGroup, written: readonly number[], sizes: Sizes): readonly number[] | null {
  const n = group.leaves.length
  const best = new Map<number, Found>()
  for (let i = 0; i < n; i++) best.set(1 << i, { order: [i], rows: sizes.rowsOf(i), cost: 0 })
  for (let size = 1; size < n; size++) {
    for (const [set, found] of [...best].filter(([each]) => bitsOf(each) === size)) {
      const all = group.leaves.map((_, i) => i).filter((i) => (set & (1 << i)) === 0)
      const tied = all.filter((i) => sizes.tied(set, i))
      for (const i of tied.length > 0 ? tied : all) keepCheaper(best, set | (1 << i), next(found, i, sizes, set, n))
    }
  }
  const cheapest = best.get((1 << n) - 1)
  return cheapest !== undefined && cheapest.cost < WORTH * costOf(written, sizes, n) ? cheapest.order : null
}

function costOf(order: readonly number[], sizes: Sizes, n: number): number {
  let found: Found = { order: [order[0]], rows: sizes.rowsOf(order[0]), cost: 0 }
  let set = 1 << order[0]
  for (const i of order.slice(1)) {
    found = next(found, i, sizes, set, n)
    set |= 1 << i
  }
  return found.cost
}

interface Found {
  readonly order: readonly number[]
  readonly rows: number
  /** Rows of all joins but the last, which every order has. */
  readonly cost: number
}

function next(found: Found, i: number, sizes: Sizes, set: number, n: number): Found {
  const rows = sizes.joined(set, found.rows, i)
  const last = found.order.length === n - 1
  return { order: [...found.order, i], rows, cost: found.cost + (last ? 0 : rows) }
}

function keepCheaper(best: Map<number, Found>, set: number, found: Found): void {
  const known = best.get(set)
  if (known === undefined || found.cost < known.cost) best.set(set, found)
}

function bitsOf(set: number): number {
  let bits = 0
  for (let rest = set; rest !== 0; rest &= rest - 1) bits++
  return bits
}

/** Estimated rows of joins of some of the inputs. */
class Sizes {
  readonly #group: JoinGroup
  readonly #inputs: readonly Cardinality[]
  readonly #edges: readonly number[]
  readonly #distinct: readonly number[]

  constructor(group: JoinGroup, inputs: readonly Cardinality[]) {
    this.#group = group
    this.#inputs = inputs
    this.#edges = tiesOf(group).map((e) => [...e].reduce((set, i) => set | (1 << i), 0))
    this.#distinct = inputs.flatMap((input) => input.distinct)
  }

  rowsOf(i: number): number {
    return this.#inputs[i].rows
  }

  tied(set: number, i: number): boolean {
    return this.#edges.some((e) => (e & (1 << i)) !== 0 && (e & ~(set | (1 << i))) === 0)
  }

  /** Of `rows` rows of a set of inputs joined with one more. */
  joined(set: number, rows: number, i: number): number {
    const { leaves, classes, others } = this.#group
    const inSet = (c: number): boolean => (set & (1 << leafOf(leaves, c))) !== 0
    const own = (c: number): boolean => leafOf(leaves, c) === i
    let divisor = 1
    const tied = new Set<number>()
    for (const { columns } of classes) {
      const [before, here] = [columns.filter(inSet), columns.filter(own)]
      if (before.length === 0 || here.length === 0) continue
      divisor *= Math.max(1, ...here.map((c) => this.#distinct[c]), this.#least(before))
      for (const c of [...before, ...here]) tied.add(c)
    }
    // Of an input whose key is tied, each row of the others has one row at most, however many columns that key has.
    this.#inputs.forEach(({ key }, k) => {
      const involved = k === i || (set & (1 << k)) !== 0
      const columns = key?.columns.map((c) => leaves[k].from + c) ?? []
      if (key && involved && columns.length > 0 && columns.every((c) => tied.has(c)))
        divisor = Math.min(divisor, key.of)
    })
    let result = (rows * this.#inputs[i].rows) / Math.max(1, divisor)
    for (const c of others) {
      const columns = [...columnsOf(c)]
      if (columns.some(own) && columns.every((x) => own(x) || inSet(x))) result *= shareOf(c, this.#distinct, 0)
    }
    return Math.max(1, result)
  }

  #least(columns: readonly number[]): number {
    return Math.min(...columns.map((c) => this.#distinct[c]))
  }
}
