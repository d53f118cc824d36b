import { canceledByUser, throwIfCanceled } from '../base/canceled.ts'
import { Slices } from '../base/slices.ts'
import { SqlError } from '../base/sql-error.ts'
import { UpsertInput } from '../dataflow/operators/upsert.ts'
import type { PhysicalPlan } from '../plan/physical.ts'
import type { CallContext } from './api.ts'
import { removeView } from './build-view.ts'
import { sayingThatItWaits } from './catch-up.ts'
import { admittedTo } from './event-time-records.ts'
import { cut, type Feed, type FeedBatch, openFeed, push } from './feed.ts'
import { judgeFrom } from './judged-time.ts'
import { refuseInSafeMode } from './safe-mode.ts'
import type { SourceRuntime } from './source.ts'
import { present, type StreamStart, streamStart } from './stream-start.ts'
import type { Ticker } from './ticker.ts'
import type { ResumePoint, ViewGate, ViewRuntime } from './view.ts'
import { releaseOld } from './watermark-tick.ts'
import type { World } from './world.ts'

/** Longest stretch of hydration between two ticks; ms. */
export const HYDRATION_SLICE_MS = 5
/** What hydration needs of checkpoints. */
export interface HydrationDurability {
  /** Makes a view's state durable at the tick where it joins; inside the exclusive lane. */
  checkpoint(): Promise<void>
  /** Begins a checkpoint when one is due. */
  afterSlice(): void
}

type Targets = ResumePoint['targets']

/** Views over at most this many stored rows hydrate at once, inside the statement that makes them. */
export const HYDRATE_AT_ONCE_ROWS_MAX = 20_000

/**
 * Brings new views up to date beside the live feed. What a view's relations hold at one moment is pinned (tables,
 * views, upsert sources) or read again from the connector (streams that are live already), and goes through the view's
 * gates in slices between ticks; what arrives meanwhile waits behind the gate, which opens when its relation is through;
 * with the last one the view joins. The order in which rows of different relations pass does not matter: the sum at the
 * end is the same.
 *
 * Stored relations go first. From then on checkpoints hold what the streams gave so far, with the offsets reached, and a
 * restart reads on from there; before, it takes the snapshots anew, for which it needs no service.
 *
 * A stream that nobody reads yet has no past to catch up with: its live feed begins at the start position, and the view
 * is readable once it passed the offsets that the topic ended with when the view was made.
 */
export class Hydration {
  readonly #world: World
  readonly #ticker: Ticker
  readonly #durability: HydrationDurability
  #hidden = 0
  /** Told of each view that has joined: it may wait for a time. */
  joined: () => void = () => {}

  constructor(world: World, ticker: Ticker, durability: HydrationDurability) {
    this.#world = world
    this.#ticker = ticker
    this.#durability = durability
  }

  /** Ids of views without a catalog entry. */
  hiddenId(): number {
    return --this.#hidden
  }

  /** Where the view's streams begin and end: asked before anything changes. Says where a beginning is gone. */
  async prepare(objects: readonly number[], call: CallContext): Promise<ReadonlyMap<number, StreamStart>> {
    const starts = new Map<number, StreamStart>()
    for (const object of objects) {
      const source = this.#world.sources.get(object)
      if (source === undefined) continue
      if (!source.live && source.positions.size === 0) {
        const start = await streamStart(source.connector)
        const partitions = [...start.from].map(([partition, firstOffset]) => ({ partition, firstOffset, endOffset: 0 }))
        present(source, partitions, start.from, (notice) => call.notice(notice))
        starts.set(object, start)
      } else if (!(source.input instanceof UpsertInput)) {
        // It is live already: what it holds of its past is read again.
        const partitions = await source.connector.partitions()
        const from = present(source, partitions, source.startVector, (notice) => call.notice(notice))
        starts.set(object, { from, ends: new Map(), identity: source.identity })
      }
    }
    return starts
  }

  /** A view that follows the clock begins as of now, which takes a tick; inside the exclusive lane. */
  async upToNow(plan: PhysicalPlan): Promise<void> {
    if (plan.nodes.some(({ op }) => CLOCKED.has(op))) await this.#ticker.settle()
  }

