import { SqlError } from '../base/sql-error.ts'
import type { SequenceEntry } from '../catalog/entry.ts'
import { getMeta, putMeta } from '../state/meta.ts'
import type { Store } from '../state/store.ts'

const NAME = 'sequences'

/** Values that one durable record covers ahead: the first time, and at most. */
const AHEAD_FIRST = 32n
const AHEAD_MAX = 4096n

/** Where a sequence stands: `called` false: its next value is `last` itself. */
export interface SequencePosition {
  readonly last: bigint
  readonly called: boolean
}

interface State extends SequencePosition {
  /** A crash goes on behind it: values up to here may be told. null: the position itself is not durable yet. */
  readonly covered: bigint | null
  readonly ahead: bigint
}

/**
 * Where the sequences stand. A value is handed out at once and told only when it is covered by a durable record
 * (`settle`), which lies ahead by a growing number of values: so a value is never handed out twice, whatever kills the
 * process, and few statements wait. What a crash finds covered is skipped. Outside of transactions, as PostgreSQL has it: a
 * statement that fails or is rolled back used up its values.
 */
export class Sequences {
  readonly #store: Pick<Store, 'commit'>
  readonly #states = new Map<number, State>()
  /** Of which values are not covered. */
  readonly #open = new Set<number>()
  #writing: Promise<void> | null = null

  private constructor(store: Pick<Store, 'commit'>) {
    this.#store = store
  }

  static async open(store: Store): Promise<Sequences> {
    const sequences = new Sequences(store)
    const bytes = await getMeta(store, NAME)
    const records =
      bytes === undefined ? [] : (JSON.parse(Buffer.from(bytes).toString()) as [number, string, boolean][])
    for (const [id, value, called] of records) {
      const last = BigInt(value)
      sequences.#states.set(id, { last, called, covered: called ? last : null, ahead: AHEAD_FIRST })
    }
    return sequences
  }

  position({ id, spec }: SequenceEntry): SequencePosition {
    return this.#states.get(id) ?? { last: spec.start, called: false }
  }

  next(entry: SequenceEntry): bigint {
    const { id, name, spec } = entry
    const { last, called } = this.position(entry)
    const { covered = null, ahead = AHEAD_FIRST } = this.#states.get(id) ?? {}
    const up = spec.increment > 0n
    let value = called ? last + spec.increment : last
    const over = called && (up ? value > spec.max : value < spec.min)
    if (over) {
      if (!spec.cycle) {
        const [which, bound] = up ? ['maximum', spec.max] : ['minimum', spec.min]
        throw new SqlError('2200H', `nextval: reached ${which} value of sequence "${name}" (${bound})`)
      }
      value = up ? spec.min : spec.max
    }
    const isCovered = !over && covered !== null && (up ? value <= covered : value >= covered)
    this.#states.set(id, { last: value, called: true, covered: isCovered ? covered : null, ahead })
    if (!isCovered) this.#open.add(id)
    return value
  }

  /** setval, RESTART. */
  set(entry: SequenceEntry, last: bigint, called: boolean): void {
    const { id, name, spec } = entry
    if (last < spec.min || last > spec.max) {
      const range = `(${spec.min}..${spec.max})`
      throw new SqlError('22003', `setval: value ${last} is out of bounds for sequence "${name}" ${range}`)
    }
    // Exactly as it was set, until values are taken from it.
    this.#states.set(id, { last, called, covered: null, ahead: 0n })
    this.#open.add(id)
  }

  /** Back to the start of what it is now. */
  restart(entry: SequenceEntry, at: bigint = entry.spec.start): void {
    this.set(entry, at, false)
  }

  drop(id: number): void {
    this.#states.delete(id)
    this.#open.delete(id)
  }

  /** Something was handed out that may not be told yet. */
  get unsettled(): boolean {
    return this.#open.size > 0
  }

  /** Resolves once everything that was handed out so far is covered. `increment`: of a sequence that is still there. */
  async settle(byId: (id: number) => SequenceEntry | undefined): Promise<void> {
    while (this.#open.size > 0) {
      this.#writing ??= this.#write(byId, true).finally(() => {
        this.#writing = null
      })
      await this.#writing
    }
  }

  /** Before a clean end: nothing is skipped. */
  async close(byId: (id: number) => SequenceEntry | undefined): Promise<void> {
    await this.#writing
    if (this.#states.size > 0) await this.#write(byId, false)
  }

  async #write(byId: (id: number) => SequenceEntry | undefined, ahead: boolean): Promise<void> {
    const before = new Map(this.#states)
    const records: [number, string, boolean][] = []
    const covers = new Map<number, bigint | null>()
    for (const [id, state] of before) {
      const entry = byId(id)
      if (entry === undefined) {
        this.drop(id)
        continue
      }
      const covered = this.#open.has(id) && ahead ? cover(state, entry) : state.covered
      const value = ahead ? (covered ?? state.last) : state.last
      if (this.#open.has(id)) covers.set(id, covered)
      records.push([id, String(value), state.called])
    }
    await this.#store.commit([putMeta(NAME, Buffer.from(JSON.stringify(records)))])
    for (const [id, covered] of covers) {
      const now = this.#states.get(id)
      const then = before.get(id)!
      if (now === undefined) continue
      // Values that were handed out meanwhile may lie within what is covered now; where it was set, it is not.
      const went = now === then || (now.called && covered !== null && between(then.last, now.last, covered))
      if (!went) continue
      this.#states.set(id, { ...now, covered, ahead: further(then.ahead) })
      this.#open.delete(id)
    }
  }
}

/** The last value that the record covers; null: the position as it was set. */
function cover({ last, called, ahead }: State, { spec }: SequenceEntry): bigint | null {
  if (!called) return null
  const value = last + spec.increment * ahead
  if (value > spec.max) return spec.max
  if (value < spec.min) return spec.min
  return value
}

const further = (ahead: bigint): bigint =>
  ahead === 0n ? AHEAD_FIRST : ahead * 2n > AHEAD_MAX ? AHEAD_MAX : ahead * 2n

const between = (from: bigint, value: bigint, to: bigint): boolean =>
  from <= to ? from <= value && value <= to : to <= value && value <= from
