import type { Positions } from '../connectors/contract.ts'

interface Sample {
  readonly atMs: number
  readonly ends: Positions
}

const SAMPLES_MAX = 128

/**
 * How far a source's ticks are behind its service: in records, and in the time for which the oldest of them has been known
 * to the server. A service that does not answer counts from when it stopped: what it has meanwhile is not known.
 */
export class SourceLag {
  /** End offsets that were told and are not reached yet, oldest first; at least `#spacingMs` apart. */
  #samples: Sample[] = []
  #spacingMs = 0
  #ends: Positions = new Map()
  #stalledMs: number | null = null

  saw(nowMs: number, ends: Positions): void {
    this.#stalledMs = null
    this.#ends = ends
    const last = this.#samples.at(-1)
    if (last !== undefined && nowMs - last.atMs < this.#spacingMs) return
    this.#samples.push({ atMs: nowMs, ends })
    if (this.#samples.length > SAMPLES_MAX) this.#thin()
  }
  stalled(nowMs: number): void {
    this.#stalledMs ??= nowMs
  }

  /** Records that the service was last known to have above the positions. */
  rows(positions: Positions): number {
    let rows = 0
    for (const [partition, end] of this.#ends) rows += Math.max(0, end - (positions.get(partition) ?? end))
    return rows
  }
  ms(nowMs: number, positions: Positions): number {
    const missing = this.#samples.findIndex((sample) => !reached(sample, positions))
    this.#samples = missing < 0 ? [] : this.#samples.slice(missing)
    const behind = missing < 0 ? 0 : nowMs - this.#samples[0]!.atMs
    if (missing < 0) this.#spacingMs = 0
    return Math.max(behind, this.#stalledMs === null ? 0 : nowMs - this.#stalledMs)
  }

  /** Half as many, evenly: the answer is too small by a spacing at most. */
  #thin(): void {
    const [first] = this.#samples
    this.#spacingMs = (2 * (this.#samples.at(-1)!.atMs - first!.atMs)) / SAMPLES_MAX
    let last = Number.NEGATIVE_INFINITY
    this.#samples = this.#samples.filter(({ atMs }) => {
      if (atMs - last < this.#spacingMs) return false
      last = atMs
      return true
    })
  }
}

function reached({ ends }: Sample, positions: Positions): boolean {
  for (const [partition, end] of ends) if ((positions.get(partition) ?? end) < end) return false
  return true
}
