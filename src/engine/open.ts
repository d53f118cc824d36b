import type { Log } from '../base/log.ts'
import type { Runtime } from '../base/runtime.ts'
import type { SourceConnector } from '../connectors/contract.ts'
import type { Rule } from '../sql/optimise/rule.ts'
import { createState } from '../state/factory.ts'
import { readPublished, recoverState } from '../state/recovery.ts'
import type { Store } from '../state/store.ts'
import { UserTypes } from '../types/user-types.ts'
import { buildView, removeView } from './build-view.ts'
import { EngineClock } from './clock.ts'
import { dropTemporary } from './drop-temporary.ts'
import { CHECKPOINT_INTERVAL_MS, Durability, readReserved } from './durability.ts'
import { LiveEngine } from './engine.ts'
import { Hydration } from './hydration.ts'
import { Idleness } from './idleness.ts'
import { catalogOf, decodeImage, type Image, offsetMaps, type ViewImage, viewSpec } from './image.ts'
import { IndexLookup } from './indexes.ts'
import { KeptHistory } from './kept-history.ts'
import { Progress } from './progress.ts'
import { beginsAnew, rebuild } from './rebuild.ts'
import { replay } from './replay.ts'
import { ReplayMarks } from './replay-marks.ts'
import { countFailure, describe, FAILING_STARTS_MAX, ReplayFailure, safeModeError } from './safe-mode.ts'
import { Sequences } from './sequences.ts'
import type { SettingRow } from './system/relation.ts'
import { builtInEntries, SystemRelations } from './system/system-relations.ts'
import { Ticker } from './ticker.ts'
import { TimeTicks } from './time-ticks.ts'
import { learnType } from './user-types.ts'
import type { ViewRuntime, ViewState } from './view.ts'
import { type ConnectorFactory, type CrashMoment, type TickFailure, World } from './world.ts'

export interface OpenOptions {
  readonly store: Store
  readonly runtime: Runtime
  readonly log: Log
  /** null: nothing is read from outside and nothing is written (inspection). */
  readonly connectors: ConnectorFactory | null
  readonly settings: readonly SettingRow[]
  /** Bytes of deltas from which on a structure is compacted. */
  readonly compactBytesMin?: number
  readonly checkpointIntervalMs?: number
  /** See World.reach. */
  readonly reach?: (moment: CrashMoment) => void
  /** See World.rules. */
  readonly rules?: readonly Rule[]
  /** See World.built. */
  readonly built?: (view: ViewRuntime) => void
  /** The server can serve nothing any more. */
  onFailure(error: Error): void
}

/**
 * Opens a database: loads the published checkpoint, renders the stored plans unchanged, replays the journal (same ticks,
 * same timestamps, same outputs, without any broker), then lets the sources go on from the positions it knows. At the
 * second start that fails at one tick it stops before that tick instead: safe mode; so it does after two starts that ended in
 * the middle of one tick without an error, at the third.
 */
export async function openEngine(options: OpenOptions): Promise<LiveEngine> {
  // What only looks leaves no marks.
  const marks = options.connectors === null ? null : await ReplayMarks.open(options.store)
  const fatal = (await marks?.takeFatal(FAILING_STARTS_MAX)) ?? null
  if (fatal !== null) {
    const engine = await open(options, fatal)
    options.log.error('safe mode: dataflows are paused, reads go on', { ...fatal, lastGoodTick: engine.world.tick })
    return engine
  }
  try {
    return await open(options, null, marks)
  } catch (error) {
    if (!(error instanceof ReplayFailure)) throw error
    const { failure, cause } = error
    const { log, store } = options
    log.error(describe(failure), { stack: cause instanceof Error ? cause.stack : undefined })
    // What only looks neither counts nor refuses: it shows the last good state.
    const starts = options.connectors === null ? FAILING_STARTS_MAX : await countFailure(store, failure)
    if (starts < FAILING_STARTS_MAX) throw error
    const engine = await open(options, failure)
    log.error('safe mode: dataflows are paused, reads go on', { ...failure, lastGoodTick: engine.world.tick, starts })
    return engine
  }
}

