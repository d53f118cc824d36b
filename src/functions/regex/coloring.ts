import type { CharSet } from './char-set.ts'
import { COLORING_STEPS_MAX, tooComplex } from './errors.ts'

/**
 * Colors: characters that no set of the pattern tells apart have the same one, so that automata have a column for each
 * color, not for each character.
 */
export class Coloring {
  readonly count: number
  /** Colors of the code points below 256. */
  readonly latin: Int32Array
  /** First code points of the ranges of one color, ascending, and their colors. */
  readonly #starts: Int32Array
  readonly #colors: Int32Array
  /** Per set, one bit a color. */
  readonly #bits: readonly Uint32Array[]

  constructor(sets: readonly CharSet[]) {
    const bounds = new Set<number>([0])
    for (const set of sets) {
      for (let i = 0; i < set.length; i += 2) bounds.add(set[i]).add(set[i + 1] + 1)
    }
    this.#starts = Int32Array.from(bounds).sort()
    this.#colors = new Int32Array(this.#starts.length)
    this.#split(sets)
    this.count = renumber(this.#colors)
    const words = (this.count + 31) >>> 5
    if (words * sets.length > COLORING_STEPS_MAX) throw tooComplex()
    this.#bits = sets.map((set) => {
      const bits = new Uint32Array(words)
      this.#eachRange(set, (at) => {
        bits[this.#colors[at] >>> 5] |= 1 << (this.#colors[at] & 31)
      })
      return bits
    })
    this.latin = Int32Array.from({ length: 256 }, (_, code) => this.#find(code))
  }

  /** Each set parts the colors that it has in part. */
  #split(sets: readonly CharSet[]): void {
    let colors = 1
    let steps = 0
    for (const set of sets) {
      const renamed = new Map<number, number>()
      this.#eachRange(set, (at) => {
        if (++steps > COLORING_STEPS_MAX) throw tooComplex()
        let color = renamed.get(this.#colors[at])
        if (color === undefined) {
          color = colors++
          renamed.set(this.#colors[at], color)
        }
        this.#colors[at] = color
      })
    }
  }

  #eachRange(set: CharSet, visit: (at: number) => void): void {
    for (let i = 0; i < set.length; i += 2) {
      for (let at = this.#place(set[i]); at < this.#starts.length && this.#starts[at] <= set[i + 1]; at++) visit(at)
    }
  }

  /** The last range that begins at the code point or before it. */
  #place(code: number): number {
    let low = 0
    let high = this.#starts.length
    while (low + 1 < high) {
      const middle = (low + high) >>> 1
      if (this.#starts[middle] <= code) low = middle
      else high = middle
    }
    return low
  }

  #find(code: number): number {
    return this.#colors[this.#place(code)]
  }

  of(code: number): number {
    return code < 256 ? this.latin[code] : this.#find(code)
  }

  has(set: number, color: number): boolean {
    return (this.#bits[set][color >>> 5] & (1 << (color & 31))) !== 0
  }
}

/** Colors in use, counted from 0 without gaps. */
function renumber(colors: Int32Array): number {
  const names = new Map<number, number>()
  for (let i = 0; i < colors.length; i++) {
    const name = names.get(colors[i]) ?? names.size
    names.set(colors[i], name)
    colors[i] = name
  }
  return names.size
}
