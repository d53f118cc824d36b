import { LONG_TEXT_UNITS, MATCH_STEPS_MAX, MATCH_STEPS_PER_UNIT_MAX, tooManySteps } from './errors.ts'
import { Places } from './places.ts'
import type { Program } from './program.ts'
import { DEAD, type Table } from './table.ts'

/** Places that were marked: 1 at `marks[place - low]`. */
export interface Marked {
  readonly marks: Uint8Array
  readonly low: number
}

/** What a character costs where more is done for it than in the narrowest loop, in steps. */
const VISIT_STEPS = 4

/** One text that a program is run over, with what is known of its places and the steps taken so far. */
export class Run {
  readonly program: Program
  readonly text: string
  steps = 0
  readonly #long: boolean
  /** Null without conditions. */
  readonly #places: Places | null

  readonly #stepsMax: number

  constructor(program: Program, text: string, stepsMax = MATCH_STEPS_MAX) {
    this.program = program
    this.text = text
    this.#stepsMax = stepsMax + MATCH_STEPS_PER_UNIT_MAX * text.length
    this.#long = text.length >= LONG_TEXT_UNITS
    if (this.#long) program.space.reset()
    this.#places = program.conditions.length === 0 ? null : new Places(program, text)
    // What is inside a lookaround comes before it, so that its places are known by then.
    for (const index of program.bits.looks) {
      const { condition, table } = program.conditions[index]
      if (condition.kind !== 'look' || table === null) continue
      const marks = new Uint8Array(text.length + 1)
      if (condition.ahead) this.heads(table, 0, text.length, { marks, low: 0 })
      else for (const end of this.ends(table, 0, text.length)) marks[end] = 1
      this.#places!.found[index] = marks
    }
  }

  /** Counts steps of matching by itself; states that are looked at count for long texts, whose tables begin empty. */
  charge(steps: number): void {
    const { space } = this.program
    if (this.#long) this.steps += space.work * 2
    space.work = 0
    this.steps += steps
    if (this.steps > this.#stepsMax) throw tooManySteps(this.#stepsMax)
  }

  /**
   * The end of a match that begins at `from`, or of a floating table behind it: the first one at `least` or later, or the
   * last one; at `stop` at the latest, among the places of `only`. -1 without one.
   */
  end(table: Table, from: number, least: number, stop: number, first: boolean, only: Marked | null = null): number {
    if (this.#places !== null) return this.#endAtPlaces(this.#places, table, from, least, stop, first, only)
    const { text } = this
    const { coloring } = this.program.space
    const { latin, count } = coloring
    let set = table.first()
    let at = from
    let last = -1
    let next = table.next
    if (table.accepts(set) && at >= least && (only === null || only.marks[at - only.low] === 1)) last = at
    while (at < stop && !(first && last >= 0)) {
      let code = text.charCodeAt(at++)
      if (code >= 0xd800 && code < 0xdc00) {
        code = text.codePointAt(at - 1)!
        if (code > 0xffff) at++
      }
      const color = code < 256 ? latin[code] : coloring.of(code)
      let follower = next[set * count + color]
      if (follower < 0) {
        follower = table.step(set, color)
        next = table.next
      }
      if (follower === DEAD) break
      set = follower >> 1
      if ((follower & 1) === 1 && at >= least && (only === null || only.marks[at - only.low] === 1)) last = at
    }
    this.charge(at - from + 1)
    return last
  }

  /** The same where conditions let more through at some places. */
  #endAtPlaces(
    places: Places,
    table: Table,
    from: number,
    least: number,
    stop: number,
    first: boolean,
    only: Marked | null,
  ): number {
    const { text } = this
    const { coloring } = this.program.space
    const { latin, count } = coloring
    let set = table.first()
    let at = from
    let last = -1
    for (;;) {
      const holding = places.holding(at)
      if (holding !== 0) set = table.close(set, holding)
      if (table.accepts(set) && at >= least && (only === null || only.marks[at - only.low] === 1)) {
        last = at
        if (first) break
      }
      if (at >= stop || set === DEAD) break
      const code = text.codePointAt(at)!
      at += code > 0xffff ? 2 : 1
      const color = code < 256 ? latin[code] : coloring.of(code)
      const follower = table.next[set * count + color]
      set = (follower >= 0 ? follower : table.step(set, color)) >> 1
    }
    this.charge(VISIT_STEPS * (at - from + 1))
    return last
  }

  /** All ends of matches that begin at `from`, or of a floating table behind it, ascending. */
  ends(table: Table, from: number, stop: number): number[] {
    const { text } = this
    const { coloring } = this.program.space
    const ends: number[] = []
    let set = table.first()
    let at = from
    for (;;) {
      const holding = this.#places === null ? 0 : this.#places.holding(at)
      if (holding !== 0) set = table.close(set, holding)
      if (table.accepts(set)) ends.push(at)
      if (at >= stop || set === DEAD) break
      const code = text.codePointAt(at)!
      at += code > 0xffff ? 2 : 1
      const color = coloring.of(code)
      const follower = table.next[set * coloring.count + color]
      set = (follower >= 0 ? follower : table.step(set, color)) >> 1
    }
    this.charge(VISIT_STEPS * (at - from + 1))
    return ends
  }

  /**
   * Where matches begin that end at `end`, or, of a floating table, before it: marks those from `low` on, where asked for,
   * and answers the first, -1 without one.
   */
  heads(table: Table, low: number, end: number, mark: Marked | null): number {
    const { text } = this
    const { coloring } = this.program.space
    const { latin, count } = coloring
    let set = table.first()
    let at = end
    let earliest = -1
    for (;;) {
      if (this.#places !== null) {
        const holding = this.#places.holding(at)
        if (holding !== 0) set = table.close(set, holding)
      }
      if (table.accepts(set)) {
        earliest = at
        if (mark !== null) mark.marks[at - mark.low] = 1
      }
      if (at <= low || set === DEAD) break
      let code = text.charCodeAt(--at)
      if (code >= 0xdc00 && code < 0xe000 && at > low) {
        const whole = text.codePointAt(at - 1)!
        if (whole > 0xffff) {
          code = whole
          at--
        }
      }
      const color = code < 256 ? latin[code] : coloring.of(code)
      const follower = table.next[set * count + color]
      set = (follower >= 0 ? follower : table.step(set, color)) >> 1
    }
    this.charge(end - at + 1)
    return earliest
  }
}
