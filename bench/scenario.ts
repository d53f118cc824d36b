/** One line of the table: a figure of ours, beside the peer's where one can do the same. */
export interface Figure {
  readonly name: string
  readonly unit: string
  readonly ours: number
  readonly peer: { readonly name: string; readonly value: number } | null
  /** What the design aims at, as text; '' where it says nothing. */
  readonly target: string
  readonly note: string
}

export interface BenchOptions {
  /** Measured runs of which the median counts. */
  readonly runs: number
  /** Smaller data. */
  readonly quick: boolean
}

export interface Scenario {
  readonly name: string
  readonly title: string
  /** Gives figures as they come, so that a long run shows where it is. */
  run(options: BenchOptions): AsyncIterable<Figure>
}
