import type { Program } from './program.ts'

/** Which conditions hold at the places of one text. */
export class Places {
  readonly #program: Program
  readonly #text: string
  /** Per condition that looks around: 1 at the places where what it looks for is found. */
  readonly found: Uint8Array[] = []

  constructor(program: Program, text: string) {
    this.#program = program
    this.#text = text
  }

  /** The conditions that hold at a place, one bit each. */
  holding(at: number): number {
    const { bits } = this.#program
    const { length } = this.#text
    if (bits.endsOnly && at > 0 && at < length) return 0
    let holding = 0
    if (at === 0) holding |= bits.of['text start']
    if (at === length) holding |= bits.of['text end']
    if (bits.lines !== 0) {
      if (at === 0 || this.#text.charCodeAt(at - 1) === 10) holding |= bits.of['line start']
      if (at === length || this.#text.charCodeAt(at) === 10) holding |= bits.of['line end']
    }
    if (bits.words !== 0) {
      const before = at > 0 && this.#isWord(at - 1, -1)
      const behind = at < length && this.#isWord(at, 1)
      if (before === behind) holding |= bits.of['not word edge']
      else holding |= bits.of['word edge'] | (behind ? bits.of['word start'] : bits.of['word end'])
    }
    if (bits.looks.length > 0) holding |= this.#looks(at)
    return holding
  }

  #looks(at: number): number {
    const { bits, conditions } = this.#program
    let holding = 0
    for (let i = 0; i < bits.looks.length; i++) {
      const index = bits.looks[i]
      const { condition } = conditions[index]
      const marks = this.found[index]
      // Not known yet: it lies outside of what is being looked for.
      if (marks === undefined || condition.kind !== 'look') continue
      if ((marks[at] === 1) === condition.wanted) holding |= 1 << index
    }
    return holding
  }

  /** Whether the character that the unit belongs to is one of words; `step` leads to its other unit. */
  #isWord(at: number, step: 1 | -1): boolean {
    const { coloring } = this.#program.space
    let code = this.#text.charCodeAt(at)
    if (code >= 0xd800 && code < 0xe000) {
      const whole = this.#text.codePointAt(step === 1 ? at : at - 1) ?? code
      if (whole > 0xffff) code = whole
    }
    return coloring.has(this.#program.wordSet, coloring.of(code))
  }
}
