import { getMeta, putMeta } from '../state/meta.ts'
import type { Store } from '../state/store.ts'
import type { TickFailure } from './world.ts'

/** The tick that is being replayed, and how many starts in a row got no further. */
interface Mark {
  readonly tick: number
  readonly starts: number
}

const RECORD = 'replaying tick'

/**
 * Which tick runs is written down while the journal is replayed, so that a start that ends in the middle of one by
 * whatever way (a loop without an end, no memory) leaves a trace. Nobody waits for the writes: the storage thread has
 * them before a tick that hangs could hold it up, and ticks that are over before that need none.
 */
export class ReplayMarks {
  readonly #store: Store
  readonly #known: Mark | null
  #written: Promise<void> | null = null

  private constructor(store: Store, known: Mark | null) {
    this.#store = store
    this.#known = known
  }

  static async open(store: Store): Promise<ReplayMarks> {
    const bytes = await getMeta(store, RECORD)
    return new ReplayMarks(store, bytes === undefined ? null : JSON.parse(Buffer.from(bytes).toString()))
  }

  /**
   * The tick at which so many starts ended, told once: the start after this one tries again, since whoever ended them may
   * have had other reasons.
   */
  async takeFatal(startsMax: number): Promise<TickFailure | null> {
    const known = this.#known
    if (known === null || known.tick < 0 || known.starts < startsMax) return null
    await this.#write({ ...known, starts: startsMax - 1 })
    const error = `${known.starts} starts ended while it ran, without an error of theirs`
    return { tick: known.tick, object: null, view: null, operator: null, error }
  }

  begin(tick: number): void {
    const starts = this.#known?.tick === tick ? this.#known.starts + 1 : 1
    const written = this.#write({ tick, starts })
    // A failure of the store is met by `end`, or by the next who writes.
    written.catch(() => {})
    this.#written = written
  }

  /** The ticks are through, or one has told by itself what is wrong with it. */
  async end(): Promise<void> {
    if (this.#written === null && (this.#known?.tick ?? -1) < 0) return
    await this.#written
    await this.#write({ tick: -1, starts: 0 })
  }

  #write(mark: Mark): Promise<void> {
    return this.#store.commit([putMeta(RECORD, Buffer.from(JSON.stringify(mark)))])
  }
}
