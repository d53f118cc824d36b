import type { Arcs, Automaton } from './automaton.ts'
import type { Coloring } from './coloring.ts'
import { TABLE_CELLS_MAX } from './errors.ts'

/** Nothing can match any more. */
export const DEAD = 0

/** What the tables of one pattern share. */
export class TableSpace {
  readonly automaton: Automaton
  readonly coloring: Coloring
  readonly #tables: Table[] = []
  #cells = 0
  /** States that were seen in the round of that number. */
  readonly marks: Int32Array
  round = 0
  /** States looked at so far. */
  work = 0

  constructor(automaton: Automaton, coloring: Coloring) {
    this.automaton = automaton
    this.coloring = coloring
    this.marks = new Int32Array(automaton.states)
  }

  table(backward: boolean, start: number, target: number, floating: boolean): Table {
    const table = new Table(this, backward ? this.automaton.backward : this.automaton.forward, start, target, floating)
    this.#tables.push(table)
    return table
  }

  nextRound(): number {
    if (this.round === 0x7fffffff) {
      this.marks.fill(0)
      this.round = 0
    }
    return ++this.round
  }

  reset(): void {
    for (const table of this.#tables) table.reset()
    this.#cells = 0
  }

  /** True when all tables had to be emptied. */
  take(cells: number): boolean {
    this.#cells += cells
    if (this.#cells <= TABLE_CELLS_MAX) return false
    this.reset()
    this.#cells = cells
    return true
  }
}

/**
 * A deterministic automaton, found out as texts ask for it: sets of states of the part between `start` and `target`,
 * numbered. `floating`: a match may begin at every place. A row of `next` has the followers of a set by color: twice their number,
 * and one more where a match ends there; -1 where nobody has asked yet.
 */
export class Table {
  next: Int32Array = new Int32Array(0)
  readonly #space: TableSpace
  readonly #arcs: Arcs
  readonly #start: number
  readonly #target: number
  readonly #floating: boolean
  readonly #colors: number
  #accepting: boolean[] = []
  #members: Int32Array[] = []
  #byHash = new Map<number, number[]>()
  /** Sets with the states that conditions add, by set, then by the bits of the conditions. */
  #closed: number[][] = []
  #first = -1

  constructor(space: TableSpace, arcs: Arcs, start: number, target: number, floating: boolean) {
    this.#space = space
    this.#arcs = arcs
    this.#start = start
    this.#target = target
    this.#floating = floating
    this.#colors = space.coloring.count
    this.reset()
  }

  reset(): void {
    this.next = new Int32Array(this.#colors * 4).fill(-1)
    this.#accepting = [false]
    this.#members = [new Int32Array(0)]
    this.#byHash = new Map([[0, [DEAD]]])
    this.#closed = [[]]
    this.#first = -1
    // Nothing follows nothing, unless matches begin anywhere.
    if (!this.#floating) this.next.fill(DEAD, 0, this.#colors)
  }

  first(): number {
    if (this.#first < 0) {
      const found: number[] = []
      this.#add(this.#start, this.#space.nextRound(), found)
      const set = this.#number(found)
      this.#first = set
    }
    return this.#first
  }

  accepts(set: number): boolean {
    return this.#accepting[set]
  }

  /** What follows the set by a character of the color, as in `next`. */
  step(set: number, color: number): number {
    const { coloring } = this.#space
    const { starts, targets, labels } = this.#arcs
    const round = this.#space.nextRound()
    const found: number[] = []
    for (const state of this.#members[set]) {
      this.#space.work++
      if (state === this.#target) continue
      for (let arc = starts[state]; arc < starts[state + 1]; arc++) {
        if (labels[arc] > 0 && coloring.has(labels[arc] - 1, color)) this.#add(targets[arc], round, found)
      }
    }
    if (this.#floating) this.#add(this.#start, round, found)
    const members = this.#members
    const number = this.#number(found)
    const follower = number * 2 + (this.#accepting[number] ? 1 : 0)
    // The numbers are new ones when the tables had to be emptied.
    if (members === this.#members) this.next[set * this.#colors + color] = follower
    return follower
  }

  /** The set with what the conditions that hold here (one bit each) let through. */
  close(set: number, holding: number): number {
    const known = this.#closed[set][holding]
    if (known !== undefined) return known
    const { starts, targets, labels } = this.#arcs
    const round = this.#space.nextRound()
    const found = [...this.#members[set]]
    for (const state of found) this.#space.marks[state] = round
    for (let i = 0; i < found.length; i++) {
      const state = found[i]
      this.#space.work++
      if (state === this.#target) continue
      for (let arc = starts[state]; arc < starts[state + 1]; arc++) {
        if (labels[arc] < 0 && (holding & (1 << (-labels[arc] - 1))) !== 0) this.#add(targets[arc], round, found)
      }
    }
    const members = this.#members
    const closed = this.#number(found)
    if (members === this.#members) this.#closed[set][holding] = closed
    return closed
  }

  /** Adds a state and what it passes to freely; those that only pass on are left out. */
  #add(state: number, round: number, found: number[]): void {
    const { marks } = this.#space
    const { starts, targets, labels } = this.#arcs
    if (marks[state] === round) return
    marks[state] = round
    const stack = [state]
    for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
      this.#space.work++
      let matters = top === this.#target
      for (let arc = starts[top]; arc < starts[top + 1] && top !== this.#target; arc++) {
        if (labels[arc] !== 0) matters = true
        else if (marks[targets[arc]] !== round) {
          marks[targets[arc]] = round
          stack.push(targets[arc])
        }
      }
      if (matters) found.push(top)
    }
  }

  /** The number of a set of states, a new one where it is new. */
  #number(found: readonly number[]): number {
    const members = Int32Array.from(found).sort()
    let hash = 0
    for (const state of members) hash = (Math.imul(hash, 31) + state + 1) | 0
    for (const set of this.#byHash.get(hash) ?? []) if (same(this.#members[set], members)) return set
    this.#space.take(this.#colors + members.length + 8)
    const set = this.#members.push(members) - 1
    this.#closed.push([])
    this.#accepting.push(members.includes(this.#target))
    const bucket = this.#byHash.get(hash)
    if (bucket === undefined) this.#byHash.set(hash, [set])
    else bucket.push(set)
    if ((set + 1) * this.#colors > this.next.length) {
      const grown = new Int32Array(this.next.length * 2).fill(-1)
      grown.set(this.next)
      this.next = grown
    }
    return set
  }
}

function same(a: Int32Array, b: Int32Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}
