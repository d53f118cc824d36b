/**
 * Where random things come from: a sequence of small numbers. It is drawn from a seed the first time and can be played
 * again, shortened or with smaller numbers, which is how a failure shrinks without knowing what was made of it. Every maker
 * puts its simplest alternative at 0, and a sequence that has ended goes on with zeros.
 */
export class Choices {
  readonly taken: number[] = []
  /** How often each production was used. */
  readonly used: Map<string, number>
  readonly #next: (below: number) => number

  private constructor(next: (below: number) => number, used: Map<string, number>) {
    this.#next = next
    this.used = used
  }

  static seeded(seed: number, used: Map<string, number> = new Map()): Choices {
    const random = mulberry32(seed)
    return new Choices((below) => Math.floor(random() * below), used)
  }

  static played(sequence: readonly number[]): Choices {
    let at = 0
    return new Choices((below) => Math.min(sequence[at++] ?? 0, below - 1), new Map())
  }

  /** 0 … below - 1. */
  below(below: number): number {
    const value = this.#next(below)
    this.taken.push(value)
    return value
  }

  /** Of a hundred, how many times. Not, at 0. */
  chance(percent: number): boolean {
    return this.below(100) >= 100 - percent
  }

  one<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!
  }

  /** One of the productions, by weight, the simplest first; what is chosen is counted under its name. */
  production<T>(options: readonly Production<T>[]): T {
    let at = this.below(options.reduce((sum, option) => sum + option.weight, 0))
    const chosen = options.find((option) => {
      at -= option.weight
      return at < 0
    })!
    this.count(chosen.name)
    return chosen.make()
  }

  count(name: string): void {
    this.used.set(name, (this.used.get(name) ?? 0) + 1)
  }
}

export interface Production<T> {
  readonly name: string
  readonly weight: number
  readonly make: () => T
}

/** Uniform in [0, 1). Public domain generator of 32 bits of state (Tommy Ettinger): fast, and the same on every machine. */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
