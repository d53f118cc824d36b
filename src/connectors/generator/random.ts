/** Randomness by position instead of by sequence: the same number for the same (seed, event, use), in any order. */
export class EventRandom {
  private readonly seed: number
  /** 32 random bits of the event that `at` chose. */
  private event = 0

  constructor(seed: number) {
    this.seed = mix(seed | 0)
  }

  at(event: number): void {
    this.event = this.hash(event)
  }

  /** The state that `at` chooses, for loops that keep it themselves (`bitsOf`, `belowOf`). */
  hash(event: number): number {
    const high = Math.floor(event / 0x1_0000_0000)
    return mix((event | 0) ^ mix(high ^ this.seed))
  }

  /** 32 random bits, independent for each use. */
  bits(use: number): number {
    return bitsOf(this.event, use)
  }

  /** Uniform in [0, n). */
  below(use: number, n: number): number {
    return belowOf(this.event, use, n)
  }
}

export function bitsOf(hash: number, use: number): number {
  return mix(hash + Math.imul(use + 1, 0x9e3779b9)) >>> 0
}

export function belowOf(hash: number, use: number, n: number): number {
  return Math.floor((bitsOf(hash, use) / 0x1_0000_0000) * n)
}

/** A bijection of 32 bits in which every bit of the input moves every bit of the output. */
function mix(x: number): number {
  x ^= x >>> 16
  x = Math.imul(x, 0x21f0aaad)
  x ^= x >>> 15
  x = Math.imul(x, 0x735a2d97)
  return x ^ (x >>> 15)
}