  /** Starts it; inside the exclusive lane. True when the view needs nothing more. */
  async begin(
    view: ViewRuntime,
    starts: ReadonlyMap<number, StreamStart>,
    signal: AbortSignal = NEVER,
  ): Promise<boolean> {
    const targets = new Map<number, ReadonlyMap<number, number>>()
    const behind: ViewGate[] = []
    for (const each of view.gates) {
      const { object, gate } = each
      const source = this.#world.sources.get(object)
      const start = starts.get(object)
      if (source !== undefined && start !== undefined && !source.live && source.positions.size === 0) {
        source.begin(start.from, start.identity, start.ends, this.#world.clock.nowMicros)
        view.starts.set(object, start.from)
        targets.set(object, start.ends)
        gate.open()
        this.openSource(source)
      } else if (targets.has(object)) gate.open()
      else behind.push(each)
    }
    // A feed that others began has to come as far before this view is read.
    for (const { object } of behind) {
      const source = this.#world.sources.get(object)
      if (source?.live && source.catchUp.behind) targets.set(object, new Map(source.catchUp.ends))
    }
    const waits = behind.some(({ object }) => this.#world.views.get(object)?.ready === false)
    const feeds = waits ? [] : this.#openFeeds(view, behind, starts)
    const rows = feeds.reduce((sum, f) => sum + f.rows, 0)
    if (!waits && rows <= HYDRATE_AT_ONCE_ROWS_MAX && feeds.every((f) => f.now !== null)) {
      for (const feed of feeds) {
        for (const batch of feed.now!) push(feed, batch)
        feed.close()
      }
      await this.#join(view, targets, signal)
      return true
    }
    const resume = resumePoint(feeds, targets)
    view.setState({ kind: 'hydrating', done: 0, total: waits ? null : rows, resume })
    void this.#inBackground(view, targets, feeds, waits ? { gates: behind, starts } : null)
    return false
  }

  /** After a restart: goes on where the checkpoint left off; inside the exclusive lane. */
  resume(view: ViewRuntime, { read, targets }: ResumePoint, done: number): void {
    const gates = view.gates.filter(({ object }) => read.has(object))
    const feeds = gates.map((gate) => openFeed(this.#world, gate, read.get(gate.object)))
    const rows = feeds.reduce((sum, f) => sum + f.rows, 0)
    view.setState({ kind: 'hydrating', done, total: done + rows, resume: resumePoint(feeds, targets) })
    void this.#inBackground(view, targets, feeds, null)
  }

  /** Stored relations first: see above. */
  #openFeeds(view: ViewRuntime, gates: readonly ViewGate[], starts: ReadonlyMap<number, StreamStart>): Feed[] {
    const feeds = gates.map((gate) => openFeed(this.#world, gate, starts.get(gate.object)?.from))
    for (const { object, read } of feeds) if (read !== null) view.starts.set(object, new Map(read))
    return [...feeds.filter((f) => f.read === null), ...feeds.filter((f) => f.read !== null)]
  }

  /** Small stored relations, all ready: a view over them is filled in one turn, and may share arrangements. */
  canShare(objects: readonly number[]): boolean {
    let rows = 0
    for (const object of objects) {
      const view = this.#world.views.get(object)
      const held = this.#world.tables.get(object)?.rows ?? (view?.ready ? view.output.rows : undefined)
      if (held === undefined) return false
      rows += held.rows
    }
    return objects.length > 0 && rows <= HYDRATE_AT_ONCE_ROWS_MAX
  }

  /** Fills a view that shares: snapshots for what is its own, the contents of arrangements that are there already. */
  async fill(view: ViewRuntime, signal: AbortSignal): Promise<void> {
    const { rendered } = view
    for (const get of rendered.gets) {
      const below = this.#world.views.get(get.object)
      const rows = this.#world.tables.get(get.object)?.read ?? below!.output.rows
      for (const batch of rows.scan()) get.pushRows(batch)
      if (below === undefined) continue
      const theirs = below.output.handedOn.now()
      for (const all of below.output.errors.scan()) {
        const batch = get.result ? all : theirs(all)
        if (batch !== null) get.pushErrors(batch)
      }
    }
    rendered.catchUp()
    rendered.connect()
    await this.#join(view, new Map(), signal)
  }

  /** A view whose rows are another view's: it has them already, and takes over the errors. */
  async take(view: ViewRuntime, from: ViewRuntime): Promise<void> {
    const { gate } = view.gates[0]!
    gate.keep()
    for (const batch of from.output.errors.scan()) gate.feedErrors(batch)
    for (const [source, positions] of from.starts) view.starts.set(source, positions)
    await this.#join(view, new Map(), NEVER)
  }

  openSource(source: SourceRuntime): void {
    const { clock, runtime } = this.#world
    judgeFrom(source, clock.nowMicros)
    source.open(
      (batch) => this.#ticker.deliver(source.entry.id, admittedTo(source, batch, clock.nowMicros)),
      () => runtime.monotonicMs(),
    )
  }

  /** After each tick: views whose streams reached what they held at the beginning are ready. */
  afterTick(): void {
    for (const view of this.#world.views.values()) {
      if (view.state.kind === 'catching up' && this.#reached(view.state.targets)) view.setState({ kind: 'ready' })
    }
  }

  /** Waits until the view can be read, and says so when that takes longer than a moment. */
  async wait(view: ViewRuntime, call: CallContext): Promise<void> {
    if (view.ready) return
    refuseInSafeMode(this.#world)
    const name = view.entry?.name ?? 'subscription'
    await sayingThatItWaits(this.#world.runtime, name, call, () => view.whenReady(call.signal))
    if (!this.#world.views.has(view.id)) throw new SqlError('42P01', `relation "${name}" was dropped`)
  }

  async removeHidden(view: ViewRuntime): Promise<void> {
    view.unwanted = true
    await this.#world.exclusive.run(() => {
      if (this.#world.views.has(view.id)) removeView(this.#world, view)
    })
    await this.stopUnread()
  }

  /** Live feeds that nobody reads any more stop; their next reader begins at the start position again. */
  async stopUnread(): Promise<void> {
    for (const source of this.#world.sources.values()) {
      if (!source.live || source.hasReaders) continue
      await source.stop()
      source.forget()
    }
  }

  async #inBackground(
    view: ViewRuntime,
    targets: Targets,
    opened: readonly Feed[],
    waiting: { readonly gates: readonly ViewGate[]; readonly starts: ReadonlyMap<number, StreamStart> } | null,
  ): Promise<void> {
    const { views, exclusive, log } = this.#world
    let feeds = opened
    try {
      if (waiting !== null) {
        for (const { object } of waiting.gates) await views.get(object)?.whenReady(NEVER)
        feeds = await exclusive.run(() =>
          views.has(view.id) ? this.#openFeeds(view, waiting.gates, waiting.starts) : [],
        )
      }
      for (const [i, feed] of feeds.entries()) {
        await this.#pour(view, feed)
        await exclusive.run(async () => {
          if (!views.has(view.id)) return
          if (i < feeds.length - 1) await this.#through(view, feed, resumePoint(feeds.slice(i + 1), targets))
          else {
            await this.#lastThrough(view, NEVER)
            // In one turn with the checkpoint: who hears that it is ready finds it under way.
            this.#joined(view, targets)
            if (view.entry !== null) await this.#durability.checkpoint()
          }
        })
      }
    } catch (error) {
      if (view.unwanted) return
      // The next start goes on with it.
      if (exclusive.ended) return
      log.error('hydration failed', { view: view.entry?.name, error: String(error) })
      for (const { gate } of view.gates) if (!gate.isOpen) gate.shut()
      if (view.state.kind === 'hydrating')
        view.setState({
          ...view.state,
          failed: error instanceof SqlError ? error : new SqlError('58000', String(error)),
        })
    } finally {
      for (const feed of feeds) feed.close()
    }
  }

  /** One relation is through and live for this view. */
  async #through(view: ViewRuntime, { gate }: Feed, resume: ResumePoint | null): Promise<void> {
    gate.open()
    await this.#run(view, NEVER)
    if (view.state.kind === 'hydrating') view.state.resume = resume
  }

  async #join(view: ViewRuntime, targets: Targets, signal: AbortSignal): Promise<void> {
    await this.#lastThrough(view, signal)
    this.#joined(view, targets)
  }
  #lastThrough(view: ViewRuntime, signal: AbortSignal): Promise<void> {
    for (const { gate } of view.gates) if (!gate.isOpen) gate.open()
    return this.#run(view, signal)
  }
  #joined(view: ViewRuntime, targets: Targets): void {
    view.changedTick = this.#world.tick
    view.log.startAfter(this.#world.clock.lastMs)
    this.#ticker.kick()
    this.joined()
    view.setState(this.#reached(targets) ? { kind: 'ready' } : { kind: 'catching up', targets })
    releaseOld(this.#world, view)
  }

  /**
   * Carries what was pushed in between two ticks through, in slices; nobody reads the view yet, so that all else is read
   * meanwhile. Writes wait. Ends when its statement does, or when the view is to be dropped.
   */
  async #run(view: ViewRuntime, signal: AbortSignal): Promise<void> {
    const { circuit, exclusive, runtime } = this.#world
    const pieces = circuit.pieces(this.#world.tickContext())
    const slices = new Slices(runtime, () => {
      throwIfCanceled(signal)
      if (view.unwanted) throw canceledByUser()
    })
    try {
      await exclusive.unchanging(() => slices.run(pieces))
    } catch (error) {
      // What has not run must not go on with the next tick.
      pieces.return()
      circuit.remove([...view.gates.map(({ gate }) => gate), ...view.rendered.operators])
      throw error
    }
    view.output.takeChanges()
  }

  #reached(targets: ReadonlyMap<number, ReadonlyMap<number, number>>): boolean {
    for (const [object, ends] of targets) {
      const source = this.#world.sources.get(object)
      if (source === undefined) continue
      for (const [partition, end] of ends) if ((source.positions.get(partition) ?? 0) < end) return false
    }
    return true
  }

  async #pour(view: ViewRuntime, feed: Feed): Promise<void> {
    const { runtime, exclusive, views } = this.#world
    let pending: FeedBatch[] = []
    let rows = 0
    // A join may make many rows of few: the first slices are small, and only a quick one lets the next be larger.
    let size = view.running.nodes.some(({ op }) => op === 'join') ? FIRST_SLICE_ROWS : SLICE_ROWS
    const flush = async () => {
      await exclusive.run(async () => {
        if (!views.has(view.id)) return
        const began = runtime.monotonicMs()
        for (const batch of pending) push(feed, batch)
        if (view.state.kind === 'hydrating') view.state.done += rows
        if (feed.read !== null) view.fetched += rows
        await this.#run(view, NEVER)
        const slow = runtime.monotonicMs() - began > HYDRATION_SLICE_MS
        size = slow ? Math.max(1, size >> 2) : Math.min(SLICE_ROWS, size * 2)
      })
      pending = []
      rows = 0
      await runtime.yieldToIo()
    }
    let since = runtime.monotonicMs()
    let saidMs = since
    for await (const batch of feed.now ?? feed.later!) {
      for (const part of cut(batch, () => size)) {
        if (!views.has(view.id)) return
        pending.push(part)
        rows += part.rows?.n ?? 0
        if (rows < size && runtime.monotonicMs() - since < HYDRATION_SLICE_MS) continue
        await flush()
        if (view.state.kind === 'hydrating' && view.state.resume != null) this.#durability.afterSlice()
        this.#world.reach('hydration')
        if (runtime.monotonicMs() - saidMs > 1000) {
          saidMs = runtime.monotonicMs()
          const { state } = view
          if (state.kind === 'hydrating')
            this.#world.log.info('hydrating', { view: view.entry?.name, rows: state.done, of: state.total })
        }
        since = runtime.monotonicMs()
      }
    }
    await flush()
  }
}

/** Operators to which it matters when a row comes, or that follow the clock. */
const CLOCKED: ReadonlySet<string> = new Set(['temporal', 'arrival', 'expire', 'emitPeriodic'])
/** Never aborted: work that outlives its statement. */
const NEVER = new AbortController().signal
/** Rows that go through the gate in one turn of the lane, at most; with a join, at first. */
const SLICE_ROWS = 16_384
const FIRST_SLICE_ROWS = 64

/** The feeds that are still to come, when all of them can be read on from an offset. */
function resumePoint(feeds: readonly Feed[], targets: Targets): ResumePoint | null {
  const read = new Map<number, ReadonlyMap<number, number>>()
  for (const feed of feeds) {
    // Watermarks are known from the beginning on only.
    if (feed.read === null || feed.fromStart) return null
    read.set(feed.object, feed.read)
  }
  return feeds.length === 0 ? null : { read, targets }
}
