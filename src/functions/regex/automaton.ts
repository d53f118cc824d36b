import { AUTOMATON_PARTS_MAX, tooComplex } from './errors.ts'
import type { Atom, Branch, Choice, Part, Repeat } from './tree.ts'

/**
 * A nondeterministic automaton under construction. Everything that is written between two states stays between them: no
 * arc comes into the first and none leaves the last, so that each part can be run by itself, forwards and backwards.
 */
export class AutomatonBuilder {
  #states = 0
  readonly #from: number[] = []
  readonly #to: number[] = []
  /** 0: passes freely; n > 0: by a character of set n - 1; n < 0: where condition -n - 1 holds. */
  readonly #label: number[] = []

  state(): number {
    this.#check()
    return this.#states++
  }

  arc(from: number, to: number, label = 0): void {
    this.#check()
    this.#from.push(from)
    this.#to.push(to)
    this.#label.push(label)
  }

  #check(): void {
    if (this.#states + this.#label.length >= AUTOMATON_PARTS_MAX) throw tooComplex()
  }

  choice(choice: Choice, from: number, to: number, bare: boolean): void {
    for (const branch of choice.branches) this.#branch(branch, from, to, bare)
  }

  #branch(branch: Branch, from: number, to: number, bare: boolean): void {
    let at = from
    for (const part of branch.parts) at = this.part(part, at, bare)
    this.arc(at, to)
  }

  /** Behind `from`; the state behind the part. `bare`: conditions do not count. */
  part(part: Part, from: number, bare: boolean): number {
    const to = this.state()
    if (part.kind === 'repeat') this.#repeat(part, from, to, bare)
    else this.arc(from, to, bare ? 0 : -part.condition - 1)
    return to
  }

  #repeat(part: Repeat, from: number, to: number, bare: boolean): void {
    this.times((s, e) => this.atom(part.atom, s, e, bare), part.min, part.max, from, to)
  }

  /** Something `min` to `max` times. */
  times(write: (from: number, to: number) => void, min: number, max: number, from: number, to: number): void {
    if (min === 1 && max === 1) {
      write(from, to)
      return
    }
    let at = from
    for (let i = 0; i < min; i++) {
      const next = this.state()
      write(at, next)
      at = next
    }
    if (max === Infinity) {
      const [start, end] = [this.state(), this.state()]
      this.arc(at, start)
      write(start, end)
      this.arc(end, start)
      at = start
    }
    for (let i = min; max !== Infinity && i < max; i++) {
      this.arc(at, to)
      const next = this.state()
      write(at, next)
      at = next
    }
    this.arc(at, to)
  }

  atom(atom: Atom, from: number, to: number, bare: boolean): void {
    if (atom.kind === 'set') this.arc(from, to, atom.set + 1)
    else if (atom.kind === 'choice') this.choice(atom, from, to, bare)
    else if (atom.kind === 'group') this.choice(atom.body, from, to, bare)
    // Whatever the group can match, as far as an automaton can know.
    else this.choice(atom.group.body, from, to, true)
  }

  build(): Automaton {
    const forward = outgoing(this.#states, this.#from, this.#to, this.#label)
    const backward = outgoing(this.#states, this.#to, this.#from, this.#label)
    return { states: this.#states, parts: this.#states + this.#label.length, forward, backward }
  }
}

/** Arcs by the state that they leave: those of state s lie from starts[s] up to starts[s + 1]. */
export interface Arcs {
  readonly starts: Int32Array
  readonly targets: Int32Array
  readonly labels: Int32Array
}

export interface Automaton {
  readonly states: number
  /** States and arcs together. */
  readonly parts: number
  readonly forward: Arcs
  readonly backward: Arcs
}

function outgoing(states: number, from: number[], to: number[], label: number[]): Arcs {
  const starts = new Int32Array(states + 1)
  for (const state of from) starts[state + 1]++
  for (let s = 0; s < states; s++) starts[s + 1] += starts[s]
  const next = starts.slice()
  const targets = new Int32Array(from.length)
  const labels = new Int32Array(from.length)
  for (let i = 0; i < from.length; i++) {
    const place = next[from[i]]++
    targets[place] = to[i]
    labels[place] = label[i]
  }
  return { starts, targets, labels }
}
