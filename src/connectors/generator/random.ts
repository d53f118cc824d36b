/** Randomness by position instead of by sequence: the same number for the same (seed, event, use), in any order. */
export class EventRandom {
  private readonly seed: number
  /** 32 random bits of the event that `at` chose. */
  private event = 0

  constructor(seed: number) {
    this.seed = mix(seed | 0)
  }

  at(event: number): void {
    const high = Math.floor(event / 0x1_0000_0000)
    this.event = mix((event | 0) ^ mix(high ^ this.seed))
  }

  /** 32 random bits, independent for each use. */
  bits(use: number): number {
    return mix(this.event + Math.imul(use + 1, 0x9e3779b9)) >>> 0
  }

  /** Uniform in [0, n). */
  below(use: number, n: number): number {
    return Math.floor((this.bits(use) / 0x1_0000_0000) * n)
  }

  /** Uniform in [0, 1). */
  unit(use: number): number {
    return this.bits(use) / 0x1_0000_0000
  }
}

/** A bijection of 32 bits in which every bit of the input moves every bit of the output. */
function mix(x: number): number {
  x ^= x >>> 16
  x = Math.imul(x, 0x21f0aaad)
  x ^= x >>> 15
  x = Math.imul(x, 0x735a2d97)
  return x ^ (x >>> 15)
}
