import type { Place } from './record.ts'

export class SltSyntaxError extends Error {
  readonly place: Place

  constructor(place: Place, message: string) {
    super(message)
    this.place = place
  }
}

const LOOP_START = /^\s*(loop|for|foreach)\s/
const LOOP_END = /^\s*(endloop|endfor|end)\s*$/

/** Lines of a file with their numbers. */
export class Cursor {
  readonly #lines: readonly string[]
  readonly #file: string
  readonly #first: number
  #at = 0

  constructor(text: string | readonly string[], file: string, firstLine = 1) {
    this.#lines = typeof text === 'string' ? text.split(/\r?\n/) : text
    this.#file = file
    this.#first = firstLine
  }

  next(): string | null {
    return this.#at < this.#lines.length ? this.#lines[this.#at++] : null
  }

  /** Of the line that `next` gave last. */
  place(): Place {
    return { file: this.#file, line: this.#first + Math.max(0, this.#at - 1) }
  }

  /** SQL up to an empty line, or to `----`, which `separated` tells. */
  sql(): { sql: string; separated: boolean } {
    const lines: string[] = []
    for (let line = this.next(); line !== null; line = this.next()) {
      if (line.trim() === '----') return { sql: lines.join('\n'), separated: true }
      if (line.trim() === '') break
      lines.push(line)
    }
    return { sql: lines.join('\n'), separated: false }
  }

  /** The lines up to an empty one. */
  block(): string[] {
    const lines: string[] = []
    for (let line = this.next(); line !== null && line.trim() !== ''; line = this.next()) lines.push(line)
    return lines
  }

  /** The lines up to two empty ones: an error text may hold single ones. */
  blockToDoubleBlank(): string[] {
    const lines: string[] = []
    for (let line = this.next(); line !== null; line = this.next()) {
      if (line.trim() === '' && (lines.at(-1) ?? '').trim() === '' && lines.length > 0) break
      lines.push(line)
    }
    while (lines.length > 0 && lines[lines.length - 1].trim() === '') lines.pop()
    return lines
  }

  /** The lines up to the end of the loop that just began, inner loops included. */
  loopBody(): LoopBody {
    const start = this.place()
    const first = this.#at
    let depth = 1
    for (let line = this.next(); line !== null; line = this.next()) {
      if (LOOP_START.test(line)) depth++
      if (LOOP_END.test(line) && --depth === 0) {
        return new LoopBody(this.#lines.slice(first, this.#at - 1), this.#file, this.#first + first)
      }
    }
    throw new SltSyntaxError(start, 'endloop is missing')
  }
}

/** A loop's body: a new cursor for each value. */
class LoopBody {
  readonly #lines: readonly string[]
  readonly #file: string
  readonly #firstLine: number

  constructor(lines: readonly string[], file: string, firstLine: number) {
    this.#lines = lines
    this.#file = file
    this.#firstLine = firstLine
  }

  with(name: string, value: string): Cursor {
    const replaced = this.#lines.map((line) => line.replaceAll(`\${${name}}`, value).replaceAll(`$${name}`, value))
    return new Cursor(replaced, this.#file, this.#firstLine)
  }
}
