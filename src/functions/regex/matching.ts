import { Divider } from './divide.ts'
import { forwardTable, type Program } from './program.ts'
import { Run } from './run.ts'

/** A match and what its groups captured. */
export class Match {
  readonly text: string
  readonly #spans: Int32Array

  constructor(text: string, spans: Int32Array) {
    this.text = text
    this.#spans = spans
  }

  get start(): number {
    return this.#spans[0]
  }

  get end(): number {
    return this.#spans[1]
  }

  get groups(): number {
    return this.#spans.length / 2 - 1
  }

  /** Beginning and end of a group, null where it captured nothing. Group 0 is the match. */
  span(group: number): readonly [start: number, end: number] | null {
    const start = this.#spans[2 * group]
    return start === undefined || start < 0 ? null : [start, this.#spans[2 * group + 1]]
  }

  group(group: number): string | null {
    const span = this.span(group)
    return span === null ? null : this.text.slice(span[0], span[1])
  }
}

/** Finds one match after the other in one text. */
export class Matching {
  readonly #program: Program
  readonly #run: Run
  /** 1 where a match begins, as far as automata know; found out when more than the first match is wanted. */
  #origins: Uint8Array | null = null
  #asked = false

  constructor(program: Program, text: string, stepsMax?: number) {
    this.#program = program
    this.#run = new Run(program, text, stepsMax)
  }

  /** Steps taken so far. */
  get steps(): number {
    return this.#run.steps
  }

  /** The first match from an offset on; without `groups` its own ends only. */
  next(from: number, groups: boolean): Match | null {
    const { text } = this.#run
    for (let at = from; ; at++) {
      const start = this.#origin(at)
      if (start < 0) return null
      const spans = this.#program.refers ? this.#tried(start) : this.#found(start, groups)
      if (spans !== null) return new Match(text, spans)
      at = start
    }
  }

  /** The first place from `from` on where a match may begin. */
  #origin(from: number): number {
    const { length } = this.#run.text
    if (!this.#asked) {
      this.#asked = true
      return this.#run.heads(this.#program.origins, from, length, null)
    }
    if (this.#origins === null) {
      this.#origins = new Uint8Array(length + 1)
      this.#run.heads(this.#program.origins, 0, length, { marks: this.#origins, low: 0 })
    }
    return this.#origins.indexOf(1, from)
  }

  #found(start: number, groups: boolean): Int32Array {
    const program = this.#program
    const table = forwardTable(program, program.shape)
    const stop = this.#run.text.length
    const end = this.#run.end(table, start, start, stop, program.shortest)
    if (!groups || program.groups === 0) return Int32Array.of(start, end)
    const divider = new Divider(this.#run)
    divider.divide(program.shape, start, end)
    return divider.spans
  }

  /** With back references every end that automata find must prove itself. */
  #tried(start: number): Int32Array | null {
    const program = this.#program
    const ends = this.#run.ends(forwardTable(program, program.shape), start, this.#run.text.length)
    if (!program.shortest) ends.reverse()
    const divider = new Divider(this.#run)
    for (const end of ends) if (divider.divide(program.shape, start, end)) return divider.spans
    return null
  }
}
