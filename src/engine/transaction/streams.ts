import type { Positions } from '../../connectors/contract.ts'
import type { ArrangementPin } from '../../state/contract.ts'
import type { CallContext } from '../api.ts'
import { isStored, readStreams, type StreamEnd, type StreamRead, streamEnds } from '../read-streams.ts'
import type { SourceRuntime } from '../source.ts'
import type { World } from '../world.ts'
import { changedSince, notReadyThen } from './errors.ts'

/**
 * What a transaction reads of sources: up to the positions that they had at the tick of its snapshot, each time that it
 * reads them, and checked when it commits. A source that nobody else reads has no positions: it is read to where its
 * topic ended when the transaction first asked, and the topic is asked again before the commit.
 */
export class TransactionStreams {
  readonly #world: World
  readonly #tick: number
  readonly #ends: Map<number, StreamEnd>
  /** Those whose rows are stored. */
  readonly #stored = new Map<number, SourceRuntime>()
  readonly #read = new Set<number>()
  /** Of these, whose feeds had only begun. */
  readonly #behind = new Set<number>()

  /** In the moment of the snapshot, whose pins it adds to. */
  constructor(world: World, pins: Map<number, ArrangementPin>) {
    this.#world = world
    this.#tick = world.tick
    this.#ends = streamEnds(world, world.sources.keys())
    for (const [id, source] of world.sources) {
      if (!isStored(source)) continue
      if (source.catchUp.behind) this.#behind.add(id)
      this.#stored.set(id, source)
      pins.set(id, source.input.rows.pin())
    }
  }

  /** The streams among the objects; sources whose rows are pinned are noted as read. */
  async read(objects: readonly number[], call: CallContext): Promise<ReadonlyMap<number, StreamRead>> {
    const ends = new Map<number, StreamEnd>()
    for (const object of objects) {
      const source = this.#world.sources.get(object)
      if (source === undefined) continue
      const end = this.#ends.get(object)
      if (this.#behind.has(object)) throw notReadyThen(`source "${source.entry.name}"`)
      if (source !== (end?.source ?? this.#stored.get(object))) throw changedSince()
      if (end !== undefined && end.types !== source.types) throw changedSince()
      if (end !== undefined) ends.set(object, end)
      this.#read.add(object)
    }
    const streams = await readStreams(this.#world, ends, Number.POSITIVE_INFINITY, call)
    for (const [object, { end }] of streams) this.#ends.set(object, end)
    return streams
  }

  /** Whether there are records by now that the transaction should have read; inside the tick that commits. */
  changed(): boolean {
    return [...this.#read].some((object) => {
      const source = this.#world.sources.get(object)
      const end = this.#ends.get(object)
      if (source === undefined || source !== (end?.source ?? this.#stored.get(object))) return true
      if (end === undefined || end.live) return source.changedTick > this.#tick
      return end.range !== null && isBeyond(source.positions, end.range.until)
    })
  }

  /** The same of sources that nobody else reads; before that tick, which does not wait for a broker. */
  async grown(): Promise<boolean> {
    for (const object of this.#read) {
      const end = this.#ends.get(object)
      if (end === undefined || end.live || end.range === null) continue
      const partitions = await end.source.connector.partitions()
      if (isBeyond(new Map(partitions.map((p) => [p.partition, p.endOffset])), end.range.until)) return true
    }
    return false
  }
}

/** A partition that is new is beyond with its first record. */
function isBeyond(positions: Positions, until: Positions): boolean {
  return [...positions].some(([partition, offset]) => offset > (until.get(partition) ?? 0))
}