async function open(
  options: OpenOptions,
  pausedBy: TickFailure | null,
  marks: ReplayMarks | null = null,
): Promise<LiveEngine> {
  const { store, runtime, log } = options
  const published = await readPublished(store)
  const types = new UserTypes()
  const image = published === null ? null : types.link(decodeImage(published.extras))
  const state = createState()
  const world = new World({
    runtime,
    log,
    states: state,
    sequences: await Sequences.open(store),
    // A new database begins now: no time before it can be asked for.
    clock: new EngineClock(
      runtime,
      image?.timestampMs ?? runtime.nowMs(),
      image?.nowMicros ?? 0,
      Math.max(image?.reservedMs ?? 0, await readReserved(store)),
    ),
    catalog: catalogOf(image, builtInEntries()),
    types,
  })
  for (const entry of world.catalog.all()) if (entry.kind === 'type') learnType(world, entry)
  world.onFailure = options.onFailure
  if (options.reach !== undefined) world.reach = options.reach
  if (options.built !== undefined) world.built = options.built
  world.rules = options.rules
  world.safeMode = pausedBy
  world.tick = published?.tick ?? 0
  const connectors = options.connectors ?? (() => NO_CONNECTOR)
  const indexes = new IndexLookup(world)
  if (image !== null) rebuild(world, indexes, image, connectors)
  for (const [object, of] of image?.watermarks ?? []) world.watermarks.get(object)?.restore(of)
  const progress = new Progress(runtime, log)
  const recovered = await recoverState({
    store,
    state,
    runtime,
    log,
    ...(options.compactBytesMin === undefined ? {} : { compactBytesMin: options.compactBytesMin }),
    compacting: () => world.reach('compaction'),
    // Rows that were overwritten since count twice. Older checkpoints do not tell how many there are.
    progress: (what, rows) =>
      progress.tell(what, { rows, ...(image?.stateRows == null ? {} : { of: Math.max(rows, image.stateRows) }) }),
  })
  const history = await KeptHistory.open(world, store, world.tick)
  for (const [object, sinceMs] of image?.logs ?? [])
    if (world.logOf(object) !== undefined) await history.restore(object, sinceMs)
  const durability = new Durability({
    world,
    store,
    state,
    checkpointer: recovered.checkpointer,
    history,
    abandoned: recovered.unclaimed,
    checkpointTick: world.tick,
    intervalMs: options.checkpointIntervalMs ?? CHECKPOINT_INTERVAL_MS,
  })
  try {
    const replayed = await replay(world, store, progress, pausedBy === null ? undefined : pausedBy.tick - 1, marks)
    world.ran.replayedTicks = replayed
    if (replayed > 0) log.info('journal replayed', { ticks: replayed })
  } catch (error) {
    for (const source of world.sources.values()) await source.connector.close()
    throw error
  }
  const system = new SystemRelations({
    world,
    settings: options.settings,
    startedMs: runtime.nowMs(),
    storage: () => durability.figures(),
  })
  const ticker = new Ticker(world, durability, () => {
    indexes.afterTick()
    hydration.afterTick()
    durability.afterTick()
    timeTicks.schedule()
    idleness.schedule()
  })
  const timeTicks = new TimeTicks(world, ticker)
  const idleness = new Idleness(world, ticker)
  const hydration = new Hydration(world, ticker, durability)
  hydration.joined = () => timeTicks.schedule()
  /** Out of safe mode once what failed was dropped: the ticks that were left run without it, then all goes on. */
  const goOn = async (): Promise<void> => {
    const failure = world.safeMode
    if (failure === null || (failure.object !== null && world.views.has(failure.object))) return
    try {
      await world.exclusive.run(async () => {
        const anew = image!.views.filter((v) => beginsAnew(v) && world.views.has(v.id))
        for (const { id } of anew) removeView(world, world.views.get(id)!)
        await replay(world, store, progress, undefined, await ReplayMarks.open(store))
        indexes.afterTick()
      })
      world.safeMode = null
      log.info('the dataflows go on', { tick: world.tick })
      await resume(world, hydration, image!)
      for (const source of world.sources.values()) if (!source.hasReaders) source.forget()
      ticker.resume()
      hydration.afterTick()
      timeTicks.schedule()
    } catch (error) {
      if (world.exclusive.ended) throw error
      if (error instanceof ReplayFailure) await countFailure(store, error.failure)
      world.fail(error)
      throw safeModeError(world)
    }
  }
  const parts = { world, system, hydration, indexes, ticker, timeTicks, idleness, durability, connectors }
  const engine = new LiveEngine({ ...parts, goOn })
  if (pausedBy !== null) {
    ticker.pause()
    return engine
  }
  if (image !== null && options.connectors !== null) await resume(world, hydration, image)
  if (options.connectors !== null) await dropTemporary(engine)
  hydration.afterTick()
  timeTicks.schedule()
  idleness.schedule()
  return engine
}

/** Stands where sources are not to be read. */
const NO_CONNECTOR: SourceConnector = {
  partitions: async () => [],
  startPositions: async () => new Map(),
  identity: async () => null,
  open: () => ({ stop: async () => {} }),
  close: async () => {},
}

/** Sources that have readers go on; views that had not finished hydrating read on, or begin anew. */
async function resume(world: World, hydration: Hydration, image: Image): Promise<void> {
  const there = ({ id }: ViewImage) => world.views.has(id) || world.catalog.byId(id) !== undefined
  for (const view of image.views.filter((v) => !v.hydrated && there(v))) {
    if (view.hydrating !== undefined) {
      const { read, done } = view.hydrating
      const point = { read: offsetMaps(read), targets: offsetMaps(view.targets) }
      await world.exclusive.run(() => hydration.resume(world.views.get(view.id)!, point, done))
      continue
    }
    const entry = world.catalog.byId(view.id)
    const state: ViewState = { kind: 'hydrating', done: 0, total: null }
    const built = buildView(world, {
      ...viewSpec(view),
      entry: entry?.kind === 'materializedView' ? entry : null,
      shares: false,
      state,
    })
    await world.exclusive.run(() => hydration.begin(built, new Map()))
  }
  for (const source of world.sources.values())
    if (source.hasReaders && source.positions.size > 0) hydration.openSource(source)
}
