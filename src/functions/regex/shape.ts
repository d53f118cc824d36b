import { AutomatonBuilder } from './automaton.ts'
import { NESTING_MAX, tooComplex } from './errors.ts'
import {
  type Branch,
  CAPTURES,
  type Choice,
  combine,
  type Group,
  isMessy,
  type Part,
  preferenceOf,
  REFERS,
  type Repeat,
  upward,
} from './tree.ts'

/**
 * What has to be known of a match besides its ends: a tree whose leaves automata match alone, and whose inner nodes say how a
 * text that matches is divided. It is the shape that PostgreSQL's engine gives it, since what groups capture depends on it:
 * neighbours that want the same and capture nothing are one leaf, a repeated group is a leaf for all rounds but the last one.
 * Each node is a part of one automaton, between `begin` and `end`.
 */
export interface Shape {
  readonly op: 'leaf' | 'sequence' | 'choice' | 'rounds' | 'reference' | 'group'
  readonly flags: number
  readonly begin: number
  readonly end: number
  /** Number of the group that captures what this matches; 0: none. */
  readonly captures: number
  readonly children: readonly Shape[]
  /** Of rounds and references: how often. */
  readonly min: number
  readonly max: number
  /** Of a reference: the group. */
  readonly refersTo: number
}

export class Shaper {
  readonly automaton = new AutomatonBuilder()
  #depth = 0

  choice(choice: Choice): Shape {
    const [begin, end] = [this.automaton.state(), this.automaton.state()]
    if (!isMessy(choice.flags)) {
      this.automaton.choice(choice, begin, end, false)
      return shape('leaf', choice.flags, begin, end)
    }
    if (++this.#depth > NESTING_MAX) throw tooComplex()
    const branches = choice.branches.map((branch) => {
      const [left, right] = [this.automaton.state(), this.automaton.state()]
      this.automaton.arc(begin, left)
      this.automaton.arc(right, end)
      return this.#branch(branch, 0, left, right)
    })
    this.#depth--
    return branches.length === 1 ? branches[0] : shape('choice', choice.flags, begin, end, branches)
  }

  #branch({ parts }: Branch, first: number, begin: number, end: number): Shape {
    if (++this.#depth > NESTING_MAX) throw tooComplex()
    let flags = 0
    let at = begin
    let result: Shape | null = null
    for (let i = first; i < parts.length && result === null; i++) {
      const part = parts[i]
      if (part.kind === 'repeat') {
        if (part.max === 0) continue
        const all = flags | part.prefers | part.atom.flags
        if (part.atom.kind === 'group' || part.atom.kind === 'reference' || isMessy(upward(all))) {
          const prefix = at === begin ? null : shape('leaf', flags, begin, at)
          result = this.#messy(parts, i, part, prefix, at, begin, end)
          continue
        }
        flags = all
      }
      at = this.automaton.part(part, at, false)
    }
    this.#depth--
    if (result !== null) return result
    this.automaton.arc(at, end)
    return shape('leaf', flags, begin, end)
  }

  /** A part whose place inside the match matters, behind `prefix`, and what follows it. */
  #messy(
    parts: readonly Part[],
    index: number,
    part: Repeat,
    prefix: Shape | null,
    at: number,
    begin: number,
    end: number,
  ): Shape {
    const start = this.automaton.state()
    this.automaton.arc(at, start)
    const own = this.#repeat(part, start)
    const before = prefix?.flags ?? 0
    if (index === parts.length - 1) {
      this.automaton.arc(own.end, end)
      if (prefix === null) return own
      return shape('sequence', before | combine(before, own.flags), begin, end, [prefix, own])
    }
    const next = this.automaton.state()
    this.automaton.arc(own.end, next)
    const rest = this.#branch({ parts, flags: 0 }, index + 1, next, end)
    const tailFlags = combine(combine(part.prefers, own.flags), rest.flags)
    if (prefix === null) return shape('sequence', tailFlags, begin, end, [own, rest])
    const plain = own.op === 'leaf' && rest.op === 'leaf' && own.captures === 0 && rest.captures === 0
    const tail =
      plain && !isMessy(upward(own.flags | rest.flags))
        ? shape('leaf', combine(own.flags, rest.flags), at, end)
        : shape('sequence', tailFlags, at, end, [own, rest])
    return shape('sequence', before | combine(before, tailFlags), begin, end, [prefix, tail])
  }

  #repeat(part: Repeat, start: number): Shape {
    const { atom, min, max, prefers } = part
    const nfa = this.automaton
    const flags = combine(prefers, atom.flags)
    if (atom.kind === 'reference') {
      const end = nfa.state()
      nfa.times((s, e) => nfa.atom(atom, s, e, true), min, max, start, end)
      return { ...shape('reference', flags, start, end), min, max, refersTo: atom.group.number }
    }
    const vacuous = prefers === 0 || preferenceOf(atom.flags) === 0 || prefers === preferenceOf(atom.flags)
    if (min === 1 && max === 1 && vacuous) {
      const inner = this.#atom(part)
      nfa.arc(start, inner.begin)
      return inner
    }
    if ((atom.flags & (CAPTURES | REFERS)) === 0) {
      const end = nfa.state()
      nfa.times((s, e) => nfa.atom(atom, s, e, false), min, max, start, end)
      return shape('leaf', flags, start, end)
    }
    const inner = this.#atom(part)
    if (min > 0 && (atom.flags & REFERS) === 0) {
      // Only the last round's groups are told.
      nfa.times((s, e) => nfa.atom(atom, s, e, false), min - 1, max - 1, start, inner.begin)
      const rounds = shape('leaf', preferenceOf(flags), start, inner.begin)
      return shape('sequence', flags, start, inner.end, [rounds, inner])
    }
    const end = nfa.state()
    nfa.times((s, e) => nfa.atom(atom, s, e, false), min, max, start, end)
    return { ...shape('rounds', flags, start, end, [inner]), min, max }
  }

  #atom({ atom }: Repeat): Shape {
    if (atom.kind === 'group') return this.#group(atom)
    if (atom.kind === 'choice') return this.choice(atom)
    const [begin, end] = [this.automaton.state(), this.automaton.state()]
    this.automaton.atom(atom, begin, end, false)
    return shape('leaf', 0, begin, end)
  }

  #group(group: Group): Shape {
    const inner = this.choice(group.body)
    const flags = inner.flags | CAPTURES
    if (inner.captures === 0) return { ...inner, flags, captures: group.number }
    return { ...shape('group', flags, inner.begin, inner.end, [inner]), captures: group.number }
  }
}

function shape(op: Shape['op'], flags: number, begin: number, end: number, children: readonly Shape[] = []): Shape {
  return { op, flags, begin, end, captures: 0, children, min: 1, max: 1, refersTo: 0 }
}
